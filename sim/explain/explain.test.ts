import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actor, type Context } from '../actor.ts'
import { REPEATABLE, schedule } from '../generated.fixture.ts'
import { record } from '../hunt.ts'
import { always, eventually, monitor } from '../property.ts'
import { race } from '../race.fixture.ts'
import { playing, rally } from '../rally.fixture.ts'
import { parseTrace } from '../replay/parse.ts'
import { encodeTrace, outcomeOf, type Trace } from '../replay/trace.ts'
import { type Scenario, scenario } from '../scenario.ts'
import { NO_EXCEPTION, NOT_STUCK, run, runSync } from '../scheduler.ts'
import { fragile } from '../shrink/minimal.fixture.ts'
import { type ChoiceSource, listed } from '../source.ts'
import { System } from '../system.ts'
import { world } from '../world/world.ts'
import { type ExplainedStep, explain } from './explain.ts'

type Finished = { readonly finish: { readonly order: readonly string[] } }

const FREE = { seed: null, strategy: null, timing: 'untimed' } as const

/** The trace of a run without windows, chosen by a list of numbers up to the violation. */
async function traced(one: Scenario, numbers: readonly number[], property?: string): Promise<Trace> {
  const finished = await run(one, { source: listed(numbers), stopAt: property ?? true })
  return parseTrace(encodeTrace(finished, property === undefined ? FREE : { ...FREE, property }))
}

/** Takes the steps that an explanation shows, to see for oneself what comes of them. */
async function verdictOf(one: Scenario, steps: readonly ExplainedStep[], { header, outcome }: Trace) {
  let next = 0
  const source: ChoiceSource = {
    untimed: header.timing === 'untimed',
    choose(enabled) {
      const step = steps[next++]
      const event = enabled.find(({ id }) => id === step?.event)
      return event === undefined ? undefined : { event, timeUs: step?.at ?? 0 }
    },
  }
  const finished = await run(one, { source })
  const violated = outcomeOf(finished, outcome.property).property === outcome.property
  return { violated, ending: finished.ending, steps: finished.steps.length }
}

describe('what decides a failure', () => {
  it.each([
    ['b is not first', [1], { kind: 'race', first: 'b/b#1', second: 'a/a#1' }],
    ['never c, a, b', [2], { kind: 'race', first: 'c/c#1', second: 'a/a#1' }],
    [NOT_STUCK, [1, 1], { kind: 'race', first: 'c/c#1', second: 'a/a#1' }],
  ])('is the order of two events: %s', async (property, numbers, decides) => {
    const trace = await traced(race(), numbers, property)
    expect(trace.outcome.property).toBe(property)
    const explanation = await explain(trace, race())
    expect(explanation.decides).toEqual(decides)
    expect(await verdictOf(race(), explanation.passing ?? [], trace)).toMatchObject({
      violated: false,
      ending: 'rest',
    })
  })

  it('is the order of two events even where nothing is held back', async () => {
    const claim = always('c is not last', ({ finish }: Finished) => finish.order[2] !== 'c')
    const { decides, common } = await explain(await traced(race([claim]), []), race([claim]))
    expect(decides).toEqual({ kind: 'race', first: 'b/b#1', second: 'c/c#1' })
    expect(common).toBe(1)
  })

  it('is a fault, where it holds without', async () => {
    const one = lossy()
    const { decides, faults, passing } = await explain(await traced(one, [2], NO_EXCEPTION), one)
    expect(decides).toEqual({ kind: 'fault', fault: 'link/loss#1' })
    expect(faults).toEqual(['link/loss#1'])
    expect(passing?.map(({ event }) => event)).toEqual(['link/wait#1', 'other/wait#1'])
  })

  it('is no order, where it fails in every one', async () => {
    const claim = always('not all three come in', ({ finish }: Finished) => finish.order.length < 3)
    const explanation = await explain(await traced(race([claim]), [1]), race([claim]))
    expect(explanation).toMatchObject({ passing: null, decides: { kind: 'every', orders: 6 } })
  })

  it('is not looked for in a run that never comes to rest', async () => {
    const trace = parseTrace(encodeTrace(runSync(rally(), { source: playing(8, 4) }), FREE))
    expect(await explain(trace, rally())).toMatchObject({ decides: { kind: 'cycle' }, isTheTraces: true })
  })

  it('is said of the smallest schedule, where that of the trace is larger', async () => {
    const claim = eventually('b is not first', ({ finish }: Finished) => finish.order[0] !== 'b')
    const trace = await traced(race([claim]), [1, 1])
    const { isTheTraces, failing } = await explain(trace, race([claim]))
    expect(trace.steps.map(({ event }) => event)).toEqual(['b/b#1', 'c/c#1', 'a/a#1'])
    expect(isTheTraces).toBe(false)
    expect(failing.map(({ event }) => event)).toEqual(['b/b#1', 'a/a#1', 'c/c#1'])
  })

  it('can be seen by taking the steps that are shown, in any system', async () => {
    const decided = { race: 0, races: 0, fault: 0, every: 0, nothing: 0, cycle: 0 }
    await fc.assert(
      fc.asyncProperty(fragile, schedule, async (one, numbers) => {
        const trace = await traced(one, numbers)
        if (trace.outcome.property === null) return
        const explanation = await explain(trace, one)
        const { decides, failing, passing, common, chain } = explanation
        decided[decides.kind]++
        expect(await verdictOf(one, failing, trace)).toMatchObject({ violated: true, steps: failing.length })
        expect(chain.every((step) => step >= 1 && step <= failing.length)).toBe(true)
        if (passing === null) return
        const seen = await verdictOf(one, passing, trace)
        expect(seen).toEqual({ violated: false, ending: 'rest', steps: passing.length })
        const ids = (steps: readonly ExplainedStep[]) => steps.map(({ event }) => event)
        expect(ids(failing).slice(0, common)).toEqual(ids(passing).slice(0, common))
        expect(failing[common]?.event).not.toBe(passing[common]?.event)
        const { first, second } = { first: '', second: '', ...decides }
        const pairs = decides.kind === 'races' ? decides.pairs : [[first, second] as const]
        if (decides.kind === 'fault') return
        for (const pair of pairs) expectTurned(ids(failing), ids(passing), pair)
      }),
      { ...REPEATABLE, numRuns: 400 },
    )
    expect(decided.race).toBeGreaterThan(15)
    expect(decided.nothing).toBeGreaterThan(5)
    expect(decided.every).toBeGreaterThan(0)
  })
})

/** `first` comes before `second` in the one, and not in the other; an event that never came is behind all. */
function expectTurned(
  failing: readonly string[],
  passing: readonly string[],
  [first, second]: readonly [string, string],
) {
  const place = (ids: readonly string[], id: string) => (ids.includes(id) ? ids.indexOf(id) : ids.length)
  expect(place(failing, first)).toBeLessThan(place(failing, second))
  expect(place(passing, second)).toBeLessThanOrEqual(place(passing, first))
}

describe('what led to a violation', () => {
  it('leaves out what has no part in it', async () => {
    const one = withBystanders()
    const explanation = await explain(await traced(one, [3, 1, 1, 0]), one)
    const chain = explanation.chain.map((step) => explanation.failing[step - 1]?.event)
    expect(explanation.failing.length).toBeGreaterThan(chain.length)
    expect(chain.every((event) => event?.startsWith('tab-'))).toBe(true)
    expect(chain).toHaveLength(2)
  })
})

describe('explaining refuses', () => {
  it('a trace that violates nothing, or that no longer does', async () => {
    const holds = await traced(race([]), [])
    await expect(explain(holds, race([]))).rejects.toMatchObject({ code: 'HEDDLE_EXPLAIN' })
    const trace = parseTrace(await record(race(), { seed: 7 }))
    const other = { ...trace, outcome: { ...trace.outcome, property: 'b is never seen' } }
    await expect(explain(other, race())).rejects.toThrow(/"b is never seen" to be violated on race/)
  })

  it('no file that can be read, whatever is made of its steps, with anything but one line', async () => {
    const outcomes = { explained: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(
        fragile,
        schedule,
        fc.array(fc.tuple(fc.nat(9), fc.nat(9))),
        async (one, numbers, swaps) => {
          const trace = await traced(one, numbers)
          const steps = [...trace.steps]
          for (const [a, b] of swaps) {
            const [left, right] = [steps[a], steps[b]]
            if (left === undefined || right === undefined) continue
            steps[a] = { ...right, step: left.step, at: left.at }
            steps[b] = { ...left, step: right.step, at: right.at }
          }
          for (const timing of ['sampled', 'untimed'] as const) {
            const header = { ...trace.header, timing }
            const property = trace.outcome.property ?? 'none'
            const outcome = { ...trace.outcome, property }
            const how = await explain({ ...trace, header, steps, outcome }, one).then(
              () => 'explained' as const,
              (error) => {
                expect(error).toMatchObject({ code: 'HEDDLE_EXPLAIN' })
                expect(error.message).not.toContain('\n')
                return 'refused' as const
              },
            )
            outcomes[how]++
          }
        },
      ),
      REPEATABLE,
    )
    expect(outcomes.explained).toBeGreaterThan(5)
    expect(outcomes.refused).toBeGreaterThan(20)
  })

  it('options that it does not have, or that leave it nothing', async () => {
    const trace = await traced(race(), [1])
    for (const options of [{ runs: 3 }, { runsMax: 0 }]) {
      await expect(explain(trace, race(), options)).rejects.toMatchObject({ code: 'HEDDLE_OPTIONS' })
    }
  })

  it('no more runs than it is given', async () => {
    const { runs } = await explain(await traced(race(), [2]), race(), { runsMax: 2 })
    expect(runs).toBeLessThanOrEqual(2)
  })

  it('no more than reproducing it once a signal ends it', async () => {
    const { decides, runs } = await explain(await traced(race(), [2]), race(), { signal: { aborted: true } })
    expect({ decides, runs }).toEqual({
      decides: { kind: 'nothing', tried: 0, together: 0, bounded: true },
      runs: 1,
    })
  })
})

/** A link that may be lost while it waits, and another that does not mind. */
function lossy(): Scenario {
  return world(
    'lossy',
    ({ task }) => {
      task('link', async (self) => {
        let isLost = false
        void self.operation('loss', { fault: 'losses' }).then(() => {
          isLost = true
        })
        await self.operation('wait')
        if (isLost) throw new Error('lost')
      })
      task('other', (self) => self.operation('wait'))
    },
    { budgets: { losses: 1 } },
  )
}

/** Two tabs that nobody but a claim has an eye on, and others that do something else. */
function withBystanders(): Scenario {
  const tab = actor({
    initial: null,
    start: (_state: null, { setTimer }: Context) => setTimer('enter', ['1ms', '9ms'], { type: 'enter' }),
    receive: (_state: null, _message, { observe, self }) => observe({ type: 'entered', tab: self }),
  })
  const bystander = actor({
    initial: null,
    start: (_state: null, { setTimer }: Context) => setTimer('look', ['0ms', '9ms'], { type: 'look' }),
    receive: () => {},
  })
  const actors = { 'by-1': bystander, 'by-2': bystander, 'tab-1': tab, 'tab-2': tab }
  const onlyOne = monitor({
    name: 'only one enters',
    on: ['entered'],
    initial: { entered: 0 },
    observe: (state) => (++state.entered > 1 ? 'another one' : undefined),
  })
  return scenario({ name: 'bystanders', system: new System({ actors }), properties: [onlyOne] })
}
