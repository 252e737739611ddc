// What becomes of the corpus when a coordinator is edited: the competing machines, with what somebody might change.

import { describe, expect, it } from 'vitest'
import {
  type Commands,
  type Coordinator,
  competing,
  type Machine,
  mutants,
  scenarios,
  single,
} from '../model/index.ts'
import { hunt, parseTrace, random, record, replay } from '../sim/index.ts'
import { catalogueScenario } from './catalogue.ts'

/** The competing machines, with something done in one of them before it receives. */
function edited(machine: string, before: (input: { type: string }, commands: Commands) => void): Coordinator {
  const inner = competing.machines[machine] as Machine
  const receive: Machine['receive'] = (state, input, commands) => {
    before(input as { type: string }, commands)
    return inner.receive(state, input, commands)
  }
  return { ...competing, machines: { ...competing.machines, [machine]: { ...inner, receive } } }
}

const entryOf = (name: string) => scenarios.find((one) => one.name === name) as (typeof scenarios)[number]

interface Claim {
  readonly name: string
  readonly property: string
}

/** The first failure of a claim, replayed with another coordinator of the same name. */
async function replayedWith(
  coordinator: Coordinator,
  claim: Claim,
  timing: 'sampled' | 'untimed',
  recordedWith: Coordinator = competing,
) {
  const entry = entryOf(claim.name)
  const whole = catalogueScenario(entry, recordedWith)
  const scenario = { ...whole, properties: whole.properties.filter(({ name }) => name === claim.property) }
  const how = { strategy: random, timing }
  const { properties } = await hunt(scenario, { ...how, selfCheckEvery: 0, failuresMax: 20 })
  const seed = properties.find((one) => one.property === claim.property)?.firstSeed ?? 0
  const trace = parseTrace(await record(scenario, { ...how, seed, property: claim.property }))
  return replay(trace, catalogueScenario(entry, { ...coordinator, name: recordedWith.name }))
}

const claims = scenarios.flatMap(({ name, broken }) => broken.map((property) => ({ name, property })))

describe.each(['sampled', 'untimed'] as const)(
  'a recorded failure of the competing machines, %s,',
  (timing) => {
    it.each(claims)('survives a step more in each machine: $name · $property', async (claim) => {
      const logging = edited('socket', ({ type }, { setTimer }) => {
        if (type === 'upgrade' || type === 'request') setTimer('log', '1ms')
      })
      const { outcome, found } = await replayedWith(logging, claim, timing)
      expect(found.property).toBe(claim.property)
      // Where the violation comes before anything of the new step can be seen, the bytes are the same.
      expect(['adapted', 'exact']).toContain(outcome)
    })

    it.each(claims)('is not taken for one of machines that never were: $name · $property', async (claim) => {
      const { outcome } = await replayedWith(single(), claim, timing)
      expect(['fixed', 'stale']).toContain(outcome)
    })
  },
)

// Of this one, events of the agent come and go with those of the session, under the same numbers.
const STRAYS: readonly string[] = ['processes a message as soon as it comes']
const mending = mutants.filter(({ name }) => !STRAYS.includes(name))

it.each(mending)(
  'a recorded failure of a mutant is fixed by the single coordinator: $name',
  async (mutant) => {
    const { scenario: name, breaks: property, coordinator } = mutant
    const mended = { ...single(), name: coordinator.name }
    const { outcome, found } = await replayedWith(mended, { name, property }, 'sampled', coordinator)
    expect({ outcome, verdict: found.verdict }).toEqual({ outcome: 'fixed', verdict: 'no violation found' })
  },
)
