// The claims: `always`, `eventually`, `leadsTo`, `sometimes`, and monitors (small state machines over observations).
// A property is a value; what a run makes of it is in judge.ts. What a claim throws where it must hold
// is its violation, whatever its kind.

import { type Duration, toUs } from './duration.ts'
import type { Observation } from './event.ts'

/** False or a sentence is a violation; true and undefined are not. */
export type Judgement = boolean | string | undefined | void

/** When something was observed. */
export interface Moment {
  readonly step: number
  readonly timeUs: number
}

export interface Always<View = any> {
  readonly kind: 'always'
  readonly name: string
  readonly holds: (view: View) => Judgement
}

export interface Eventually<View = any> {
  readonly kind: 'eventually'
  readonly name: string
  readonly holds: (view: View) => Judgement
  /** By when it must have held once; undefined means: it must hold when the run is at rest. */
  readonly withinUs: number | undefined
}

export interface LeadsTo<View = any> {
  readonly kind: 'leadsTo'
  readonly name: string
  readonly from: (view: View) => boolean
  readonly to: (view: View) => boolean
}

export interface Sometimes<View = any> {
  readonly kind: 'sometimes'
  readonly name: string
  /** A monitor reaches it by saying something. */
  readonly reached: ObservationMatcher | Monitor | ((view: View) => boolean)
}

export interface Monitor<State = any> {
  readonly kind: 'monitor'
  readonly name: string
  /** The types of the observations that it follows. */
  readonly on: readonly string[]
  /** Which instance an observation belongs to, such as a user; an instance of its own for each key. */
  readonly each: (observation: any) => string | undefined
  readonly initial: State
  /** An immer recipe over the monitor's state; a sentence is a violation. */
  readonly observe: (state: State, observation: any, moment: Moment) => string | undefined | void
  /** Asked of each instance when the run is at rest. */
  readonly atRest: ((state: State) => string | undefined | void) | undefined
  /** Whether it is about virtual time, so that it says nothing where the order is free of time. */
  readonly timed: boolean
}

export type Property = Always | Eventually | LeadsTo | Sometimes | Monitor

/** Holds in every state. */
export function always<View = any>(name: string, holds: (view: View) => Judgement): Always<View> {
  return { kind: 'always', name, holds }
}

/**
 * Holds when the run is at rest, whatever was before; in a run that never comes to rest it holds again and
 * again, and does not cease to hold for good. Only an exhaustive check finds such a run, see {@link leadsTo}.
 * With `within`, it must hold once in that stretch of virtual time from the start of the run, and may cease to
 * hold afterwards.
 */
export function eventually<View = any>(
  name: string,
  holds: (view: View) => Judgement,
  options: { within?: Duration } = {},
): Eventually<View> {
  const withinUs = options.within === undefined ? undefined : toUs(options.within)
  return { kind: 'eventually', name, holds, withinUs }
}

/**
 * Whenever `from` holds, `to` holds then or later: a request leads to an answer. A run at rest with something
 * left open is a violation. A run that never rests is found by the exhaustive check alone, which assumes weak
 * fairness of what is not a fault: an event that stays enabled happens at last.
 */
export function leadsTo<View = any>(
  name: string,
  from: (view: View) => boolean,
  to: (view: View) => boolean,
): LeadsTo<View> {
  return { kind: 'leadsTo', name, from, to }
}

/** Is reached in some run: shows that a hard case was met, so that nothing holds only because it is idle. */
export function sometimes<View = any>(
  name: string,
  reached: ObservationMatcher | Monitor | ((view: View) => boolean),
): Sometimes<View> {
  return { kind: 'sometimes', name, reached }
}

export interface ObservationMatcher {
  readonly type: string
  readonly matches: (observation: any) => boolean
}

/** An observation of this type, and of these fields where given: `on('closed', { code: 4401 })`. */
export function on(type: string, fields: Readonly<Record<string, unknown>> = {}): ObservationMatcher {
  const wanted = Object.entries(fields)
  return { type, matches: (observation) => wanted.every(([key, value]) => observation[key] === value) }
}

/** A small state machine over observations, one instance for each key. */
export function monitor<State, O extends { readonly type: string } = Observation>(definition: {
  name: string
  on: readonly O['type'][]
  each?: (observation: O) => string | undefined
  initial: State
  observe: (state: State, observation: O, moment: Moment) => string | undefined | void
  atRest?: (state: State) => string | undefined | void
  timed?: boolean
}): Monitor<State> {
  return {
    kind: 'monitor',
    name: definition.name,
    on: definition.on,
    each: definition.each ?? (() => ''),
    initial: definition.initial,
    observe: definition.observe,
    atRest: definition.atRest,
    timed: definition.timed ?? false,
  }
}

/** Whether a property is about virtual time. */
export function isTimed(property: Property): boolean {
  return property.kind === 'monitor'
    ? property.timed
    : property.kind === 'eventually' && property.withinUs !== undefined
}
