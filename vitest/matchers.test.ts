import { describe, it } from 'vitest'
import { competing, lifecycle, single } from '../model/index.ts'
import { oneOwnerPerUser } from '../properties/index.ts'
import {
  always,
  check,
  encodeTrace,
  explore,
  fifo,
  hunt,
  type Run,
  run,
  type Scenario,
  seeded,
  sometimes,
  world,
} from '../sim/index.ts'
import { expect } from './index.ts'
import { project } from './project.fixture.ts'

const tabs = (coordinator: typeof competing, properties = [oneOwnerPerUser]) =>
  lifecycle('tabs', { coordinator, connections: 2, messages: 0, properties })
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
    const [good, bad] = [await once(tabs(single())), await once(tabs(competing))]
    expect(good).toHold()
    expect(good).toHold(oneOwnerPerUser)
    expect(bad).not.toHold()
    expect(bad).not.toHold('one owner per user')
    expect(complaint(() => expect(bad).toHold())).toBe(
      'Expected "tabs" to hold, found that "one owner per user" is violated: tab-1 and tab-2 both act for user-1.',
    )
    expect(complaint(() => expect(good).not.toHold())).toBe(
      'Expected "tabs" not to hold, found that it does.',
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
    const ran = await once(tabs(single(), [impossible, likely] as never))
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
    const ran = await once(tabs(single()))
    const matching = () => (isNegated ? expect(ran).not.toHold('one owner') : expect(ran).toHold('one owner'))
    expect(complaint(matching)).toBe(
      'Expected a property of "tabs", one of "one owner per user", "the code under test throws nothing", "nobody waits for what can no longer come"; found "one owner".',
    )
  })

  it('takes the report of a hunt', async () => {
    const seeds = { first: 1, count: 20 }
    expect(await hunt(tabs(single()), { seeds })).toHold()
    const bad = await hunt(tabs(competing), { seeds })
    expect(bad).not.toHold(oneOwnerPerUser)
    expect(complaint(() => expect(bad).toHold())).toMatch(/both act for user-1 \(seed \d+\)\.$/)
    const unreached = await hunt(tabs(single(), [impossible] as never), { seeds })
    expect(complaint(() => expect(unreached).toHold())).toContain('"the impossible" is never reached')
    const never = await hunt(forever, { seeds: { first: 1, count: 2 } })
    expect(complaint(() => expect(never).toHold())).toContain('cannot be said: no run came to rest.')
  })

  it('takes the report of a check and of an exploration', async () => {
    const none = always('nothing', () => true)
    expect(await check(tabs(single()))).toHold()
    expect(await check(tabs(competing))).not.toHold(oneOwnerPerUser)
    const bounded = await check(tabs(single()), { statesMax: 10 })
    expect(complaint(() => expect(bounded).toHold())).toBe(
      'Whether "tabs" holds cannot be said: not every schedule was covered (bound: states).',
    )
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
  const scenario = tabs(competing)

  it('passes for a run, for its text, its bytes and its file', async () => {
    const ran = await once(scenario)
    const text = encodeTrace(ran, { seed: 1, strategy: 'fifo', timing: 'sampled' })
    const folder = project({ 'tabs.replay': text })
    await expect(ran).toReplayExactly()
    await expect(await once(late)).toReplayExactly()
    await expect(text).toReplayExactly(scenario)
    await expect(new TextEncoder().encode(text)).toReplayExactly(scenario)
    await expect(`${folder.path}/tabs.replay`).toReplayExactly(scenario)
    await expect(expect(text).not.toReplayExactly(scenario)).rejects.toThrow('found that it does.')
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
    ['nowhere.replay', scenario, 'Expected a replay file at nowhere.replay, found no such file.'],
    ['{}', scenario, 'Expected a replay file, which begins with'],
    ['nowhere.replay', undefined, 'Expected toReplayExactly(scenario) to be given the scenario'],
    [7, scenario, 'by its path or its text, or of a run, found number.'],
  ])('refuses what is no record: %j', async (received, on, message) => {
    await expect(expect(received).toReplayExactly(on)).rejects.toThrow(message)
    await expect(expect(received).not.toReplayExactly(on)).rejects.toThrow(message)
  })
})
