import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { competing } from './competing.ts'
import { lifecycle } from './lifecycle.ts'
import { type LifecycleOptions, type LifecycleParameters, lifecycleParameters } from './options.ts'
import { simpler } from './simpler.ts'

const count = (min: number, max: number) => fc.integer({ min, max })

const parameters: fc.Arbitrary<LifecycleParameters> = fc
  .record({
    users: count(1, 4),
    connections: count(1, 8),
    stagger: fc.constantFrom<LifecycleOptions['stagger']>(0, '1ms', ['0ms', '5ms']),
    messages: count(0, 5),
    instances: count(1, 3),
    token: fc.constantFrom('header', 'subprotocol', 'missing', 'invalid'),
    sends: fc.constantFrom('pipelined', 'on-open', 'when-ready'),
    balancer: fc.constantFrom('none', 'transparent', 'strips-authorization'),
    reconnects: count(0, 3),
    delays: fc.record({ coldStart: fc.constantFrom<NonNullable<LifecycleOptions['stagger']>>(0, '50ms') }),
    faults: fc.record({ drops: count(0, 3), resets: count(0, 1), crashes: count(0, 2) }),
  })
  .map(lifecycleParameters)

const faultsOf = ({ faults }: LifecycleParameters) => Object.values(faults).reduce((sum, one) => sum + one, 0)

/** Everything that can grow. */
const sizesOf = (of: LifecycleParameters) => [
  of.users,
  of.connections,
  of.messages,
  of.instances,
  of.reconnects,
  faultsOf(of),
]

describe('a simpler scenario', () => {
  it('is smaller in something and larger in nothing, and can be made from its parameters', () =>
    fc.assert(
      fc.property(parameters, (before) => {
        for (const less of simpler(before)) {
          expect(less).not.toEqual(before)
          for (const [index, size] of sizesOf(less).entries()) {
            expect(size).toBeLessThanOrEqual(sizesOf(before)[index] as number)
          }
          expect(lifecycleParameters(less)).toEqual(less)
        }
      }),
    ))

  it('is found only so often in a row, whichever is chosen, and the last has nothing left to take away', () =>
    fc.assert(
      fc.property(parameters, fc.array(fc.nat(100), { minLength: 60, maxLength: 60 }), (before, picks) => {
        let current = before
        let chosen = 0
        for (let next = simpler(current); next.length > 0; next = simpler(current)) {
          current = next[(picks[chosen++] ?? 0) % next.length] as LifecycleParameters
        }
        expect(sizesOf(current)).toEqual([1, 1, 0, 1, 0, 0])
        expect(current).toMatchObject({ stagger: 0, token: 'header', sends: 'when-ready', balancer: 'none' })
      }),
    ))

  it('comes first where it takes away the most', () => {
    const bold = simpler(lifecycleParameters({ users: 2, connections: 5, faults: { drops: 1 } }))[0]
    expect(bold).toMatchObject({ users: 1, connections: 1, messages: 0, faults: { drops: 0 } })
  })

  it('of a lifecycle has its name, its coordinator, its claims, and the parameters it is made of', () => {
    const five = lifecycle('five', { connections: 5, coordinator: competing })
    const [first] = five.simpler?.() ?? []
    expect(first).toMatchObject({ name: 'five', properties: five.properties })
    expect(first?.parameters).toMatchObject({ coordinator: 'competing', connections: 1, messages: 0 })
  })
})
