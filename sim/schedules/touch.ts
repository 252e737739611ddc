// What a step touches, in numbers: the names of events and of what they read and write are interned once, so that
// comparing two steps compares integers. Decides when two steps are dependent, and nothing else.

import type { Event, Footprint } from '../event.ts'

/** The end of a run in which faults are still pending: an event that takes their chance away. */
export const END = 0

export interface Touch {
  /** As `Names` numbers it. */
  readonly event: number
  readonly reads: readonly number[]
  readonly writes: readonly number[]
  /** Events that it takes back. */
  readonly cancels: readonly number[]
  /** The fault budget that it takes one of. */
  readonly fault: string | undefined
  /** Nothing comes after it: the end, or what the code under test threw. */
  readonly isLast: boolean
  /** Whether this is all that it touches. Else it is what is known before it happens. */
  readonly isWhole: boolean
}

const NOTHING: readonly number[] = []
export const END_TOUCH: Touch = {
  event: END,
  reads: NOTHING,
  writes: NOTHING,
  cancels: NOTHING,
  fault: undefined,
  isLast: true,
  isWhole: true,
}

/** Whether the order of two steps matters, that of creation apart: footprints, a cancellation, an end. */
export function conflict(a: Touch, b: Touch): boolean {
  if (meets(a.writes, b.writes) || meets(a.writes, b.reads) || meets(a.reads, b.writes)) return true
  return a.isLast || b.isLast || a.cancels.includes(b.event) || b.cancels.includes(a.event)
}

export function meets(a: readonly number[], b: readonly number[]): boolean {
  // Most name one or two, for which calling `includes` takes longer than looking.
  for (let at = 0; at < a.length; at++) {
    for (let other = 0; other < b.length; other++) if (a[at] === b[other]) return true
  }
  return false
}

/** What an event declared when it was seen last, and what it touches if that is all. */
interface Declared {
  readonly footprint: Footprint
  readonly owner: string | undefined
  readonly touch: Touch
  readonly whole: Touch
}

/** Numbers for names, in the order in which they turn up. */
export class Names {
  readonly #events = new Map<string, number>([['', END]])
  readonly #ids: string[] = ['']
  readonly #resources = new Map<string, number>()
  readonly #resourceNames: string[] = []
  // By event.
  readonly #declared: Declared[] = []

  event(id: string): number {
    const known = this.#events.get(id)
    if (known !== undefined) return known
    this.#events.set(id, this.#ids.length)
    return this.#ids.push(id) - 1
  }

  idOf(event: number): string {
    return this.#ids[event] as string
  }

  resource(name: string): number {
    const known = this.#resources.get(name)
    if (known !== undefined) return known
    this.#resources.set(name, this.#resourceNames.length)
    return this.#resourceNames.push(name) - 1
  }

  nameOf(resource: number): string {
    return this.#resourceNames[resource] as string
  }

  resources(names: readonly string[]): number[] {
    const resources: number[] = []
    for (const name of names) this.add(resources, name)
    return resources
  }

  /** Adds what a name stands for, unless it is there. */
  add(resources: number[], name: string): void {
    const resource = this.resource(name)
    if (!resources.includes(resource)) resources.push(resource)
  }

  /** What is known of an event before it happens; `number` spares looking up the event's. */
  declared(event: Event, number = this.event(event.id)): Touch {
    const { fault, owner, footprint } = event
    // An event that is there in many runs mostly declares the same in each.
    const known = this.#declared[number]
    if (known?.footprint === footprint && known.owner === owner && known.touch.fault === fault)
      return known.touch
    const { reads, writes } = this.footprintOf(owner, footprint)
    const touch = { event: number, reads, writes, cancels: NOTHING, fault, isLast: false, isWhole: false }
    this.#declared[number] = { footprint, owner, touch, whole: { ...touch, isWhole: true } }
    return touch
  }

  /** What an event touches that touches what it has declared, and no more. */
  whole(declared: Touch): Touch {
    const known = this.#declared[declared.event]
    return known?.touch === declared ? known.whole : { ...declared, isWhole: true }
  }

  /** A footprint, and what firing the event touches in any case: its task. */
  footprintOf(owner: string | undefined, { reads, writes }: Footprint) {
    const touched = { reads: this.resources(reads), writes: this.resources(writes) }
    if (owner !== undefined) this.add(touched.writes, owner)
    return touched
  }
}

/** Which message of a channel is the last: changed by what adds one. */
export function tailOf(channel: string): string {
  return `tail of ${channel}`
}
