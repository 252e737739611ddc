import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actor, type Context, type HeddleError, runSync, System, scenario, sometimes } from '../sim/index.ts'
import { race } from '../sim/race.fixture.ts'
import { type Schedule, type ScheduleConstraints, schedule, schedules } from './index.ts'

const SEED = 20_251_122
const violates = (property: string) => (source: Schedule) =>
  runSync(race(), { source }).violations.some((violation) => violation.property === property)

/** What fast-check makes of the first schedule that violates a property of the race. */
const found = (property: string, parameters: fc.Parameters<[Schedule]> = {}) =>
  fc.check(
    fc.property(schedules(), (source) => !violates(property)(source)),
    { seed: SEED, ...parameters },
  )

/** Picks, and how far all of them are from 0. */
const sizeOf = ({ picks }: Schedule) => [picks.length, picks.reduce((sum, pick) => sum + Math.abs(pick), 0)]

describe('schedules', () => {
  test('are the same for the same seed of fast-check', () => {
    const drawn = () => fc.stringify(fc.sample(schedules(), { seed: SEED, numRuns: 50 }))
    expect(drawn()).toBe(drawn())
  })

  test('are as long as they may be, and no longer', () => {
    const lengths = (constraints?: ScheduleConstraints) =>
      fc.sample(schedules(constraints), { seed: SEED, numRuns: 300 }).map(({ picks }) => picks.length)
    expect(Math.max(...lengths())).toBeGreaterThan(90)
    expect(Math.max(...lengths())).toBeLessThanOrEqual(100)
    expect(Math.max(...lengths({ maxLength: 3 }))).toBe(3)
    expect(Math.max(...lengths({ maxLength: 0 }))).toBe(0)
  })

  test('reach every order of three, and let faults strike', () => {
    const orders = new Set<string>()
    let strikes = 0
    const striker = actor({
      initial: null,
      start: (_: null, { setTimer }: Context) =>
        setTimer('strike', '1ms', { type: 'strike' }, { fault: 'f' }),
      receive() {},
    })
    const struck = sometimes('it strikes', () => false)
    const faulty = scenario({
      name: 'faulty',
      system: new System({ actors: { striker }, budgets: { f: 1 } }),
      properties: [struck],
    })
    for (const source of fc.sample(schedules(), { seed: SEED, numRuns: 200 })) {
      orders.add(
        runSync(race(), { source })
          .steps.map(({ event }) => event.place)
          .join(),
      )
      strikes += runSync(faulty, { source }).stepCount
    }
    expect(orders.size).toBe(6)
    expect(strikes).toBeGreaterThan(5)
    expect(strikes).toBeLessThan(195)
  })

  test('shrink to the fewest and smallest picks that still fail', () => {
    expect(fc.stringify(found('b is not first').counterexample)).toBe('[schedule([1])]')
    expect(fc.stringify(found('never c, a, b').counterexample)).toBe('[schedule([2])]')
  })

  test('shrink to no picks where nothing has to race', () => {
    const { counterexample } = fc.check(
      fc.property(schedules({ timing: 'untimed' }), () => false),
      { seed: SEED },
    )
    expect(fc.stringify(counterexample)).toBe("[schedule([], { timing: 'untimed' })]")
  })

  test('shrink to what comes from the path that fast-check prints', () => {
    const { counterexample, counterexamplePath, numShrinks } = found('never c, a, b')
    expect(numShrinks).toBeGreaterThan(0)
    const again = found('never c, a, b', { path: counterexamplePath as string, endOnFailure: true })
    expect([again.numRuns, fc.stringify(again.counterexample)]).toEqual([1, fc.stringify(counterexample)])
  })

  test('shrink from an example that was pasted', () => {
    const { counterexample } = found('never c, a, b', {
      examples: [[schedule([2_000_000, 0, 7, 0, -1_000_000, 9])]],
      numRuns: 1,
    })
    expect(fc.stringify(counterexample)).toBe('[schedule([2])]')
  })

  test('shrink to what is smaller alone, so that no shrinking goes on for ever', () => {
    const picks = fc.array(fc.integer({ min: -100, max: 100 }), { maxLength: 8 })
    fc.assert(
      fc.property(picks, (list) => {
        const one = schedule(list)
        const [length = 0, sum = 0] = sizeOf(one)
        for (const { value } of schedules().shrink(one, undefined)) {
          const [shorter = 0, less = 0] = sizeOf(value)
          expect(shorter < length || (shorter === length && less < sum)).toBe(true)
        }
      }),
      { seed: SEED },
    )
  })

  test.each([
    [{ maxLength: -1 }, 'Expected the constraint maxLength to be an integer from 0 to 10000, found -1.'],
    [
      { maxLength: 1e9 },
      'Expected the constraint maxLength to be an integer from 0 to 10000, found 1000000000.',
    ],
    [{ timing: 'fast' }, 'Expected the timing of a schedule to be sampled or untimed, found "fast".'],
    [
      { length: 3 },
      'Expected the constraints of schedules() to be an object with any of maxLength, timing, found "length".',
    ],
    [
      null,
      'Expected the constraints of schedules() to be an object with any of maxLength, timing, found null.',
    ],
  ])('are refused with one line for %o', (constraints, message) => {
    const expected: Partial<HeddleError> = { code: 'HEDDLE_OPTIONS', message }
    expect(() => schedules(constraints as never)).toThrow(expect.objectContaining(expected))
  })
})
