import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actor, type Context } from '../actor.ts'
import { REPEATABLE, schedule } from '../generated.fixture.ts'
import { record } from '../hunt.ts'
import { always } from '../property.ts'
import { race } from '../race.fixture.ts'
import { playing, rally } from '../rally.fixture.ts'
import { parseTrace } from '../replay/parse.ts'
import { replay } from '../replay/replay.ts'
import { encodeTrace } from '../replay/trace.ts'
import { type Scenario, scenario } from '../scenario.ts'
import { NO_EXCEPTION, NOT_STUCK, run, runSync } from '../scheduler.ts'
import { listed, seeded } from '../source.ts'
import { random } from '../strategies/random.ts'
import { System } from '../system.ts'
import { world } from '../world/world.ts'
import { fragile, superfluous } from './minimal.fixture.ts'
import { type Shrunk, shrink } from './shrink.ts'

const FREE = { seed: null, strategy: null, timing: 'untimed' } as const

async function failing(one: Scenario, seed: number, property: string, timing: 'sampled' | 'untimed') {
  return parseTrace(await record(one, { seed, property, timing, strategy: random }))
}

async function expectMinimal({ scenario: left, trace, deviations, property, minimal }: Shrunk) {
  const shrunk = parseTrace(trace)
  expect(shrunk.outcome.property).toBe(property)
  expect(minimal).toBe(true)
  expect((await replay(shrunk, left)).outcome).toBe('exact')
  expect(await superfluous(left, deviations, shrunk)).toEqual([])
}

describe('a shrunk failure', () => {
  it('fails the same property, replays to the byte, and has no deviation too many, on any system', async () => {
    let shrunk = 0
    await fc.assert(
      fc.asyncProperty(fragile, schedule, async (one, numbers) => {
        const first = runSync(one, { source: listed(numbers), stopAt: true })
        if (first.verdict !== 'violated') return
        const result = await shrink(parseTrace(encodeTrace(first, FREE)), one)
        await expectMinimal(result)
        expect(result.after.deviations).toBeLessThanOrEqual(result.before.deviations)
        expect(result.after.faults).toBeLessThanOrEqual(result.before.faults)
        shrunk++
      }),
      { ...REPEATABLE, numRuns: 400 },
    )
    expect(shrunk).toBeGreaterThan(30)
  })

  it('stays possible within its windows where it was found so', async () => {
    let shrunk = 0
    await fc.assert(
      fc.asyncProperty(fragile, fc.nat(1_000), async (one, seed) => {
        const { budgets } = one.begin()
        const source = seeded({ seed, strategy: random, timing: 'sampled', budgets })
        const first = runSync(one, { source, stopAt: true })
        if (first.verdict !== 'violated') return
        const text = encodeTrace(first, { seed, strategy: 'random', timing: 'sampled' })
        const result = await shrink(parseTrace(text), one)
        expect(parseTrace(result.trace).header.timing).toBe('sampled')
        await expectMinimal(result)
        shrunk++
      }),
      { ...REPEATABLE, numRuns: 400 },
    )
    expect(shrunk).toBeGreaterThan(30)
  })

  it.each([
    ['b is not first', 1],
    ['never c, a, b', 2],
    [NOT_STUCK, 2],
  ])('of the race is as small as it can be: %s', async (property, deviations) => {
    for (const timing of ['sampled', 'untimed'] as const) {
      const seed = await firstSeed(race(), property, timing)
      const result = await shrink(await failing(race(), seed, property, timing), race())
      expect(result.after.deviations).toBeLessThanOrEqual(deviations)
      await expectMinimal(result)
    }
  })

  it('is the same every time', async () => {
    const trace = await failing(
      race(),
      await firstSeed(race(), 'never c, a, b', 'sampled'),
      'never c, a, b',
      'sampled',
    )
    const [one, other] = [await shrink(trace, race()), await shrink(trace, race())]
    expect({ ...one, scenario: null }).toEqual({ ...other, scenario: null })
  })

  it('keeps the fault that it takes, and drops those that it does not', async () => {
    const one = unreliable(2)
    const seed = await firstSeed(one, NO_EXCEPTION, 'untimed', 2)
    const result = await shrink(await failing(one, seed, NO_EXCEPTION, 'untimed'), one)
    expect(result.before.faults).toBe(2)
    expect(result.after.faults).toBe(1)
    await expectMinimal(result)
  })

  it('has the smallest of the scenarios that still fail, made again from its own parameters', async () => {
    const trace = await failing(
      unreliable(4),
      await firstSeed(unreliable(4), NO_EXCEPTION, 'sampled'),
      NO_EXCEPTION,
      'sampled',
    )
    const result = await shrink(trace, unreliable(4))
    expect(result.scenario.parameters).toEqual({ tasks: 1 })
    expect(parseTrace(result.trace).header.parameters).toEqual({ tasks: 1 })
    await expectMinimal(result)
  })

  it('has no fault where it was found without one, though a smaller scenario fails with one', async () => {
    const either = (tasks: number): Scenario => ({
      ...lossyOrCrowded(tasks),
      simpler: () => (tasks > 1 ? [either(1)] : []),
    })
    const none = runSync(lossyOrCrowded(2), { source: listed([]), stopAt: true })
    const trace = parseTrace(encodeTrace(none, FREE))
    const result = await shrink(trace, either(2))
    expect(result.scenario.parameters).toEqual({ tasks: 2 })
    expect(result.after.faults).toBe(0)
  })

  it('is late where what is violated is a bound of virtual time', async () => {
    const slow = world('slow', ({ task, check }) => {
      let ended = 0
      for (const name of ['a', 'b']) task(name, (self) => self.sleep(['1ms', '9ms']).then(() => void ended++))
      check.eventually('both end soon', () => ended === 2, { within: '7ms' })
    })
    const seed = await firstSeed(slow, 'both end soon', 'sampled')
    const result = await shrink(await failing(slow, seed, 'both end soon', 'sampled'), slow)
    expect(result).toMatchObject({ minimal: true, after: { deviations: 0 } })
    expect(parseTrace(result.trace).outcome).toMatchObject({ property: 'both end soon' })
    expect((await replay(parseTrace(result.trace), slow)).outcome).toBe('exact')
  })

  it('that never comes to rest is left as it is, and says so', async () => {
    const text = encodeTrace(runSync(rally(), { source: playing(8, 4) }), FREE)
    const result = await shrink(parseTrace(text), rally())
    expect(result).toMatchObject({ minimal: false, why: 'cycle', trace: text })
  })

  it('says where the runs were used up before it was known to be the smallest', async () => {
    const seed = await firstSeed(race(), 'never c, a, b', 'untimed')
    const trace = await failing(race(), seed, 'never c, a, b', 'untimed')
    const result = await shrink(trace, race(), { runsMax: 2 })
    expect(result).toMatchObject({ minimal: false, why: 'runs', runs: 2 })
    expect((await replay(parseTrace(result.trace), race())).outcome).toBe('exact')
  })

  it('gives what it has when a signal ends it, which is at least what was found', async () => {
    const seed = await firstSeed(race(), 'never c, a, b', 'untimed')
    const trace = await failing(race(), seed, 'never c, a, b', 'untimed')
    const result = await shrink(trace, race(), { signal: { aborted: true } })
    expect(result).toMatchObject({ minimal: false, why: 'runs', runs: 1, after: result.before })
    expect((await replay(parseTrace(result.trace), race())).outcome).toBe('exact')
  })
})

describe('shrinking refuses', () => {
  it('a trace that violates nothing, or that no longer does', async () => {
    const holds = parseTrace(await record(unreliable(0), { seed: 1 }))
    await expect(shrink(holds, unreliable(0))).rejects.toMatchObject({ code: 'HEDDLE_SHRINK' })
    const seed = await firstSeed(race(), 'b is not first', 'sampled')
    const trace = await failing(race(), seed, 'b is not first', 'sampled')
    await expect(shrink(trace, race([]))).rejects.toThrow(/"b is not first" to be violated on race, found/)
  })

  it('options that it does not have', async () => {
    const trace = parseTrace(await record(unreliable(0), { seed: 1 }))
    const options = { runs: 3 } as object
    await expect(shrink(trace, race(), options)).rejects.toMatchObject({ code: 'HEDDLE_OPTIONS' })
  })
})

/** The first seed under which a property fails, with so many faults at least. */
async function firstSeed(one: Scenario, property: string, timing: 'sampled' | 'untimed', faults = 0) {
  for (let seed = 1; seed < 500; seed++) {
    const source = ({ budgets }: { budgets: Readonly<Record<string, number>> }) =>
      seeded({ seed, strategy: random, timing, budgets })
    const { violations, waiting, steps } = await run(one, { source, stopAt: property })
    const fails = violations.some((violation) => violation.property === property)
    const struck = steps.filter(({ event }) => event.fault !== undefined).length
    if ((fails || (property === NOT_STUCK && waiting.length > 0)) && struck >= faults) return seed
  }
  throw new Error(`no seed violates ${property}`)
}

/** Fails where two come, and where one comes that loses something. */
function lossyOrCrowded(tasks: number): Scenario {
  const guest = actor({
    initial: { isLost: false, isIn: false },
    start(_state: { isLost: boolean; isIn: boolean }, { setTimer }: Context) {
      setTimer('lose', '0ms', { type: 'lose' }, { fault: 'losses' })
      setTimer('enter', '1ms', { type: 'enter' })
    },
    receive(state, { type }) {
      if (type === 'lose') state.isLost = true
      else state.isIn = true
    },
  })
  const names = Array.from({ length: tasks }, (_, index) => `guest-${index}`)
  const system = new System({
    actors: Object.fromEntries(names.map((name) => [name, guest])),
    budgets: { losses: 1 },
  })
  type Guests = Readonly<Record<string, { isLost: boolean; isIn: boolean }>>
  return scenario({
    name: 'guests',
    system,
    parameters: { tasks },
    properties: [
      always('nobody is lost, nor in a crowd', (guests: Guests) => {
        const all = Object.values(guests)
        return !all.some(({ isLost, isIn }) => isLost && isIn) && all.filter(({ isIn }) => isIn).length < 2
      }),
    ],
  })
}

/** Tasks each of which may lose what it reads; the last one throws then. */
function unreliable(tasks: number): Scenario {
  const { name, begin } = world(
    'unreliable',
    ({ task }) => {
      for (let index = 0; index < tasks; index++) {
        task(`task-${index}`, async (self) => {
          let isLost = false
          void self.operation('loss', { fault: 'losses', window: ['0ms', '5ms'] }).then(() => {
            isLost = true
          })
          await self.sleep(['1ms', '5ms'])
          if (isLost && index === tasks - 1) throw new Error('lost')
        })
      }
    },
    { budgets: { losses: 2 } },
  )
  return scenario({
    name,
    begin,
    parameters: { tasks },
    simpler: () => [1, tasks - 1].filter((less) => less >= 1 && less < tasks).map(unreliable),
  })
}
