// Turns what a hunt found into replay files: each violated property of each scenario is recorded from its
// first failing seed, replayed at once, and written whole or not at all.

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
import { UsageError } from './exit.ts'
import type { Hunted } from './hunting.ts'
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
  /** How long making one small may take at that moment; as long as any task unless given. */
  readonly shrinkMaxMs?: () => number
  /** Which failures are made small first. */
  readonly shrinks: (wanted: { readonly scenario: string; readonly property: string }) => boolean
}

interface Wanted {
  readonly hunted: Hunted
  readonly property: string
  readonly seed: number
  readonly violated: number
  readonly fileName: string
}

/** Records every violated property. When called off, gives what was written by then. */
export async function recordFindings(
  pool: Pool,
  hunted: readonly Hunted[],
  options: FindingOptions,
): Promise<Findings> {
  const all = wanted(hunted)
  const found: (SeedFailure | string | undefined)[] = all.map(() => undefined)
  let replayedExactly = 0
  let interrupted = false
  try {
    await eachOf(all, pool.workers, async (one, index) => {
      const recorded = await recordOne(pool, one, options)
      if (typeof recorded !== 'string') replayedExactly++
      found[index] = recorded
    })
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    interrupted = true
  }
  return {
    failures: found.filter((one) => typeof one === 'object'),
    replayedExactly,
    divergences: found.filter((one) => typeof one === 'string'),
    interrupted,
  }
}

function wanted(all: readonly Hunted[]): readonly Wanted[] {
  const taken = new Set<string>()
  return all.flatMap((hunted) =>
    (hunted.report?.properties ?? []).flatMap(({ property, violated, firstSeed }) => {
      if (firstSeed === null) return []
      const fileName = untaken(replayFileName(hunted.subject.scenario, property), taken)
      return [{ hunted, property, violated, seed: firstSeed, fileName }]
    }),
  )
}

async function recordOne(pool: Pool, one: Wanted, options: FindingOptions): Promise<SeedFailure | string> {
  const { hunted, property, seed, violated } = one
  const { subject, report } = hunted
  const { strategy, timing } = options
  const where = `${titleOf(subject)}, seed ${seed}`
  const task = { kind: 'record', ...subject, strategy, timing, seed, property } as const
  const recorded = await pool.run(task, options).catch((error: unknown) => {
    if (error instanceof TimedOut) return 'it did not settle again.'
    if (error instanceof ThreadEnded) return `this time it ended its thread: ${error.message}.`
    throw error
  })
  if (typeof recorded === 'string') return `${where}: ${recorded}`
  const schedule = seed - (report?.seeds.first ?? 0) + 1
  const which = `seed ${seed}, schedule ${thousands(schedule)} of ${thousands(report?.seeds.count ?? 0)}; ${thousands(violated)} violate it`
  const kept = await keep(pool, { subject, property, which, fileName: one.fileName, recorded }, options)
  return typeof kept === 'string' ? `${where}: ${kept}` : { ...kept, seed }
}

/** A failure that was recorded and replayed at once, before it is shown to anybody. */
export interface Kept {
  readonly subject: Subject
  readonly property: string
  readonly which: string
  readonly fileName: string
  readonly recorded: Recorded
}

/** Makes a failure small, where that is asked for, and writes it; a sentence where a replay of it came out otherwise. */
export async function keep(
  pool: Pool,
  { subject, property, which, fileName, recorded }: Kept,
  options: FindingOptions,
): Promise<Failure | string> {
  const smaller = await shrunk(pool, { subject, property, recorded }, options)
  const shown = smaller?.recorded ?? recorded
  const divergence = recorded.divergence ?? shown.divergence
  if (divergence !== null) return divergence.message
  const { text } = shown
  const isShrunk = smaller !== undefined
  const path = await writeReplayFile(options.folder, fileName, text, { isShrunk })
  const file = relative(process.cwd(), path) || path
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
    file,
    command: replayCommandFor(file, subject),
    token: options.pastes ? await tokenOf(pool, { text, subject }, options) : undefined,
  }
}

/** How long a token may be that is shown for pasting. */
const PASTE_CHARS_MAX = 300

/** The token of a failure, where it is short; none where making one takes too long, or ends the thread it runs on. */
async function tokenOf(
  pool: Pool,
  { text, subject }: { text: string; subject: Subject },
  limits: Limits,
): Promise<string | undefined> {
  const bytes = new TextEncoder().encode(text)
  const { coordinator } = subject
  const own = subject.file === undefined ? [] : [subject]
  const token = await pool.run({ kind: 'token', bytes, coordinator, own }, limits).catch((error: unknown) => {
    if (error instanceof TimedOut || error instanceof ThreadEnded || error instanceof UsageError) return ''
    throw error
  })
  return token === '' || token.length > PASTE_CHARS_MAX ? undefined : token
}

/** The failure made small; as it was found where that takes too long, or ends the thread it runs on. */
async function shrunk(
  pool: Pool,
  { subject, property, recorded }: Pick<Kept, 'subject' | 'property' | 'recorded'>,
  options: FindingOptions,
): Promise<Smaller | undefined> {
  const { shrinkMaxMs = () => options.timeoutMs, shrinks } = options
  const timeoutMs = Math.min(options.timeoutMs, shrinkMaxMs())
  const isWanted = timeoutMs > 0 && shrinks({ ...subject, property })
  if (recorded.divergence !== null || !isWanted) return undefined
  return pool
    .run({ kind: 'shrink', ...subject, text: recorded.text }, { ...options, timeoutMs })
    .catch((error: unknown) => {
      if (error instanceof TimedOut || error instanceof ThreadEnded) return undefined
      throw error
    })
}

function sizesOf({ before, after, why, decides }: Smaller): NonNullable<Failure['smaller']> {
  return { before, after, why, decides }
}
