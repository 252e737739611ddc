// What decides each failure of the competing machines, once it is small: the race that a person would name, or that there
// is none.

import { expect, it } from 'vitest'
import { competing, scenarios } from '../model/index.ts'
import { type Decision, explain, hunt, parseTrace, random, record, shrink } from '../sim/index.ts'
import { catalogueScenario } from './index.ts'

const race = (first: string, second: string) =>
  ({ kind: 'race', first: `tab-1/${first}#1`, second: `tab-1/${second}#1` }) as const
const every = (orders: number) => ({ kind: 'every', orders, impossible: 0 }) as const

/** A connection that comes to nothing owns nothing. */
const ACCEPTED_FIRST = race('transport.accepted', 'auth.resolve')
const AUTHENTICATED_FIRST = race('auth.resolve', 'transport.accepted')
/** A message is processed before there are services to process it. */
const UNREADY = race('auth.resolve', 'services.thread')

const DECIDES: Readonly<Record<string, Partial<Decision>>> = {
  'five-tabs: one owner per user': ACCEPTED_FIRST,
  'five-tabs: legal transitions only': AUTHENTICATED_FIRST,
  'phase-overlap: phases in sequence': every(12),
  'message-before-accept: no 1011 without a fault': AUTHENTICATED_FIRST,
  'two-machines: exactly one grant for concurrent requests': every(2),
  'five-events: all five agent events for each message': UNREADY,
  'cloud-run-burst: no 1011 without a fault': AUTHENTICATED_FIRST,
  'stripped-header: no 1011 without a fault': AUTHENTICATED_FIRST,
  'stripped-header: an unauthenticated connection gets nothing but a close': every(16),
  // There are 256 orders, which is more than an explanation runs.
  'get-or-create: one machine per user': { kind: 'nothing', bounded: true },
  'n-requests: exactly one grant for concurrent requests': every(2),
  'owner-drops: no orphans at rest': ACCEPTED_FIRST,
  'split-brain: one owner per user': ACCEPTED_FIRST,
  'takeover: one owner per user': ACCEPTED_FIRST,
  'reject: one owner per user': ACCEPTED_FIRST,
  'unreliable-network: no message lost, duplicated or reordered': UNREADY,
  'half-open: no orphans at rest': ACCEPTED_FIRST,
}

const failures = scenarios.flatMap((entry) =>
  entry.broken.map((property) => [`${entry.name}: ${property}`, entry, property] as const),
)

it.each(failures)('is told of what decides %s', async (name, entry, property) => {
  const scenario = catalogueScenario(entry, competing)
  const manner = { strategy: random, timing: 'sampled' } as const
  const seeds = { first: 1, count: 60 }
  const { properties } = await hunt(scenario, { ...manner, seeds, selfCheckEvery: 0 })
  const seed = properties.find((one) => one.property === property)?.firstSeed ?? 0
  const small = await shrink(parseTrace(await record(scenario, { ...manner, seed, property })), scenario)
  const { decides, passing } = await explain(parseTrace(small.trace), small.scenario)
  expect(decides).toMatchObject(DECIDES[name] ?? {})
  expect(passing === null).toBe(decides.kind !== 'race')
})

it('knows every failure of the competing machines', () => {
  expect(failures.map(([name]) => name).sort()).toEqual(Object.keys(DECIDES).sort())
})
