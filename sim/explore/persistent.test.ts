// What is reached in a search that leaves orders out: what a run reaches, and nothing that only a guess about runs does.

import { expect, test } from 'vitest'
import { actor, type Context } from '../actor.ts'
import { monitor, sometimes } from '../property.ts'
import { scenario } from '../scenario.ts'
import { System } from '../system.ts'
import { check } from './check.ts'

interface Shown {
  readonly type: 'first' | 'second' | 'early' | 'late'
}

/** Shows the one or the other, and never both. */
const either = actor({
  initial: null,
  start(_: null, { setTimer }: Context) {
    for (const type of ['first', 'second']) setTimer(type, '1ms', { type })
  },
  receive(_: null, { type }: Shown, { observe, cancelTimer }: Context) {
    for (const timer of ['first', 'second']) cancelTimer(timer)
    observe({ type })
  },
})

const before = actor({
  initial: { isDone: false },
  start: (_, { setTimer }) => setTimer('early', '1ms', { type: 'early' }),
  receive(state, { type }: Shown, { observe, send }) {
    state.isDone = true
    observe({ type })
    send('after', { type: 'late' }, { window: '1ms' })
  },
})

const after = actor({
  initial: { isDone: false },
  receive(state, { type }: Shown, { observe }) {
    state.isDone = true
    observe({ type })
  },
})

/** Two come before `early`: which `late` and `second` could be, if they did not come after it. */
const twoBeforeEarly = monitor<{ met: number }, Shown>({
  name: 'two before early',
  on: ['first', 'second', 'early', 'late'],
  initial: { met: 0 },
  observe(state, { type }) {
    if (type === 'early') return state.met === 2 ? 'there they are' : undefined
    if (type === 'second') state.met = state.met === 1 ? 2 : state.met
    else state.met = Math.max(state.met, 1)
    return undefined
  },
})

test('a goal is not reached where only what is taken to be possible reaches it', async () => {
  const never = scenario({
    name: 'never',
    system: new System({ actors: { before, after, either } }),
    properties: [sometimes('two come before early', twoBeforeEarly)],
  })
  const raw = await check(never, { reductions: [] })
  const reduced = await check(never, { reductions: ['partial order'] })
  expect(raw.verdict).toBe('unreached')
  expect(reduced).toMatchObject({ verdict: 'unreached', sometimes: raw.sometimes })
})
