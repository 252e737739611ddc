// The self-check of a hunt: the same seed, run twice, must give the same run. Compares two runs step by step,
// with what was drawn to choose each step, and says where they first differ.

import { formatUs } from './duration.ts'
import type { Event } from './event.ts'
import type { Draw } from './random.ts'
import {
  type Difference,
  type Divergence,
  diverged,
  enabledList,
  observedOtherwise,
  type Place,
} from './replay/divergence.ts'
import type { Run, Step } from './scheduler.ts'
import type { ChoiceSource } from './source.ts'

/** What was drawn in a run, and between which events each of its choices was made. */
export interface Journal {
  readonly draws: Draw[]
  readonly choices: { readonly enabled: readonly Event[]; readonly drawsAfter: number }[]
}

export function newJournal(): Journal {
  return { draws: [], choices: [] }
}

/** The same source, which writes down each choice. The journal's draws are its source's own to log. */
export function watched(source: ChoiceSource, journal: Journal): ChoiceSource {
  return {
    untimed: source.untimed,
    cycleFrom: source.cycleFrom,
    choose(enabled, clock) {
      // Taken before the choice: a list of enabled events is valid only until the next one fires.
      const kept = enabled.slice()
      const choice = source.choose(enabled, clock)
      journal.choices.push({ enabled: kept, drawsAfter: journal.draws.length })
      return choice
    },
  }
}

/** A run, and how it came to its choices. */
export interface Watched {
  readonly run: Run
  readonly journal: Journal
}

const OUTSIDE = 'a real clock, a random number of its own, or state that another run has left'
const READS = `Does the code read ${OUTSIDE}?`
const BEGINS = `Does what the code begins depend on ${OUTSIDE}?`
const WINDOW = `Does a window depend on ${OUTSIDE}?`

/** What the first difference likely comes from. A draw differs where what was drawn from does. */
const CAUSES: Readonly<Record<Divergence['what'], string>> = {
  opening: READS,
  observations: READS,
  outcome: READS,
  enabled: BEGINS,
  event: BEGINS,
  draw: WINDOW,
  time: WINDOW,
}

/** Where two runs of one seed first differ, if they do. */
export function compareRuns(seed: number, a: Watched, b: Watched): Divergence | undefined {
  return compared(`Seed ${seed}, run twice,`, a, b)
}

/** The same of two runs of one schedule; `subject` begins the sentence that says so. */
export function compared(subject: string, a: Watched, b: Watched): Divergence | undefined {
  const difference = firstDifference(a, b)
  if (difference === undefined) return undefined
  const found = `the second time ${difference.found}`
  return diverged(subject, CAUSES[difference.what], { ...difference, found })
}

function firstDifference(a: Watched, b: Watched): Difference | undefined {
  const opening = observedOtherwise(a.run.opening, b.run.opening, 0)
  if (opening !== undefined) return { what: 'opening', place: { step: 0, at: 0 }, ...opening }
  const choices = Math.max(a.journal.choices.length, b.journal.choices.length)
  for (let index = 0; index < choices; index++) {
    const difference = choiceDiffers(a, b, index) ?? stepDiffers(a, b, index)
    if (difference !== undefined) return difference
  }
  return endDiffers(a.run, b.run)
}

function choiceDiffers(a: Watched, b: Watched, index: number): Difference | undefined {
  const one = a.journal.choices[index]?.enabled ?? []
  const other = b.journal.choices[index]?.enabled ?? []
  if (!haveSameIds(one, other)) {
    const place = placeOf(a, b, index)
    return { what: 'enabled', place, expected: enabledList(one), found: enabledList(other) }
  }
  const drawn = drawnOtherwise(a.journal, b.journal, index)
  return drawn === undefined ? undefined : { what: 'draw', place: placeOf(a, b, index), ...drawn }
}

function haveSameIds(a: readonly Event[], b: readonly Event[]): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (a[index]?.id !== b[index]?.id) return false
  return true
}

/** How what was drawn for a choice differs, where all that was drawn before is the same. */
function drawnOtherwise(
  a: Journal,
  b: Journal,
  index: number,
): Pick<Difference, 'expected' | 'found'> | undefined {
  const ends = [a, b].map(({ draws, choices }) => choices[index]?.drawsAfter ?? draws.length)
  const [endOfA, endOfB] = ends as [number, number]
  for (let at = a.choices[index - 1]?.drawsAfter ?? 0; at < endOfA || at < endOfB; at++) {
    const [one, other] = [at < endOfA ? a.draws[at] : undefined, at < endOfB ? b.draws[at] : undefined]
    if (!isSameDraw(one, other)) return { expected: describeDraw(one), found: describeDraw(other) }
  }
  return undefined
}

function isSameDraw(a: Draw | undefined, b: Draw | undefined): boolean {
  return a?.value === b?.value && a?.stream === b?.stream && a?.label === b?.label
}

function describeDraw(draw: Draw | undefined): string {
  return draw === undefined ? 'no further draw' : `${draw.value} drawn from ${draw.stream} for ${draw.label}`
}

function stepDiffers(a: Watched, b: Watched, index: number): Difference | undefined {
  const [one, other] = [a.run.steps[index], b.run.steps[index]]
  if (one === undefined || other === undefined) return undefined
  if (one.event.id !== other.event.id) {
    const place = placeOf(a, b, index)
    return { what: 'event', place, expected: one.event.id, found: other.event.id }
  }
  if (one.timeUs !== other.timeUs) {
    const at = ({ event, timeUs }: Step) => `${event.id} at ${formatUs(timeUs)}`
    return { what: 'time', place: placeOf(a, b, index), expected: at(one), found: at(other) }
  }
  const observed = observedOtherwise(one.observations, other.observations, one.number)
  return observed === undefined
    ? undefined
    : { what: 'observations', place: placeOf(a, b, index), ...observed }
}

function endDiffers(a: Run, b: Run): Difference | undefined {
  const describe = ({ ending, verdict, violations, waiting }: Run) =>
    [
      `an end by ${ending}, ${verdict}`,
      ...violations.map(({ property, message, step }) => `"${property}" at step ${step}: ${message}`),
      ...waiting,
    ].join('; ')
  const [expected, found] = [describe(a), describe(b)]
  if (expected === found) return undefined
  return { what: 'outcome', place: { step: a.steps.length, at: a.timeUs }, expected, found }
}

function placeOf(a: Watched, b: Watched, index: number): Place {
  const at = a.run.steps[index]?.timeUs ?? b.run.steps[index]?.timeUs ?? a.run.timeUs
  return { step: index + 1, at }
}
