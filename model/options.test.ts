// Scenario options come from replay files too, so everything out of bounds is refused, by name.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeddleError } from '../sim/index.ts'
import { competing } from './competing.ts'
import type { Coordinator } from './coordinator.ts'
import { lifecycle } from './lifecycle.ts'
import { lifecycleParameters } from './options.ts'

describe('the options of a scenario', () => {
  it('are filled in with defaults, and then stay as they are', () => {
    const parameters = lifecycleParameters({ connections: 3, faults: { drops: 1 } })
    expect(parameters).toMatchObject({ users: 1, connections: 3, faults: { drops: 1, crashes: 0 } })
    expect(lifecycleParameters(parameters)).toEqual(parameters)
    expect(lifecycleParameters(JSON.parse(JSON.stringify(parameters)))).toEqual(parameters)
  })

  it.each([
    [{ users: 0 }, 'users'],
    [{ connections: 1e9 }, 'connections'],
    [{ connections: 1.5 }, 'connections'],
    [{ messages: '3' }, 'messages'],
    [{ stagger: '1 fortnight' }, 'stagger'],
    [{ stagger: ['2ms', '1ms'] }, 'stagger'],
    [{ stagger: '9999999s' }, 'stagger'],
    [{ delays: { accept: -1 } }, 'delays.accept'],
    [{ delays: { brew: '1ms' } }, 'delays.brew'],
    [{ faults: { drops: 1000 } }, 'faults.drops'],
    [{ asksFor: 'NIRVANA' }, 'asksFor'],
    [{ sends: 'never' }, 'sends'],
    [{ unknown: 1 }, 'unknown'],
    [{ users: 64, connections: 64 }, '4096'],
    [null, 'options'],
    [[], 'options'],
  ])('%j is refused by name', (options, name) => {
    expect(() => lifecycleParameters(options)).toThrow(HeddleError)
    expect(() => lifecycleParameters(options)).toThrow(name)
  })

  it('are refused or understood, whatever they are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (options) => {
        try {
          expect(lifecycleParameters(options)).toBeTypeOf('object')
        } catch (error) {
          expect(error).toBeInstanceOf(HeddleError)
          expect((error as Error).message).not.toContain('\n')
        }
      }),
    )
  })
})

describe('a coordinator', () => {
  it.each([
    ['a name', { ...competing, name: '' }],
    ['machines', { ...competing, machines: undefined }],
    ['its entry', { ...competing, entry: 'nowhere' }],
    [
      'not named transport',
      { ...competing, machines: { ...competing.machines, transport: competing.machines.socket } },
    ],
  ])('without %s is refused', (what, coordinator) => {
    expect(() => lifecycle('x', { coordinator: coordinator as Coordinator })).toThrow(what)
  })
})
