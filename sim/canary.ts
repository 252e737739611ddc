// Canaries: scenarios with a planted fault that a hunt must find, every time. A checker that checks nothing would
// find nothing anywhere, and look like good news. Finds out only whether they still sing; says nothing to anybody.

import { actor, type Context } from './actor.ts'
import { TIMINGS, type TimingName } from './clock.ts'
import { hunt } from './hunt.ts'
import { always } from './property.ts'
import { type Scenario, scenario } from './scenario.ts'
import { portfolio } from './strategies/portfolio.ts'
import type { Strategy } from './strategies/strategy.ts'
import { System } from './system.ts'
import { world } from './world/world.ts'

export interface Canary {
  readonly name: string
  /** Made anew for each hunt. */
  readonly scenario: () => Scenario
  readonly verdict: 'violated' | 'diverged'
  /** In how many runs it must be found. A canary found in a hundredth of the runs is missed once in e^10 or so. */
  readonly runsMax: number
}

/** What became of a canary. */
export interface Song {
  readonly canary: string
  readonly timing: TimingName
  /** In how many runs it was found; null where it was not. */
  readonly runs: number | null
  readonly runsMax: number
}

export const canaries: readonly Canary[] = [
  { name: 'an order of two', scenario: orderOfTwo, verdict: 'violated', runsMax: 50 },
  { name: 'three orders of two', scenario: threeOrdersOfTwo, verdict: 'violated', runsMax: 3_000 },
  { name: 'a run that is like no other', scenario: likeNoOther, verdict: 'diverged', runsMax: 4 },
]

/** Lets each canary sing under each timing. */
export async function sing(strategy: Strategy = portfolio): Promise<readonly Song[]> {
  const songs: Song[] = []
  for (const { name, scenario, verdict, runsMax } of canaries) {
    for (const timing of TIMINGS) {
      const seeds = { first: 1, count: runsMax }
      const report = await hunt(scenario(), { seeds, strategy, timing, failuresMax: 1 })
      const isFound = report.verdict === verdict
      songs.push({ canary: name, timing, runs: isFound ? report.seeds.count : null, runsMax })
    }
  }
  return songs
}

/** Depth 1: what is written is read before, where one order of two events is wrong. */
function orderOfTwo(): Scenario {
  const cell = actor({
    initial: { written: false, readTooSoon: false },
    receive(state, { type }: { type: 'write' | 'read' }) {
      if (type === 'write') state.written = true
      else if (!state.written) state.readTooSoon = true
    },
  })
  const user = (type: 'write' | 'read') =>
    actor({
      initial: null,
      start: (_: null, { send }: Context) => send('cell', { type }, { window: '1ms' }),
      receive() {},
    })
  const system = new System({ actors: { cell, writer: user('write'), reader: user('read') } })
  const written = always('written before it is read', ({ cell }) => !cell.readTooSoon)
  return scenario({ name: 'canary: an order of two', system, properties: [written] })
}

const STEPS = 6

/**
 * Depth 3: two tasks that take their steps in two bursts each, in turn. The second may begin only when the first is
 * half done, the first go on only when the second is, and the second only when the first is done.
 */
function threeOrdersOfTwo(): Scenario {
  return world('canary: three orders of two', ({ task, check }) => {
    const order: string[] = []
    for (const name of ['a', 'b']) {
      task(name, async (self) => {
        for (let step = 0; step < STEPS; step++) {
          await self.operation('step')
          order.push(name)
        }
      })
    }
    const burst = (name: string) => name.repeat(STEPS / 2)
    const planted = ['ab', 'ba'].map(([one = '', other = '']) =>
      [one, other, one, other].map((name) => burst(name)).join(''),
    )
    check.eventually('no bursts in turn', () => !planted.includes(order.join('')))
  })
}

/** Not deterministic: each run leaves something to the next one. */
function likeNoOther(): Scenario {
  let runs = 0
  return world('canary: a run that is like no other', ({ observe }) =>
    observe({ type: 'run', number: runs++ }),
  )
}
