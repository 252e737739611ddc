// A recorded schedule on code that was changed since: which event stands for which recorded one, by their ids. What
// the record does not know was inserted, and comes first; what never comes was taken away, and is passed over; a
// label that the digest of an enabled set shows to be another one was renamed. One pass; it judges nothing.

import type { Clock, TimingName } from '../clock.ts'
import { hashOfId } from '../digest.ts'
import type { Event } from '../event.ts'
import type { Choice, ChoiceSource } from '../source.ts'
import { possibleTimes } from './recorded.ts'
import type { TraceStep } from './trace.ts'

/** What of a recorded schedule was found again. */
export interface Alignment {
  /** How many recorded steps there are, and how many of them happened again. */
  readonly recorded: number
  readonly matched: number
  /** What happened before the last recorded step, and is not in the record. */
  readonly inserted: readonly string[]
  /** What is recorded, and did not happen. */
  readonly missing: readonly string[]
  /** What happened later than it is recorded, as it could not happen sooner. */
  readonly moved: readonly string[]
  /** Labels that have another name now. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[]
}

/**
 * Whether the recorded schedule was followed: in its order, with steps added to it, or with steps taken away from it.
 * Where there are both, what is new may be what is gone under another name, and nobody can tell what raced.
 */
export function isFollowed({ missing, moved, inserted, renamed }: Alignment): boolean {
  const isSame = missing.length === 0 && renamed.length === 0
  return moved.length === 0 && (inserted.length === 0 || isSame)
}

/** When an event comes that the record does not know: before what is recorded, or when it falls due. */
export type Unknown = 'first' | 'when due'

export interface Realigned {
  readonly steps: readonly TraceStep[]
  readonly timing: TimingName
  readonly unknown: Unknown
  /** Whether a label may have been renamed. */
  readonly renames: boolean
  /** After how many steps the others repeat for ever, where the run is to end with the last recorded step. */
  readonly cycleFrom?: number | undefined
  readonly endsThere: boolean
}

export interface Realigning extends ChoiceSource {
  alignment(): Alignment
  /** After how many steps of the run so many recorded ones were over. */
  stepsAfter(recorded: number): number
}

export function realigning(options: Realigned): Realigning {
  const pass = new Pass(options)
  return {
    untimed: options.timing === 'untimed',
    cycleFrom: options.cycleFrom,
    choose: (enabled, clock) => pass.choose(enabled, clock),
    alignment: () => pass.alignment(),
    stepsAfter: (recorded) => pass.stepsAfter(recorded),
  }
}

class Pass {
  readonly #options: Realigned
  // Where a recorded id stands.
  readonly #positions: ReadonlyMap<string, number>
  readonly #taken: boolean[]
  // In the order in which they happened: the position of each, or undefined.
  readonly #happened: (number | undefined)[] = []
  readonly #ids: string[] = []
  readonly #moved: string[] = []
  // What the digests of enabled sets told: ids that the record knows besides those of its steps, ids that it does not,
  // and positions of steps that are not enabled any more where they were.
  readonly #known = new Set<string>()
  readonly #new = new Set<string>()
  readonly #gone = new Set<number>()
  // By the label that events have now: the one that they had.
  readonly #labels = new Map<string, string>()
  // The position of the next step to come; all before it were taken or passed over.
  #next = 0
  #left: number
  #tries = TRIES_MAX

  constructor(options: Realigned) {
    this.#options = options
    const { steps } = options
    this.#positions = new Map(steps.map(({ event }, index) => [event, index]))
    this.#taken = steps.map(() => false)
    this.#left = this.#positions.size
  }

  choose(enabled: readonly Event[], clock: Clock): Choice | undefined {
    if (this.#left === 0 && this.#options.endsThere) return undefined
    this.#learn(enabled)
    const { timing } = this.#options
    const event = this.#pick(this.#possible(enabled, clock), clock)
    if (event === undefined) return undefined
    const position = this.#positionOf(event)
    this.#take(event.id, position)
    const { minUs, maxUs } = possibleTimes(timing, event, enabled, clock)
    const wantedUs = position === undefined ? minUs : (this.#options.steps[position]?.at ?? minUs)
    return { event, timeUs: Math.max(minUs, Math.min(wantedUs, maxUs)) }
  }

  alignment(): Alignment {
    const { steps } = this.#options
    const last = this.#happened.findLastIndex((position) => position !== undefined)
    return {
      recorded: steps.length,
      matched: this.#taken.filter(Boolean).length,
      inserted: this.#ids.slice(0, last).filter((_, index) => this.#happened[index] === undefined),
      missing: steps.filter((_, index) => !this.#taken[index]).map(({ event }) => event),
      moved: this.#moved,
      renamed: [...this.#labels].map(([to, from]) => ({ from, to })),
    }
  }

  stepsAfter(recorded: number): number {
    let left = recorded
    for (const [index, position] of this.#happened.entries()) {
      if (left === 0) return index
      if (position !== undefined) left--
    }
    return this.#happened.length
  }

  #pick(possible: readonly Event[], clock: Clock): Event | undefined {
    const recorded = this.#firstRecorded(possible)
    if (recorded !== undefined && (this.#positionOf(recorded) ?? 0) <= this.#next) return recorded
    const required = possible.filter(({ fault }) => fault === undefined)
    const dueUs = (event: Event) => clock.dueUs(event)
    const byDue = (a: Event, b: Event) => dueUs(a) - dueUs(b) || a.sequence - b.sequence
    const unknown = this.#left === 0 ? undefined : this.#firstUnknown(required)
    const isDue = () => this.#options.unknown === 'first' || recorded === undefined
    if (unknown !== undefined && (isDue() || byDue(unknown, recorded as Event) < 0)) return unknown
    return (
      recorded ??
      required.reduce<Event | undefined>(
        (first, event) => (first === undefined || byDue(event, first) < 0 ? event : first),
        undefined,
      )
    )
  }

  #firstRecorded(possible: readonly Event[]): Event | undefined {
    let first: Event | undefined
    let at = Number.POSITIVE_INFINITY
    for (const event of possible) {
      const position = this.#positionOf(event)
      if (position === undefined || position >= at) continue
      first = event
      at = position
    }
    return first
  }

  #firstUnknown(required: readonly Event[]): Event | undefined {
    return required.find(({ id }) => this.#new.has(id)) ?? required.find((event) => this.#isUnknown(event))
  }

  #isUnknown({ id }: Event): boolean {
    const before = this.#idBefore(id)
    return !this.#known.has(before) && !this.#positions.has(before)
  }

  /** Where an event is recorded, if it is, and has not happened. */
  #positionOf({ id }: Event): number | undefined {
    const position = this.#positions.get(this.#idBefore(id))
    return position === undefined || this.#taken[position] ? undefined : position
  }

  #take(id: string, position: number | undefined): void {
    this.#ids.push(id)
    this.#happened.push(position)
    if (position === undefined) return
    this.#taken[position] = true
    this.#left--
    if (position < this.#next) this.#moved.push(id)
    else this.#next = position + 1
    while (this.#taken[this.#next]) this.#next++
  }

  /** What may happen next: all, or where time rules, what nothing else must precede. */
  #possible(enabled: readonly Event[], clock: Clock): readonly Event[] {
    if (this.#options.timing === 'untimed') return enabled
    let deadlineUs = Number.POSITIVE_INFINITY
    for (const event of enabled) {
      if (event.fault !== undefined) continue
      deadlineUs = Math.min(deadlineUs, clock.createdAtUs(event) + event.window.maxUs)
    }
    deadlineUs = Math.max(deadlineUs, clock.nowUs)
    return enabled.filter((event) => {
      const createdUs = clock.createdAtUs(event)
      const lateUs = event.fault === undefined ? Number.POSITIVE_INFINITY : createdUs + event.window.maxUs
      return createdUs + event.window.minUs <= deadlineUs && clock.nowUs <= lateUs
    })
  }

  #idBefore(id: string): string {
    if (this.#labels.size === 0) return id
    const { place, label, count } = partsOf(id)
    const before = this.#labels.get(label)
    return before === undefined ? id : `${place}${before}${count}`
  }

  /**
   * Compares the enabled set with the recorded one, of which the digest is known. That is a sum over its ids, so it
   * tells which of the unknown ids it holds, if not too many are in question, and one that is missing.
   */
  #learn(enabled: readonly Event[]): void {
    const step = this.#options.steps[this.#next]
    if (step === undefined || step.enabled === '' || enabled.length > ENABLED_MAX) return
    const wanted = Number.parseInt(step.enabled, 16)
    if (this.#options.renames) this.#findRenamed(enabled, wanted)
    const open = enabled.filter((event) => this.#isUnknown(event) && !this.#new.has(event.id))
    if (open.length === 0 || open.length > OPEN_MAX) return
    const gone = [...this.#gone].filter((position) => position >= this.#next)
    const found = enabled.filter(({ id }) => !this.#new.has(id)).map(({ id }) => this.#idBefore(id))
    const toMany = sumOf([...found, ...gone.map(this.#recordedAt)]) - wanted
    const subsets = new Map(subsetsOf(open).map((ids) => [sumOf(ids), ids]))
    const settle = (ids: readonly string[] | undefined) => {
      for (const id of ids ?? []) this.#new.add(id)
      for (const { id } of open) if (!this.#new.has(id)) this.#known.add(this.#idBefore(id))
    }
    if (subsets.has(toMany >>> 0)) return settle(subsets.get(toMany >>> 0))
    for (const position of this.#ahead()) {
      const sum = (toMany + sumOf([this.#recordedAt(position)])) >>> 0
      if (this.#gone.has(position) || found.includes(this.#recordedAt(position)) || !subsets.has(sum))
        continue
      this.#gone.add(position)
      return settle(subsets.get(sum))
    }
  }

  /** Whether the enabled set is the recorded one if one label, in every place, has another name now. */
  #findRenamed(enabled: readonly Event[], wanted: number): void {
    const digest = () => sumOf(enabled.map(({ id }) => this.#idBefore(id)))
    const unknown = enabled.filter((event) => this.#isUnknown(event))
    if (unknown.length === 0 || digest() === wanted) return
    for (const { id } of unknown) {
      const to = partsOf(id).label
      for (const from of this.#labelsLike(id)) {
        if (this.#tries-- <= 0) return
        this.#labels.set(to, from)
        if (digest() === wanted) return
        this.#labels.delete(to)
      }
    }
  }

  /** Labels of steps to come that are numbered as this one is, at its place. */
  #labelsLike(id: string): ReadonlySet<string> {
    const { place, count } = partsOf(id)
    const alike = this.#ahead()
      .map(this.#recordedAt)
      .filter((event) => event.startsWith(place) && event.endsWith(count))
    return new Set(alike.map((event) => partsOf(event).label))
  }

  /** The positions of the next few steps to come. */
  #ahead(): readonly number[] {
    const { steps } = this.#options
    const last = Math.min(steps.length, this.#next + AHEAD_MAX)
    return Array.from({ length: last - this.#next }, (_, index) => this.#next + index).filter(
      (position) => !this.#taken[position],
    )
  }

  #recordedAt = (position: number): string => this.#options.steps[position]?.event ?? ''
}

/** The digest of a set of ids, see `digestOfEnabled`. */
function sumOf(ids: readonly string[]): number {
  return ids.reduce((sum, id) => (sum + hashOfId(id)) | 0, ids.length) >>> 0
}

function subsetsOf(events: readonly Event[]): readonly (readonly string[])[] {
  const subsets: (readonly string[])[] = [[]]
  for (const { id } of events) subsets.push(...subsets.map((subset) => [...subset, id]))
  return subsets
}

/** How much is looked at to learn from a digest. */
const ENABLED_MAX = 100
const AHEAD_MAX = 100
const OPEN_MAX = 8
const TRIES_MAX = 1_000

/** `tab-2/auth.resolve#1` as `tab-2/`, `auth.resolve` and `#1`. */
function partsOf(id: string): { place: string; label: string; count: string } {
  const from = id.indexOf('/') + 1
  const hash = id.lastIndexOf('#')
  const to = hash < from ? id.length : hash
  return { place: id.slice(0, from), label: id.slice(from, to), count: id.slice(to) }
}
