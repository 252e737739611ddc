import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actor, type Context } from './actor.ts'
import { generatedDefinition, REPEATABLE, schedule } from './generated.fixture.ts'
import { situationOf } from './situation.ts'
import { type Delivery, System, type SystemState } from './system.ts'

/** What one actor brings about at its start, for two that never answer. */
function situation(act: (context: Context) => void, budgets = {}): string {
  const starts = actor({
    initial: null,
    start: (_state: null, context: Context) => act(context),
    receive() {},
  })
  const silent = actor({ initial: null, receive() {} })
  const system = new System({ actors: { starts, left: silent, right: silent }, budgets })
  return situationOf(system.initial().state)
}

type Act = (context: Context) => void

describe('a situation is the same', () => {
  const same: readonly (readonly [what: string, one: Act, other: Act])[] = [
    [
      'whatever was made and taken back before',
      ({ setTimer }) => setTimer('nap', '1ms', { type: 'wake' }),
      ({ setTimer, cancelTimer }) => {
        setTimer('nap', '1ms', { type: 'wake' })
        cancelTimer('nap')
        setTimer('nap', '1ms', { type: 'wake' })
      },
    ],
    [
      'in whatever order timers were set',
      ({ setTimer }) => {
        setTimer('nap', '1ms', { type: 'wake' })
        setTimer('rest', '1ms', { type: 'rise' })
      },
      ({ setTimer }) => {
        setTimer('rest', '1ms', { type: 'rise' })
        setTimer('nap', '1ms', { type: 'wake' })
      },
    ],
    ['in whatever order messages without an order were sent', posting('a', 'b'), posting('b', 'a')],
    [
      'in whatever order two channels were written to',
      ({ send }) => {
        send('left', { type: 'a' })
        send('right', { type: 'b' })
      },
      ({ send }) => {
        send('right', { type: 'b' })
        send('left', { type: 'a' })
      },
    ],
    [
      'under whatever label, and however long it takes',
      ({ send }) => send('left', { type: 'a' }),
      ({ send }) => send('left', { type: 'a' }, { label: 'b', window: '9ms' }),
    ],
  ]
  test.each(same)('%s', (_what, one, other) => {
    expect(situation(one)).toBe(situation(other))
  })
})

function posting(...types: readonly string[]): Act {
  return ({ send }) => {
    for (const type of types) send('left', { type }, { unordered: true })
  }
}

describe('a situation differs', () => {
  const sending = (...types: readonly string[]): Act => {
    return ({ send }) => {
      for (const type of types) send('left', { type })
    }
  }
  const differing: readonly (readonly [what: string, one: Act, other: Act])[] = [
    ['by the order on a channel', sending('a', 'b'), sending('b', 'a')],
    ['by how many there are of a message', posting('a'), posting('a', 'a')],
    ['by whether messages may overtake each other', posting('a'), sending('a')],
    ['by the receiver', sending('a'), ({ send }) => send('right', { type: 'a' })],
    ['by the channel', sending('a'), ({ send }) => send('left', { type: 'a' }, { channel: 'other' })],
    [
      'by what is in a message',
      ({ send }) => send('left', { type: 'a', n: 1 }),
      ({ send }) => send('left', { type: 'a', n: 2 }),
    ],
    [
      'by whether a timer is a fault',
      ({ setTimer }) => setTimer('nap', '1ms', { type: 'wake' }),
      ({ setTimer }) => setTimer('nap', '1ms', { type: 'wake' }, { fault: 'naps' }),
    ],
    [
      'by the name of a timer',
      ({ setTimer }) => setTimer('nap', '1ms', { type: 'wake' }),
      ({ setTimer }) => setTimer('rest', '1ms', { type: 'wake' }),
    ],
  ]
  test.each(differing)('%s', (_what, one, other) => {
    expect(situation(one)).not.toBe(situation(other))
  })

  test('by what is left of a budget, under whatever name', () => {
    const left = (fault: string, times: number) => situation(() => {}, Object.fromEntries([[fault, times]]))
    for (const fault of ['drops', '__proto__', 'constructor']) {
      expect(left(fault, 1)).not.toBe(left(fault, 2))
      expect(left(fault, 1)).toBe(left(fault, 1))
    }
  })
})

test('what can happen in two equal situations is the same, and leads to equal situations', () => {
  let comesAgain = 0
  fc.assert(
    fc.property(
      generatedDefinition,
      fc.array(schedule, { minLength: 2, maxLength: 6 }),
      (definition, walks) => {
        const system = new System(definition)
        const met = new Map<string, string>()
        for (const picks of walks) {
          for (const state of statesOn(system, picks)) {
            const key = situationOf(state)
            const next = JSON.stringify(successorsOf(system, state))
            expect(met.get(key) ?? next).toBe(next)
            if (met.has(key) && state.step > 0) comesAgain++
            met.set(key, next)
          }
        }
      },
    ),
    { ...REPEATABLE, numRuns: 50 },
  )
  expect(comesAgain).toBeGreaterThan(100)
})

function successorsOf(system: System, state: SystemState): string[] {
  return system
    .enabled(state)
    .map((delivery) => situationOf(system.fire(state, delivery).state))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

function* statesOn(system: System, picks: readonly number[]): Generator<SystemState> {
  let { state } = system.initial()
  yield state
  for (const pick of picks) {
    const enabled = system.enabled(state)
    if (enabled.length === 0) return
    state = system.fire(state, enabled[pick % enabled.length] as Delivery).state
    yield state
  }
}
