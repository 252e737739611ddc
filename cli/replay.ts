// `heddle replay`: one run, step by step, from a replay file or from a seed; says whether it came out the same
// to the byte.

import { scenarios } from '../model/index.ts'
import { formatUs, type TimingName } from '../sim/index.ts'
import { type CoordinatorRef, chosen, forEntry } from './coordinators.ts'
import { EXIT, type ExitCode, UsageError } from './exit.ts'
import { thousands } from './failure.ts'
import { find, type StrategyName } from './options.ts'
import { type Limits, loadCoordinator, Pool, ThreadEnded, TimedOut } from './pool.ts'
import { REPLAY_EXTENSION, readReplayFile } from './replay-file.ts'
import type { Replayed } from './tasks.ts'
import { colours, plain, print, width } from './terminal.ts'
import { timetable } from './timetable.ts'

export interface ReplayCommand {
  readonly seed?: number
  readonly coordinator?: string
  readonly strategy: StrategyName
  readonly timing: TimingName
  readonly timeout: number
  readonly json: boolean
}

export async function replayCommand(
  target: string,
  command: ReplayCommand,
  signal: AbortSignal,
): Promise<ExitCode> {
  const job =
    command.seed === undefined ? await fileJob(target, command) : await seedJob(target, command.seed, command)
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

interface Job {
  readonly coordinator: CoordinatorRef | undefined
  run(pool: Pool, limits: Limits): Promise<Replayed | string>
}

async function fileJob(path: string, command: ReplayCommand): Promise<Job> {
  if (scenarios.some(({ name }) => name === path) && !path.endsWith(REPLAY_EXTENSION)) {
    throw new UsageError(`Expected a seed to replay ${path} from: heddle replay ${path} --seed 1.`)
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
  return [head, '', table, '', `${verdictLine(replayed)}`, sameness(replayed)].join('\n')
}

function verdictLine({ found }: Replayed): string {
  if (found.property === null) return `${colours.green('✓')} ${found.verdict}`
  const where = `step ${found.step}, ${formatUs(found.at)}`
  return colours.red(`✗ ${plain(found.property)}: ${plain(found.message ?? '')} (${where})`)
}

function sameness({ outcome, divergence }: Replayed): string {
  const message = plain(divergence?.message ?? '', 1_000)
  switch (outcome) {
    case 'exact':
      return 'Reproduced to the byte.'
    case 'fixed':
      return `${colours.green('Fixed:')} the same schedule can be followed, and what it violated now holds.`
    case 'diverged':
      return `${colours.red('✗')} ${message}`
  }
}

function json({ timeline, ...rest }: Replayed): string {
  return JSON.stringify({ ...rest, text: undefined, steps: timeline.steps }, null, 2)
}

function exitCode({ outcome, found }: Replayed): ExitCode {
  if (outcome === 'diverged') return EXIT.diverged
  return found.property === null ? EXIT.nothingFound : EXIT.violated
}
