import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actor, type Context } from './actor.ts'
import { generatedScenario, REPEATABLE, schedule } from './generated.fixture.ts'
import { always, eventually } from './property.ts'
import { type Scenario, scenario } from './scenario.ts'
import { NO_EXCEPTION, type Run, run, runAll, runSync } from './scheduler.ts'
import { listed } from './source.ts'
import { System } from './system.ts'
import { world } from './world/world.ts'

/** Ticks every millisecond, `ticks` times, and waits for what is never sent if it is told to. */
const ticking = (ticks: number, more: Partial<Scenario> & { waits?: boolean; throwsAt?: number } = {}) => {
  const { waits, throwsAt, ...rest } = more
  const ticker = actor({
    initial: { ticks: 0 },
    start: (_state: { ticks: number }, { setTimer }: Context) => setTimer('tick', '1ms', { type: 'tick' }),
    receive(state, _message, { setTimer, observe }) {
      state.ticks++
      observe({ type: 'ticked', ticks: state.ticks })
      if (state.ticks === throwsAt) throw new TypeError('the ticker broke\n    at a path')
      if (state.ticks < ticks) setTimer('tick', '1ms', { type: 'tick' })
    },
    waitsFor: () => (waits ? 'a bell' : undefined),
  })
  const system = new System({ actors: { ticker } })
  return scenario({ name: 'ticking', begin: () => system.begin(), ...rest })
}

const oldestFirst = () => ({ source: listed([]) })
const fewTicks = always<{ ticker: { ticks: number } }>('few ticks', ({ ticker }) => ticker.ticks < 3)

/** A run without what differs between two objects of the same meaning. */
const essence = ({ steps, ending, verdict, violations, timeUs, opening }: Run) => ({
  steps: steps.map(({ number, timeUs, event, enabled, observations, footprint }) => [
    number,
    timeUs,
    event.id,
    enabled,
    observations,
    footprint,
  ]),
  ending,
  verdict,
  violations,
  timeUs,
  opening,
})

describe('a run', () => {
  test('numbers its steps from 1, and shows each with its time and what was observed', () => {
    const { steps } = runSync(ticking(2), oldestFirst())
    expect(steps).toMatchObject([
      { number: 1, timeUs: 1_000, event: { id: 'ticker/tick#1' }, observations: [{ ticks: 1 }] },
      { number: 2, timeUs: 2_000, event: { id: 'ticker/tick#2' }, observations: [{ ticks: 2 }] },
    ])
  })

  test('never goes back in time, whatever the schedule', () => {
    fc.assert(
      fc.property(generatedScenario, schedule, (scenario, picks) => {
        const times = runSync(scenario, { source: listed(picks) }).steps.map(({ timeUs }) => timeUs)
        expect(times).toEqual(times.toSorted((a, b) => a - b))
      }),
      REPEATABLE,
    )
  })

  test('is the same under the same choices', () => {
    fc.assert(
      fc.property(generatedScenario, schedule, (scenario, picks) => {
        const once = () => essence(runSync(scenario, { source: listed(picks) }))
        expect(once()).toEqual(once())
      }),
      REPEATABLE,
    )
  })

  test('is the same whether it is awaited, batched or synchronous', async () => {
    const scenario = ticking(3)
    const expected = essence(runSync(scenario, oldestFirst()))
    expect(essence(await run(scenario, oldestFirst()))).toEqual(expected)
    const batch = await runAll(3, () => [scenario, oldestFirst()], essence)
    expect(batch).toEqual([expected, expected, expected])
  })

  test('digests the enabled set without regard to its order', () => {
    fc.assert(
      fc.property(generatedScenario, schedule, (scenario, picks) => {
        // The same events enabled in another order: what a scenario that lists them otherwise would offer.
        const reversed: Scenario = { ...scenario, begin: () => reversing(scenario.begin()) }
        const plain = runSync(scenario, { source: byId(picks) })
        const other = runSync(reversed, { source: byId(picks) })
        expect(essence(other)).toEqual(essence(plain))
      }),
      REPEATABLE,
    )
  })
})

/** Offers the enabled events newest first. */
function reversing(schedulable: ReturnType<Scenario['begin']>): ReturnType<Scenario['begin']> {
  const enabled = schedulable.enabled.bind(schedulable)
  schedulable.enabled = () => enabled().toReversed()
  return schedulable
}

/** Chooses among the enabled events by their ids, so that the order they are offered in does not matter. */
function byId(picks: readonly number[]): ReturnType<typeof listed> {
  const inner = listed(picks)
  return {
    untimed: true,
    choose: (enabled, clock) =>
      inner.choose(
        enabled.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)),
        clock,
      ),
  }
}

describe('a run ends', () => {
  test('at rest, when nothing is left to happen', () => {
    expect(runSync(ticking(2), oldestFirst())).toMatchObject({
      ending: 'rest',
      verdict: 'no violation found',
    })
  })

  test('stuck, when it is at rest and somebody still waits', () => {
    expect(runSync(ticking(2, { waits: true }), oldestFirst())).toMatchObject({
      ending: 'rest',
      verdict: 'stuck',
      waiting: ['ticker waits for a bell'],
    })
  })

  test('at its bound of steps, and is not stuck then', () => {
    const bounded = runSync(ticking(9, { stepsMax: 4, waits: true }), oldestFirst())
    expect(bounded).toMatchObject({ ending: 'steps', verdict: 'no violation found' })
    expect(bounded.steps).toHaveLength(4)
  })

  test('before the first event past its bound of time', () => {
    const bounded = runSync(ticking(9, { timeMaxUs: 3_500 }), oldestFirst())
    expect(bounded).toMatchObject({ ending: 'time', timeUs: 3_000 })
  })

  test('where its source ends it', () => {
    const source = { untimed: true, choose: () => undefined }
    expect(runSync(ticking(2), { source })).toMatchObject({ ending: 'source', steps: [] })
  })

  test('at the violation it looks for, and at no other', () => {
    const scenario = ticking(5, { properties: [fewTicks] })
    expect(runSync(scenario, { ...oldestFirst(), stopAt: 'few ticks' }).steps).toHaveLength(3)
    expect(runSync(scenario, { ...oldestFirst(), stopAt: true }).steps).toHaveLength(3)
    expect(runSync(scenario, { ...oldestFirst(), stopAt: 'another' }).steps).toHaveLength(5)
    expect(runSync(scenario, oldestFirst())).toMatchObject({ ending: 'rest', verdict: 'violated' })
  })

  test('without judging at a bound what is claimed of the end', () => {
    const properties = [eventually<{ ticker: { ticks: number } }>('nine', ({ ticker }) => ticker.ticks === 9)]
    expect(runSync(ticking(9, { properties, stepsMax: 4 }), oldestFirst()).violations).toEqual([])
    expect(runSync(ticking(8, { properties }), oldestFirst()).violations).toHaveLength(1)
  })
})

describe('code under test that throws', () => {
  test('breaks a property, in one line without a path, and ends the run', () => {
    expect(runSync(ticking(9, { throwsAt: 2 }), oldestFirst())).toMatchObject({
      ending: 'violation',
      verdict: 'violated',
      violations: [
        { property: NO_EXCEPTION, message: 'TypeError: the ticker broke', step: 2, timeUs: 2_000 },
      ],
    })
  })

  test('breaks it at its start too', () => {
    const starts = actor({
      initial: null,
      start() {
        throw new Error('no start')
      },
      receive() {},
    })
    const system = new System({ actors: { starts } })
    const failing = scenario({ name: 'failing', begin: () => system.begin() })
    expect(runSync(failing, oldestFirst())).toMatchObject({
      ending: 'violation',
      violations: [{ property: NO_EXCEPTION, message: 'Error: no start', step: 0 }],
    })
  })

  test('is told apart from a mistake in the scenario, which is thrown', async () => {
    const lost = actor({
      initial: null,
      start: (_state: null, { send }: Context) => send('nobody', { type: 'hello' }),
      receive() {},
    })
    const system = new System({ actors: { lost } })
    const mistaken = scenario({ name: 'mistaken', begin: () => system.begin() })
    await expect(run(mistaken, oldestFirst())).rejects.toThrowError(
      expect.objectContaining({ code: 'HEDDLE_UNKNOWN_ACTOR' }),
    )
  })
})

test('asynchronous code needs the asynchronous run, and is told so', () => {
  const asynchronous: Scenario = scenario({
    name: 'asynchronous',
    begin: () => Object.assign(ticking(1).begin(), { start: () => new Promise<void>(() => {}) }),
  })
  expect(() => runSync(asynchronous, oldestFirst())).toThrowError(
    expect.objectContaining({ code: 'HEDDLE_ASYNCHRONOUS' }),
  )
})

test('a world runs beside actor systems under the same scheduler', async () => {
  const napping = world('napping', async ({ sleep, observe }) => {
    await sleep('3ms')
    observe({ type: 'woke' })
  })
  const finished = await run(napping, oldestFirst())
  expect(finished).toMatchObject({ ending: 'rest', timeUs: 3_000 })
  expect(finished.steps.at(-1)?.observations).toEqual([{ type: 'woke' }])
})
