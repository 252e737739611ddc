// For tests only: a system that never comes to rest. Two players hit a ball to and fro for ever, and a referee waits
// for the end of the game, which nothing but a whistle can bring.

import { actor, type Context, type Message } from './actor.ts'
import { eventually, leadsTo } from './property.ts'
import { type Scenario, scenario } from './scenario.ts'
import type { ChoiceSource } from './source.ts'
import { System } from './system.ts'

interface Player {
  /** Counted up to `hitsMax`. */
  readonly hits: number
  readonly side: 'left' | 'right'
}

export interface Rally {
  readonly ping: Player
  readonly pong: Player
  readonly referee: { readonly over: boolean }
}

interface Variation {
  /** 2 unless given. Each player changes sides with each hit, so that steps 5 to 8 are the first cycle then. */
  readonly hitsMax?: number
  /** Whether a whistle is at hand, which is never blown below. */
  readonly whistle?: 'from the start' | 'anew with each hit' | 'as a fault'
}

export const theEnd = eventually<Rally>('the game ends', ({ referee }) => referee.over)
export const serveLeadsToEnd = leadsTo<Rally>(
  'a serve leads to the end',
  ({ pong }) => pong.hits > 0,
  ({ referee }) => referee.over,
)

export function rally(variation: Variation = {}, more: Partial<Scenario> = {}): Scenario {
  const { hitsMax = 2, whistle } = variation
  const setWhistle = ({ setTimer }: Context) =>
    setTimer('whistle', '1ms', { type: 'whistle' }, whistle === 'as a fault' ? { fault: 'whistles' } : {})
  const referee = actor({
    initial: { over: false },
    host: 'court',
    start(_state: { over: boolean }, context: Context) {
      if (whistle !== undefined) setWhistle(context)
    },
    receive(state, { type }: Message, context) {
      if (type === 'whistle') state.over = true
      else if (whistle === 'anew with each hit') setWhistle(context)
    },
    show: ({ over }) => (over ? 'relieved' : 'waiting'),
  })
  const player = (other: string, serves: boolean) =>
    actor({
      initial: { hits: 0, side: 'left' },
      host: 'court',
      start(_state: { hits: number; side: string }, { send }: Context) {
        if (serves) send(other, { type: 'ball' }, { window: '1ms' })
      },
      receive(state, _message: Message, { send, observe }) {
        state.hits = Math.min(state.hits + 1, hitsMax)
        state.side = state.side === 'left' ? 'right' : 'left'
        observe({ type: 'hit' })
        send(other, { type: 'ball' }, { window: '1ms' })
        send('referee', { type: 'hit' })
      },
      show: ({ hits, side }) => `hit ${hits}, ${side}`,
    })
  const system = new System({
    actors: { ping: player('pong', true), pong: player('ping', false), referee },
    budgets: { whistles: 1 },
  })
  return scenario({ name: 'rally', system, properties: [theEnd, serveLeadsToEnd], ...more })
}

/** Plays `steps` hits and no whistle, then ends; `cycleFrom` is what it says of them. */
export function playing(steps: number, cycleFrom: number | undefined, untimed = true): ChoiceSource {
  let taken = 0
  return {
    untimed,
    cycleFrom,
    choose(enabled, clock) {
      const event = enabled.find(({ id }) => id.includes('/ball#'))
      if (event === undefined || taken++ === steps) return undefined
      return { event, timeUs: clock.dueUs(event) }
    },
  }
}
