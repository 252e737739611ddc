// Turns what a hunt found into replay files: each violated property of each scenario is recorded from its
// first failing seed, replayed at once, made small as far as time allows, and written whole or not at all.

import { relative } from 'node:path'
import {
  type Failure,
  type Recorded,
  replayFileName,
  type Smaller,
  thousands,
  untaken,
  writeReplayFile,
} from '../failures/index.ts'
import { HeddleError } from '../sim/index.ts'
import { nowMs } from './deadline.ts'
import { UsageError } from './exit.ts'
import type { Hunted, Report } from './hunting.ts'
import { eachOf, Interrupted, type Limits, type Pool, ThreadEnded, TimedOut } from './pool.ts'
import { replayCommandFor, type Subject, titleOf } from './subjects.ts'
import type { Manner } from './tasks.ts'

export interface SeedFailure extends Failure {
  readonly seed: number
}

export interface Findings {
  readonly failures: readonly SeedFailure[]
  /** Of these, how many came out the same to the byte when they were replayed at once. */
  readonly replayedExactly: number
  /** One sentence for each seed that did not do again what it had done. */
  readonly divergences: readonly string[]
  readonly interrupted: boolean
}

export interface FindingOptions extends Manner, Limits {
  readonly folder: string
  /** Whether to make a token of each, for pasting. */
  readonly pastes: boolean
  /** How long making one of so many small may take at that moment; as long as any task unless given. */
  readonly shrinkMaxMs?: (left: number) => number
  /** Which failures are made small first. */
  readonly shrinks: (wanted: { readonly scenario: string; readonly property: string }) => boolean
}

/** What violates a property. */
export interface Found {
  readonly subject: Subject
  readonly property: string
  /** The seed that it is recorded from; null where it comes from no seed. */
  readonly seed: number | null
  /** Where among all that ran. */
  readonly which: string
  readonly fileName: string
  /** A sentence where it did not come out again; undefined where it was called off. */
  readonly recorded: Recorded | string | undefined
  readonly recordedInMs: number
  /** Whether it cannot be made smaller. */
  readonly isFinal?: boolean
}

/** Records every violated property. When called off, gives what was recorded by then. */
export async function recordFindings(
  pool: Pool,
  hunted: readonly Hunted[],
  options: FindingOptions,
): Promise<Findings> {
  const found = await recordSeeds(pool, hunted, options)
  const kept = await keepAll(pool, found, options)
  const failures = kept.flatMap((one, index): SeedFailure[] =>
    typeof one === 'object' ? [{ ...one, seed: found[index]?.seed as number }] : [],
  )
  return {
    failures,
    replayedExactly: failures.length,
    divergences: kept.filter((one) => typeof one === 'string'),
    interrupted: options.signal.aborted,
  }
}

/**
 * The first seed that violates each property, recorded and replayed at once: all of them before any is made small, and
 * one of each scenario before the others, should there be no time for all.
 */
export async function recordSeeds(
  pool: Pool,
  hunted: readonly Hunted[],
  options: Manner & Limits,
): Promise<readonly Found[]> {
  const all = toRecord(hunted)
  const found = all.map(({ turn: _, ...one }): Found => ({ ...one, recorded: undefined, recordedInMs: 0 }))
  const turns = [...all.entries()].sort(([i, a], [j, b]) => a.turn - b.turn || i - j)
  try {
    await eachOf(turns, pool.workers, async ([index, { turn: _, ...one }]) => {
      const began = performance.now()
      const recorded = await recordSeed(pool, one, options)
      found[index] = { ...one, recorded, recordedInMs: performance.now() - began }
    })
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
  }
  return found
}

/** Each with its place among those of its scenario. */
function toRecord(hunted: readonly Hunted[]) {
  const taken = new Set<string>()
  return hunted.flatMap(({ subject, report }) => {
    const violated = (report?.properties ?? []).filter((one) => one.violated > 0)
    return violated.map(({ property, violated, firstSeed }, turn) => {
      const { first, count } = (report as Report).seeds
      const seed = firstSeed as number
      const which = `seed ${seed}, schedule ${thousands(seed - first + 1)} of ${thousands(count)}; ${thousands(violated)} violate it`
      const fileName = untaken(replayFileName(subject.scenario, property), taken)
      return { subject, property, seed, which, fileName, turn }
    })
  })
}

async function recordSeed(
  pool: Pool,
  { subject, property, seed }: { subject: Subject; property: string; seed: number },
  { strategy, timing, ...limits }: Manner & Limits,
): Promise<Recorded | string> {
  const task = { kind: 'record', ...subject, strategy, timing, seed, property } as const
  const recorded = await pool.run(task, limits).catch((error: unknown) => {
    if (error instanceof TimedOut) return 'it did not settle again.'
    if (error instanceof ThreadEnded) return `this time it ended its thread: ${error.message}.`
    throw error
  })
  return typeof recorded === 'string' ? `${titleOf(subject)}, seed ${seed}: ${recorded}` : recorded
}

/**
 * Writes each, made small where that is asked for, as far as it comes until it is called off; a sentence for one whose
 * replay came out otherwise, and nothing for one that was not recorded.
 */
export async function keepAll(
  pool: Pool,
  found: readonly Found[],
  options: FindingOptions,
): Promise<readonly (Failure | string | undefined)[]> {
  const kept: (Failure | string | undefined)[] = found.map(() => undefined)
  let left = found.filter(({ recorded }) => typeof recorded === 'object').length
  await eachOf(found, pool.workers, async (one, index) => {
    const { recorded } = one
    kept[index] =
      typeof recorded === 'object' ? await keep(pool, { ...one, recorded, left: left-- }, options) : recorded
  })
  return kept
}

/** One that was recorded, and how many are left with it. */
type Kept = Found & { readonly recorded: Recorded; readonly left: number }

async function keep(pool: Pool, one: Kept, options: FindingOptions): Promise<Failure | string> {
  const { subject, property, seed, which, fileName, recorded } = one
  const smaller = await shrunk(pool, one, options)
  const shown = smaller?.recorded ?? recorded
  const divergence = recorded.divergence ?? shown.divergence
  if (divergence !== null) {
    return `${seed === null ? '' : `${titleOf(subject)}, seed ${seed}: `}${divergence.message}`
  }
  const { text } = shown
  const isShrunk = smaller !== undefined
  const token = options.pastes ? await tokenOf(pool, { text, subject }, options) : undefined
  const written = await writeReplayFile(options.folder, fileName, text, { isShrunk }).catch(complaintOf)
  return {
    scenario: subject.scenario,
    coordinator: recorded.coordinator,
    property,
    which,
    message: shown.found.message ?? '',
    step: shown.found.step,
    timeUs: shown.found.at,
    thrownAt: shown.thrownAt,
    timeline: shown.timeline,
    smaller: smaller && sizesOf(smaller),
    ...(typeof written === 'string' ? inFile(written, subject) : inToken(written, token, subject)),
    token,
  }
}

type Where = Pick<Failure, 'file' | 'command'>

function inFile(path: string, subject: Subject): Where {
  const file = relative(process.cwd(), path) || path
  return { file, command: replayCommandFor(file, subject) }
}

/** Where no file can be written any more: what hours of runs have found is told all the same. */
function inToken({ complaint }: { complaint: string }, token: string | undefined, subject: Subject): Where {
  const command = token === undefined ? 'There is nothing to replay.' : replayCommandFor(token, subject)
  return { file: `nothing. ${complaint}`, command }
}

function complaintOf(error: unknown): { readonly complaint: string } {
  if (error instanceof HeddleError) return { complaint: error.message }
  throw error
}

/** How long a token may be that is shown for pasting. */
const PASTE_CHARS_MAX = 300

/**
 * The token of a failure, where it is short; none where making one takes too long or is called off, or ends the thread it
 * runs on.
 */
async function tokenOf(
  pool: Pool,
  { text, subject }: { text: string; subject: Subject },
  limits: Limits,
): Promise<string | undefined> {
  const bytes = new TextEncoder().encode(text)
  const { coordinator } = subject
  const own = subject.file === undefined ? [] : [subject]
  const token = await pool.run({ kind: 'token', bytes, coordinator, own }, limits).catch((error: unknown) => {
    if (isOver(error) || error instanceof UsageError) return ''
    throw error
  })
  return token === '' || token.length > PASTE_CHARS_MAX ? undefined : token
}

function isOver(error: unknown): boolean {
  return error instanceof TimedOut || error instanceof ThreadEnded || error instanceof Interrupted
}

/** What does not end in time by itself has so long. */
const OVERTIME_MS = 1_000

/** The failure made small; as it was found where there is no time for it, or it ends the thread it runs on. */
async function shrunk(
  pool: Pool,
  { subject, property, recorded, recordedInMs, isFinal = false, left }: Kept,
  { shrinkMaxMs, shrinks, timeoutMs, signal }: FindingOptions,
): Promise<Smaller | undefined> {
  const maxMs = Math.min(timeoutMs, shrinkMaxMs?.(left) ?? timeoutMs)
  // To begin with, it is reproduced, and in the end it is replayed, which takes as long as recording it.
  const isWanted = !isFinal && maxMs > 2 * recordedInMs && shrinks({ ...subject, property })
  if (recorded.divergence !== null || !isWanted) return undefined
  const task = { kind: 'shrink', ...subject, text: recorded.text, untilMs: nowMs() + maxMs } as const
  return pool.run(task, { timeoutMs: maxMs + OVERTIME_MS, signal }).catch((error: unknown) => {
    if (isOver(error)) return undefined
    throw error
  })
}

function sizesOf({ before, after, why, decides }: Smaller): NonNullable<Failure['smaller']> {
  return { before, after, why, decides }
}
