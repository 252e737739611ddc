// What explorations came to, beside what was expected of them: what it means, and what a person and a program read of
// it.

import {
  type Align,
  colours,
  counted,
  type Failure,
  failureText,
  plain,
  table,
  thousands,
} from '../failures/index.ts'
import { VERSION } from '../sim/index.ts'
import { type ExploringSubject, explorable } from './explore-task.ts'
import type { Explored } from './exploring.ts'
import { coordinatorOf } from './subjects.ts'

/** One exploration of a command. */
export type ExploreSubject = ExploringSubject & {
  /** Whether it must break one of the claims that the catalogue names. */
  readonly mustBreak: boolean
}

export type ExploreOutcome = ExploreSubject & {
  /** Undefined where it did not come to run. */
  readonly explored: Explored | undefined
}

/** What there is to say of it. A scenario of the user's own has no other size. */
export function entryOf(subject: ExploringSubject): {
  readonly scenario: string
  readonly size?: string
  readonly broken: readonly string[]
} {
  return subject.file === undefined ? explorable(subject.index) : { scenario: subject.scenario, broken: [] }
}

/** A failure in its file. */
export interface ExploreFinding extends Failure {
  readonly of: ExploreOutcome
}

export function isAsExpected(outcome: ExploreOutcome): boolean {
  const { explored, mustBreak } = outcome
  if (explored === undefined) return false
  if (!mustBreak) return explored.report.verdict === 'holds'
  const { broken } = entryOf(outcome)
  return explored.failures.some(({ property }) => broken.includes(property))
}

/** Whether a bound came before it could come out as it must. */
export function isOpen({ explored, mustBreak }: ExploreOutcome): boolean {
  if (explored === undefined) return true
  if (explored.lost !== undefined || explored.divergence !== undefined) return false
  const { verdict, bound } = explored.report
  return mustBreak ? bound !== null && bound !== 'failures' : verdict === 'bounded'
}

const HEAD: readonly string[] = ['  coordinator', 'verdict', 'traces', 'steps', 'traces/s', 'time']
const ALIGNS: readonly Align[] = ['left', 'left', 'right', 'right', 'right', 'right']

export function exploreText(
  outcomes: readonly ExploreOutcome[],
  failures: readonly ExploreFinding[],
): string {
  const shown = failures.filter(({ of }) => !of.mustBreak || outcomes.length <= 2)
  let group = ''
  const rows = outcomes.flatMap((outcome) => {
    const { scenario, size } = entryOf(outcome)
    const cells = rowOf(outcome)
    const title = `${scenario}   ${size}`
    if (title === group || size === undefined) return [cells]
    group = title
    return [[{ colSpan: HEAD.length, content: `${colours.bold(scenario)}   ${size}` }], cells]
  })
  const isOwn = outcomes.every((outcome) => entryOf(outcome).size === undefined)
  const head = isOwn ? HEAD.with(0, 'scenario') : HEAD
  const troubles = outcomes.flatMap((outcome) => {
    const trouble = troubleOf(outcome)
    return trouble === undefined ? [] : [colours.red(`✗ ${plain(trouble, 1_000)}`)]
  })
  const parts = [...shown.map(failureText), table(head, rows, { aligns: ALIGNS }), '', ...troubles]
  return [...parts, conclusion(outcomes)].join('\n')
}

/** What is wrong with a scenario beside what it violates. */
function troubleOf(outcome: ExploreOutcome): string | undefined {
  const { lost, divergence } = outcome.explored ?? {}
  const { scenario } = entryOf(outcome)
  if (divergence !== undefined) return `${scenario}: ${divergence}`
  if (lost === undefined) return undefined
  return `${scenario} ${lost}. Does the code loop for ever, or exit?`
}

function rowOf(outcome: ExploreOutcome): string[] {
  const { explored } = outcome
  const coordinator = coordinatorOf(outcome)
  const name = coordinator === undefined ? plain(entryOf(outcome).scenario, 60) : `  ${coordinator}`
  if (explored === undefined) return [name, 'not run', '', '', '', '']
  const { report, elapsedMs } = explored
  const perSecond = Math.round((report.executions * 1_000) / Math.max(1, elapsedMs))
  return [
    name,
    verdictText(outcome, explored),
    thousands(report.executions),
    thousands(report.steps),
    thousands(perSecond),
    `${(elapsedMs / 1_000).toFixed(2)}s`,
  ]
}

function verdictText(outcome: ExploreOutcome, { report, failures, lost, divergence }: Explored): string {
  if (divergence !== undefined) return colours.red('✗ not deterministic')
  if (lost !== undefined) return colours.red('✗ came to no end')
  if (report.verdict === 'holds') return colours.green('holds, every schedule')
  if (report.verdict === 'bounded') return colours.yellow(`bounded (${report.bound})`)
  const claim = `✗ ${plain(failures[0]?.property ?? report.verdict, 60)}`
  return outcome.mustBreak ? colours.dim(claim) : colours.red(claim)
}

function conclusion(outcomes: readonly ExploreOutcome[]): string {
  const traces = outcomes.reduce((sum, { explored }) => sum + (explored?.report.executions ?? 0), 0)
  const count = `${counted(outcomes.length, 'exploration')}, ${counted(traces, 'trace')}.`
  const others = outcomes.filter((outcome) => !isAsExpected(outcome))
  if (others.length === 0) return `${count} ${colours.green('✓ All came out as they must.')}`
  const open = others.filter(isOpen).length
  const wrong = others.length - open
  return [
    count,
    ...(wrong > 0 ? [colours.red(`✗ ${wrong} came out otherwise.`)] : []),
    ...(open > 0 ? [colours.yellow(`${open} bounded: nothing found, and not everything covered.`)] : []),
  ].join(' ')
}

export function exploreJson(
  outcomes: readonly ExploreOutcome[],
  failures: readonly ExploreFinding[],
): string {
  const explorations = outcomes.map((outcome) => {
    const { scenario, size = null } = entryOf(outcome)
    const { resume, ...report } = outcome.explored?.report ?? { resume: null }
    return {
      ...report,
      scenario,
      size,
      coordinator: coordinatorOf(outcome) ?? null,
      asExpected: isAsExpected(outcome),
      trouble: troubleOf(outcome) ?? null,
      failures: failures
        .filter(({ of }) => of === outcome)
        .map(({ property, message, step, file }) => ({ property, message, step, file })),
    }
  })
  return JSON.stringify({ version: VERSION, explorations }, null, 2)
}
