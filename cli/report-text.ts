// Lays the report out: one row a scenario, then the test plan's metrics beside what it asks for.

import { colours, counted, plain, table, thousands } from '../failures/index.ts'
import { formatUs, VERSION } from '../sim/index.ts'
import type { Report } from './hunting.ts'
import {
  holds,
  isWhole,
  type Metrics,
  REQUIRED,
  reproduction,
  type Share,
  type Trio,
  unmet,
} from './metrics.ts'
import type { ReportCommand, ReportResult } from './report.ts'
import { seedsText } from './tasks.ts'

export function reportText(command: ReportCommand, result: ReportResult): string {
  const { metrics, findings, elapsedMs } = result
  const seconds = elapsedMs / 1_000
  const missing = unmet(metrics)
  return [
    scenarioTable(result.trios),
    '',
    metricTable(metrics, result),
    '',
    `${counted(metrics.runs, 'run')}, ${counted(metrics.steps, 'step')} in ${seconds.toFixed(1)} s: ${seedsText({ first: command.seed, count: command.seeds })} of each scenario.`,
    `The failing runs are in ${plain(command.out)}; look at one with: npx heddle replay ${plain(findings.failures[0]?.file ?? '<file>')}`,
    ...findings.divergences.map((divergence) => colours.red(`✗ not deterministic: ${divergence}`)),
    missing.length === 0
      ? colours.green('✓ Everything is as the test plan asks.')
      : colours.red(`✗ Not as the test plan asks: ${missing.join(', ')}.`),
  ].join('\n')
}

function scenarioTable(trios: readonly Trio[]): string {
  const rows = trios.map((trio) => {
    const { entry, competing, single, asClass } = trio
    const failing = { count: competing.failures, of: competing.seeds.count }
    return [entry.name, entry.plan, percent(failing), broken(reproduction(trio)), held(single), held(asClass)]
  })
  return table(['scenario', 'plan', 'competing fails', 'breaks what it must', 'single', 'class'], rows, {
    aligns: ['left', 'left', 'right', 'right', 'left', 'left'],
  })
}

function broken(share: Share): string {
  if (share.of === 0) return '–'
  const text = `${share.count} of ${share.of}`
  return isWhole(share) ? text : colours.red(`✗ ${text}`)
}

function held(report: Report): string {
  if (holds(report)) return 'holds'
  const claims = report.properties.filter(({ violated }) => violated > 0)
  const first = claims[0]
  if (first === undefined) {
    const { verdict, cutShort } = report
    return colours.red(cutShort > 0 ? `✗ ${counted(cutShort, 'run')} cut short` : `✗ ${verdict}`)
  }
  return colours.red(`✗ ${plain(first.property)} (seed ${first.firstSeed})`)
}

function metricTable(metrics: Metrics, { findings, elapsedMs }: ReportResult): string {
  const perSecond = (count: number) => thousands(Math.round((count * 1_000) / elapsedMs))
  const { closed1011, agentEvents, succeeded, overheadUs } = metrics
  const replayed = {
    count: findings.replayedExactly,
    of: findings.failures.length + findings.divergences.length,
  }
  const rows = [
    ['reproduction rate', '100 %', ofAll(metrics.reproduced, 'claims'), ''],
    ['solution rate', '100 %', '', ofAll(metrics.solved, 'scenarios')],
    ['… as a class, in a world', '100 %', '', ofAll(metrics.solvedAsClass, 'scenarios')],
    ['hard cases reached', '100 %', '', ofAll(metrics.reached, 'claims')],
    ['closed with 1011', '0 %', percent(closed1011.competing), ofAll(closed1011.single, 'connections')],
    ['agent events received', '100 %', percent(agentEvents.competing), ofAll(agentEvents.single, 'events')],
    [
      'connections that succeed',
      '> 99 %',
      percent(succeeded.competing),
      ofAll(succeeded.single, 'connections'),
    ],
    ['set-up overhead, at most', `< ${formatUs(REQUIRED.overheadMaxUs)}`, '', formatUs(overheadUs)],
    ['failures replayed to the byte', '100 %', ofAll(replayed, 'files'), ''],
    ['seeds and steps a second', '', '', `${perSecond(metrics.runs)} and ${perSecond(metrics.steps)}`],
  ]
  return table(['metric', 'asked for', 'competing', 'single'], rows)
}

function ofAll(share: Share, what: string): string {
  return `${percent(share)} (${thousands(share.count)} of ${thousands(share.of)} ${what})`
}

/** Never rounded up to 100 %, nor down to 0 %. */
function percent({ count, of }: Share): string {
  if (of === 0) return '–'
  if (count === 0) return '0 %'
  if (count === of) return '100 %'
  return `${Math.min(99.9, Math.max(0.1, (100 * count) / of)).toFixed(1)} %`
}

export function reportJson(
  command: ReportCommand,
  { trios, metrics, findings, elapsedMs }: ReportResult,
): string {
  return JSON.stringify(
    {
      heddle: VERSION,
      seeds: { first: command.seed, count: command.seeds },
      metrics: { ...metrics, unmet: unmet(metrics), replayedExactly: findings.replayedExactly },
      elapsedMs: Math.round(elapsedMs),
      scenarios: trios.map(({ entry, competing, single, asClass }) => ({
        scenario: entry.name,
        plan: entry.plan,
        competing: { ...competing, orders: undefined, measures: undefined },
        single: { ...single, orders: undefined, measures: undefined },
        class: { ...asClass, orders: undefined, measures: undefined },
      })),
      replays: findings.failures.map(({ scenario, property, seed, file }) => ({
        scenario,
        property,
        seed,
        file,
      })),
    },
    null,
    2,
  )
}
