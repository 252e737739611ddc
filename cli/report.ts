// `heddle report`: the whole catalogue. The competing machines must break what each scenario says, the single
// coordinator must hold, as a model and as the class for a real server, and every failure must replay exactly.

import type { Command } from 'commander'
import { colours } from '../failures/index.ts'
import { scenarios } from '../model/index.ts'
import { portfolio } from '../sim/index.ts'
import { silenceText, silentCanaries } from './canaries.ts'
import { type CoordinatorRef, forEntry } from './coordinators.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { type Findings, recordFindings } from './findings.ts'
import { type Hunted, huntAll, type Outcome } from './hunting.ts'
import { type Metrics, metricsOf, type Trio, unmet } from './metrics.ts'
import { Pool } from './pool.ts'
import { reportJson, reportText } from './report-text.ts'
import * as shared from './shared-options.ts'
import { lostLine } from './summary.ts'
import type { Manner } from './tasks.ts'
import { print, printError, progress } from './terminal.ts'

export interface ReportCommand {
  readonly seeds: number
  readonly seed: number
  readonly out: string
  readonly workers: number
  readonly timeout: number
  readonly json: boolean
}

const SEEDS = 100

export function addReport(heddle: Command, { signal, ends }: shared.Edge): void {
  heddle
    .command('report')
    .description("run the whole catalogue on both coordinators, and print the test plan's metrics")
    .addOption(shared.seeds(SEEDS))
    .addOption(shared.seed('the first seed').default(1))
    .addOption(shared.out('where the replay files of the competing machines go'))
    .addOption(shared.workers())
    .addOption(shared.timeout())
    .addOption(shared.json())
    .addHelpText('after', '\nExit code: 0 where every metric is as required, else 1.')
    .action(async (options: ReportCommand) => ends(await reportCommand(options, signal)))
}

export interface ReportResult {
  readonly trios: readonly Trio[]
  readonly metrics: Metrics
  readonly findings: Findings
  readonly elapsedMs: number
}

const MANNER: Manner = { strategy: portfolio.name, timing: 'sampled' }

export async function reportCommand(command: ReportCommand, signal: AbortSignal): Promise<ExitCode> {
  const pool = new Pool(command.workers)
  try {
    const silent = await silentCanaries(pool, { timeoutMs: command.timeout, signal })
    if (silent.length > 0) {
      print(`${colours.red('✗')} ${silenceText(silent)}`)
      return EXIT.ownBug
    }
    const hunted = await huntCatalogue(pool, command, signal)
    if (hunted.interrupted) {
      printError('Interrupted: a report needs all of its runs.')
      return EXIT.interrupted
    }
    if (hunted.lost.length > 0) {
      for (const lost of hunted.lost) print(`${colours.red('✗')} ${lostLine(lost)}`)
      return EXIT.violated
    }
    return await conclude(pool, hunted, command, signal)
  } finally {
    await pool.close()
  }
}

interface Timed extends Outcome {
  readonly elapsedMs: number
}

async function huntCatalogue(
  pool: Pool,
  { seed, seeds, timeout: timeoutMs }: ReportCommand,
  signal: AbortSignal,
): Promise<Timed> {
  const line = progress('running the catalogue')
  const began = performance.now()
  const subjects = [...under('competing'), ...under('single'), ...under('class')]
  const total = subjects.length * seeds
  try {
    const outcome = await huntAll(pool, subjects, {
      ...MANNER,
      seeds: { first: seed, count: seeds },
      checkDeterminism: false,
      coverage: false,
      measures: true,
      timeoutMs,
      signal,
      onProgress: ({ runs }) => line.update(`running the catalogue: ${runs} of ${total} runs`),
    })
    return { ...outcome, elapsedMs: performance.now() - began }
  } finally {
    line.stop()
  }
}

function under(name: 'competing' | 'single' | 'class') {
  const ref: CoordinatorRef = { kind: 'built-in', name }
  return scenarios.map((entry) => ({ scenario: entry.name, coordinator: forEntry(ref, entry) }))
}

async function conclude(
  pool: Pool,
  catalogue: Timed,
  command: ReportCommand,
  signal: AbortSignal,
): Promise<ExitCode> {
  const competing = catalogue.hunted.slice(0, scenarios.length)
  const findings = await recordFindings(pool, competing, {
    ...MANNER,
    folder: command.out,
    pastes: false,
    shrinks: isWhatItIsFor,
    timeoutMs: command.timeout,
    signal,
  })
  const trios = triosOf(catalogue.hunted)
  const result = { trios, metrics: metricsOf(trios), findings, elapsedMs: catalogue.elapsedMs }
  print(command.json ? reportJson(command, result) : reportText(command, result))
  if (findings.interrupted) return EXIT.interrupted
  if (!result.metrics.deterministic || findings.divergences.length > 0) return EXIT.diverged
  return unmet(result.metrics).length > 0 ? EXIT.violated : EXIT.nothingFound
}

/** What a scenario is in the catalogue for is made small; the other files are as they were found. */
function isWhatItIsFor({ scenario, property }: { scenario: string; property: string }): boolean {
  return scenarios.some(({ name, broken }) => name === scenario && broken.includes(property))
}

/** Every scenario was run on all three, as nothing was lost or called off. */
function triosOf(hunted: readonly Hunted[]): readonly Trio[] {
  return scenarios.flatMap((entry, index) => {
    const competing = hunted[index]?.report
    const single = hunted[index + scenarios.length]?.report
    const asClass = hunted[index + 2 * scenarios.length]?.report
    if (competing === undefined || single === undefined || asClass === undefined) return []
    return [{ entry, competing, single, asClass }]
  })
}
