import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Actor, actor, type Context } from './actor.ts'
import { generatedDefinition, REPEATABLE, schedule } from './generated.fixture.ts'
import { type Delivery, System, type SystemDefinition, type SystemState } from './system.ts'

interface Log {
  got: string[]
}

/** An actor that only writes down what it receives. */
const listener = (host?: string) =>
  actor<Log>({
    initial: { got: [] },
    ...(host === undefined ? {} : { host }),
    receive(state, message) {
      state.got.push(message.type)
    },
  })

/** A system of one actor that acts once, at its start, on two listeners. */
const acting = (act: (context: Context) => void, more: Partial<SystemDefinition> = {}, host?: string) =>
  new System({
    actors: {
      actor: actor({
        initial: null,
        ...(host === undefined ? {} : { host }),
        start: (_state: null, context: Context) => act(context),
        receive() {},
      }),
      left: listener(),
      right: listener(),
      ...more.actors,
    },
    ...(more.budgets === undefined ? {} : { budgets: more.budgets }),
  })

const enabledIds = (system: System, state: SystemState) => system.enabled(state).map(({ id }) => id)
const stateOf = (system: System, state: SystemState, name: string) =>
  state.states[system.indexOf(name)] as Log

/** Lets the enabled events of these ids happen, one after the other. */
function fireAll(system: System, ids: readonly string[]): SystemState {
  return ids.reduce((state, id) => {
    const delivery = system.enabled(state).find((other) => other.id === id)
    expect(delivery, `${id} is enabled`).toBeDefined()
    return system.fire(state, delivery as Delivery).state
  }, system.initial().state)
}

/** Every state that a schedule goes through. */
function walk(system: System, picks: readonly number[]): SystemState[] {
  const states = [system.initial().state]
  for (const pick of picks) {
    const state = states.at(-1) as SystemState
    const enabled = system.enabled(state)
    if (enabled.length === 0) break
    states.push(system.fire(state, enabled[pick % enabled.length] as Delivery).state)
  }
  return states
}

describe('a transition', () => {
  test('is pure: the same state and event give the same result, and change nothing', () => {
    fc.assert(
      fc.property(generatedDefinition, schedule, (definition, picks) => {
        const system = new System(definition)
        for (const state of walk(system, picks)) {
          const before = structuredClone(state)
          for (const delivery of system.enabled(state)) {
            expect(system.fire(state, delivery)).toEqual(system.fire(state, delivery))
          }
          expect(state).toEqual(before)
        }
      }),
      { ...REPEATABLE, numRuns: 50 },
    )
  })

  test('leaves no event with the id of another', () => {
    fc.assert(
      fc.property(generatedDefinition, schedule, (definition, picks) => {
        for (const { pending } of walk(new System(definition), picks)) {
          expect(new Set(pending.map(({ id }) => id)).size).toBe(pending.length)
        }
      }),
      { ...REPEATABLE, numRuns: 50 },
    )
  })

  test('keeps what is pending in the order of its creation', () => {
    fc.assert(
      fc.property(generatedDefinition, schedule, (definition, picks) => {
        for (const { pending } of walk(new System(definition), picks)) {
          const sequences = pending.map(({ sequence }) => sequence)
          expect(sequences).toEqual(sequences.toSorted((a, b) => a - b))
        }
      }),
      { ...REPEATABLE, numRuns: 50 },
    )
  })

  test('handles what follows on the same host within the same step', () => {
    const relay = actor<Log>({
      initial: { got: [] },
      host: 'server',
      receive(state, message, { send }) {
        state.got.push(message.type)
        send('last', { type: 'relayed' })
      },
    })
    const system = acting(({ send }) => send('relay', { type: 'first' }), {
      actors: { relay, last: listener('server') },
    })
    const state = fireAll(system, ['actor/first#1'])
    expect(stateOf(system, state, 'last').got).toEqual(['relayed'])
    expect(system.enabled(state)).toEqual([])
  })

  test('says which actors it touched', () => {
    const system = acting(({ send }) => send('left', { type: 'hello' }))
    const { state } = system.initial()
    const fired = system.fire(state, system.enabled(state)[0] as Delivery)
    expect(fired.footprint.writes).toEqual(['left'])
  })

  test('sends a message as it was when it was sent', () => {
    const sender = actor<Log>({
      initial: { got: ['early'] },
      start(state, { send, observe }) {
        send('left', { type: 'list', list: state.got } as never, { window: '1ms' })
        observe({ type: 'showed', list: state.got })
        state.got.push('late')
      },
      receive() {},
    })
    const { state, observations } = acting(() => {}, { actors: { sender } }).initial()
    expect(state.pending[0]?.message).toEqual({ type: 'list', list: ['early'] })
    expect(observations).toEqual([{ type: 'showed', list: ['early'] }])
  })

  test('refuses a message to nobody, and names the sender', () => {
    expect(() => acting(({ send }) => send('nobody', { type: 'lost' })).initial()).toThrowError(
      expect.objectContaining({ code: 'HEDDLE_UNKNOWN_ACTOR', message: expect.stringContaining('actor') }),
    )
  })

  test('refuses a context that is used when it is over', () => {
    let kept: Context | undefined
    acting((context) => {
      kept = context
    }).initial()
    expect(() => kept?.send('left', { type: 'late' })).toThrowError(
      expect.objectContaining({ code: 'HEDDLE_LATE_EFFECT' }),
    )
  })

  test('ends two actors of one host that answer each other forever', () => {
    const echo = (to: string): Actor<null> =>
      actor<null>({
        initial: null,
        host: 'server',
        receive: (_state, message, { send }) => send(to, message),
      })
    const system = acting(({ send }) => send('one', { type: 'echo' }), {
      actors: { one: echo('two'), two: echo('one') },
    })
    const { state } = system.initial()
    expect(() => system.fire(state, system.enabled(state)[0] as Delivery)).toThrowError(
      /answer each other forever/,
    )
  })
})

describe('an event id', () => {
  test('counts what its creator made under the label, whatever the order of events', () => {
    const system = acting(({ send }) => {
      send('left', { type: 'one' })
      send('right', { type: 'one' })
      send('right', { type: 'two' }, { label: 'named' })
    })
    expect(system.initial().state.pending.map(({ id }) => id)).toEqual([
      'actor/one#1',
      'actor/one#2',
      'actor/named#1',
    ])
  })
})

describe('a channel', () => {
  const three = (options: object) =>
    acting(({ send }) => {
      for (const type of ['one', 'two', 'three']) send('left', { type }, { window: '1ms', ...options })
    })

  test('delivers in the order of sending', () => {
    const system = three({})
    expect(enabledIds(system, system.initial().state)).toEqual(['actor/one#1'])
    const state = fireAll(system, ['actor/one#1', 'actor/two#1', 'actor/three#1'])
    expect(stateOf(system, state, 'left').got).toEqual(['one', 'two', 'three'])
  })

  test('lets messages overtake each other where it is unordered', () => {
    const system = three({ unordered: true })
    const state = fireAll(system, ['actor/three#1', 'actor/one#1', 'actor/two#1'])
    expect(stateOf(system, state, 'left').got).toEqual(['three', 'one', 'two'])
  })

  test('holds back nothing of another channel, nor of another receiver', () => {
    const system = acting(({ send }) => {
      send('left', { type: 'one' }, { window: '1ms' })
      send('left', { type: 'two' }, { window: '1ms', channel: 'urgent' })
      send('right', { type: 'three' }, { window: '1ms' })
    })
    expect(enabledIds(system, system.initial().state)).toHaveLength(3)
  })
})

describe('a timer', () => {
  test('replaces the timer of the same name', () => {
    const system = acting(({ setTimer }) => {
      setTimer('retry', '1ms', { type: 'old' })
      setTimer('retry', '2ms', { type: 'new' })
    })
    const { pending } = system.initial().state
    expect(pending.map(({ id, message }) => [id, message.type])).toEqual([['actor/retry#2', 'new']])
  })

  test('never fires once it is cancelled', () => {
    const system = acting(({ setTimer, cancelTimer }) => {
      setTimer('retry', '1ms', { type: 'retry' })
      setTimer('other', '1ms', { type: 'other' })
      cancelTimer('retry')
      cancelTimer('one that never was')
    })
    expect(enabledIds(system, system.initial().state)).toEqual(['actor/other#1'])
  })
})

describe('a fault', () => {
  const twoDrops = (drops: number) =>
    acting(
      ({ setTimer }) => {
        setTimer('drop-1', '1ms', { type: 'drop' }, { fault: 'drops' })
        setTimer('drop-2', '1ms', { type: 'drop' }, { fault: 'drops' })
      },
      { budgets: { drops } },
    )

  test('is enabled while something is left of its budget', () => {
    const system = twoDrops(1)
    expect(enabledIds(system, system.initial().state)).toEqual(['actor/drop-1#1', 'actor/drop-2#1'])
    expect(enabledIds(system, fireAll(system, ['actor/drop-2#1']))).toEqual([])
  })

  test('never happens without a budget', () => {
    const system = twoDrops(0)
    expect(enabledIds(system, system.initial().state)).toEqual([])
  })
})

describe('a crash of a host', () => {
  const started = actor<Log>({
    initial: { got: [] },
    host: 'server',
    start(state, { setTimer, send }) {
      state.got.push('started')
      setTimer('idle', '9ms', { type: 'idle' })
      send('left', { type: 'up' }, { window: '5ms' })
    },
    receive(state, message) {
      state.got.push(message.type)
    },
  })
  const crashing = () => {
    const system = acting(
      ({ send, setTimer }) => {
        send('started', { type: 'hello' }, { window: '1ms' })
        setTimer('strike', '1ms', { type: 'strike' })
      },
      {
        actors: {
          started,
          plain: listener('server'),
          crasher: actor({
            initial: null,
            start: (_state: null, { setTimer }: Context) => setTimer('crash', '3ms', { type: 'crash' }),
            receive: (_state: null, _message: unknown, { crash }: Context) => crash('server'),
          }),
        },
      },
    )
    return { system, state: fireAll(system, ['actor/hello#1', 'crasher/crash#1']) }
  }

  test('starts its actors again from their initial states', () => {
    const { system, state } = crashing()
    expect(stateOf(system, state, 'started').got).toEqual(['started'])
  })

  test('takes their timers, and leaves those of other hosts', () => {
    const { system, state } = crashing()
    const ids = enabledIds(system, state)
    expect(ids).not.toContain('started/idle#1')
    expect(ids).toContain('started/idle#2')
    expect(ids).toContain('actor/strike#1')
  })

  test('lets arrive what was on its way to another host', () => {
    const { system, state } = crashing()
    expect(enabledIds(system, state)).toContain('started/up#1')
  })

  test('touches every actor of the host', () => {
    const { system } = crashing()
    const { state } = system.initial()
    const crash = system.enabled(state).find(({ id }) => id === 'crasher/crash#1') as Delivery
    expect(system.fire(state, crash).footprint.writes.toSorted()).toEqual(['crasher', 'plain', 'started'])
  })
})
