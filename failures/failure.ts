// One failure as a person sees it: what was violated where, how it came to it, and how to see it again.

import { type Decision, formatUs } from '../sim/index.ts'
import { decisionLine, type Line, shrunkLine } from './explain-text.ts'
import type { Smaller } from './smaller.ts'
import { colours, heading, plain, width, wrapped } from './text.ts'
import type { Timeline } from './timeline.ts'
import { timetable } from './timetable.ts'

export interface Failure {
  readonly scenario: string
  /** Undefined of a scenario without one, such as plain asynchronous code. */
  readonly coordinator: string | undefined
  readonly property: string
  /** Which schedule it is, as the end of its first line. */
  readonly which: string
  readonly message: string
  readonly step: number
  readonly timeUs: number
  /** Where it was thrown, for whom nothing else says so. */
  readonly thrownAt?: string | null | undefined
  readonly timeline: Timeline
  /** What shrinking left of it, and what decides it; undefined where it is as it was found. */
  readonly smaller?: Omit<Smaller, 'recorded'> | undefined
  /** What decides it, where it is as it was found. */
  readonly decides?: Decision | undefined
  readonly file: string
  readonly command: string
  /** The file on one line, where that is short enough to paste. */
  readonly token?: string | undefined
}

/** How many steps before the violation are shown; `heddle replay` shows all. */
const STEPS_MAX = 24

/** In full: how it came to the violation, too. */
export function failureText(failure: Failure): string {
  return [head(failure), '', tableAnd(failure, foot(failure)), ''].join('\n')
}

/** Without its first line, for where that says what failed already. */
export function failureDetail(failure: Failure): string {
  return tableAnd(failure, [`  Found      ${failure.which}`, ...foot(failure)])
}

function tableAnd(failure: Failure, lines: readonly string[]): string {
  const { property, timeline } = failure
  const table = timetable(timeline, { width: width() - 2, changesOnly: { stepsMax: STEPS_MAX }, property })
  return [table.replace(/^(?=.)/gm, '  '), '', ...lines].join('\n')
}

/** Without the timeline. */
export function failureLines(failure: Failure): string {
  return [head(failure), ...foot(failure), ''].join('\n')
}

function head({ scenario, coordinator, property, which }: Failure): string {
  const under = coordinator === undefined ? '' : ` · ${plain(coordinator)}`
  const what = `${plain(scenario)}${under}   ${plain(property)}`
  const fits = what.length + which.length + 5 <= width()
  return [
    `${colours.red('✗')} ${heading(scenario, coordinator)}`,
    `   ${colours.red(plain(property))}`,
    `${fits ? '   ' : '\n  '}${which}`,
  ].join('')
}

const LABEL = ' '.repeat('  Violated   '.length)

function foot(failure: Failure): readonly string[] {
  const { message, step, timeUs, thrownAt, file, command, smaller, token } = failure
  const decides = smaller?.decides ?? failure.decides
  const said = `${plain(message)} (step ${step}, ${formatUs(timeUs)})`
  return [
    ...labelled(['Violated', said]),
    ...(thrownAt == null ? [] : [`  Thrown at  ${plain(thrownAt)}`]),
    ...(smaller === undefined ? [] : labelled(shrunkLine(smaller))),
    ...(decides === undefined ? [] : labelled(decisionLine(decides))),
    `  Written    ${plain(file)}`,
    `  Replay     ${plain(command)}`,
    ...(token === undefined ? [] : [`  Paste      ${token}`]),
  ]
}

function labelled([label, text]: Line): readonly string[] {
  const [first = '', ...rest] = wrapped(text, width() - LABEL.length)
  return [`  ${label.padEnd(LABEL.length - 2)}${first}`, ...rest.map((line) => LABEL + line)]
}

/** An argument as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`
}
