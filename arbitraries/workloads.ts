// Workloads for fast-check: what a lifecycle scenario is made of, in the words of its options, and small enough that a
// failure can be read. Legal values are what model/ says; nothing here builds or runs a scenario.

import fc from 'fast-check'
import {
  type LifecycleOptions,
  type LifecycleParameters,
  lifecycleParameters,
  type Policy,
  STATES,
} from '../model/index.ts'
import type { Duration } from '../sim/index.ts'
import { integers, usually } from './afresh.ts'
import {
  type CountConstraint,
  choices,
  countBounds,
  type OneOf,
  type Option,
  type Range,
  type WindowConstraint,
  windows,
} from './constraints.ts'
import { checkKeys } from './refuse.ts'

type Delays = LifecycleParameters['delays']
type Faults = LifecycleParameters['faults']
type Count = 'users' | 'connections' | 'messages' | 'instances' | 'reconnects'
type Choice = 'token' | 'sends' | 'balancer' | 'asksFor'

/** How often each fault may strike; one that is not named does not. */
export type FaultConstraints = { readonly [Fault in keyof Faults]?: CountConstraint }
/** The windows of delays; one that is not named keeps its default. */
export type DelayConstraints = { readonly [Delay in keyof Delays]?: WindowConstraint }

type ChoiceConstraints = { readonly [Key in Choice]?: OneOf<LifecycleParameters[Key]> }

/** What is left out is drawn as usual. The bounds are those of {@link LifecycleOptions}. */
export type WorkloadConstraints = { readonly [Key in Count]?: CountConstraint } & ChoiceConstraints & {
    readonly stagger?: WindowConstraint
    /** `false`: as by default. */
    readonly delays?: false | DelayConstraints
    /** `false`: none. */
    readonly faults?: false | FaultConstraints
  }

const COUNTS: { readonly [Key in Count]: Required<Range<number>> } = {
  users: { min: 1, max: 2 },
  connections: { min: 1, max: 3 },
  messages: { min: 0, max: 3 },
  instances: { min: 1, max: 3 },
  reconnects: { min: 0, max: 1 },
}

const STRIKES: Required<Range<number>> = { min: 0, max: 1 }

const STAGGER_MAX = '100ms'
const DELAYS_MAX: { readonly [Delay in keyof Delays]: Duration } = {
  network: '20ms',
  accept: '100ms',
  auth: '100ms',
  services: '200ms',
  agent: '50ms',
  coldStart: '500ms',
  messages: '50ms',
  leave: '50ms',
  backoff: '1s',
  lease: '5s',
  heartbeat: '10s',
  faults: '500ms',
}

/** The first of each is the default, to which the others shrink. */
const CHOICES: { readonly [Key in Choice]: fc.Arbitrary<LifecycleParameters[Key]> } = {
  token: fc.constantFrom('header', 'subprotocol', 'missing', 'invalid'),
  sends: fc.constantFrom('on-open', 'pipelined', 'when-ready'),
  balancer: fc.constantFrom('none', 'transparent', 'strips-authorization'),
  asksFor: usually<LifecycleParameters['asksFor']>(null, { drawn: fc.constantFrom(...STATES), ofTen: 9 }),
}

const DEFAULTS = lifecycleParameters({})

/**
 * What a lifecycle scenario can be made of, for `lifecycle(name, { ...workload, coordinator, properties })`. Counts
 * shrink to the least, everything else to its default; what has its default is left out, so that what is printed is
 * short, and can be pasted back. Throws HEDDLE_OPTIONS or HEDDLE_SCENARIO_OPTIONS where a constraint does not fit.
 */
export function workloads(constraints: WorkloadConstraints = {}): fc.Arbitrary<LifecycleOptions> {
  checkKeys('the constraints of workloads()', constraints, Object.keys(DEFAULTS))
  const { stagger, delays, faults } = constraints
  const counts = mapped(COUNTS, (usual, key) => countBounds(optionAt(key), constraints[key], usual))
  // All of them together may be too many, where none is alone.
  lifecycleParameters(mapped(counts, ({ max }) => max))
  const chosen: ChoiceConstraints = constraints
  const choice = <Key extends Choice>(key: Key) => choices(optionAt(key), chosen[key], CHOICES[key])
  const people = fc.record({
    // Before the others, as a failure that takes no fault is another one than that which takes one.
    faults: faults === false ? fc.constant({}) : faultPlans(faults),
    ...mapped(counts, (bounds) => integers(bounds)),
    token: choice('token'),
    sends: choice('sends'),
    balancer: choice('balancer'),
    asksFor: choice('asksFor'),
  })
  return fc.tuple(people, times(stagger, delays)).map(([drawn, timed]) => {
    // Who only asks never leaves, and with several instances would renew its lease for ever.
    const instances = drawn.asksFor === null ? drawn.instances : counts.instances.min
    return unlikeDefaults({ ...drawn, ...timed, instances }, { ...DEFAULTS, delays: {}, faults: {} })
  })
}

/**
 * Fault budgets, the `faults` of a lifecycle scenario: each may strike once, unless a constraint says which may, and
 * how often. They shrink to none. Throws HEDDLE_OPTIONS or HEDDLE_SCENARIO_OPTIONS where a constraint does not fit.
 */
export function faultPlans(
  constraints?: FaultConstraints,
): fc.Arbitrary<NonNullable<LifecycleOptions['faults']>> {
  if (constraints !== undefined) checkKeys('the constraint faults', constraints, Object.keys(DEFAULTS.faults))
  const usual = mapped(DEFAULTS.faults, () => STRIKES)
  const budgets = mapped(constraints ?? usual, (constraint, fault) =>
    integers(countBounds(optionAt(fault, 'faults'), constraint, STRIKES)),
  )
  const plans = fc.record(budgets).map((drawn) => unlikeDefaults(drawn, DEFAULTS.faults))
  return constraints === undefined ? noneAtFirst(plans) : plans
}

/** What the single coordinator does with a second connection, for `single(policy)`. */
export function policies(): fc.Arbitrary<Policy> {
  return fc.constantFrom('standby', 'takeover', 'reject')
}

function times(
  stagger: WorkloadConstraints['stagger'],
  delays: WorkloadConstraints['delays'],
): fc.Arbitrary<Pick<LifecycleOptions, 'stagger' | 'delays'>> {
  const drawn = fc.record({
    stagger: windows(optionAt('stagger'), stagger, {
      usual: { min: 0, max: STAGGER_MAX },
      byDefault: DEFAULTS.stagger,
    }),
    delays: delays === false ? fc.constant({}) : delayWindows(delays),
  })
  return stagger === undefined && delays === undefined ? noneAtFirst(drawn) : drawn
}

function delayWindows(constraints?: DelayConstraints): fc.Arbitrary<NonNullable<LifecycleOptions['delays']>> {
  if (constraints !== undefined) checkKeys('the constraint delays', constraints, Object.keys(DEFAULTS.delays))
  const drawn = mapped(constraints ?? DEFAULTS.delays, (_, delay) =>
    windows(optionAt(delay, 'delays'), constraints?.[delay], {
      usual: { min: 0, max: DELAYS_MAX[delay] },
      byDefault: DEFAULTS.delays[delay],
    }),
  )
  return fc.record(drawn).map((values) => unlikeDefaults(values, DEFAULTS.delays))
}

/** Shrinks to none of it at once before it shrinks one thing after the other, as two may fail only together. */
function noneAtFirst<Values extends object>(drawn: fc.Arbitrary<Values>): fc.Arbitrary<Values | object> {
  return usually<Values | object>({}, { drawn, ofTen: 1 })
}

function optionAt(key: string, within?: 'delays' | 'faults'): Option {
  const nested = (value: unknown) =>
    within === undefined ? { [key]: value } : { [within]: { [key]: value } }
  return {
    name: within === undefined ? key : `${within}.${key}`,
    check: (value) => void lifecycleParameters(nested(value)),
  }
}

/** The values that are not what is taken anyway, in the order in which the defaults stand. */
function unlikeDefaults<Values extends object>(values: Values, defaults: object): Partial<Values> {
  const text = (key: string, of: object) => JSON.stringify(of[key as keyof typeof of])
  const given = Object.keys(defaults).filter(
    (key) => key in values && text(key, values) !== text(key, defaults),
  )
  return Object.fromEntries(given.map((key) => [key, values[key as keyof Values]])) as Partial<Values>
}

function mapped<Key extends string, Value, Result>(
  values: { readonly [K in Key]: Value } | { readonly [K in Key]?: Value },
  change: (value: Value, key: Key) => Result,
): { readonly [K in Key]: Result } {
  const entries = Object.entries(values) as [Key, Value][]
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value, key)])) as {
    [K in Key]: Result
  }
}
