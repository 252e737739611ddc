// `heddle replay`: one run, step by step, from a replay file, a token or a seed; says whether it came out the same to
// the byte, and what became of it where it did not.

import {
  colours,
  isToHold,
  plain,
  REPLAY_EXTENSION,
  type Replayed,
  readReplayFile,
  replayText,
  writeWhole,
} from '../failures/index.ts'
import { scenarios } from '../model/index.ts'
import { isToken, type TimingName } from '../sim/index.ts'
import { type CoordinatorRef, chosen, forEntry } from './coordinators.ts'
import { EXIT, type ExitCode, UsageError } from './exit.ts'
import { inShort } from './explain.ts'
import { find } from './options.ts'
import { type Limits, loadCoordinator, Pool, ThreadEnded, TimedOut } from './pool.ts'
import { print } from './terminal.ts'

export interface ReplayCommand {
  readonly seed?: number
  readonly coordinator?: string
  readonly strategy: string
  readonly timing: TimingName
  readonly timeout: number
  readonly json: boolean
  /** Whether what came out is what the file expects from now on. */
  readonly accept: boolean
  /** Whether to print the token of the file, and nothing else. */
  readonly token: boolean
  /** Those of the options above that were given; a replay file leaves no choice of a schedule. */
  readonly given: readonly string[]
}

export async function replayCommand(
  target: string,
  command: ReplayCommand,
  signal: AbortSignal,
): Promise<ExitCode> {
  const job = await jobOf(target, command)
  const limits = { timeoutMs: command.timeout, signal }
  const pool = new Pool(1)
  try {
    await loadCoordinator(pool, job.coordinator, limits)
    if (command.token && job.bytes !== undefined) {
      const { bytes, coordinator } = job
      print(await pool.run({ kind: 'token', bytes, coordinator }, limits))
      return EXIT.nothingFound
    }
    const replayed = await job.run(pool, limits).catch((error: unknown) => {
      if (error instanceof TimedOut) return `never settled: no end after ${command.timeout / 1_000} s`
      if (error instanceof ThreadEnded) return `ended its thread: ${error.message}`
      throw error
    })
    if (typeof replayed === 'string') {
      print(`${colours.red('✗')} ${plain(target)} ${replayed}.`)
      return EXIT.violated
    }
    const accepted = command.accept ? await accept(target, replayed) : undefined
    print(
      command.json
        ? json(replayed)
        : [
            replayText(replayed),
            ...(await inShort(pool, { ...job, replayed }, limits)),
            ...(accepted === undefined ? [] : [accepted]),
          ].join('\n'),
    )
    return exitCode(replayed)
  } finally {
    await pool.close()
  }
}

/** The options that choose a schedule. */
const SCHEDULE: readonly string[] = ['seed', 'strategy', 'timing']

interface Job {
  readonly coordinator: CoordinatorRef | undefined
  readonly bytes?: Uint8Array
  run(pool: Pool, limits: Limits): Promise<Replayed | string>
}

/** Whether a word can only mean a file: no scenario is named so. */
function isFile(word: string): boolean {
  return word.endsWith(REPLAY_EXTENSION) || /[/\\]/.test(word)
}

async function jobOf(target: string, command: ReplayCommand): Promise<Job> {
  const { seed, accept, token } = command
  const fromFile = !isToken(target) && (seed === undefined || isFile(target))
  if ((accept || token) && !fromFile) {
    throw new UsageError(
      `Expected a replay file with ${accept ? '--accept, which rewrites it' : '--token'}, found ${isToken(target) ? 'a token' : '--seed'}.`,
    )
  }
  if (isToken(target)) return tokenJob(target, command)
  return seed === undefined || isFile(target) ? fileJob(target, command) : seedJob(target, seed, command)
}

/** The schedule comes from the record alone. */
function checkUnchosen(what: string, target: string, given: readonly string[]): void {
  const chosenBySeed = given.filter((name) => SCHEDULE.includes(name))
  if (chosenBySeed.length === 0) return
  throw new UsageError(
    `A ${what} says the whole schedule itself: leave out --${chosenBySeed.join(' and --')} beside ${plain(target, 60)}, or give a scenario in its place.`,
  )
}

async function tokenJob(word: string, command: ReplayCommand): Promise<Job> {
  checkUnchosen('token', word, command.given)
  const coordinator = command.coordinator === undefined ? undefined : await chosen(command.coordinator)
  return {
    coordinator,
    run: (pool, limits) => pool.run({ kind: 'replay', record: word, coordinator }, limits),
  }
}

async function fileJob(path: string, command: ReplayCommand): Promise<Job> {
  if (path === '') throw new UsageError('Expected a replay file or a scenario, found an empty word.')
  if (scenarios.some(({ name }) => name === path)) {
    throw new UsageError(`Expected a seed to replay ${path} from: heddle replay ${path} --seed 1.`)
  }
  checkUnchosen('replay file', path, command.given)
  const bytes = await readReplayFile(path)
  const coordinator = command.coordinator === undefined ? undefined : await chosen(command.coordinator)
  return {
    coordinator,
    bytes,
    run: (pool, limits) => pool.run({ kind: 'replay', record: bytes, coordinator }, limits),
  }
}

async function seedJob(scenario: string, seed: number, command: ReplayCommand): Promise<Job> {
  const entry = find('scenario', scenario, scenarios)
  const coordinator = forEntry(await chosen(command.coordinator ?? 'single'), entry)
  const { strategy, timing } = command
  const task = { kind: 'record', scenario, coordinator, strategy, timing, seed, property: null } as const
  return { coordinator, run: (pool, limits) => pool.run(task, limits) }
}

function json({ timeline, ...rest }: Replayed): string {
  return JSON.stringify({ ...rest, text: undefined, renewed: undefined, steps: timeline.steps }, null, 2)
}

function exitCode({ outcome, found }: Replayed): ExitCode {
  if (outcome === 'diverged') return EXIT.diverged
  if (found.property !== null) return EXIT.violated
  return outcome === 'stale' ? EXIT.stale : EXIT.nothingFound
}

/** Rewrites the file, whole or not at all, where the schedule could be followed on changed code; says so. */
async function accept(target: string, replayed: Replayed): Promise<string> {
  const { outcome, renewed, expected } = replayed
  if (outcome === 'exact') return 'Nothing to accept: it is as it was recorded.'
  const failsAgain = outcome === 'adapted' && isToHold(replayed)
  if (renewed === null || failsAgain) {
    return `Not accepted: ${failsAgain ? 'what is to hold fails again' : 'the schedule cannot be followed'}. ${plain(target)} is as it was.`
  }
  await writeWhole(target, renewed)
  const property = plain(replayed.found.property ?? expected.property ?? 'nothing')
  return outcome === 'fixed'
    ? `Accepted: from now on, ${plain(target)} expects that it holds: ${property}.`
    : `Accepted: ${plain(target)} has the schedule as it is now, and still expects a failure: ${property}.`
}
