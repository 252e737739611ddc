// What a lifecycle scenario declares interchangeable is: a run in which two tabs, or two users, change places is
// a run, step by step, with the same states, the same on its way, the same seen and the same followed by the
// claims, under other names.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { schedules, workloads } from '../arbitraries/index.ts'
import {
  type Coordinator,
  competing,
  type LifecycleOptions,
  lifecycle,
  mutants,
  single,
} from '../model/index.ts'
import {
  type Delivery,
  type Fired,
  listed,
  type Monitor,
  type Observation,
  type Property,
  type RunOptions,
  random,
  runSync,
  type Scenario,
  type Schedulable,
  type Symmetry,
  type System,
  seeded,
} from '../sim/index.ts'
import { reachable, untimedProperties } from './index.ts'

/** The exchange of two blocks of names, on any plain value; keys are sorted. */
function exchange({ blocks, number }: Symmetry, one: number, other: number) {
  const [a = [], b = []] = [blocks[one], blocks[other]]
  const map = new Map(
    a.flatMap((name, index) => [[name, b[index] as string] as const, [b[index] as string, name] as const]),
  )
  const name = (token: string) => map.get(token) ?? token
  const text = (string: string) => string.replace(/[A-Za-z0-9_-]+/g, name)
  const value = (given: unknown, key = ''): unknown => {
    if (typeof given === 'string') return text(given)
    if (typeof given === 'number') return number?.(given, key, name) ?? given
    if (Array.isArray(given)) return given.map((item) => value(item, `${key}[]`))
    if (typeof given !== 'object' || given === null) return given
    return Object.fromEntries(
      Object.entries(given)
        .map(([field, inner]) => [text(field), value(inner, field)] as const)
        .sort(([x], [y]) => (x < y ? -1 : 1)),
    )
  }
  return { text, value }
}

type Exchange = ReturnType<typeof exchange>

const nothing: Exchange = exchange({ blocks: [] }, 0, 0)

/** What can be told of a state, by names. */
function seen({ text, value }: Exchange, system: System, { state, observations }: Fired, claims: Claims) {
  const sorted = (values: readonly unknown[]) => values.map((one) => JSON.stringify(one)).sort()
  const onItsWay = (delivery: Delivery) => ({
    to: system.members[delivery.to]?.name,
    channel: delivery.channel ?? null,
    timer: delivery.timer ?? null,
    fault: delivery.fault ?? null,
    message: delivery.message,
  })
  const channels = new Map<string, unknown[]>()
  for (const delivery of state.pending) {
    const channel = text(delivery.channel ?? `timers of ${system.members[delivery.to]?.name}`)
    channels.set(channel, [...(channels.get(channel) ?? []), value(onItsWay(delivery))])
  }
  return {
    states: new Map(system.members.map(({ name }, index) => [text(name), value(state.states[index])])),
    ids: state.pending.map(({ id }) => text(id)).sort(),
    channels: new Map(
      [...channels].map(([channel, all]) => [channel, channel.startsWith('timers') ? sorted(all) : all]),
    ),
    observations: sorted(observations.map((one) => value(one))),
    claims: new Map([...claims.states].map(([key, one]) => [text(key), value(one)])),
  }
}

/** The states of all monitors, by claim and key. */
class Claims {
  readonly states = new Map<string, unknown>()
  readonly #monitors: readonly Monitor[]

  constructor(properties: readonly Property[]) {
    this.#monitors = properties.flatMap((property): Monitor[] => {
      if (property.kind === 'monitor') return [property]
      if (property.kind !== 'sometimes' || typeof property.reached === 'function') return []
      return 'kind' in property.reached ? [property.reached] : []
    })
  }

  follow(observations: readonly Observation[]): void {
    for (const observation of observations) {
      for (const { name, on, each, initial, observe } of this.#monitors) {
        if (!on.includes(observation.type)) continue
        const key = each(observation)
        if (key === undefined) continue
        const state = structuredClone(this.states.get(`${name}: ${key}`) ?? initial)
        observe(state, observation, { step: 0, timeUs: 0 })
        this.states.set(`${name}: ${key}`, state)
      }
    }
  }
}

/** Follows a schedule, by ids, and tells of every state. */
function* follow(scenario: Scenario, schedule: readonly string[], names: Exchange) {
  const system = scenario.system as System
  const claims = new Claims(scenario.properties)
  let fired = system.initial()
  claims.follow(fired.observations)
  yield seen(names, system, fired, claims)
  for (const id of schedule) {
    const event = system.enabled(fired.state).find((one) => one.id === id)
    if (event === undefined) throw new Error(`Expected ${id} to be enabled`)
    fired = system.fire(fired.state, event)
    claims.follow(fired.observations)
    yield seen(names, system, fired, claims)
  }
}

function expectRenamedRun(scenario: Scenario, source: RunOptions['source'], choice: number): void {
  const pairs = (scenario.symmetries ?? []).flatMap((symmetry) =>
    symmetry.blocks.flatMap((_, one) =>
      symmetry.blocks.slice(0, one).map((__, other) => ({ symmetry, one, other })),
    ),
  )
  const pair = pairs[choice % pairs.length]
  if (pair === undefined) return
  const names = exchange(pair.symmetry, pair.one, pair.other)
  const schedule = runSync(scenario, { source }).steps.map(({ event }) => event.id)
  const renamed = follow(scenario, schedule.map(names.text), nothing)
  for (const state of follow(scenario, schedule, names)) expect(renamed.next().value).toEqual(state)
}

/** Any order, in which time-outs come early; and orders as time makes them, in which messages are answered. */
const sources = fc.oneof(
  fc.array(fc.nat({ max: 50 }), { maxLength: 200, size: 'max' }).map((numbers) => () => listed(numbers)),
  schedules(),
  fc.nat({ max: 1_000_000 }).map(
    (seed) =>
      ({ budgets }: Pick<Schedulable, 'budgets'>) =>
        seeded({ seed, strategy: random, timing: 'sampled', budgets }),
  ),
)
const coordinators: readonly Coordinator[] = [
  single(),
  single('takeover'),
  single('reject'),
  competing,
  ...mutants.map(({ coordinator }) => coordinator),
]
const places = fc.nat({ max: coordinators.length - 1 })
const withTwins = workloads().filter(({ users = 1, connections = 1 }) => users * connections > 1)

const scenarioOf = (options: LifecycleOptions, place: number) =>
  lifecycle('any', {
    ...options,
    coordinator: coordinators[place] as Coordinator,
    properties: [...untimedProperties, ...reachable],
  })

describe('a lifecycle scenario in which two change places', () => {
  it('runs the same under other names, whoever coordinates, with all faults and several instances', () => {
    fc.assert(
      fc.property(withTwins, places, sources, fc.nat({ max: 100 }), (options, place, source, choice) =>
        expectRenamedRun(scenarioOf(options, place), source, choice),
      ),
      { numRuns: 150 },
    )
  }, 60_000)

  it.each(['ACCEPTED', 'SERVICES_READY'] as const)('runs the same where all ask for %s', (asksFor) => {
    fc.assert(
      fc.property(places, sources, fc.nat({ max: 100 }), (place, source, choice) =>
        expectRenamedRun(scenarioOf({ users: 2, connections: 3, asksFor }, place), source, choice),
      ),
      { numRuns: 50 },
    )
  })
})

describe('what is interchangeable', () => {
  const blocks = (options: LifecycleOptions) =>
    lifecycle('any', { ...options, coordinator: single() }).symmetries?.map((symmetry) => symmetry.blocks)

  it('is the tabs of each user, then the users with all that is theirs', () => {
    expect(blocks({ users: 2, connections: 2 })).toEqual([
      [['tab-1'], ['tab-2']],
      [['tab-3'], ['tab-4']],
      [
        ['user-1', 'token-of-user-1', 'tab-1', 'tab-2'],
        ['user-2', 'token-of-user-2', 'tab-3', 'tab-4'],
      ],
    ])
  })

  it('is only what the same instances serve', () => {
    expect(blocks({ connections: 5, instances: 2 })).toEqual([
      [['tab-1'], ['tab-3'], ['tab-5']],
      [['tab-2'], ['tab-4']],
    ])
    expect(blocks({ users: 3, instances: 2 })).toEqual([
      [
        ['user-1', 'token-of-user-1', 'tab-1'],
        ['user-3', 'token-of-user-3', 'tab-3'],
      ],
    ])
  })

  it('is nothing where there is one of each', () => {
    expect(blocks({})).toEqual([])
  })
})
