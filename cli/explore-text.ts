// What explorations came to, beside what was expected of them: what it means, and what a person and a program read of
// it.

import { type Align, colours, type Failure, failureText, plain, table, thousands } from '../failures/index.ts'
import { VERSION } from '../sim/index.ts'
import { type CoordinatorRef, nameOf } from './coordinators.ts'
import { type Explored, explorable } from './explore-task.ts'

/** One exploration of a command. */
export interface ExploreSubject {
  /** Its place among the explorables. */
  readonly index: number
  readonly coordinator: CoordinatorRef
  /** Whether it must break one of the claims that the catalogue names. */
  readonly mustBreak: boolean
}

export interface ExploreOutcome extends ExploreSubject {
  /** Undefined where it did not come to run. */
  readonly explored: Explored | undefined
}

/** A failure in its file. */
export interface ExploreFinding extends Failure {
  readonly of: ExploreOutcome
}

export function isAsExpected({ explored, mustBreak, index }: ExploreOutcome): boolean {
  if (explored === undefined) return false
  if (!mustBreak) return explored.report.verdict === 'holds'
  const { broken } = explorable(index)
  return explored.failures.some(({ property }) => broken.includes(property))
}

/** Whether a bound came before it could come out as it must. */
export function isOpen({ explored, mustBreak }: ExploreOutcome): boolean {
  if (explored === undefined) return true
  const { verdict, bound } = explored.report
  return mustBreak ? bound !== null && bound !== 'failures' : verdict === 'bounded'
}

const HEAD = ['  coordinator', 'verdict', 'traces', 'steps', 'traces/s', 'time'] as const
const ALIGNS: readonly Align[] = ['left', 'left', 'right', 'right', 'right', 'right']

export function exploreText(
  outcomes: readonly ExploreOutcome[],
  failures: readonly ExploreFinding[],
): string {
  const shown = failures.filter(({ of }) => !of.mustBreak || outcomes.length <= 2)
  let group = ''
  const rows = outcomes.flatMap((outcome) => {
    const { scenario, size } = explorable(outcome.index)
    const cells = rowOf(outcome)
    const title = `${scenario}   ${size}`
    if (title === group) return [cells]
    group = title
    return [[{ colSpan: HEAD.length, content: `${colours.bold(scenario)}   ${size}` }], cells]
  })
  return [...shown.map(failureText), table(HEAD, rows, { aligns: ALIGNS }), '', conclusion(outcomes)].join(
    '\n',
  )
}

function rowOf(outcome: ExploreOutcome): string[] {
  const { explored, coordinator } = outcome
  const name = `  ${nameOf(coordinator)}`
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

function verdictText(outcome: ExploreOutcome, { report, failures }: Explored): string {
  if (report.verdict === 'holds') return colours.green('holds, every schedule')
  if (report.verdict === 'bounded') return colours.yellow(`bounded (${report.bound})`)
  const claim = `✗ ${plain(failures[0]?.property ?? report.verdict, 60)}`
  return outcome.mustBreak ? colours.dim(claim) : colours.red(claim)
}

function conclusion(outcomes: readonly ExploreOutcome[]): string {
  const traces = outcomes.reduce((sum, { explored }) => sum + (explored?.report.executions ?? 0), 0)
  const count = `${outcomes.length} ${outcomes.length === 1 ? 'exploration' : 'explorations'}, ${thousands(traces)} traces.`
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
    const { scenario, size } = explorable(outcome.index)
    const { resume, ...report } = outcome.explored?.report ?? { resume: null }
    return {
      ...report,
      scenario,
      size,
      coordinator: nameOf(outcome.coordinator),
      asExpected: isAsExpected(outcome),
      failures: failures
        .filter(({ of }) => of === outcome)
        .map(({ property, message, step, file }) => ({ property, message, step, file })),
    }
  })
  return JSON.stringify({ version: VERSION, explorations }, null, 2)
}
