import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type LifecycleParameters, lifecycle, lifecycleParameters, STATES, single } from '../model/index.ts'
import { toUs, toWindow, type WindowInput } from '../sim/index.ts'
import { faultPlans, policies, type WorkloadConstraints, workloads } from './index.ts'

const SEED = 20_251_122
const defaults = lifecycleParameters({})
const sample = (constraints?: WorkloadConstraints, numRuns = 300) =>
  fc.sample(workloads(constraints), { seed: SEED, numRuns })

describe('workloads', () => {
  test('are accepted by lifecycle()', () => {
    for (const workload of sample()) {
      expect(() => lifecycle('any', { ...workload, coordinator: single() })).not.toThrow()
    }
  })

  test('set every option, every delay and every fault to more than one value', () => {
    const seen = new Map<string, Set<string>>()
    const see = (path: string, values: object, all: object) => {
      for (const key of Object.keys(all)) {
        const name = `${path}${key}`
        seen.set(name, (seen.get(name) ?? new Set()).add(JSON.stringify(values[key as never]) ?? 'default'))
      }
    }
    for (const workload of sample()) {
      const { delays = {}, faults = {}, ...options } = workload
      see('', options, defaults)
      see('delays.', delays, defaults.delays)
      see('faults.', faults, defaults.faults)
    }
    seen.delete('delays')
    seen.delete('faults')
    const places = [defaults, defaults.delays, defaults.faults].flatMap((all) => Object.keys(all))
    expect(seen.size).toBe(places.length - 2)
    expect([...seen].filter(([, values]) => values.size < 2)).toEqual([])
    expect(seen.get('token')).toEqual(new Set(['default', '"subprotocol"', '"missing"', '"invalid"']))
    expect(seen.get('sends')).toEqual(new Set(['default', '"pipelined"', '"when-ready"']))
    expect(seen.get('balancer')).toEqual(new Set(['default', '"transparent"', '"strips-authorization"']))
    expect(seen.get('asksFor')).toEqual(new Set(['default', ...STATES.map((state) => `"${state}"`)]))
  })

  test('leave out what has its default', () => {
    for (const workload of sample()) {
      const { delays = {}, faults = {}, ...options } = workload
      for (const [values, all] of [
        [options, defaults],
        [delays, defaults.delays],
        [faults, defaults.faults],
      ]) {
        for (const [key, value] of Object.entries(values as object)) {
          expect(value).not.toEqual(all?.[key as never])
        }
      }
    }
    expect(sample({ ...defaults, delays: false, faults: false } as WorkloadConstraints, 1)).toEqual([{}])
  })

  test('are the same for the same seed of fast-check', () => {
    expect(sample()).toEqual(sample())
  })

  test('print as what makes them again', () => {
    for (const workload of sample()) {
      expect(new Function(`return ${fc.stringify(workload)}`)()).toEqual(workload)
    }
  })

  test('shrink to one user, one connection, no messages, no faults and the usual delays', () => {
    const { counterexample } = fc.check(
      fc.property(workloads(), () => false),
      { seed: SEED },
    )
    expect(counterexample).toEqual([{ messages: 0 }])
  })

  test('shrink to the least that a constraint allows', () => {
    const constraints = {
      users: { min: 3 },
      messages: 2,
      token: ['missing', 'header'],
      stagger: { min: '5ms', max: '9ms' },
      faults: { drops: { min: 1, max: 3 } },
    } as const
    const { counterexample } = fc.check(
      fc.property(workloads(constraints), () => false),
      { seed: SEED },
    )
    expect(counterexample).toEqual([
      { users: 3, stagger: '5ms', messages: 2, token: 'missing', faults: { drops: 1 } },
    ])
  })

  test('whose users only ask come from one instance, so that they come to rest', () => {
    for (const workload of sample({ asksFor: STATES })) expect(workload.instances).toBeUndefined()
    const [workload] = sample({ asksFor: 'ACCEPTED', instances: 2 }, 1)
    expect(workload).toMatchObject({ asksFor: 'ACCEPTED', instances: 2 })
  })
})

describe('a constraint', () => {
  /** All values of an option in a sample. */
  const values = (constraints: WorkloadConstraints, of: (workload: LifecycleParameters) => unknown) =>
    new Set(sample(constraints).map((workload) => of(lifecycleParameters(workload))))

  test('that is a value is that value', () => {
    expect(values({ users: 3 }, ({ users }) => users)).toEqual(new Set([3]))
    expect(values({ sends: 'pipelined' }, ({ sends }) => sends)).toEqual(new Set(['pipelined']))
    expect(values({ asksFor: null }, ({ asksFor }) => asksFor)).toEqual(new Set([null]))
    expect(values({ stagger: '7ms' }, ({ stagger }) => stagger)).toEqual(new Set(['7ms']))
    const auth: WindowInput = ['1ms', '2ms']
    expect(values({ delays: { auth } }, ({ delays }) => delays.auth)).toEqual(new Set([auth]))
    expect(values({ faults: { drops: 2 } }, ({ faults }) => faults.drops)).toEqual(new Set([2]))
  })

  test('that is a range is drawn from it', () => {
    expect(values({ users: { max: 1 } }, ({ users }) => users)).toEqual(new Set([1]))
    expect(values({ connections: { min: 5, max: 6 } }, ({ connections }) => connections)).toEqual(
      new Set([5, 6]),
    )
    expect(values({ messages: { min: 7 } }, ({ messages }) => messages)).toEqual(new Set([7]))
    for (const stagger of values({ stagger: { min: '1s', max: '2s' } }, (one) => one.stagger)) {
      const { minUs, maxUs } = toWindow(stagger as WindowInput)
      expect(minUs).toBeGreaterThanOrEqual(toUs('1s'))
      expect(maxUs).toBeLessThanOrEqual(toUs('2s'))
    }
    const short = values({ delays: { accept: { max: '3us' } } }, ({ delays }) => delays.accept)
    expect(short).toContain('2us')
    expect(short).toContain(0)
  })

  test('that is a list is one of it', () => {
    const token = ['missing', 'invalid'] as const
    expect(values({ token }, (one) => one.token)).toEqual(new Set(token))
  })

  test('of delays or faults leaves those as they are by default that it does not name', () => {
    for (const { delays = {} } of sample({ delays: { auth: { max: '1s' } } })) {
      expect(['', 'auth']).toContain(Object.keys(delays).join())
    }
    expect(sample({ delays: false }).every(({ delays }) => delays === undefined)).toBe(true)
    expect(sample({ faults: false }).every(({ faults }) => faults === undefined)).toBe(true)
    expect(values({ faults: { crashes: { max: 2 } } }, ({ faults }) => Object.values(faults).join())).toEqual(
      new Set([0, 1, 2].map((crashes) => Object.values({ ...defaults.faults, crashes }).join())),
    )
  })

  test.each<readonly [unknown, string]>([
    [[], 'Expected the constraints of workloads() to be an object with any of users,'],
    [{ user: 1 }, 'Expected the constraints of workloads() to be an object with any of users,'],
    [{ users: 65 }, 'Bad scenario option users: Invalid value: Expected <=64 but received 65.'],
    [{ users: { max: 65 } }, 'Bad scenario option users: Invalid value: Expected <=64 but received 65.'],
    [{ users: { max: 0 } }, 'Bad scenario option users: Invalid value: Expected >=1 but received 0.'],
    [{ users: 'two' }, 'Bad scenario option users: Invalid type: Expected number but received "two".'],
    [{ users: { min: 2, max: 1 } }, 'Expected the constraint users to be a range with min <= max'],
    [
      { users: { most: 1 } },
      'Expected the constraint users to be an object with any of min, max, found "most".',
    ],
    [{ users: 64, connections: 64 }, 'Expected at most 256 connections in all'],
    [{ users: { max: 64 }, connections: { max: 64 } }, 'Expected at most 256 connections in all'],
    [{ token: [] }, 'Expected the constraint token to be one of a list that is not empty, found [].'],
    [{ token: ['header', 'cookie'] }, 'Bad scenario option token: Invalid type'],
    [{ stagger: '5 ms' }, 'Bad scenario option stagger: expected a duration'],
    [
      { stagger: { max: '2min', min: '3min' } },
      'Expected the constraint stagger to be a range with min <= max',
    ],
    [{ delays: { auth: { max: 'long' } } }, 'Bad scenario option delays.auth: expected a duration'],
    [
      { delays: { authentication: '1ms' } },
      'Expected the constraint delays to be an object with any of network',
    ],
    [
      { faults: { drops: -1 } },
      'Bad scenario option faults.drops: Invalid value: Expected >=0 but received -1.',
    ],
    [{ faults: { storms: 1 } }, 'Expected the constraint faults to be an object with any of drops,'],
    [{ faults: true }, 'Expected the constraint faults to be an object with any of drops,'],
  ])('is refused with one line: %o', (constraints, message) => {
    const make = () => workloads(constraints as WorkloadConstraints)
    expect(make).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^HEDDLE_(SCENARIO_)?OPTIONS$/),
        message: expect.stringMatching(/^.+$/),
      }),
    )
    expect(make).toThrow(message)
  })
})

describe('fault plans', () => {
  test('are what a scenario may have, and shrink to none', () => {
    const plans = fc.sample(faultPlans(), { seed: SEED, numRuns: 100 })
    expect(new Set(plans.flatMap((plan) => Object.keys(plan)))).toEqual(new Set(Object.keys(defaults.faults)))
    for (const faults of plans) expect(() => lifecycleParameters({ faults })).not.toThrow()
    const { counterexample } = fc.check(
      fc.property(faultPlans(), () => false),
      { seed: SEED },
    )
    expect(fc.stringify(counterexample)).toBe('[{}]')
  })

  test('may be as many as a scenario allows', () => {
    const most = Object.fromEntries(Object.keys(defaults.faults).map((fault) => [fault, 64]))
    expect(fc.sample(faultPlans(most), { numRuns: 1 })).toEqual([most])
  })
})

test('policies are those of the single coordinator, of which standby is the simplest', () => {
  const drawn = fc.sample(policies(), { seed: SEED, numRuns: 50 })
  expect(new Set(drawn)).toEqual(new Set(['standby', 'takeover', 'reject']))
  const { counterexample } = fc.check(
    fc.property(policies(), () => false),
    { seed: SEED },
  )
  expect(counterexample).toEqual(['standby'])
})
