import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actor, type Context } from './actor.ts'
import { TIMINGS } from './clock.ts'
import { generatedScenario, REPEATABLE } from './generated.fixture.ts'
import type { Draw } from './random.ts'
import { scenario } from './scenario.ts'
import { runSync } from './scheduler.ts'
import { listed, seeded } from './source.ts'
import { fifo } from './strategies/fifo.ts'
import { random } from './strategies/random.ts'
import type { Strategy } from './strategies/strategy.ts'
import { System } from './system.ts'

/** Sends `count` messages at once, all due at the same time, in channels of their own unless told otherwise. */
const volley = (count: number, options: { channel?: string; fault?: string } = {}) => {
  const { channel, fault } = options
  const sender = actor({
    initial: null,
    start(_state: null, { send, setTimer }: Context) {
      for (let n = 1; n <= count; n++) {
        if (fault !== undefined) setTimer(`strike-${n}`, '1ms', { type: 'strike' }, { fault })
        else send('sink', { type: 'shot' }, { window: '1ms', channel: channel ?? `channel-${n}` })
      }
    },
    receive() {},
  })
  const sink = actor({ initial: null, receive() {} })
  const system = new System({
    actors: { sender, sink },
    budgets: fault === undefined ? {} : { [fault]: count },
  })
  return scenario({ name: 'volley', begin: () => system.begin() })
}

const ids = (run: ReturnType<typeof runSync>) => run.steps.map(({ event }) => event.id)
const hunt = (seed: number, strategy: Strategy, log?: Draw[]) => ({
  source: ({ budgets }: { budgets: Readonly<Record<string, number>> }) =>
    seeded({ seed, strategy, timing: 'sampled', budgets, ...(log === undefined ? {} : { log }) }),
})

describe('choices from a seed', () => {
  test('are the same for the same seed', () => {
    fc.assert(
      fc.property(generatedScenario, fc.nat(), fc.constantFrom(...TIMINGS), (scenario, seed, timing) => {
        const once = () =>
          runSync(scenario, {
            source: ({ budgets }) => seeded({ seed, strategy: random, timing, budgets }),
          }).steps.map(({ event, timeUs, enabled, observations }) => [
            event.id,
            timeUs,
            enabled,
            observations,
          ])
        expect(once()).toEqual(once())
      }),
      REPEATABLE,
    )
  })

  test('differ between seeds, where there is a choice', () => {
    const orders = new Set(
      Array.from({ length: 50 }, (_, seed) => ids(runSync(volley(3), hunt(seed, random))).join()),
    )
    expect(orders.size).toBe(6)
  })

  test('consume nothing where a choice is forced', () => {
    const log: Draw[] = []
    runSync(volley(5, { channel: 'one' }), hunt(7, random, log))
    expect(log).toEqual([])
  })

  test('are asked of the strategy only where there are two candidates or more', () => {
    const asked: number[] = []
    const counting: Strategy = {
      name: 'counting',
      begin: () => (candidates) => {
        asked.push(candidates.length)
        return candidates[0] as never
      },
    }
    runSync(volley(3), hunt(7, counting))
    expect(asked).toEqual([3, 2])
  })

  test('take the oldest first under fifo, in whatever order they are offered', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 20 }), (sequences) => {
        const candidates = sequences.map((sequence) => ({ sequence }))
        const chosen = fifo.begin(undefined as never, undefined as never)(candidates as never)
        expect(chosen.sequence).toBe(Math.min(...sequences))
      }),
      REPEATABLE,
    )
  })

  test('let a fault strike from never to as often as its budget allows, and never force it', () => {
    const strikes = Array.from({ length: 100 }, (_, seed) => {
      const run = runSync(volley(3, { fault: 'drops' }), hunt(seed, random))
      expect(run.ending).toBe('rest')
      return run.steps.length
    })
    expect(new Set(strikes)).toEqual(new Set([0, 1, 2, 3]))
  })
})

describe('choices from a list', () => {
  test('take the event at each number, and the oldest when the list is exhausted', () => {
    const { steps } = runSync(volley(4), { source: listed([2, 1]) })
    expect(steps.map(({ event }) => event.id)).toEqual([
      'sender/shot#3',
      'sender/shot#2',
      'sender/shot#1',
      'sender/shot#4',
    ])
  })

  test('reach each order of four events by some list', () => {
    const orders = new Set<string>()
    for (let a = 0; a < 4; a++) {
      for (let b = 0; b < 3; b++) {
        for (let c = 0; c < 2; c++) orders.add(ids(runSync(volley(4), { source: listed([a, b, c]) })).join())
      }
    }
    expect(orders.size).toBe(24)
  })

  test('read a number past the number of events as its remainder', () => {
    expect(ids(runSync(volley(3), { source: listed([4]) }))[0]).toBe('sender/shot#2')
  })
  test('end a run in which only faults are left, unless a number names one', () => {
    const faults = volley(3, { fault: 'drops' })
    expect(runSync(faults, { source: listed([]) })).toMatchObject({ ending: 'rest', steps: [] })
    expect(ids(runSync(faults, { source: listed([2]) }))).toEqual(['sender/strike-2#1'])
    expect(ids(runSync(faults, { source: listed([4]) }))).toEqual([])
  })

  test('shrink to what must happen, oldest first, and to a fault only where a number names it', () => {
    const sender = actor({
      initial: null,
      start(_state: null, { setTimer }: Context) {
        setTimer('strike', '1ms', { type: 'strike' }, { fault: 'drops' })
        setTimer('first', '1ms', { type: 'first' })
        setTimer('second', '1ms', { type: 'second' })
      },
      receive() {},
    })
    const system = new System({ actors: { sender }, budgets: { drops: 1 } })
    const mixed = scenario({ name: 'mixed', begin: () => system.begin() })
    const first = ['sender/first#1', 'sender/second#1']
    expect(ids(runSync(mixed, { source: listed([]) }))).toEqual(first)
    expect(ids(runSync(mixed, { source: listed([2]) }))).toEqual(['sender/strike#1', ...first])
  })
})
