// What a check came to, for a person and for a program.

import { colours, counted, failureLines, failureText, plain, thousands } from '../failures/index.ts'
import { VERSION } from '../sim/index.ts'
import type { CheckCommand } from './check.ts'
import { coverageJson, coverageText } from './check-coverage.ts'
import type { CheckFailure, CheckOutcome } from './check-findings.ts'
import { checkTable, reductionsText } from './check-table.ts'
import { type Checked, isOpen, mustBreak, placeOf } from './check-verdict.ts'
import { isLost } from './checking.ts'
import { coordinatorOf } from './subjects.ts'

export interface TextOptions {
  readonly coverage: boolean
  /** Without the counterexamples that were expected. */
  readonly isBrief: boolean
}

export function checkText(outcome: CheckOutcome, options: TextOptions): string {
  const { checked, findings } = outcome
  const coverage = options.coverage ? ['', coverageText(checked)] : []
  return [
    ...failures(findings.failures, options),
    checkTable(checked),
    ...coverage,
    '',
    ...reductionsText(checked),
    ...checked.flatMap(notes),
    ...findings.divergences.map((sentence) => colours.red(`✗ not deterministic: ${sentence}`)),
    ...writtenLine(findings.failures, options),
    ...conclusion(outcome),
  ].join('\n')
}

/** Of each check, the one that tells most with its timeline: the one that it is in the catalogue for, or the first. */
function failures(all: readonly CheckFailure[], { isBrief }: TextOptions): readonly string[] {
  const shown = all.filter(({ of }) => !isBrief || !of.isAsExpected)
  const telling = new Map<Checked, CheckFailure>()
  for (const failure of shown) {
    const isTelling = ({ of, property }: CheckFailure) => of.subject.entry.broken.includes(property)
    const other = telling.get(failure.of)
    if (other === undefined || (isTelling(failure) && !isTelling(other))) telling.set(failure.of, failure)
  }
  return shown.map((failure) =>
    telling.get(failure.of) === failure ? failureText(failure) : failureLines(failure),
  )
}

/** Where the counterexamples are that are not shown. */
function writtenLine(all: readonly CheckFailure[], { isBrief }: TextOptions): readonly string[] {
  const hidden = isBrief ? all.filter(({ of }) => of.isAsExpected) : []
  const [first] = hidden
  if (first === undefined) return []
  const count = hidden.length === 1 ? 'It is' : `${thousands(hidden.length)} counterexamples are`
  return [`${count} written; the first is shown by ${plain(first.command)}`]
}

function notes(one: Checked): readonly string[] {
  const where = `${placeOf(one.subject)},`
  if (isLost(one.result) && one.result.bound === undefined) {
    return [colours.red(`✗ ${where} ${sentence(plain(one.result.how))}`)]
  }
  if (one.isAsExpected || isOpen(one) || !mustBreak(one.subject)) return []
  const claims = one.unbroken.map(plainName).join('; ')
  return [colours.red(`✗ ${where} must violate what holds now: ${claims || 'any claim'}.`)]
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`
}

function plainName(name: string): string {
  return plain(name)
}

function conclusion({ checked, elapsedMs, manner }: CheckOutcome): readonly string[] {
  const states = total(checked, 'states')
  const seconds = elapsedMs / 1_000
  const raw = manner.isReduced ? '' : ', without reductions'
  return [
    `${counted(checked.length, 'check')}, ${counted(states, 'state')} and ${counted(total(checked, 'transitions'), 'transition')} in ${seconds.toFixed(1)} s${raw}.`,
    ...verdictLines(checked),
  ]
}

function total(checked: readonly Checked[], what: 'states' | 'transitions'): number {
  return checked.reduce((sum, { result }) => {
    if (result === undefined) return sum
    return sum + (isLost(result) ? result[what] : result.report[what])
  }, 0)
}

/** What the exit code stands for. */
function verdictLines(checked: readonly Checked[]): readonly string[] {
  const isExpected = checked.some(({ subject }) => subject.isExpected)
  const open = checked.filter(isOpen).length
  const notRun = checked.filter(({ verdict }) => verdict === 'not run').length
  const wrong = checked.filter((one) => !one.isAsExpected && !isOpen(one)).length - notRun
  if (open + wrong + notRun === 0) {
    const broken = checked.filter(({ subject }) => mustBreak(subject)).length
    const all = isExpected ? 'Every check came out as expected' : 'Every check holds in every schedule'
    const counts =
      broken === 0
        ? ''
        : `: ${verb(checked.length - broken, 'hold')}, ${verb(broken, 'violate')} what must be violated`
    return [colours.green(`✓ ${all}${counts}.`)]
  }
  return [
    ...(wrong > 0
      ? [
          colours.red(
            `✗ ${wrong} of ${checked.length} ${isExpected ? 'came out other than expected' : 'failed'}.`,
          ),
        ]
      : []),
    ...(open > 0
      ? [colours.yellow(`${open} of ${checked.length} bounded: nothing found, and not everything covered.`)]
      : []),
    ...(notRun > 0 ? [colours.yellow(`${notRun} of ${checked.length} not run.`)] : []),
  ]
}

function verb(count: number, name: string): string {
  return `${thousands(count)} ${name}${count === 1 ? 's' : ''}`
}

export function checkJson(
  command: CheckCommand,
  { checked, findings, manner, interrupted, elapsedMs }: CheckOutcome,
): string {
  const { isReduced, order, ...bounds } = manner
  return JSON.stringify(
    {
      heddle: VERSION,
      isReduced,
      order,
      bounds,
      interrupted,
      elapsedMs: Math.round(elapsedMs),
      divergences: findings.divergences,
      checks: checked.map((one) => ({
        ...oneJson(one),
        replays: findings.failures
          .filter(({ of }) => of === one)
          .map(({ property, message, steps, shortest, file, command }) => {
            return { property, message, steps, shortest, file, command }
          }),
      })),
      ...(command.coverage ? { coverage: coverageJson(checked) } : {}),
    },
    null,
    2,
  )
}

function oneJson({ subject, result, verdict, isAsExpected }: Checked): object {
  const { entry, coordinator, isExpected } = subject
  return {
    scenario: entry.scenario,
    size: entry.size ?? null,
    coordinator: coordinatorOf({ coordinator }) ?? null,
    verdict,
    ...(isExpected ? { expected: entry.expected, mustBreak: entry.broken } : {}),
    isAsExpected,
    ...(result === undefined
      ? { report: null }
      : isLost(result)
        ? { report: null, lost: { ...result, bug: undefined } }
        : { report: result.report, elapsedMs: Math.round(result.elapsedMs) }),
  }
}
