// Lays a timeline out for a person: virtual time down the side and one column for each place, as long as the
// columns are wide enough to read; otherwise one event a line. Only places that take part get a column.

import { cycleText, formatUs } from '../sim/index.ts'
import { type Cell, table } from './table.ts'
import { colours, plain, wrapped } from './text.ts'
import type { Timeline, TimelineStep, TimelineViolation } from './timeline.ts'

export interface Layout {
  readonly width: number
  /**
   * Leaves out the steps that changed no state, where their place has one to show, and of the others all but so many
   * before the end.
   */
  readonly changesOnly?: { readonly stepsMax: number }
  /** The only property whose violation is marked; all that were violated unless given. */
  readonly property?: string
}

const TIME_CHARS = 10
const COLUMN_CHARS_MIN = 20
const EVENT_CHARS_MAX = 36
const NAME_CHARS_MAX = 60
const STATE_CHARS_MAX = 80

export function timetable(timeline: Timeline, layout: Layout): string {
  const shown = chosenSteps(timeline, layout)
  const left = (shown[0]?.step ?? 1) - 1
  const places = placesOf(shown)
  const opening = cycleOpening(timeline, shown)
  const columns = (layout.width - TIME_CHARS - 2) / Math.max(1, places.length) >= COLUMN_CHARS_MIN
  const marks = marksOf(timeline, layout)
  const parts = partsOf(timeline)
  const text = columns
    ? inColumns({ shown, places, marks, opening, parts }, layout)
    : asList({ shown, marks, opening }, layout)
  return left === 0 ? text : `${colours.dim(`… ${left} ${left === 1 ? 'step' : 'steps'} before`)}\n${text}`
}

/** The marks that follow each step; those of what was found at the end follow the last one. */
type Marks = ReadonlyMap<number, readonly string[]>

function marksOf({ steps, violations }: Timeline, { property }: Layout): Marks {
  const last = steps.at(-1)?.step ?? 0
  const marks = new Map<number, string[]>()
  for (const violation of violations) {
    if (property !== undefined && property !== violation.property) continue
    const step = Math.min(violation.step, last)
    marks.set(step, [...(marks.get(step) ?? []), mark(violation)])
  }
  return marks
}

function mark({ property, message }: TimelineViolation): string {
  return `✗ ${plain(property)}: ${plain(message)}`
}

/** What is said before a step. */
interface Opening {
  readonly step: number
  readonly text: string
}

/** Where the cycle begins, or goes on where its beginning is left out. */
function cycleOpening({ steps, cycleFrom }: Timeline, shown: readonly TimelineStep[]): Opening | undefined {
  const first = cycleFrom === null ? undefined : shown.find(({ step }) => step > cycleFrom)
  if (cycleFrom === null || first === undefined) return undefined
  const where = first.step === cycleFrom + 1 ? 'from here on, ' : ''
  return { step: first.step, text: `↻ ${where}${cycleText({ cycleFrom, steps: steps.length })}` }
}

function chosenSteps(timeline: Timeline, { changesOnly }: Layout): readonly TimelineStep[] {
  const { steps, violations, cycleFrom } = timeline
  if (changesOnly === undefined) return steps
  const marked = new Set(violations.map(({ step }) => step))
  if (cycleFrom !== null) marked.add(cycleFrom + 1)
  // Of a place that shows no state, nobody could tell which of its steps changed one.
  const shows = partsOf(timeline)
  const telling = steps.filter(
    ({ step, event, changes }) => changes.length > 0 || marked.has(step) || !shows.has(placeOf(event)),
  )
  return telling.length <= changesOnly.stepsMax + 1 ? telling : telling.slice(-changesOnly.stepsMax)
}

function placeOf(name: string): string {
  return /^[^/]*/.exec(name)?.[0] ?? name
}

/** The places that take part, in the order in which they first do. */
function placesOf(steps: readonly TimelineStep[]): readonly string[] {
  const names = steps.flatMap(({ event, changes }) => [event, ...changes.map(([actor]) => actor)])
  return [...new Set(names.map(placeOf))].sort(byPlace)
}

const digits = /\d+/

/** Alike names together, and among them tab-2 before tab-10. */
function byPlace(a: string, b: string): number {
  const [left, right] = [a.replace(digits, ''), b.replace(digits, '')]
  if (left !== right) return order(left) - order(right) || (left < right ? -1 : 1)
  return Number(digits.exec(a)?.[0] ?? 0) - Number(digits.exec(b)?.[0] ?? 0)
}

/** Clients to the left, what stands behind the servers to the right. */
function order(place: string): number {
  const known = ['tab-', 'balancer', 'user-', 'server-', 'store', 'agent'].findIndex((start) =>
    place.startsWith(start),
  )
  return known < 0 ? 1 : known
}

/** How many of each place's actors have a state to show: where it is one, its name need not be said. */
function partsOf({ actors }: Timeline): ReadonlyMap<string, number> {
  const parts = new Map<string, number>()
  for (const actor of actors) parts.set(placeOf(actor), (parts.get(placeOf(actor)) ?? 0) + 1)
  return parts
}

interface Rows {
  readonly shown: readonly TimelineStep[]
  readonly marks: Marks
  readonly opening: Opening | undefined
}

interface Columns extends Rows {
  readonly places: readonly string[]
  readonly parts: ReadonlyMap<string, number>
}

function inColumns({ shown, places, marks, opening, parts }: Columns, { width }: Layout): string {
  const chars = Math.min(34, Math.floor((width - TIME_CHARS - 2) / Math.max(1, places.length)))
  const across = (line: string): Cell[] => ['', { colSpan: places.length, content: line }]
  const rows = shown.flatMap((step): Cell[][] => [
    ...(step.step === opening?.step ? [across(opening.text)] : []),
    [formatUs(step.timeUs), ...places.map((place) => cell(step, place, parts, chars - 2))],
    ...(marks.get(step.step) ?? [])
      .flatMap((text) => wrapped(text, chars * places.length - 2, '  '))
      .map((line) => across(colours.red(line))),
  ])
  return table(['time', ...places.map((place) => plain(place, NAME_CHARS_MAX))], rows, {
    aligns: ['right'],
    columns: [TIME_CHARS + 2, ...places.map(() => chars)],
  })
}

function cell(
  { event, changes }: TimelineStep,
  place: string,
  parts: ReadonlyMap<string, number>,
  chars: number,
): string {
  const states = changes
    .filter(([actor]) => placeOf(actor) === place)
    .map(([actor, state]) => {
      const part = actor.slice(place.length + 1)
      const known = part === '' || (parts.get(place) ?? 0) === 1 || event.startsWith(`${actor}.`)
      return plain(known ? state : `${part} ${state}`, STATE_CHARS_MAX)
    })
    .join(', ')
  if (placeOf(event) !== place) return breakable(states, chars)
  const label = breakable(plain(event.slice(place.length + 1).replace(/#1$/, ''), NAME_CHARS_MAX), chars)
  return states === '' ? colours.dim(label) : `${label} → ${breakable(states, chars)}`
}

/** Breaks words that are longer than the column where they may be broken, as the table cuts them off. */
function breakable(text: string, chars: number): string {
  return text
    .split(' ')
    .flatMap((word) => {
      const pieces: string[] = []
      for (let at = 0; at < word.length; at += chars) pieces.push(word.slice(at, at + chars))
      return pieces
    })
    .join(' ')
}

function asList({ shown, marks, opening }: Rows, { width }: Layout): string {
  const eventChars = Math.min(EVENT_CHARS_MAX, Math.max(...shown.map(({ event }) => event.length), 8))
  const before = ' '.repeat(TIME_CHARS + 2)
  const stateChars = width - before.length - eventChars - 2
  const out = [colours.bold(`${'time'.padStart(TIME_CHARS)}  ${'event'.padEnd(eventChars)}  state`)]
  for (const { step, timeUs, event, changes } of shown) {
    if (step === opening?.step) out.push(before + opening.text)
    const states = changes.map(([actor, state]) => plain(`${actor} ${state}`, STATE_CHARS_MAX)).join(', ')
    const texts = wrapped(breakable(states, stateChars), stateChars)
    const name = plain(event, NAME_CHARS_MAX)
    const start = `${formatUs(timeUs).padStart(TIME_CHARS)}  ${name.padEnd(eventChars)}`
    // A long name has its line to itself, and the states come below.
    if (name.length > eventChars) out.push(start)
    for (const [index, text] of texts.entries()) {
      const isFirst = index === 0 && name.length <= eventChars
      out.push(`${isFirst ? start : before + ' '.repeat(eventChars)}  ${text}`)
    }
    const said = (marks.get(step) ?? []).flatMap((text) => wrapped(text, width - before.length, '  '))
    out.push(...said.map((line) => before + colours.red(line)))
  }
  return out
    .map((line) => line.trimEnd())
    .filter(Boolean)
    .join('\n')
}
