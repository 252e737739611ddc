// The edge of the command: what the words of the command line mean, what Ctrl-C does, and what becomes of every
// error: one line on stderr and an exit code. What the commands do is in their own files.

import { availableParallelism } from 'node:os'
import { Command, CommanderError, Option } from 'commander'
import { oneLine, plain } from '../failures/index.ts'
import { HeddleError, portfolio, STRATEGY_NAMES, VERSION } from '../sim/index.ts'
import { type CheckCommand, checkCommand } from './check.ts'
import { BUILT_IN } from './coordinators.ts'
import { EXIT, EXIT_CODES_HELP, type ExitCode, UsageError } from './exit.ts'
import { type ExplainCommand, explainCommand } from './explain.ts'
import { addExplore, exploreCommand } from './explore.ts'
import { type HuntCommand, huntCommand } from './hunt.ts'
import { list } from './list.ts'
import {
  depthOption,
  graphOption,
  memoryOption,
  seedOption,
  seedsOption,
  statesOption,
  strategyOption,
  timeoutOption,
  timingOption,
  workersOption,
} from './options.ts'
import { Interrupted, LOAD_MAX_MS } from './pool.ts'
import { type ReplayCommand, replayCommand } from './replay.ts'
import { type ReportCommand, reportCommand } from './report.ts'
import { printError } from './terminal.ts'

/** Not a folder of anybody's that is kept under version control. */
const OUT = '.heddle'
const DEFAULT = { seeds: 200, reportSeeds: 100, timeoutMs: 60_000, workersMax: 8, silentMs: 300_000 }

/** Runs the command line `argv`, and gives the exit code. Never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  const controller = new AbortController()
  const interrupted = endInTwoSignals(controller)
  endWithoutReader()
  let code: ExitCode = EXIT.nothingFound
  try {
    await program(controller.signal, (result) => {
      code = result
    }).parseAsync(argv)
  } catch (error) {
    code = codeOf(error)
  }
  return code === EXIT.interrupted ? interrupted() : code
}

function program(signal: AbortSignal, ends: (code: ExitCode) => void): Command {
  const heddle = new Command('heddle')
    .description('Deterministic simulation testing for connection lifecycles.')
    .version(VERSION)
    .addHelpText('after', EXIT_CODES_HELP)
  // Inherited by every subcommand that is added from here on.
  heddle.exitOverride().configureOutput({ writeErr: () => {}, outputError: () => {} })
  addHunt(heddle, signal, ends)
  addCheck(heddle, signal, ends)
  addExplore(heddle, [coordinator(), workers(), timeout(), json()], async (names, options) =>
    ends(await exploreCommand(names, options, signal)),
  )
  addReplay(heddle, signal, ends)
  addExplain(heddle, signal, ends)
  addReport(heddle, signal, ends)
  heddle
    .command('list')
    .description('list the scenarios and the coordinators')
    .addOption(json())
    .action((options: { json: boolean }) => ends(list(options)))
  return heddle
}

const json = () => new Option('--json', 'print JSON').default(false, 'off')
const strategy = () =>
  new Option('--strategy <name>', `what chooses between events due at once: ${STRATEGY_NAMES.join(', ')}`)
    .argParser(strategyOption)
    .default(portfolio.name)
const timing = () =>
  new Option('--timing <name>', 'sampled: delays drawn from their windows; untimed: every causal order')
    .argParser(timingOption)
    .default('sampled')
const timeout = () =>
  new Option(
    '--timeout <seconds>',
    `after which a chunk of runs counts as never settling; loading a file may take as long, and ${LOAD_MAX_MS / 1_000} at most`,
  )
    .argParser(timeoutOption)
    .default(DEFAULT.timeoutMs, String(DEFAULT.timeoutMs / 1_000))
const workers = () =>
  new Option('--workers <n>', 'worker threads; the result is the same for any number')
    .argParser(workersOption)
    .default(Math.min(DEFAULT.workersMax, availableParallelism()), 'one a core')
const seed = (about: string) => new Option('--seed <n>', about).argParser(seedOption)
const seeds = () => new Option('--seeds <n>', 'how many seeds of each scenario').argParser(seedsOption)
const coordinator = () =>
  new Option(
    '--coordinator <name|file>',
    `${BUILT_IN.map(({ name }) => name).join(', ')}, or a module of your own whose default export is a Coordinator`,
  )

const graph = () =>
  new Option(
    '--graph <file>',
    'draw all states of one scenario, the counterexample marked: .svg, or .dot for Graphviz',
  ).argParser(graphOption)
const silence = () =>
  new Option('--timeout <seconds>', 'after which a check that does nothing counts as never settling')
    .argParser(timeoutOption)
    .default(DEFAULT.silentMs, String(DEFAULT.silentMs / 1_000))

type Ends = (code: ExitCode) => void

function addHunt(heddle: Command, signal: AbortSignal, ends: Ends): void {
  heddle
    .command('hunt')
    .description('run many seeds; write a replay file for each violated property')
    .argument('[scenario...]', 'scenarios by name; all of them unless given')
    .addOption(coordinator().default('single'))
    .addOption(seeds().default(DEFAULT.seeds))
    .addOption(seed('the first seed').default(1))
    .addOption(strategy())
    .addOption(timing())
    .option('--no-shrink', 'write failures as they were found')
    .option('--check-determinism', 'run every seed twice, and compare; without it, a share of them', false)
    .option('--coverage', 'say in detail what was covered: orders, transitions of the lifecycle', false)
    .option('--out <folder>', 'where replay files go', OUT)
    .addOption(workers())
    .addOption(timeout())
    .addOption(json())
    .addHelpText('after', HUNT_HELP)
    .action(async (names: string[], options: HuntCommand) => ends(await huntCommand(names, options, signal)))
}

const HUNT_HELP = `
With --coordinator single or class, a scenario that is made for another policy gets that one.
--out replays puts a replay file into a corpus that is kept; .heddle is for those of the day.
pct and delay-bounded take a number: pct:5, delay-bounded:1. Another run is likely a new one as long as many orders
of dependent steps were met only once (Good and Turing).
Without a scenario, the whole catalogue is hunted, and with it planted faults that must be found (else exit code 70).
Exit code: 3 where a run was not deterministic, else 1 where anything was violated, stuck or never settled,
no run of a scenario came to rest, or a hard case of the whole catalogue was never reached, else 0.`

function addCheck(heddle: Command, signal: AbortSignal, ends: Ends): void {
  heddle
    .command('check')
    .description('cover every schedule, at sizes that can be exhausted')
    .argument('[scenario...]', 'scenarios by name; all of them unless given')
    .addOption(coordinator())
    .option('--no-reduction', 'search every state and every order, for raw counts')
    .option('--depth-first', 'the deepest state first: a counterexample need not be a shortest one', false)
    .option('--every-property', 'go on after the first violation, for those of other properties', false)
    .addOption(new Option('--states <n>', 'states of one check at the most').argParser(statesOption))
    .addOption(new Option('--depth <n>', 'steps from the beginning at the most').argParser(depthOption))
    .addOption(
      new Option(
        '--memory <MB>',
        'memory of one check at the most; three quarters of what is free unless given',
      ).argParser(memoryOption),
    )
    .addOption(new Option('--time <seconds>', 'time of one check at the most').argParser(timeoutOption))
    .option('--coverage', 'say what was covered: transitions of the lifecycle, states, hard cases', false)
    .addOption(graph())
    .option('--out <folder>', 'where replay files go', OUT)
    .addOption(workers())
    .addOption(silence())
    .addOption(json())
    .addHelpText('after', CHECK_HELP)
    .action(async (names: string[], options: CheckCommand) =>
      ends(await checkCommand(names, options, signal)),
    )
}

const CHECK_HELP = `
Every order that causes allow is covered, whatever the delays. Without --coordinator, each scenario is checked at its
sizes under the single coordinator, which must hold, and under the competing machines, which must break what the
catalogue says. With it, each must hold.
Exit code: 1 where anything came out otherwise, 4 where a bound came before that could be said, else 0.`

function addReplay(heddle: Command, signal: AbortSignal, ends: Ends): void {
  heddle
    .command('replay')
    .description('show one run step by step')
    .argument('<file|token|scenario>', 'a replay file, its token, or a scenario together with --seed')
    .addOption(seed('the seed to show of a scenario'))
    .addOption(coordinator())
    .addOption(strategy())
    .addOption(timing())
    .addOption(timeout())
    .option('--token', 'print the file as one line that is short enough to paste', false)
    .option('--accept', 'rewrite the file, so that it expects what the code does now', false)
    .addOption(json())
    .addHelpText('after', REPLAY_HELP)
    .action(async (target: string, options: Omit<ReplayCommand, 'given'>, command: Command) => {
      const given = Object.keys(options).filter((name) => command.getOptionValueSource(name) === 'cli')
      ends(await replayCommand(target, { ...options, given }, signal))
    })
}

const REPLAY_HELP = `
A replay file is followed by what it recorded; one that was recorded with a coordinator of your own needs
--coordinator again. On code that was changed since, its schedule is realigned by the ids of its events: it is fixed
where all of it could be followed and the property holds, adapted where the property still fails, and else stale.
--accept keeps a fixed one as a test that is to hold.
Exit code: 1 where the run violates something, 0 where it does not or no longer does, 5 where the schedule can no
longer be followed, 3 where two runs of it differ.`

function addExplain(heddle: Command, signal: AbortSignal, ends: Ends): void {
  heddle
    .command('explain')
    .description('say why a recorded run fails: the order that decides, and what led to it')
    .argument('<file|token>', 'a replay file, or its token')
    .addOption(coordinator())
    .addOption(timeout())
    .addOption(json())
    .addHelpText('after', EXPLAIN_HELP)
    .action(async (target: string, options: ExplainCommand) =>
      ends(await explainCommand(target, options, signal)),
    )
}

const EXPLAIN_HELP = `
One order at a time is turned round, and the rest of the run with it goes on as it does where nothing races; a fault
is left out. What was found in sampled time stays within its windows.
Exit code: 1 where the run violates something, 0 where it does not or no longer does, 5 where the schedule can no
longer be followed, 3 where two runs of it differ.`

function addReport(heddle: Command, signal: AbortSignal, ends: Ends): void {
  heddle
    .command('report')
    .description("run the whole catalogue on both coordinators, and print the test plan's metrics")
    .addOption(seeds().default(DEFAULT.reportSeeds))
    .addOption(seed('the first seed').default(1))
    .option('--out <folder>', 'where the replay files of the competing machines go', OUT)
    .addOption(workers())
    .addOption(timeout())
    .addOption(json())
    .addHelpText('after', '\nExit code: 0 where every metric is as required, else 1.')
    .action(async (options: ReportCommand) => ends(await reportCommand(options, signal)))
}

/** Says what went wrong, on one line, and gives the exit code for it. */
function codeOf(error: unknown): ExitCode {
  if (error instanceof Interrupted) return EXIT.interrupted
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.nothingFound
    printError(usageLine(error))
    return EXIT.usage
  }
  if (process.env.HEDDLE_DEBUG && error instanceof Error) printError(error.stack ?? '')
  if (error instanceof UsageError || isMistake(error)) {
    printError(`heddle: ${error.message}`)
    return EXIT.usage
  }
  printError(`heddle: a bug of heddle's own: ${oneLine(error)} HEDDLE_DEBUG=1 shows where; please report it.`)
  return EXIT.ownBug
}

/** A mistake of the user's that the engine or what reads and writes files has named. */
function isMistake(error: unknown): error is HeddleError {
  return error instanceof HeddleError && error.code !== 'HEDDLE_INTERNAL'
}

function usageLine({ code, message }: CommanderError): string {
  if (code === 'commander.help')
    return 'heddle: expected a command: hunt, check, explore, replay, explain, report or list; see heddle --help'
  return `heddle: ${plain(message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' '))}`
}

/**
 * The first Ctrl-C calls the work off, a second one ends the process. The listener stays, because write-file-atomic
 * listens too, to clear up, and ends the process itself where nobody else listens. Gives the code of what came.
 */
function endInTwoSignals(controller: AbortController): () => ExitCode {
  let code: ExitCode = EXIT.interrupted
  for (const [signal, itsCode] of [
    ['SIGINT', EXIT.interrupted],
    ['SIGTERM', EXIT.terminated],
  ] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(code)
      code = itsCode
      controller.abort()
    })
  }
  return () => code
}

/** A reader that goes away, such as `head`, ends the command as it ends any other; so does a disk that is full. */
function endWithoutReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.unread)
    printError(`heddle: writing the output failed: ${oneLine(error)}`)
    process.exit(EXIT.unwritten)
  })
}
