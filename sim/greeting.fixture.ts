// For tests only: a small scenario whose trace has a line of every kind, and a violation.

import { actor, type Context } from './actor.ts'
import { always } from './property.ts'
import { encodeTrace } from './replay/trace.ts'
import { type Scenario, scenario } from './scenario.ts'
import { runSync } from './scheduler.ts'
import { listed } from './source.ts'
import { System } from './system.ts'

/** Of a run that came from no seed. */
export const META = { seed: null, strategy: null, timing: 'untimed' } as const

/** Opens, greets and is greeted, and breaks a claim in its second step. */
const greeting = (more: Partial<Scenario> & { greeting?: unknown; waits?: boolean } = {}) => {
  const { greeting = 'hello', waits = false, ...rest } = more
  const greeter = actor({
    initial: { greeted: 0 },
    start(_state: { greeted: number }, { setTimer, observe }: Context) {
      observe({ type: 'opened' })
      setTimer('greet', '1ms', { type: 'greet' })
      setTimer('again', ['2ms', '4ms'], { type: 'greet' })
    },
    receive(state, _message, { observe }) {
      state.greeted++
      observe({ type: 'greeted', with: greeting, count: state.greeted })
    },
    waitsFor: () => (waits ? 'an answer' : undefined),
  })
  const system = new System({ actors: { greeter } })
  return scenario({
    name: 'greeting',
    parameters: { tabs: 2, delays: { b: '2ms', a: '1ms' } },
    begin: () => system.begin(),
    properties: [
      always('greets once', (view: { greeter: { greeted: number } }) =>
        view.greeter.greeted < 2 ? undefined : 'greeted "twice"',
      ),
    ],
    ...rest,
  })
}

/** The text of its trace, in which time goes on as fast as it may. */
export const sample = (more?: Parameters<typeof greeting>[0], meta = {}) =>
  encodeTrace(runSync(greeting(more), { source: listed([]) }), { ...META, ...meta })
