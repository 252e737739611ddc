// One failure as a person sees it: what was violated where, how it came to it, and how to see it again.

import { formatUs } from '../sim/index.ts'
import { colours, plain, thousands, width, wrapped } from './terminal.ts'
import type { Timeline } from './timeline.ts'
import { timetable } from './timetable.ts'

export interface Failure {
  readonly scenario: string
  readonly coordinator: string
  readonly property: string
  readonly seed: number
  /** Which of the hunt's schedules it was, from 1, and of how many. */
  readonly schedule: number
  readonly schedules: number
  /** How many of them violate it. */
  readonly violated: number
  readonly message: string
  readonly step: number
  readonly timeUs: number
  readonly timeline: Timeline
  readonly file: string
  readonly command: string
}

/** How many steps before the violation are shown; `heddle replay` shows all. */
const STEPS_MAX = 24

/** In full: how it came to the violation, too. */
export function failureText(failure: Failure): string {
  const { property, timeline } = failure
  const table = timetable(timeline, { width: width() - 2, changesOnly: { stepsMax: STEPS_MAX }, property })
  return [head(failure), '', table.replace(/^(?=.)/gm, '  '), '', ...foot(failure), ''].join('\n')
}

/** Without the timeline. */
export function failureLines(failure: Failure): string {
  return [head(failure), ...foot(failure), ''].join('\n')
}

function head({ scenario, coordinator, property, schedule, schedules, violated, seed }: Failure): string {
  const which = `seed ${seed}, schedule ${thousands(schedule)} of ${thousands(schedules)}; ${thousands(violated)} violate it`
  const what = `${plain(scenario)} · ${plain(coordinator)}   ${plain(property)}`
  const fits = what.length + which.length + 5 <= width()
  return [
    `${colours.red('✗')} ${colours.bold(plain(scenario))} · ${plain(coordinator)}`,
    `   ${colours.red(plain(property))}`,
    `${fits ? '   ' : '\n  '}${which}`,
  ].join('')
}

const LABEL = ' '.repeat('  Violated   '.length)

function foot({ message, step, timeUs, file, command }: Failure): readonly string[] {
  const said = `${plain(message)} (step ${step}, ${formatUs(timeUs)})`
  return [
    `  Violated   ${wrapped(said, width() - LABEL.length).join(`\n${LABEL}`)}`,
    `  Written    ${plain(file)}`,
    `  Replay     ${plain(command)}`,
  ]
}

/** An argument as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`
}
