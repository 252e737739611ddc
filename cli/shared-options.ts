// The options that several commands have in common, with their defaults; and which of those a project's configuration
// settles otherwise.

import { availableParallelism } from 'node:os'
import { type Command, Option } from 'commander'
import { portfolio, STRATEGY_NAMES } from '../sim/index.ts'
import type { Settings } from './config.ts'
import { BUILT_IN } from './coordinators.ts'
import type { ExitCode } from './exit.ts'
import {
  seedOption,
  seedsOption,
  strategyOption,
  timeoutOption,
  timingOption,
  workersOption,
} from './options.ts'
import { LOAD_MAX_MS } from './pool.ts'

/** What a command is told from outside, and whom it tells how it ended. */
export interface Edge {
  readonly signal: AbortSignal
  ends(code: ExitCode): void
}

/** Not a folder of anybody's that is kept under version control. */
const OUT = '.heddle'
export const TIMEOUT_MS = 60_000
const WORKERS_MAX = 8

export const json = () => new Option('--json', 'print JSON').default(false, 'off')
export const strategy = () =>
  new Option('--strategy <name>', `what chooses between events due at once: ${STRATEGY_NAMES.join(', ')}`)
    .argParser(strategyOption)
    .default(portfolio.name)
export const timing = () =>
  new Option('--timing <name>', 'sampled: delays drawn from their windows; untimed: every causal order')
    .argParser(timingOption)
    .default('sampled')
export const timeout = () =>
  new Option(
    '--timeout <seconds>',
    `after which a chunk of runs counts as never settling; loading a file may take as long, and ${LOAD_MAX_MS / 1_000} at most`,
  )
    .argParser(timeoutOption)
    .default(TIMEOUT_MS, String(TIMEOUT_MS / 1_000))
export const workers = () =>
  new Option('--workers <n>', 'worker threads; the result is the same for any number')
    .argParser(workersOption)
    .default(Math.min(WORKERS_MAX, availableParallelism()), 'one a core')
export const seed = (about: string) => new Option('--seed <n>', about).argParser(seedOption)
export const seeds = (count: number) =>
  new Option('--seeds <n>', 'how many seeds of each scenario').argParser(seedsOption).default(count)
export const coordinator = () =>
  new Option(
    '--coordinator <name|file>',
    `of scenarios of the catalogue: ${BUILT_IN.map(({ name }) => name).join(', ')}, or a module of your own whose default export is a Coordinator`,
  )
export const out = (about = 'where replay files go') => new Option('--out <folder>', about).default(OUT)
export const config = () =>
  new Option(
    '--config <file>',
    'the configuration of your project; the heddle.config.ts of the folder or one above, unless given',
  )

/** The options that a configuration settles, where it says anything of them. */
const SETTLED = {
  out: 'out',
  seeds: 'seeds',
  strategy: 'strategy',
  workers: 'workers',
  timeout: 'timeoutMs',
} as const

/** The options of a command, where what nobody gave on the command line is as the configuration says. */
export function settled<Options extends object>(
  command: Command,
  settings: Settings | undefined,
  names: readonly (keyof typeof SETTLED)[],
): Options {
  const options = command.opts<Options>()
  if (settings === undefined) return options
  const own = names.flatMap((name) => {
    const value = settings[SETTLED[name]]
    return value === undefined || command.getOptionValueSource(name) === 'cli' ? [] : [[name, value]]
  })
  return { ...options, ...Object.fromEntries(own) }
}
