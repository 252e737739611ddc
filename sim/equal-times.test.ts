// Where two events fall due at the same time, or their windows overlap, both orders are tried: under every strategy
// that a hunt's portfolio holds, in actor systems and in worlds.

import { describe, expect, test } from 'vitest'
import { actor, type Context } from './actor.ts'
import type { WindowInput } from './duration.ts'
import { hunt } from './hunt.ts'
import { type Scenario, scenario } from './scenario.ts'
import type { Run } from './scheduler.ts'
import { fifo } from './strategies/fifo.ts'
import { MEMBERS, portfolio } from './strategies/portfolio.ts'
import type { Strategy } from './strategies/strategy.ts'
import { System } from './system.ts'
import { world } from './world/world.ts'

/** One window after the other, for each of two who start together. */
type Routes = Readonly<Record<'a' | 'b', readonly WindowInput[]>>

function inWorld(routes: Routes): Scenario {
  return world('routes', ({ task }) => {
    for (const [name, windows] of Object.entries(routes)) {
      task(name, async (self) => {
        for (const window of windows) await self.sleep(window)
      })
    }
  })
}

function inSystem(routes: Routes): Scenario {
  const walker = (windows: readonly WindowInput[]) => {
    const walk = (from: number, { setTimer }: Context) => {
      const window = windows[from]
      if (window !== undefined) setTimer(`leg-${from}`, window, { type: 'leg', to: from + 1 })
    }
    return actor({
      initial: null,
      start: (_: null, context: Context) => walk(0, context),
      receive: (_: null, { to }: { type: 'leg'; to: number }, context: Context) => walk(to, context),
    })
  }
  const system = new System({ actors: { a: walker(routes.a), b: walker(routes.b) } })
  return scenario({ name: 'routes', system })
}

/** Who arrived first. */
const winner = ({ steps }: Run, routes: Routes) => {
  const arrives = (name: 'a' | 'b') =>
    steps.findIndex(
      ({ event }, index) =>
        event.place === name &&
        steps.slice(0, index + 1).filter((step) => step.event.place === name).length === routes[name].length,
    )
  return arrives('a') < arrives('b') ? 'a' : 'b'
}

const SEEDS = { first: 1, count: 1_000 }

async function winners(make: (routes: Routes) => Scenario, routes: Routes, strategy: Strategy) {
  const measure = (run: Run) => winner(run, routes)
  const { measures } = await hunt(make(routes), { seeds: SEEDS, strategy, timing: 'sampled', measure })
  return new Set(measures)
}

const strategies = [portfolio, ...MEMBERS.map(({ strategy }) => strategy)]

describe.each([
  ['a world', inWorld],
  ['an actor system', inSystem],
])('in %s, both orders are tried', (_, make) => {
  describe.each(strategies)('under $name', (strategy) => {
    test.each<[string, Routes]>([
      ['two events fall due at the same time', { a: ['5ms'], b: ['5ms'] }],
      ['they fall due at once', { a: [0], b: [0] }],
      ['one comes to that time in two legs', { a: ['2ms', '3ms'], b: ['5ms'] }],
      ['one is created at the very time at which the other is due', { a: ['5ms', 0], b: ['5ms'] }],
      ['their windows overlap', { a: [['1ms', '6ms']], b: [['4ms', '9ms']] }],
      ['their windows have one microsecond in common', { a: [['1ms', '5ms']], b: [['5ms', '9ms']] }],
      ['a wide window holds a single time', { a: [['0ms', '10s']], b: ['1ms'] }],
    ])('where %s', async (_, routes) => {
      expect(await winners(make, routes, strategy)).toEqual(new Set(['a', 'b']))
    })
  })

  test('and fifo alone keeps to one of them at equal times', async () => {
    expect(await winners(make, { a: ['5ms'], b: ['5ms'] }, fifo)).toEqual(new Set(['a']))
  })

  test('but not where windows do not meet', async () => {
    expect(await winners(make, { a: [['1ms', '5ms']], b: [['6ms', '9ms']] }, portfolio)).toEqual(
      new Set(['a']),
    )
  })
})
