// `heddle replay`: one run, step by step, from a replay file, a token or a seed; says whether it came out the same to
// the byte, and what became of it where it did not.

import type { Command } from 'commander'
import {
  colours,
  isToHold,
  plain,
  quoted,
  REPLAY_EXTENSION,
  type Replayed,
  readReplayFile,
  replayText,
  writeWhole,
} from '../failures/index.ts'
import { scenarios } from '../model/index.ts'
import { isToken, type TimingName } from '../sim/index.ts'
import { chosen } from './coordinators.ts'
import { EXIT, type ExitCode, UsageError } from './exit.ts'
import { inShort } from './explain.ts'
import { type Limits, loadCoordinator, Pool, ThreadEnded, TimedOut } from './pool.ts'
import { openProject, type Project } from './project.ts'
import type { Known } from './replaying.ts'
import * as shared from './shared-options.ts'
import { type Subject, scenarioNamed, subjectsOf } from './subjects.ts'
import { print } from './terminal.ts'

export interface ReplayCommand {
  readonly seed?: number
  readonly coordinator?: string
  readonly strategy: string
  readonly timing: TimingName
  readonly timeout: number
  readonly config?: string
  readonly json: boolean
  /** Whether what came out is what the file expects from now on. */
  readonly accept: boolean
  /** Whether to print the token of the file, and nothing else. */
  readonly token: boolean
  /** Those of the options above that were given; a replay file leaves no choice of a schedule. */
  readonly given: readonly string[]
}

export function addReplay(heddle: Command, { signal, ends }: shared.Edge): void {
  heddle
    .command('replay')
    .description('show one run step by step')
    .argument('<file|token|scenario>', 'a replay file, its token, or a scenario together with --seed')
    .addOption(shared.seed('the seed to show of a scenario'))
    .addOption(shared.coordinator())
    .addOption(shared.strategy())
    .addOption(shared.timing())
    .addOption(shared.timeout())
    .option('--token', 'print the file as one line that is short enough to paste', false)
    .option('--accept', 'rewrite the file, so that it expects what the code does now', false)
    .addOption(shared.config())
    .addOption(shared.json())
    .addHelpText('after', HELP)
    .action(async (target: string, { config, timeout: timeoutMs }: ReplayCommand, command: Command) => {
      const project = await openProject({ config, isWhole: false }, { timeoutMs, signal })
      const options = shared.settled<ReplayCommand>(command, project.settings, ['strategy', 'timeout'])
      const given = Object.keys(options).filter((name) => command.getOptionValueSource(name) === 'cli')
      ends(await replayCommand(target, { ...options, given }, project, signal))
    })
}

const HELP = `
A replay file is followed by what it recorded: a scenario of your own is looked up by its name in the project, and a
file of the catalogue that was recorded with a coordinator of your own needs --coordinator again. On code that was
changed since, its schedule is realigned by the ids of its events: it is fixed where all of it could be followed and the
property holds, adapted where the property still fails, and else stale.
--accept keeps a fixed one as a test that is to hold.
Exit code: 1 where the run violates something, 0 where it does not or no longer does, 5 where the schedule can no
longer be followed, 3 where two runs of it differ.`

export async function replayCommand(
  target: string,
  command: ReplayCommand,
  project: Project,
  signal: AbortSignal,
): Promise<ExitCode> {
  const job = await jobOf(target, command, project)
  const limits = { timeoutMs: command.timeout, signal }
  const pool = new Pool(1)
  try {
    await loadCoordinator(pool, job.known.coordinator, limits)
    if (command.token && job.bytes !== undefined) {
      const { bytes, known } = job
      print(await pool.run({ kind: 'token', bytes, file: target, ...known }, limits))
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
            ...(replayed.thrownAt === null ? [] : [`Thrown at ${plain(replayed.thrownAt)}.`]),
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
  readonly known: Known
  readonly bytes?: Uint8Array
  run(pool: Pool, limits: Limits): Promise<Replayed | string>
}

/** Whether a word can only mean a file: no scenario is named so. */
function isFile(word: string, { own }: Project): boolean {
  if (own.some(({ scenario }) => scenario === word)) return false
  return word.endsWith(REPLAY_EXTENSION) || /[/\\]/.test(word)
}

async function jobOf(target: string, command: ReplayCommand, project: Project): Promise<Job> {
  const { seed, accept, token } = command
  const fromFile = !isToken(target) && (seed === undefined || isFile(target, project))
  if ((accept || token) && !fromFile) {
    throw new UsageError(
      `Expected a replay file with ${accept ? '--accept, which rewrites it' : '--token'}, found ${isToken(target) ? 'a token' : '--seed'}.`,
    )
  }
  if (isToken(target)) return tokenJob(target, command, project)
  if (seed === undefined || isFile(target, project)) return fileJob(target, command, project)
  return seedJob(target, seed, command, project)
}

/** The schedule comes from the record alone. */
function checkUnchosen(what: string, target: string, given: readonly string[]): void {
  const chosenBySeed = given.filter((name) => SCHEDULE.includes(name))
  if (chosenBySeed.length === 0) return
  throw new UsageError(
    `A ${what} says the whole schedule itself: leave out --${chosenBySeed.join(' and --')} beside ${plain(target, 60)}, or give a scenario in its place.`,
  )
}

async function knownTo({ coordinator: word }: ReplayCommand, { own }: Project): Promise<Known> {
  return { coordinator: word === undefined ? undefined : await chosen(word), own }
}

async function tokenJob(word: string, command: ReplayCommand, project: Project): Promise<Job> {
  checkUnchosen('token', word, command.given)
  const known = await knownTo(command, project)
  return { known, run: (pool, limits) => pool.run({ kind: 'replay', record: word, ...known }, limits) }
}

async function fileJob(path: string, command: ReplayCommand, project: Project): Promise<Job> {
  if (path === '') throw new UsageError('Expected a replay file or a scenario, found an empty word.')
  const names = [...project.own.map(({ scenario }) => scenario), ...scenarios.map(({ name }) => name)]
  if (names.includes(path)) {
    const word = plain(quoted(path))
    throw new UsageError(`Expected a seed to replay ${plain(path)} from: heddle replay ${word} --seed 1.`)
  }
  checkUnchosen('replay file', path, command.given)
  const bytes = await readReplayFile(path)
  const known = await knownTo(command, project)
  return {
    known,
    bytes,
    run: (pool, limits) => pool.run({ kind: 'replay', record: bytes, file: path, ...known }, limits),
  }
}

async function seedJob(name: string, seed: number, command: ReplayCommand, project: Project): Promise<Job> {
  const [subject] = await subjectsOf([scenarioNamed(name, project)], command.coordinator)
  const { strategy, timing } = command
  const task = { kind: 'record', ...(subject as Subject), strategy, timing, seed, property: null } as const
  const known = { coordinator: subject?.coordinator, own: project.own }
  return { known, run: (pool, limits) => pool.run(task, limits) }
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
