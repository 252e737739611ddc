// What an exhaustive check gives back: a verdict, what it rests on, and what was covered. Plain data; nothing
// here searches.

import type { SearchPool } from './levels.ts'

/**
 * *holds*: every schedule was covered. *bounded*: nothing was found, and a bound came before the end. *stuck*:
 * somebody waits for what can no longer come. *unreached*: every schedule was covered, nothing was violated,
 * and a `sometimes` was never reached.
 */
export type CheckVerdict = 'holds' | 'violated' | 'stuck' | 'unreached' | 'bounded'

/**
 * *composition*: actors that never interact are searched apart, and a fault budget that they share is split
 * over them. *symmetry*: of states that differ by a renaming, one. *partial order*: of orders of independent
 * events, one.
 */
export const REDUCTIONS = ['composition', 'symmetry', 'partial order'] as const
export type Reduction = (typeof REDUCTIONS)[number]

/**
 * What each reduction that was in force has saved, counted exactly; nothing where a bound ended the search.
 *
 * - *composition*: the states of the systems multiplied, which is as many as the whole has; beyond 2^53 the nearest
 *   number to that. Absent where the search ended early, or a fault budget is shared by several systems, which
 *   makes them no product.
 * - *symmetry*: the states that were found and all that differ from these by a renaming, of all systems together;
 *   `states` of them were stored. Absent where there are more than two million of them in one system.
 * - *partial order*: the events that were enabled in the states looked into and were not taken; `transitions` were.
 *
 * Where orders are left out too, the states that these leave out are not among those counted.
 */
export type Savings = Readonly<Partial<Record<Reduction, number>>>

/** Which bound ended the search. */
export type Bound = 'states' | 'depth' | 'memory' | 'time' | 'interrupted'

/** How the visited states are kept: a bit for each possible one, such bits in pages, or the states in a table. */
export type Store = 'bitset' | 'paged bitset' | 'table'

export interface Counterexample {
  readonly property: string
  readonly message: string
  /** The text of the replay file, which replays to the byte through the ordinary scheduler. */
  readonly trace: string
  /** How many steps it takes. */
  readonly steps: number
  /** Whether no run with fewer steps violates this property. */
  readonly shortest: boolean
  /** Of a run that never comes to rest: after how many steps the last ones repeat for ever; else null. */
  readonly cycleFrom: number | null
}

export interface Coverage {
  /** Actors that declare what they may show, each with what it never showed. */
  readonly neverShown: readonly { readonly actor: string; readonly shows: readonly string[] }[]
  /** Actors that never received anything. */
  readonly idle: readonly string[]
}

export interface CheckReport {
  readonly scenario: string
  readonly verdict: CheckVerdict
  /** The bound that came first; null where the search came to its end. */
  readonly bound: Bound | null
  /** What the verdict rests on: the reductions that were in force and took something away. */
  readonly reductions: readonly Reduction[]
  readonly saved: Savings
  /** How many separate systems were searched. */
  readonly systems: number
  /** Distinct states, and events that happened in them; sums over the systems. */
  readonly states: number
  readonly transitions: number
  /** Levels of the deepest system, the initial state included. */
  readonly depth: number
  /** Distinct local transitions: how often the code of actors was called. */
  readonly localTransitions: number
  /** How often the claims were asked. */
  readonly claimsJudged: number
  readonly store: Store
  /** Of the stored states, with what finds them again and how each was reached. */
  readonly bytesPerState: number
  readonly counterexamples: readonly Counterexample[]
  readonly sometimes: readonly { readonly property: string; readonly reached: boolean }[]
  readonly coverage: Coverage
}

export interface CheckProgress {
  readonly states: number
  readonly transitions: number
  /** States that are seen and not yet looked into. */
  readonly frontier: number
  readonly depth: number
  readonly storedBytes: number
}

/** What the machine lends; the engine itself reads no clock. */
export interface CheckHost {
  /** Milliseconds, from any beginning. */
  nowMs(): number
  /** Bytes that the process has in use. */
  memoryBytes(): number
}

export interface CheckOptions {
  /**
   * Those that pay unless given: orders are left out only of spaces that are large without. None for raw counts.
   */
  readonly reductions?: readonly Reduction[]
  /** Breadth first unless given, so that a counterexample is a shortest one; depth first tries every order. */
  readonly order?: 'breadth first' | 'depth first'
  readonly statesMax?: number
  readonly depthMax?: number
  /** Needs a host. */
  readonly memoryMaxBytes?: number
  /** Needs a host. */
  readonly timeMaxMs?: number
  readonly host?: CheckHost
  /** Ends the search early, with the verdict *bounded*; an AbortSignal fits. */
  readonly signal?: { readonly aborted: boolean }
  readonly onProgress?: (progress: CheckProgress) => void
  /** Threads for the part of a large search that only counts; the result is the same without.@internal */
  readonly pool?: SearchPool
  /**
   * Goes on after the first violation for those of other properties; with a list, until each of these is violated.
   */
  readonly everyProperty?: boolean | readonly string[]
}

/** The states of a small system, as they are found from the initial one, which comes first. */
export interface StateGraph {
  readonly nodes: readonly {
    /** What the actors show, where it is not what they show in the beginning. */
    readonly label: string
    readonly depth: number
    /** Whether it is on the way to the counterexample. */
    readonly marked: boolean
  }[]
  readonly edges: readonly {
    readonly from: number
    readonly to: number
    readonly label: string
    readonly marked: boolean
  }[]
}
