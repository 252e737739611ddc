// An event that is about to happen, and once it has: what its step touched, made, and took back. Looks at one step of
// one run; what follows from it for other runs is in reversals.ts.

import type { Event, Schedulable } from '../event.ts'
import type { Happened } from '../scheduler.ts'
import type { Sight, Views } from './sight.ts'
import type { Made, Taken } from './stack.ts'
import { type Names, type Touch, tailOf } from './touch.ts'

const NO_EVENTS: readonly Event[] = []
const NONE: readonly number[] = []
const NO_MADE: readonly Made[] = []
const NO_VIEWS: Views = []

export function madeOf(event: Event, names: Names): Made {
  return {
    event: names.event(event.id),
    declared: names.declared(event),
    isGuarded: event.guard !== undefined,
  }
}

/** How an event was chosen: among which, and what is known of it before it happens. */
interface Choosing {
  readonly enabled: readonly Event[]
  readonly position: number
  readonly preemptions: number
  readonly declared: Touch
}

export class Chosen {
  readonly event: Event
  readonly preemptions: number
  readonly #names: Names
  readonly #schedulable: Schedulable
  readonly #position: number
  readonly #enabled: readonly Event[]
  readonly #pending: readonly Event[]
  readonly #declared: Touch
  readonly #owner: string | undefined
  /** What the claims look at behind the step, once it is taken. */
  views: Views = NO_VIEWS

  constructor(
    names: Names,
    schedulable: Schedulable,
    { enabled, position, preemptions, declared }: Choosing,
  ) {
    this.#names = names
    this.#schedulable = schedulable
    this.#position = position
    this.event = enabled[position] as Event
    // Both lists may change when the event fires.
    const pending = schedulable.pending?.()
    this.#enabled = enabled.slice()
    this.#pending = pending === enabled ? this.#enabled : (pending?.slice() ?? NO_EVENTS)
    this.#owner = this.event.owner
    this.#declared = declared
    this.preemptions = preemptions
  }

  /** What else was enabled. */
  get others(): readonly Made[] {
    return this.#enabled.filter((event) => event !== this.event).map((event) => madeOf(event, this.#names))
  }

  /** The step that it became. */
  taken(step: Happened, sight: Sight, views: Views): Taken {
    const names = this.#names
    const { event } = this
    const pending = this.#schedulable.pending?.() ?? NO_EVENTS
    // What the step created stands last.
    let first = pending.length
    while (first > 0 && pending[first - 1]?.createdAtStep === step.number) first--
    const lost = this.#lost(pending, first)
    const touch = this.#touched(step, { sight, views, sent: this.#sent(pending, first) })
    const channel = event.channel === undefined ? -1 : names.resource(event.channel)
    return {
      id: event.id,
      position: this.#position,
      touch: lost.length === 0 ? touch : { ...touch, cancels: lost.map(({ id }) => names.event(id)) },
      declared: this.#declared,
      isGuarded: event.guard !== undefined,
      created: event.createdAtStep - 1,
      channel,
      takesFrom: this.#takesFrom(channel, lost),
      cancelledFrom:
        lost.length === 0 ? NONE : lost.map(({ createdAtStep }) => createdAtStep - 1).filter(isStep),
      lost: lost.length === 0 ? NO_MADE : lost.map((one) => madeOf(one, names)),
      made: this.#made(pending, first),
      owner: this.#owner ?? event.place,
      preemptions: this.preemptions,
    }
  }

  #touched(
    step: Happened,
    { sight, views, sent }: { sight: Sight; views: Views; sent: readonly number[] },
  ): Touch {
    const names = this.#names
    const { footprint } = step
    const isAsDeclared = footprint === this.event.footprint
    const own = isAsDeclared ? this.#declared : names.footprintOf(this.#owner, footprint)
    const told = sight.after(step, views, this.#schedulable)
    this.views = told?.views ?? views
    const isMore =
      (told !== undefined && (told.reads.length > 0 || told.writes.length > 0)) || sent.length > 0
    if (isAsDeclared && !isMore) return names.whole(this.#declared)
    const { reads: read = NONE, writes: written = NONE } = told ?? {}
    const reads = isMore ? [...new Set([...own.reads, ...read])] : own.reads
    const writes = isMore ? [...new Set([...own.writes, ...written, ...sent])] : own.writes
    return { ...this.#declared, reads, writes, isWhole: true }
  }

  /** What was pending, and is not any more; `first`: how many of the pending were pending before. */
  #lost(pending: readonly Event[], first: number): readonly Event[] {
    if (first === this.#pending.length - 1) return NO_EVENTS
    const left = new Set(pending)
    return this.#pending.filter((event) => event !== this.event && !left.has(event))
  }

  #made(pending: readonly Event[], first: number): readonly Made[] {
    let made = NO_MADE
    for (let at = first; at < pending.length; at++) {
      const event = pending[at] as Event
      if (event.guard !== undefined || event.fault !== undefined) made = [...made, madeOf(event, this.#names)]
    }
    return made
  }

  #sent(pending: readonly Event[], first: number): readonly number[] {
    let sent = NONE
    for (let at = first; at < pending.length; at++) {
      const channel = pending[at]?.channel
      if (channel !== undefined) sent = [...sent, this.#names.resource(tailOf(channel))]
    }
    return sent
  }

  #takesFrom(channel: number, lost: readonly Event[]): readonly number[] {
    if (channel < 0 && lost.length === 0) return NONE
    const channels = lost.flatMap((one) =>
      one.channel === undefined ? [] : this.#names.resource(one.channel),
    )
    return [...new Set(channel < 0 ? channels : [channel, ...channels])]
  }
}

/** How many preemptions there are up to an event: it is one if the task or place before it could have gone on. */
export function preemptionsBy(event: Event, enabled: readonly Event[], before: Taken | undefined): number {
  if (before === undefined) return 0
  if (ownerOf(event) === before.owner) return before.preemptions
  const preempts = enabled.some((one) => one.fault === undefined && ownerOf(one) === before.owner)
  return before.preemptions + (preempts ? 1 : 0)
}

function ownerOf({ owner, place }: Event): string {
  return owner ?? place
}

function isStep(position: number): boolean {
  return position >= 0
}
