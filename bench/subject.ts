// What one process of a benchmark searches, and what it says of it. Types alone.

import type { CheckOptions } from '../sim/index.ts'

/** Of the admission race: how many there are of each, as in sim/explore/admission.fixture.ts. */
export interface AdmissionSize {
  readonly users: number
  /** Of each user. */
  readonly connections: number
  /** Of each connection. */
  readonly messages: number
  /** Of all users together. */
  readonly drops: number
}

/** A function that makes a scenario: where it is, and what it is given. */
export interface Maker {
  readonly module: string
  readonly name: string
  readonly given: unknown
}

export interface HeddleOptions extends Pick<CheckOptions, 'reductions' | 'statesMax' | 'memoryMaxBytes'> {
  /** As the command would lend it; left out, one search has its own thread alone. */
  readonly threads?: number
}

export type Subject =
  | { readonly by: 'heddle'; readonly scenario: Maker; readonly options?: HeddleOptions }
  | { readonly by: 'plain search'; readonly scenario: Maker }
  | { readonly by: '@xstate/graph'; readonly size: AdmissionSize }

export interface Searched {
  readonly verdict: string
  readonly states: number
  readonly transitions: number
  /** How often the user's code was called: that of actors, and that of claims where it is known. */
  readonly calls: { readonly actors: number; readonly claims?: number }
}

/** The same, with what the whole process took. */
export interface Measured extends Searched {
  readonly seconds: number
  /** That the processor was busy for it, in all threads: on a machine with other work, the better measure. */
  readonly cpuSeconds: number
  readonly peakBytes: number
}
