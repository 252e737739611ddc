// For tests only: three runners whose order says what is violated, for hunts to find.

import { actor, type Context } from './actor.ts'
import { always, sometimes } from './property.ts'
import { type Scenario, scenario } from './scenario.ts'
import { System } from './system.ts'

type Finish = { order: string[] }

/** Three runners; the order in which they come in decides what is violated, and whether the judge waits. */
export function race(properties: Scenario['properties'] = claims): Scenario {
  const runner = (name: string) =>
    actor({
      initial: null,
      start: (_state: null, { send }: Context) => send('finish', { type: name }, { window: ['1ms', '9ms'] }),
      receive() {},
    })
  const finish = actor<Finish>({
    initial: { order: [] },
    receive(state, { type }, { observe }) {
      state.order.push(type)
      observe({ type: 'finished', runner: type })
    },
    waitsFor: ({ order }) => (order[2] === 'a' ? 'a, who is last' : undefined),
  })
  const system = new System({ actors: { finish, a: runner('a'), b: runner('b'), c: runner('c') } })
  return scenario({ name: 'race', begin: () => system.begin(), properties })
}

const order = ({ finish }: { finish: Finish }) => finish.order.join('')
const claims = [
  always('b is not first', (view: { finish: Finish }) => !order(view).startsWith('b')),
  always('never c, a, b', (view: { finish: Finish }) => (order(view) === 'cab' ? 'c, a, b' : true)),
  always('nothing is wrong', () => true),
  sometimes('a wins', (view: { finish: Finish }) => order(view).startsWith('a')),
  sometimes('d wins', (view: { finish: Finish }) => order(view).startsWith('d')),
]
