// `heddle replay`: one run, step by step, from a replay file or from a seed; says whether it came out the same
// to the byte.

import { scenarios } from '../model/index.ts'
import { cycleText, type Divergence, formatUs, type Outcome, type TimingName } from '../sim/index.ts'
import { type CoordinatorRef, chosen, forEntry } from './coordinators.ts'
import { EXIT, type ExitCode, UsageError } from './exit.ts'
import { find } from './options.ts'
import { type Limits, loadCoordinator, Pool, ThreadEnded, TimedOut } from './pool.ts'
import { REPLAY_EXTENSION, readReplayFile } from './replay-file.ts'
import type { Replayed } from './replaying.ts'
import { colours, plain, print, thousands, width, wrapped } from './terminal.ts'
import { timetable } from './timetable.ts'

export interface ReplayCommand {
  readonly seed?: number
  readonly coordinator?: string
  readonly strategy: string
  readonly timing: TimingName
  readonly timeout: number
  readonly json: boolean
  /** Those of the options above that were given; a replay file leaves no choice of a schedule. */
  readonly given: readonly string[]
}

export async function replayCommand(
  target: string,
  command: ReplayCommand,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { seed } = command
  const job =
    seed === undefined || isFile(target)
      ? await fileJob(target, command)
      : await seedJob(target, seed, command)
  const limits = { timeoutMs: command.timeout, signal }
  const pool = new Pool(1)
  try {
    await loadCoordinator(pool, job.coordinator, limits)
    const replayed = await job.run(pool, limits).catch((error: unknown) => {
      if (error instanceof TimedOut) return `never settled: no end after ${command.timeout / 1_000} s`
      if (error instanceof ThreadEnded) return `ended its thread: ${error.message}`
      throw error
    })
    if (typeof replayed === 'string') {
      print(`${colours.red('✗')} ${plain(target)} ${replayed}.`)
      return EXIT.violated
    }
    print(command.json ? json(replayed) : replayText(replayed))
    return exitCode(replayed)
  } finally {
    await pool.close()
  }
}

/** The options that choose a schedule. */
const SCHEDULE: readonly string[] = ['seed', 'strategy', 'timing']

interface Job {
  readonly coordinator: CoordinatorRef | undefined
  run(pool: Pool, limits: Limits): Promise<Replayed | string>
}

/** Whether a word can only mean a file: no scenario is named so. */
function isFile(word: string): boolean {
  return word.endsWith(REPLAY_EXTENSION) || /[/\\]/.test(word)
}

async function fileJob(path: string, command: ReplayCommand): Promise<Job> {
  if (path === '') throw new UsageError('Expected a replay file or a scenario, found an empty word.')
  if (scenarios.some(({ name }) => name === path)) {
    throw new UsageError(`Expected a seed to replay ${path} from: heddle replay ${path} --seed 1.`)
  }
  const chosenBySeed = command.given.filter((name) => SCHEDULE.includes(name))
  if (chosenBySeed.length > 0) {
    throw new UsageError(
      `A replay file says the whole schedule itself: leave out --${chosenBySeed.join(' and --')} beside ${plain(path)}, or give a scenario in its place.`,
    )
  }
  const bytes = await readReplayFile(path)
  const coordinator = command.coordinator === undefined ? undefined : await chosen(command.coordinator)
  return { coordinator, run: (pool, limits) => pool.run({ kind: 'replay', bytes, coordinator }, limits) }
}

async function seedJob(scenario: string, seed: number, command: ReplayCommand): Promise<Job> {
  const entry = find('scenario', scenario, scenarios)
  const coordinator = forEntry(await chosen(command.coordinator ?? 'single'), entry)
  const { strategy, timing } = command
  const task = { kind: 'record', scenario, coordinator, strategy, timing, seed, property: null } as const
  return { coordinator, run: (pool, limits) => pool.run(task, limits) }
}

function replayText(replayed: Replayed): string {
  const { scenario, coordinator, seed, timeline } = replayed
  const head = [
    `${colours.bold(plain(scenario))} · ${plain(coordinator)}`,
    ...(seed === null ? [] : [`seed ${seed}`]),
    `${thousands(timeline.steps.length)} steps, ${formatUs(timeline.timeUs)}`,
  ].join('   ')
  const table = timetable(timeline, { width: width() })
  return [head, '', table, '', ...conclusion(replayed)].join('\n')
}

/** What came of it, what matters most first. */
function conclusion(replayed: Replayed): readonly string[] {
  const { outcome, divergence } = replayed
  if (outcome === 'diverged' && divergence !== null) {
    return [...lines(divergedText(divergence)).map(colours.red), soFar(replayed.found)]
  }
  if (outcome === 'fixed') {
    return [`${colours.green('✓ Fixed:')} the same schedule can be followed, and what it violated now holds.`]
  }
  return [...verdictLines(replayed.found), 'Reproduced to the byte.']
}

/** The engine's sentence ends with the cause it thinks of; the likeliest by far goes before it. */
function divergedText({ step, timeUs, expected, found, message }: Divergence): string {
  const where = step === 0 ? 'before its first step' : `at step ${step} (t=${formatUs(timeUs)})`
  const cause = message.slice(message.lastIndexOf(`${found}. `) + found.length + 2)
  return `✗ Replay diverged ${where}. Was the code changed since it was recorded? Expected ${expected}, ${found}. If nothing was changed: ${cause}`
}

function soFar({ property, message }: Outcome): string {
  if (property === null) return 'As far as it could be followed, nothing was violated.'
  return `As far as it could be followed, it violated: ${plain(property)} (${plain(message ?? '')}).`
}

function verdictLines({ verdict, property, message, cycleFrom, step, at }: Outcome): readonly string[] {
  // Of a run in which nothing is violated, the step of the outcome is the last.
  const cycle = cycleFrom === undefined ? '' : `; ${cycleText({ cycleFrom, steps: step })}`
  if (property === null) return [`${colours.green('✓')} ${verdict}${cycle}`]
  const where = `step ${step}, ${formatUs(at)}`
  return lines(`✗ ${plain(property)}: ${plain(message ?? '')} (${where})`).map(colours.red)
}

function lines(text: string): readonly string[] {
  return wrapped(plain(text, LINES_CHARS_MAX), width(), '  ')
}

const LINES_CHARS_MAX = 2_000

function json({ timeline, ...rest }: Replayed): string {
  return JSON.stringify({ ...rest, text: undefined, steps: timeline.steps }, null, 2)
}

function exitCode({ outcome, found }: Replayed): ExitCode {
  if (outcome === 'diverged') return EXIT.diverged
  return found.property === null ? EXIT.nothingFound : EXIT.violated
}
