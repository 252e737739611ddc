// What a hunt came to, for a person and for a program.

import { type Align, colours, counted, plain, table, thousands } from '../failures/index.ts'
import { type BoundReport, formatUs, VERSION } from '../sim/index.ts'
import type { HuntCommand, HuntResult } from './hunt.ts'
import { coverageLine, saturation } from './hunt-coverage.ts'
import { type Hunted, type Lost, neverRests, type Report } from './hunting.ts'
import { coordinatorOf, type Subject, titleOf } from './subjects.ts'
import { seedsText } from './tasks.ts'

export function huntSummary({ strategy, timing, seed, seeds }: HuntCommand, result: HuntResult): string {
  const { hunted, lost } = result.outcome
  const reports = hunted.flatMap(({ report }) => report ?? [])
  const runs = reports.reduce((sum, { seeds }) => sum + seeds.count, 0)
  const steps = reports.reduce((sum, report) => sum + report.steps, 0)
  const seconds = result.elapsedMs / 1_000
  return [
    huntTable(hunted, lost),
    '',
    `${counted(runs, 'run')}, ${counted(steps, 'step')} in ${seconds.toFixed(1)} s (${thousands(Math.round(runs / seconds))} runs/s); of ${seedsText({ first: seed, count: seeds })}, strategy ${strategy}, timing ${timing}.`,
    ...(runs === 0 ? [] : [coverageLine(hunted)]),
    ...hunted.flatMap(notes),
  ].join('\n')
}

const COORDINATOR = 1

/** Without the column of coordinators where no scenario has one. */
function huntTable(hunted: readonly Hunted[], lost: readonly Lost[]): string {
  const isLost = ({ subject }: Hunted) => lost.some((one) => one.subject === subject)
  const all = [HEAD, ...hunted.map((one) => rowOf(one, isLost(one)))]
  const isOwn = hunted.every(({ subject }) => subject.file !== undefined)
  const [head = [], ...rows] = isOwn ? all.map((row) => row.toSpliced(COORDINATOR, 1)) : all
  return table(head, rows, { aligns: isOwn ? ALIGNS.toSpliced(COORDINATOR, 1) : ALIGNS })
}

const HEAD: readonly string[] = ['scenario', 'coordinator', 'verdict', 'seeds', 'failing', 'steps']
const ALIGNS: readonly Align[] = ['left', 'left', 'left', 'right', 'right', 'right']

function rowOf({ subject, report }: Hunted, isLost: boolean): readonly string[] {
  const start = [plain(subject.scenario), coordinatorOf(subject) ?? '']
  if (report === undefined) {
    return [...start, isLost ? colours.red('✗ came to no end') : colours.yellow('not run'), '0', '', '']
  }
  return [
    ...start,
    isLost && report.verdict === 'no violation found' ? colours.red('✗ came to no end') : verdictOf(report),
    thousands(report.seeds.count),
    thousands(report.failures),
    thousands(report.steps),
  ]
}

function verdictOf(report: Report): string {
  if (report.verdict !== 'no violation found') return colours.red(`✗ ${report.verdict}`)
  if (neverRests(report)) return colours.red('✗ never comes to rest')
  if (report.cutShort === 0) return report.verdict
  return colours.yellow(`${report.verdict}, ${thousands(report.cutShort)} cut short`)
}

/** What a person must know before believing that nothing was found. */
function notes({ subject, report }: Hunted): readonly string[] {
  if (report === undefined) return []
  const unreached = report.sometimes
    .filter(({ reached }) => reached === 0)
    .map(({ property }) => plain(property))
  return [
    ...(unreached.length > 0
      ? [colours.yellow(`${plain(subject.scenario)}: never reached in these seeds: ${unreached.join('; ')}`)]
      : []),
    ...(report.cutShort > 0 ? [cutShortLine(subject, report)] : []),
  ]
}

function cutShortLine(subject: Subject, report: Report): string {
  const { cutShort, bounds } = report
  const at = bounds.map(boundText).join(' or ')
  const first = Math.min(...bounds.map(({ firstSeed }) => firstSeed))
  if (neverRests(report)) {
    return colours.red(
      `✗ ${titleOf(subject)} never comes to rest: each run ended at its bound of ${at}, the first with seed ${first}. Does something start again for ever?`,
    )
  }
  const runs = counted(cutShort, 'run')
  return colours.yellow(
    `${plain(subject.scenario)}: ${runs} ended at the bound of ${at}, not at rest; the first with seed ${first}`,
  )
}

function boundText({ bound, max }: BoundReport): string {
  return bound === 'steps' ? counted(max, 'step') : `${formatUs(max)} of virtual time`
}

export function lostLine({ subject, seeds, how }: Lost): string {
  return `${titleOf(subject)}, ${seedsText(seeds)}, ${how}`
}

export function huntJson(command: HuntCommand, result: HuntResult): string {
  const { outcome, findings, interrupted, unreached, silent } = result
  const { strategy, timing, seed, seeds } = command
  return JSON.stringify(
    {
      heddle: VERSION,
      strategy,
      timing,
      seeds: { first: seed, count: seeds },
      interrupted,
      neverSettled: outcome.lost.map(lostLine),
      divergences: findings.divergences,
      unreached,
      silentCanaries: silent,
      scenarios: outcome.hunted.map(({ subject, report, moves }) => ({
        scenario: subject.scenario,
        coordinator: coordinatorOf(subject) ?? null,
        report: report === undefined ? null : { ...report, orders: undefined, measures: undefined },
        coverage: report === undefined ? null : { ...saturation({ report }), moves },
        neverRests: report !== undefined && neverRests(report),
        replays: findings.failures
          .filter(({ scenario }) => scenario === subject.scenario)
          .map(({ property, seed, thrownAt, file, command, token, smaller }) => ({
            property,
            seed,
            thrownAt: thrownAt ?? null,
            file,
            command,
            token: token ?? null,
            shrunk: smaller ?? null,
          })),
      })),
    },
    null,
    2,
  )
}
