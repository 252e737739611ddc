import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generatedScenario, REPEATABLE } from '../sim/generated.fixture.ts'
import {
  actor,
  type Context,
  type HeddleError,
  run,
  runSync,
  type Scenario,
  System,
  scenario,
  type WindowInput,
  world,
} from '../sim/index.ts'
import { deviating, recording } from '../sim/replay/deviations.ts'
import { feasibleTimes } from '../sim/replay/feasible.ts'
import { type Schedule, schedule, schedules } from './index.ts'

/** An alarm for each window, as a timer or as a fault that may strike. */
const alarms = (windows: Readonly<Record<string, WindowInput>>, faults: readonly string[] = []): Scenario => {
  const clock = actor({
    initial: null,
    start(_state: null, { setTimer }: Context) {
      for (const [name, window] of Object.entries(windows)) setTimer(name, window, { type: name })
      for (const name of faults) setTimer(name, '1ms', { type: name }, { fault: 'faults' })
    },
    receive() {},
  })
  const system = new System({ actors: { clock }, budgets: { faults: faults.length } })
  return scenario({ name: 'alarms', system })
}

const stepsOf = (of: Scenario, source: Schedule) =>
  runSync(of, { source }).steps.map(({ event, timeUs }) => `${event.id.split(/[/#]/)[1]} ${timeUs}`)

const namesOf = (of: Scenario, source: Schedule) =>
  runSync(of, { source }).steps.map(({ event }) => event.id.split(/[/#]/)[1])

describe('a schedule', () => {
  const wide = alarms({ late: ['3ms', '9ms'], soon: ['1ms', '9ms'], next: ['2ms', '9ms'] })

  test('without picks lets happen what falls due first, as soon as it can', () => {
    expect(stepsOf(wide, schedule([]))).toEqual(['soon 1000', 'next 2000', 'late 3000'])
    expect(namesOf(alarms({ older: '5ms', younger: '5ms' }), schedule([]))).toEqual(['older', 'younger'])
  })

  test('is without picks the order from which a shrunk schedule deviates', () => {
    fc.assert(
      fc.property(generatedScenario, (generated) => {
        const order = runSync(generated, { source: deviating([]) }).steps.map(({ event }) => event.id)
        const steps = runSync(generated, { source: schedule([], { timing: 'untimed' }) }).steps
        expect(steps.map(({ event }) => event.id)).toEqual(order)
      }),
      REPEATABLE,
    )
  })

  test('picks the nth event behind the first, and starts again from the first beyond the last', () => {
    expect(stepsOf(wide, schedule([2]))).toEqual(['late 3000', 'soon 3000', 'next 3000'])
    expect(namesOf(wide, schedule([1, 1]))).toEqual(['next', 'late', 'soon'])
    expect(namesOf(wide, schedule([5, 3]))).toEqual(['late', 'next', 'soon'])
  })

  test('uses no pick where there is nothing to choose', () => {
    expect(namesOf(alarms({ a: '1ms', b: ['2ms', '3ms'], c: ['2ms', '3ms'] }), schedule([1]))).toEqual([
      'a',
      'c',
      'b',
    ])
  })

  test('lets a fault strike at a negative pick, and at no other', () => {
    const faulty = alarms({ timer: ['0ms', '9ms'], second: ['0ms', '9ms'] }, ['x', 'y'])
    expect(namesOf(faulty, schedule([]))).toEqual(['timer', 'second'])
    expect(namesOf(faulty, schedule([7, 7, 7]))).toEqual(['second', 'timer'])
    expect(namesOf(faulty, schedule([-2]))).toEqual(['y', 'timer', 'second'])
    expect(namesOf(faulty, schedule([0, 0, -1, -1]))).toEqual(['timer', 'second', 'x', 'y'])
    expect(namesOf(faulty, schedule([-3]))).toEqual(['x', 'timer', 'second'])
    expect(namesOf(alarms({ a: ['0ms', '1ms'], b: '1ms' }), schedule([-1]))).toEqual(['a', 'b'])
  })

  test('keeps to the windows, unless it is untimed', () => {
    const apart = alarms({ short: ['1ms', '2ms'], long: '10ms' })
    expect(namesOf(apart, schedule([1]))).toEqual(['short', 'long'])
    expect(namesOf(apart, schedule([1], { timing: 'untimed' }))).toEqual(['long', 'short'])
    expect(runSync(apart, { source: schedule([1], { timing: 'untimed' }) }).timeUs).toBe(10_000)
  })

  test('has only orders and times that the windows allow', () => {
    fc.assert(
      fc.property(generatedScenario, schedules(), (generated, source) => {
        const recorder = recording(source())
        const { steps } = runSync(generated, { source: recorder })
        const order = recorder.made.slice(0, steps.length)
        const [earliest = [], latest = []] = [feasibleTimes(order), feasibleTimes(order, 'latest')]
        for (const [index, { timeUs }] of steps.entries()) {
          expect(timeUs).toBeGreaterThanOrEqual(earliest[index] as number)
          expect(timeUs).toBeLessThanOrEqual(latest[index] as number)
        }
      }),
      REPEATABLE,
    )
  })

  test('reaches each order of four events by some picks', () => {
    const four = alarms({ a: '1ms', b: '1ms', c: '1ms', d: '1ms' })
    const orders = new Set<string>()
    for (let a = 0; a < 4; a++) {
      for (let b = 0; b < 3; b++) {
        for (let c = 0; c < 2; c++) orders.add(namesOf(four, schedule([a, b, c])).join())
      }
    }
    expect(orders.size).toBe(24)
  })

  test('begins at its first pick in each run, of asynchronous code, too', async () => {
    const source = schedule([1])
    const two = world('two', ({ task }) => {
      for (const name of ['a', 'b']) task(name, async (self) => self.operation('step'))
    })
    const once = async () => (await run(two, { source })).steps.map(({ event }) => event.id)
    expect(await once()).toEqual(await once())
    expect((await once()).indexOf('b/step#1')).toBeLessThan((await once()).indexOf('a/step#1'))
  })

  test('prints as the call that makes it again', () => {
    expect(fc.stringify(schedule([0, 2, -1]))).toBe('schedule([0, 2, -1])')
    expect(fc.stringify(schedule([], { timing: 'untimed' }))).toBe("schedule([], { timing: 'untimed' })")
  })

  test.each([
    [() => schedule([1.5]), 'Expected the picks of a schedule to be a list of integers, found [1.5].'],
    [() => schedule('12' as never), 'Expected the picks of a schedule to be a list of integers, found "12".'],
    [
      () => schedule([], { timing: 'sometimes' as never }),
      'Expected the timing of a schedule to be sampled or untimed, found "sometimes".',
    ],
    [
      () => schedule([], { untimed: true } as never),
      'Expected the options of schedule() to be an object with any of timing, found "untimed".',
    ],
  ])('is refused with one line: %s', (make, message) => {
    expect(make).toThrow(expect.objectContaining<Partial<HeddleError>>({ code: 'HEDDLE_OPTIONS', message }))
  })
})
