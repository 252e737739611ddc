// For tests only: actor systems that fast-check generates, with every means an actor has: messages in and out
// of order, timers set, replaced and cancelled, faults, crashes, observations. Each comes to rest by itself.

import fc from 'fast-check'
import { type Actor, actor, type Context } from './actor.ts'
import type { Duration, WindowInput } from './duration.ts'
import { always, sometimes } from './property.ts'
import { type Scenario, scenario } from './scenario.ts'
import { System, type SystemDefinition } from './system.ts'

const ACTORS = ['a', 'b/one', 'b/two', 'c']
const TYPES = ['ping', 'pong', 'tick'] as const
/** An actor falls silent after so many messages; without it, few systems would come to rest. */
const HANDLED_MAX = 5

type Type = (typeof TYPES)[number]
type Action =
  | { do: 'send'; to: string; type: Type; window: WindowInput | undefined; unordered: boolean }
  | { do: 'timer'; name: string; type: Type; window: WindowInput }
  | { do: 'cancel'; name: string }
  | { do: 'observe'; note: string }
type Behaviour = Readonly<Record<Type, readonly Action[]>>

const window: fc.Arbitrary<WindowInput> = fc
  .tuple(fc.nat(5), fc.nat(5))
  .map(([min, more]) => [`${min}ms`, `${min + more}ms`] as [Duration, Duration])
const type = fc.constantFrom(...TYPES)
const name = fc.constantFrom('first', 'second')

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    do: fc.constant('send' as const),
    to: fc.constantFrom(...ACTORS),
    type,
    window: fc.option(window, { nil: undefined }),
    unordered: fc.boolean(),
  }),
  fc.record({ do: fc.constant('timer' as const), name, type, window }),
  fc.record({ do: fc.constant('cancel' as const), name }),
  fc.record({ do: fc.constant('observe' as const), note: fc.string({ unit: 'grapheme', maxLength: 4 }) }),
)
const actions = fc.array(action, { maxLength: 3 })
const behaviour: fc.Arbitrary<Behaviour> = fc.record({ ping: actions, pong: actions, tick: actions })

interface Counted {
  handled: number
  last: string
}

function generatedActor(host: string, behaviour: Behaviour): Actor<Counted, { type: Type }> {
  return actor({
    initial: { handled: 0, last: '' } as Counted,
    host,
    start(_state: Counted, context: Context) {
      context.send('a', { type: 'ping' }, { window: ['0ms', '3ms'] })
    },
    receive(state: Counted, message: { type: Type }, context: Context) {
      if (state.handled >= HANDLED_MAX) return
      state.handled++
      state.last = message.type
      for (const action of behaviour[message.type]) act(action, context)
    },
  })
}

function act(action: Action, context: Context): void {
  switch (action.do) {
    case 'send': {
      const { to, type, window, unordered } = action
      return context.send(to, { type }, { unordered, ...(window === undefined ? {} : { window }) })
    }
    case 'timer':
      return context.setTimer(action.name, action.window, { type: action.type })
    case 'cancel':
      return context.cancelTimer(action.name)
    case 'observe':
      return context.observe({ type: 'noted', note: action.note, by: context.self })
  }
}

// Strikes at most once for each host, so that crashes cannot go on forever.
const faults = actor({
  initial: null,
  start(_state: null, { setTimer }: Context) {
    for (const host of ['a', 'b']) {
      setTimer(`crash ${host}`, ['0ms', '9ms'], { type: host }, { fault: 'crash' })
    }
  },
  receive(_state: null, { type }: { type: string }, context: Context) {
    context.crash(type)
    context.observe({ type: 'crashed', host: type })
  },
})

/** A system of five actors on four hosts, with up to two crashes. */
export const generatedDefinition: fc.Arbitrary<SystemDefinition> = fc
  .tuple(fc.tuple(behaviour, behaviour, behaviour, behaviour), fc.nat(2))
  .map(([behaviours, crash]) => ({
    actors: {
      ...Object.fromEntries(
        ACTORS.map((name, index) => [
          name,
          generatedActor(name.split('/')[0] as string, behaviours[index] as Behaviour),
        ]),
      ),
      faults,
    },
    budgets: { crash },
  }))

/** Such a system as a scenario, with a claim that some schedules break. */
export const generatedScenario: fc.Arbitrary<Scenario> = generatedDefinition.map((definition) => {
  const system = new System(definition)
  return scenario({
    name: 'generated',
    parameters: { actors: ACTORS },
    stepsMax: 200,
    begin: () => system.begin(),
    properties: [
      always('c is never last pinged', (states: Record<string, Counted>) => states.c?.last !== 'ping'),
      sometimes('c ticks', (states: Record<string, Counted>) => states.c?.last === 'tick'),
    ],
  })
})

/** A schedule: which of the enabled events comes next, at each choice. */
export const schedule = fc.array(fc.nat(50), { maxLength: 60 })

/** The same examples on every run of the tests. */
export const REPEATABLE = { seed: 20_251_122, numRuns: 200 } as const
