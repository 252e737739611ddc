// What an event is, and the one small contract between the scheduler and whatever it schedules: list the
// enabled events, fire one. Actor systems and worlds both fulfil it. Nothing here decides an order.

import type { Window } from './duration.ts'
import type { Property } from './property.ts'

/** What an event reads and writes, by name. */
export interface Footprint {
  readonly reads: readonly string[]
  readonly writes: readonly string[]
}

export interface Event {
  /**
   * Stable and causal: `place/label#n`, where n counts what the creator made under this label. It depends
   * on the creator's own history alone, never on the interleaving, so a schedule survives an edit.
   */
  readonly id: string
  /** Hash of the id, `hashOfId` in digest.ts. */
  readonly hash: number
  /** Whose timeline it belongs to: the first segment of its id. */
  readonly place: string
  /** Position in the order of creation within its run. */
  readonly sequence: number
  /** The step that created it; 0 for the start. */
  readonly createdAtStep: number
  readonly window: Window
  /** What is known before it fires; the step records what it really touched. */
  readonly footprint: Footprint
  /** The fault budget it takes one of. A fault may happen, but never has to. */
  readonly fault: string | undefined
  /** Events of one channel are enabled one at a time, in the order in which they were created. */
  readonly channel?: string | undefined
  /** The task that goes on when it fires, where it is a point in one. Known until it fires. */
  readonly owner?: string | undefined
  /** Where a guard may keep it from being enabled: what that looked at when it was last asked, by name. */
  readonly guard?: readonly string[] | undefined
}

/** Something shown to the properties: plain JSON with a type. */
export interface Observation {
  readonly type: string
  readonly [key: string]: unknown
}

export interface Schedulable {
  /** Budgets of the faults, by name. A fault with nothing left of its budget is not enabled. */
  readonly budgets: Readonly<Record<string, number>>
  /** Claims that this execution brings with it, besides those of its scenario; the list may grow. */
  readonly properties: readonly Property[]
  /** Called once, before the first `enabled`. A promise means: not quiescent before it resolves. */
  start?(): void | Promise<void>
  /** The events that may happen now in some timing, oldest first. Valid until the next `fire`. */
  enabled(): readonly Event[]
  /** All that is created, and has neither happened nor been taken back: enabled or not, oldest first. */
  pending?(): readonly Event[]
  /** Lets an enabled event happen. A promise means: not quiescent before it resolves. */
  fire(event: Event): void | Promise<void>
  /** What was observed since the last call. */
  takeObservations(): readonly Observation[]
  /** What the last step really read and wrote. */
  footprint(): Footprint
  /** Who waits for something, each with what for; asked when nothing is left that must happen. */
  waiting(): readonly string[]
  /**
   * The same, with the line of code at which each waits, where that can be known. For people alone. `fired` is all
   * that has fired.
   */
  waitingAt?(fired: readonly Event[]): readonly string[]
  /**
   * All that its future depends on, as a text that is the same for the same future: no ids, no numbers of steps
   * or of events, no times. Undefined where that cannot be told, as of code that keeps its state to itself.
   */
  situation?(): string | undefined
  /** What `always`, `eventually` and `sometimes` look at. */
  view(): unknown
  /**
   * Lets somebody look at the view, and says what was read of it, by the names that footprints use; undefined where
   * that cannot be seen.
   */
  watch?(look: (view: unknown) => void): readonly string[] | undefined
  /** The current states by actor, in a few words each, for a timeline. */
  show(): ReadonlyMap<string, string>
  /** Called once when the run is over. */
  end(): void
}

/** Two events are dependent if one writes what the other reads or writes (Mazurkiewicz, 1977). */
export function dependent(a: Footprint, b: Footprint): boolean {
  return touches(a.writes, b.writes) || touches(a.writes, b.reads) || touches(a.reads, b.writes)
}

function touches(a: readonly string[], b: readonly string[]): boolean {
  return a.some((name) => b.includes(name))
}

/** The place of an actor or task: its name up to the first slash. */
export function placeOf(name: string): string {
  const slash = name.indexOf('/')
  return slash < 0 ? name : name.slice(0, slash)
}

/** What stands before the label in an event's id: `tab-1/` for tab-1, `tab-1/auth.` for tab-1/auth. */
export function idPrefix(name: string): string {
  return name.includes('/') ? `${name}.` : `${name}/`
}
