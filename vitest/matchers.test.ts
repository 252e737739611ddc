import { describe, it } from 'vitest'
import { doorway } from '../sim/doorway.fixture.ts'
import {
  actor,
  always,
  check,
  encodeTrace,
  explore,
  fifo,
  hunt,
  type Property,
  type Run,
  run,
  type Scenario,
  System,
  scenario,
  seeded,
  sometimes,
  world,
} from '../sim/index.ts'
import { expect } from './index.ts'
import { project } from './project.fixture.ts'

const [good, bad] = [doorway({ checks: true }), doorway()]
const [oneOwner] = good.properties as [Property, ...Property[]]

const knocking = actor<{ knocks: number }, { type: 'knock' }>({
  initial: { knocks: 0 },
  start: (_, { setTimer }) => setTimer('knock', ['0ms', '5ms'], { type: 'knock' }),
  receive(state, _, { setTimer }) {
    state.knocks++
    if (state.knocks < 3) setTimer('knock', ['0ms', '5ms'], { type: 'knock' })
  },
})
const knocks = (most: number) =>
  scenario({
    name: 'knocks',
    system: new System({ actors: { a: knocking } }),
    properties: [always('few knocks', ({ a }) => a.knocks <= most)],
  })
const once = (scenario: Scenario, seed = 1): Promise<Run> =>
  run(scenario, { source: ({ budgets }) => seeded({ seed, strategy: fifo, timing: 'sampled', budgets }) })

const impossible = sometimes('the impossible', () => false)
const likely = sometimes('the likely', () => true)
const late = world('late', async ({ sleep, check }) => {
  check.eventually('it is early', () => true, { within: '1ms' })
  check.eventually('it is in time', () => false, { within: '1ms' })
  await sleep('5ms')
})
const forever = world('forever', async ({ sleep, check }) => {
  check.always('it goes on', () => true)
  for (;;) await sleep('1ms')
})
const stuck = world('stuck', async () => {
  await new Promise(() => {})
})

/** What a matcher throws. */
const complaint = (matching: () => unknown): string => {
  try {
    matching()
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing'
}

describe('toHold', () => {
  it('passes for a run that violates nothing, and fails for one that does', async () => {
    const [well, badly] = [await once(good), await once(bad)]
    expect(well).toHold()
    expect(well).toHold(oneOwner)
    expect(badly).not.toHold()
    expect(badly).not.toHold('one owner')
    expect(badly).toHold('somebody enters')
    expect(complaint(() => expect(badly).toHold())).toBe(
      'Expected "doorway" to hold, found that "one owner" is violated: it does not hold.',
    )
    expect(complaint(() => expect(well).not.toHold())).toBe(
      'Expected "doorway" not to hold, found that it does.',
    )
  })

  it('asks for one property where it is given, also for one that the run declared itself', async () => {
    const ran = await once(late)
    expect(ran).toHold('it is early')
    expect(ran).not.toHold('it is in time')
    expect(ran).not.toHold()
  })

  it('fails for a run that is stuck', async () => {
    const ran = await once(stuck)
    expect(ran).not.toHold()
    expect(ran).not.toHold('nobody waits for what can no longer come')
    expect(ran).toHold('the code under test throws nothing')
  })

  it('asks of one run that it reaches something only by name', async () => {
    const ran = await once(doorway({ checks: true }, { properties: [impossible, likely] }))
    expect(ran).toHold()
    expect(ran).toHold(likely)
    expect(ran).not.toHold(impossible)
    expect(complaint(() => expect(ran).toHold(impossible))).toContain('"the impossible" is never reached')
  })

  it.each([true, false])(
    'says neither of a run that was cut short, negated or not: %s',
    async (isNegated) => {
      const ran = await once(forever)
      const matching = () => (isNegated ? expect(ran).not.toHold() : expect(ran).toHold('it goes on'))
      expect(complaint(matching)).toMatch(
        /^Whether .* holds cannot be said: the run was cut short after 10000 steps, before it came to rest\.$/,
      )
    },
  )

  it.each([true, false])('refuses a name that nothing has, negated or not: %s', async (isNegated) => {
    const ran = await once(good)
    const matching = () => (isNegated ? expect(ran).not.toHold('owner') : expect(ran).toHold('owner'))
    expect(complaint(matching)).toBe(
      'Expected a property of "doorway", one of "one owner", "somebody enters", "the code under test throws nothing", "nobody waits for what can no longer come"; found "owner".',
    )
  })

  it('takes the report of a hunt', async () => {
    const seeds = { first: 1, count: 20 }
    expect(await hunt(good, { seeds })).toHold()
    const badly = await hunt(bad, { seeds })
    expect(badly).not.toHold(oneOwner)
    expect(complaint(() => expect(badly).toHold())).toContain('it does not hold (seed 1).')
    const unreached = await hunt(doorway({ checks: true }, { properties: [impossible] }), { seeds })
    expect(complaint(() => expect(unreached).toHold())).toContain('"the impossible" is never reached')
    const never = await hunt(forever, { seeds: { first: 1, count: 2 } })
    expect(complaint(() => expect(never).toHold())).toContain('cannot be said: no run came to rest.')
  })

  it('takes the report of a check and of an exploration', async () => {
    const none = always('nothing', () => true)
    expect(await check(knocks(3))).toHold()
    expect(await check(knocks(2))).not.toHold('few knocks')
    const bounded = await check(knocks(3), { statesMax: 2 })
    for (const matching of [() => expect(bounded).toHold(), () => expect(bounded).not.toHold()]) {
      expect(complaint(matching)).toBe(
        'Whether "knocks" holds cannot be said: not every schedule was covered (bound: states).',
      )
    }
    expect(await explore(stuck)).not.toHold()
    const whole = await explore(world('short', async ({ sleep }) => sleep('1ms')))
    expect(whole).toHold()
    expect(complaint(() => expect(whole).toHold(none))).toContain('as it does not name those that hold')
  })

  it.each([[undefined], [null], [7], ['text'], [[]], [{}], [Promise.resolve()]])(
    'refuses what is neither: %j',
    (value) => {
      expect(complaint(() => expect(value).toHold())).toMatch(/^Expected toHold\(\) of a run, or of a report/)
      expect(complaint(() => expect(value).not.toHold())).toMatch(
        /^Expected toHold\(\) of a run, or of a report/,
      )
    },
  )
})

describe('toReplayExactly', () => {
  it('passes for a run, for its text, its bytes and its file', async () => {
    const ran = await once(bad)
    const text = encodeTrace(ran, { seed: 1, strategy: 'fifo', timing: 'sampled' })
    const folder = project({ 'doorway.replay': text })
    await expect(ran).toReplayExactly()
    await expect(await once(late)).toReplayExactly()
    await expect(text).toReplayExactly(bad)
    await expect(new TextEncoder().encode(text)).toReplayExactly(bad)
    await expect(`${folder.path}/doorway.replay`).toReplayExactly(bad)
    await expect(expect(text).not.toReplayExactly(bad)).rejects.toThrow('found that it does.')
  })

  it('passes for a run in untimed order, in which claims about time are not judged', async () => {
    const ran = await run(late, {
      source: seeded({ seed: 1, strategy: fifo, timing: 'untimed', budgets: {} }),
    })
    await expect(ran).toReplayExactly()
  })

  it('fails where the scenario does something else, and shows it', async () => {
    const nap = (duration: '1ms' | '2ms') => world('nap', async ({ sleep }) => sleep(duration))
    const ran = await once(nap('1ms'))
    await expect(ran).not.toReplayExactly(nap('2ms'))
    await expect(expect(ran).toReplayExactly(nap('2ms'))).rejects.toThrow(
      /^Expected the record to come out to the byte, found that it is \w+\.\n\nnap {3}1 step/,
    )
  })

  it.each([
    ['nowhere.replay', bad, 'Expected a replay file at nowhere.replay, found no such file.'],
    ['{}', bad, 'Expected a replay file, which begins with'],
    ['nowhere.replay', undefined, 'Expected toReplayExactly(scenario) to be given the scenario'],
    [7, bad, 'by its path or its text, or of a run, found number.'],
  ])('refuses what is no record: %j', async (received, on, message) => {
    await expect(expect(received).toReplayExactly(on)).rejects.toThrow(message)
    await expect(expect(received).not.toReplayExactly(on)).rejects.toThrow(message)
  })
})
