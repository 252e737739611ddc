import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TIMINGS } from '../clock.ts'
import { type Door, doorway } from '../doorway.fixture.ts'
import { generatedScenario, REPEATABLE, schedule } from '../generated.fixture.ts'
import { record } from '../hunt.ts'
import { always, eventually } from '../property.ts'
import { playing, type Rally, rally, theEnd } from '../rally.fixture.ts'
import type { Scenario } from '../scenario.ts'
import { type Ending, NOT_STUCK, run } from '../scheduler.ts'
import { listed, seeded } from '../source.ts'
import { random } from '../strategies/random.ts'
import { world } from '../world/world.ts'
import { parseTrace } from './parse.ts'
import { replay } from './replay.ts'
import { encodeTrace, formatTrace, type Trace, type TraceStep } from './trace.ts'

const seedOne = { seed: 1, strategy: random, timing: 'sampled' } as const
const recording = async (scenario: Scenario, property?: string) =>
  parseTrace(await record(scenario, property === undefined ? seedOne : { ...seedOne, property }))

/** A trace of eight hits, of which the last four repeat for ever. */
const recordedCycle = async () => {
  const finished = await run(rally(), { source: playing(8, 4) })
  return parseTrace(encodeTrace(finished, { seed: null, strategy: null, timing: 'untimed' }))
}

/** A trace with one of its steps changed. */
const withStep = (trace: Trace, number: number, change: Partial<TraceStep>): Trace => ({
  ...trace,
  steps: trace.steps.map((step) => (step.step === number ? { ...step, ...change } : step)),
})

describe('a replay is exact', () => {
  test('whatever the schedule', async () => {
    await fc.assert(
      fc.asyncProperty(generatedScenario, schedule, async (scenario, picks) => {
        const first = await run(scenario, { source: listed(picks) })
        const text = encodeTrace(first, { seed: null, strategy: null, timing: 'untimed' })
        expect(await replay(parseTrace(text), scenario)).toMatchObject({ outcome: 'exact' })
      }),
      REPEATABLE,
    )
  })

  test('whatever the seed and the timing, to the end or to a violation', async () => {
    const stopAt = fc.constantFrom(undefined, true as const, 'c is never last pinged')
    await fc.assert(
      fc.asyncProperty(
        generatedScenario,
        fc.nat(),
        fc.constantFrom(...TIMINGS),
        stopAt,
        async (scenario, seed, timing, stopAt) => {
          const first = await run(scenario, {
            source: ({ budgets }) => seeded({ seed, strategy: random, timing, budgets }),
            ...(stopAt === undefined ? {} : { stopAt }),
          })
          const text = encodeTrace(first, { seed, strategy: random.name, timing })
          expect(await replay(parseTrace(text), scenario)).toMatchObject({ outcome: 'exact' })
        },
      ),
      REPEATABLE,
    )
  })

  test('of a run that ended at its bound of steps, or of time', async () => {
    for (const bound of [{ stepsMax: 1 }, { timeMaxUs: 1_000 }]) {
      const bounded = doorway({}, bound)
      expect(await replay(await recording(bounded), bounded)).toMatchObject({ outcome: 'exact' })
    }
  })

  test('of a run that is stuck', async () => {
    const stuck = doorway({ bell: 'is missing', checks: true })
    const trace = await recording(stuck, NOT_STUCK)
    expect(trace.outcome.verdict).toBe('stuck')
    expect(await replay(trace, stuck)).toMatchObject({ outcome: 'exact' })
  })

  test('of a run in a cycle', async () => {
    const replayed = await replay(await recordedCycle(), rally())
    expect(replayed).toMatchObject({ outcome: 'exact', run: { ending: 'cycle' }, found: { cycleFrom: 4 } })
  })

  test('of code under test that throws', async () => {
    const throwing = doorway({
      shows() {
        throw new RangeError('no room')
      },
    })
    const trace = await recording(throwing)
    expect(trace.outcome).toMatchObject({ verdict: 'violated', message: 'RangeError: no room' })
    expect(await replay(trace, throwing)).toMatchObject({ outcome: 'exact' })
  })

  test('of plain asynchronous code', async () => {
    const napping = world('napping', async ({ task, sleep, observe, check }) => {
      let naps = 0
      for (const name of ['tab-1', 'tab-2']) {
        task(name, async () => {
          await sleep(['1ms', '9ms'])
          observe({ type: 'woke', name, naps: ++naps })
        })
      }
      check.always('one nap', () => naps < 2)
    })
    expect(await replay(await recording(napping, 'one nap'), napping)).toMatchObject({ outcome: 'exact' })
  })

  test('without its seed, as it follows the schedule alone', async () => {
    const trace = await recording(doorway())
    const reseeded = { ...trace, header: { ...trace.header, seed: null, strategy: null } }
    expect(await replay(reseeded, doorway())).toMatchObject({ outcome: 'exact' })
  })
})

describe('a replay is fixed', () => {
  test('when its schedule can be followed to the end, and the property now holds', async () => {
    const trace = await recording(doorway(), 'one owner')
    const fixed = await replay(trace, doorway({ checks: true }))
    expect(fixed).toMatchObject({ outcome: 'fixed', found: { verdict: 'no violation found' } })
    expect(fixed).toMatchObject({ divergence: { step: 2, what: 'observations' } })
  })

  test('but not when a run that came to rest no longer does', async () => {
    const trace = await recording(doorway({ bell: 'is missing', checks: true }), NOT_STUCK)
    const mended = doorway({ bell: 'rings', checks: true })
    expect(await replay(trace, mended)).toMatchObject({ outcome: 'fixed', found: { ending: 'rest' } })
    const cutShort = await replay(trace, { ...mended, stepsMax: 2 })
    expect(cutShort).toMatchObject({ outcome: 'stale', found: { ending: 'steps' } })
  })

  test('when the cycle is one still, and the property now holds in it', async () => {
    const holds = eventually<Rally>(theEnd.name, ({ ping }) => ping.side === 'left')
    const fixed = await replay(await recordedCycle(), rally({}, { properties: [holds] }))
    expect(fixed).toMatchObject({ outcome: 'fixed', found: { ending: 'cycle', cycleFrom: 4 } })
  })

  test('but not when what was a cycle no longer is', async () => {
    const counting = await replay(await recordedCycle(), rally({ hitsMax: 9 }))
    expect(counting).toMatchObject({ outcome: 'stale', found: { ending: 'source', property: null } })
  })

  test('but not when another property is violated instead', async () => {
    const trace = await recording(doorway(), 'one owner')
    const worse = doorway(
      { checks: true },
      { properties: [always('nobody', (view: { door: Door }) => view.door.owners.length === 0)] },
    )
    expect(await replay(trace, worse)).toMatchObject({ outcome: 'stale', found: { property: 'nobody' } })
  })
})

describe('a replay of a trace that was cut short', () => {
  /** Its first step alone, with an outcome that hides the rest; the digest is always that of the text. */
  const cutShort = async (scenario: Scenario, ending: Ending) => {
    const { header, opening, steps } = await recording(scenario)
    const expected = { verdict: 'no violation found', property: null } as const
    const kept = steps.slice(0, 1)
    const { step, at } = kept[0] as TraceStep
    const outcome = { ...expected, ending, message: null, step, at }
    const text = formatTrace({ header: { ...header, expect: expected }, opening, steps: kept, outcome })
    return replay(parseTrace(text), scenario)
  }

  test.each(['time', 'steps', 'rest', 'violation'] as const)(
    'is not exact, whatever ending it claims: %s',
    async (ending) => {
      expect(await cutShort(doorway(), ending)).toMatchObject({ outcome: 'stale' })
      expect(await cutShort(doorway({}, { timeMaxUs: 5_000 }), ending)).toMatchObject({ outcome: 'stale' })
      expect(await cutShort(doorway({}, { stepsMax: 2 }), ending)).toMatchObject({ outcome: 'stale' })
    },
  )

  test('may end by time only where what comes next may lie past the bound, and by steps only at theirs', async () => {
    expect(await cutShort(doorway({}, { timeMaxUs: 4_999 }), 'time')).toMatchObject({ outcome: 'exact' })
    expect(await cutShort(doorway({}, { stepsMax: 1 }), 'steps')).toMatchObject({ outcome: 'exact' })
  })

  test('is exact where it says no more than that its schedule ends there', async () => {
    expect(await cutShort(doorway(), 'source')).toMatchObject({ outcome: 'exact' })
  })
})

describe('a replay that is not exact says where the code first did otherwise', () => {
  const diverging = async (trace: Trace, scenario: Scenario) => {
    const result = await replay(trace, scenario)
    expect(result.outcome).not.toBe('exact')
    const { divergence } = result as Exclude<typeof result, { outcome: 'exact' }>
    // When in its window an event was drawn to happen is not the point here.
    return { ...divergence, message: divergence.message.replace(/t=[\d.]+ms/, 't=…') }
  }

  test('when an event is not enabled', async () => {
    const trace = withStep(await recording(doorway()), 2, { event: 'tab-7/knock#1' })
    const divergence = await diverging(trace, doorway())
    expect(divergence).toMatchObject({ what: 'event', step: 2, expected: 'tab-7/knock#1' })
    expect(divergence.message).toMatchInlineSnapshot(
      `"Replay diverged at step 2 (t=…): expected tab-7/knock#1, enabled: tab-2/knock#1. Was a step taken away from the code, or renamed?"`,
    )
  })

  test('when other events are enabled beside it', async () => {
    const divergence = await diverging(await recording(doorway()), doorway({ tabs: 3 }))
    expect(divergence).toMatchObject({ what: 'enabled', step: 1 })
    expect(divergence.found).toBe('enabled: tab-1/knock#1, tab-2/knock#1, tab-3/knock#1')
  })

  test('when it could not have happened at its time', async () => {
    const trace = await recording(doorway())
    const early = withStep(trace, 1, { at: 999 })
    expect(await diverging(early, doorway())).toMatchObject({ what: 'time', step: 1 })
    const late = withStep(withStep(trace, 1, { at: 5_001 }), 2, { at: 5_001 })
    const divergence = await diverging(late, doorway())
    expect(divergence).toMatchObject({ what: 'time', step: 1 })
    expect(divergence.message).toMatchInlineSnapshot(
      `"Replay diverged at step 1 (t=…): expected tab-1/knock#1 at 5.001ms, possible: 1ms to 5ms. Was a window changed, or the file edited?"`,
    )
  })

  test('when another event would have had to come first', async () => {
    const rung = doorway({ bell: 'rings', window: ['10ms', '20ms'] })
    const trace = await recording(rung)
    expect(trace.steps[0]?.event).toBe('ringer/bell#1')
    const swapped = withStep(trace, 1, { event: 'tab-1/knock#1', at: 15_000 })
    expect(await diverging(swapped, rung)).toMatchObject({ what: 'time', step: 1 })
  })

  test('when its window was changed', async () => {
    const trace = await recording(doorway())
    expect(await diverging(trace, doorway({ window: '9ms' }))).toMatchObject({ what: 'time', step: 1 })
  })

  test('when something else is observed', async () => {
    const divergence = await diverging(
      await recording(doorway({ shows: () => 1 })),
      doorway({ shows: () => 2 }),
    )
    expect(divergence).toMatchObject({ what: 'observations', step: 1 })
    expect(divergence.message).toMatchInlineSnapshot(
      `"Replay diverged at step 1 (t=…): expected to observe {"shows":1,"tab":"tab-1","type":"entered"}, observed: {"shows":2,"tab":"tab-1","type":"entered"}. Was the code changed?"`,
    )
  })

  test('when something else is observed before the first step', async () => {
    const opens = (count: number) => world('opens', ({ observe }) => observe({ type: 'opened', count }))
    expect(await diverging(await recording(opens(1)), opens(2))).toMatchObject({ what: 'opening', step: 0 })
  })

  test('when it ends otherwise', async () => {
    const trace = await recording(doorway())
    const cut = { ...trace, steps: trace.steps.slice(0, 1) }
    const divergence = await diverging(cut, doorway())
    expect(divergence).toMatchObject({ what: 'outcome', step: 1 })
    expect(divergence.message).toMatchInlineSnapshot(
      `"Replay diverged at step 1 (t=…): expected violated ("one owner": it does not hold) at step 2, ending at rest, found: no violation found at step 1, ending where its schedule ends. Was a property or a bound of the scenario changed?"`,
    )
  })

  test('when what is said to repeat for ever leads elsewhere', async () => {
    const trace = await recordedCycle()
    const forged = { ...trace, outcome: { ...trace.outcome, cycleFrom: 6 } }
    const divergence = await diverging(forged, rally())
    expect(divergence).toMatchObject({ what: 'outcome', step: 8 })
    expect(divergence.message).toMatchInlineSnapshot(
      `"Replay diverged at step 8 (t=…): expected violated ("the game ends": it never holds again: steps 5 to 8 repeat for ever) at step 8, ending where steps 7 to 8 repeat for ever, found: no violation found at step 8, ending where its schedule ends. Was a property or a bound of the scenario changed?"`,
    )
  })

  test('and says so without echoing what acts on a terminal', async () => {
    const trace = withStep(await recording(doorway()), 1, { event: `\u001b[2J${'x'.repeat(5_000)}` })
    const { message } = await diverging(trace, doorway())
    expect(message).not.toMatch(/\p{Cc}/u)
    expect(message.length).toBeLessThan(1_000)
  })
})

test.each([
  ['scenario', doorway({}, { name: 'another' })],
  ['parameters', doorway({}, { parameters: { tabs: 3 } })],
])('a replay on another %s is refused', async (_what, other) => {
  await expect(replay(await recording(doorway()), other)).rejects.toThrowError(
    expect.objectContaining({ code: 'HEDDLE_REPLAY_SCENARIO' }),
  )
})
