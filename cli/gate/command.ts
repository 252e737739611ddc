// The command line of `heddle gate`: its options, and what their values may be.

import { type Command, InvalidArgumentError, Option } from 'commander'
import { type TimingName, toUs } from '../../sim/index.ts'
import { seedsOption } from '../options.ts'
import { openProject } from '../project.ts'
import * as shared from '../shared-options.ts'
import { gateCommand } from './gate.ts'
import { type Reporter, reportersOption } from './reporters.ts'
import type { Shard } from './result.ts'

export interface GateOptions {
  /** Milliseconds. */
  readonly budget?: number | undefined
  /** Of each scenario; as many as the budget allows unless given. */
  readonly seeds?: number
  /** The first one; derived from the commit unless given. */
  readonly seed?: number
  readonly shard: Shard
  readonly reporter: readonly Reporter[]
  readonly coordinator?: string
  readonly strategy: string
  readonly timing: TimingName
  readonly checkDeterminism: boolean
  readonly out: string
  readonly workers: number
  readonly timeout: number
  readonly config?: string
}

const BUDGET_MS = { usual: 60_000, min: 1_000, max: 86_400_000 }
const SHARDS_MAX = 1_000
const SETTLED = ['out', 'strategy', 'workers', 'timeout'] as const

export function addGate(heddle: Command, { signal, ends }: shared.Edge): void {
  heddle
    .command('gate')
    .description('what a merge has to pass: corpus, canaries, exhaustive searches, and hunts within a budget')
    .addOption(
      new Option(
        '--budget <time>',
        'how long it may take, such as 60s or 5min; 60s unless --seeds is given',
      ).argParser(budgetOption),
    )
    .addOption(new Option('--seeds <n>', 'how many seeds of each scenario').argParser(seedsOption))
    .addOption(shared.seed('the first seed; derived from the commit unless given'))
    .addOption(
      new Option('--shard <i/n>', 'do one of n parts, on one of n machines')
        .argParser(shardOption)
        .default({ index: 1, count: 1 }, '1/1'),
    )
    .addOption(
      new Option('--reporter <names>', 'default, junit, github and json, each with =<file> or to stdout')
        .argParser(reportersOption)
        .default([{ name: 'default', file: undefined }], 'default'),
    )
    .addOption(shared.coordinator())
    .addOption(shared.strategy())
    .addOption(shared.timing())
    .option('--check-determinism', 'run every seed twice, and compare; without it, a share of them', false)
    .addOption(shared.out())
    .addOption(shared.workers())
    .addOption(shared.timeout())
    .addOption(shared.config())
    .addHelpText('after', HELP)
    .action(async ({ config, timeout: timeoutMs }: GateOptions, command: Command) => {
      const project = await openProject({ config }, { timeoutMs, signal })
      const options = shared.settled<GateOptions>(command, project.settings, SETTLED)
      const usual = options.seeds === undefined ? (project.settings?.budgetMs ?? BUDGET_MS.usual) : undefined
      ends(await gateCommand({ ...options, budget: options.budget ?? usual }, project, signal))
    })
}

const HELP = `
With --seeds, all shards together do exactly what one run does; with a budget alone, each goes as far as its time allows.
The first seed is derived from the commit that is checked out, and is printed.
Files of the corpus must come out as they expect. A failure that is gone passes, and says so.
Exit code: 70 where a canary is silent, else 3 where a run was not deterministic, else 1 where anything was violated or
never settled, a hard case was never reached, or a failure came back, else 5 where a replay file is stale, else 4 where
the budget was too short to run some scenario (not with --shard), else 0.`

export function budgetOption(text: string): number {
  try {
    const ms = /^\d/.test(text) ? Math.round(toUs(text as never) / 1_000) : Number.NaN
    if (ms >= BUDGET_MS.min && ms <= BUDGET_MS.max) return ms
  } catch {}
  throw new InvalidArgumentError('Expected a time from 1s to 24 hours, such as 60s or 5min.')
}

export function shardOption(text: string): Shard {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.map(Number) ?? []
  if (index !== undefined && count !== undefined && index >= 1 && index <= count && count <= SHARDS_MAX) {
    return { index, count }
  }
  throw new InvalidArgumentError(`Expected i/n with i from 1 to n, and n up to ${SHARDS_MAX}, such as 2/4.`)
}
