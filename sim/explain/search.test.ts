// Failures for which one order the other way round is not enough, or for which some that hold tell more than others.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actor, type Context } from '../actor.ts'
import type { WindowInput } from '../duration.ts'
import { REPEATABLE } from '../generated.fixture.ts'
import { hunt, record } from '../hunt.ts'
import { eventually, type Property } from '../property.ts'
import { parseTrace } from '../replay/parse.ts'
import { encodeTrace, type Trace } from '../replay/trace.ts'
import { type Scenario, scenario } from '../scenario.ts'
import { run } from '../scheduler.ts'
import { fragile } from '../shrink/minimal.fixture.ts'
import { listed } from '../source.ts'
import { random } from '../strategies/random.ts'
import { System } from '../system.ts'
import { world } from '../world/world.ts'
import { explain } from './explain.ts'

type Board = { seen: string[] }
type View = { board: Board }

/** Runners who each pass a board once, all in one window, and a claim about the order on it. */
function passing(names: string, claims: readonly Property[], window: WindowInput = ['1ms', '9ms']): Scenario {
  const board = actor<Board>({
    initial: { seen: [] },
    receive(state, { type }) {
      state.seen.push(type)
    },
  })
  const runner = (name: string) =>
    actor({
      initial: null,
      start: (_state: null, { send }: Context) => send('board', { type: name }, { window }),
      receive() {},
    })
  const runners = Object.fromEntries([...names].map((name) => [name, runner(name)]))
  const system = new System({ actors: { board, ...runners } })
  return scenario({ name: 'passing', system, properties: claims })
}

/** In the end, some of the pairs, such as `ba`, stand on the board in this order. */
const inOrder = (pairs: readonly string[]) =>
  eventually(`${pairs.join(', ')} in order`, ({ board: { seen } }: View) =>
    pairs.every((pair) => seen.indexOf(pair[0] ?? '') < seen.indexOf(pair[1] ?? '')),
  )

/** The trace of the run in which everything comes as it falls due. */
async function first(one: Scenario, timing: 'untimed' | 'sampled'): Promise<Trace> {
  const finished = await run(one, { source: listed([]) })
  return parseTrace(encodeTrace(finished, { seed: null, strategy: null, timing }))
}

const ids = (pair: string) => [`${pair[0]}/${pair[0]}#1`, `${pair[1]}/${pair[1]}#1`]

describe('what decides only together', () => {
  it.each(['untimed', 'sampled'] as const)('is two orders, %s', async (timing) => {
    const one = passing('abcd', [inOrder(['ba', 'dc'])])
    const { decides, passing: held, runs } = await explain(await first(one, timing), one)
    expect(decides).toMatchObject({ kind: 'races' })
    const { pairs } = decides as { pairs: readonly (readonly string[])[] }
    expect([...pairs].sort()).toEqual([ids('ab'), ids('cd')])
    expect(held?.map(({ event }) => event[0]).join('')).toBe('badc')
    expect(runs).toBeLessThanOrEqual(300)
  })

  it('is three orders, of which a seed knows', async () => {
    const one = passing('abcdef', [inOrder(['ba', 'dc', 'fe'])])
    const { decides, runs } = await explain(await first(one, 'untimed'), one)
    expect(decides).toMatchObject({ kind: 'races' })
    const { pairs } = decides as { pairs: readonly (readonly string[])[] }
    expect([...pairs].sort()).toEqual([ids('ab'), ids('cd'), ids('ef')])
    expect(runs).toBeLessThanOrEqual(300)
  })

  it.each(['untimed', 'sampled'] as const)('is what keeps tasks from taking turns, %s', async (timing) => {
    const { decides, runs } = await explain(await first(counters(), timing), counters())
    const one = (id: string, other: string) => [`${id}/read#1`, `${other}/write#1`]
    expect(decides).toEqual({ kind: 'races', pairs: [one('b', 'a'), one('c', 'b'), one('d', 'c')] })
    expect(runs).toBeLessThanOrEqual(300)
  })

  it('is the same on each call', async () => {
    const one = passing('abcdef', [inOrder(['ba', 'dc', 'fe'])])
    const trace = await first(one, 'untimed')
    const said = JSON.stringify(await explain(trace, one))
    expect(JSON.stringify(await explain(trace, one))).toBe(said)
  })

  it('is not claimed where the budget ends before it is known', async () => {
    const one = passing('abcd', [inOrder(['ba', 'dc'])])
    for (const runsMax of [2, 5, 8, 12]) {
      const { decides, runs } = await explain(await first(one, 'untimed'), one, { runsMax })
      expect(runs).toBeLessThanOrEqual(runsMax)
      expect(decides).toMatchObject({ kind: 'nothing', bounded: true })
    }
  })
})

describe('that no order decides', () => {
  it('is said of every order only where each was run', async () => {
    const one = passing('abc', [inOrder(['ab', 'ba'])])
    const { decides } = await explain(await first(one, 'untimed'), one)
    expect(decides).toEqual({ kind: 'every', orders: 6, impossible: 0 })
    const few = await explain(await first(one, 'untimed'), one, { runsMax: 9 })
    expect(few.decides).toMatchObject({ kind: 'nothing', bounded: true })
  })

  it('is said of the orders that its windows allow', async () => {
    const one = early(['20ms', '30ms'])
    const { decides } = await explain(await failing(one, 'nothing before it is open'), one)
    expect(decides).toEqual({ kind: 'every', orders: 2, impossible: 1 })
  })

  it('is said only where no seed holds', async () => {
    const seen = { every: 0, others: 0 }
    await fc.assert(
      fc.asyncProperty(fragile, fc.nat(1_000), async (one, seed) => {
        const manner = { strategy: random, timing: 'sampled' } as const
        const trace = parseTrace(await record(one, { ...manner, seed }))
        const { property } = trace.outcome
        if (property === null) return
        const { decides } = await explain(trace, one)
        seen[decides.kind === 'every' ? 'every' : 'others']++
        if (decides.kind !== 'every') return
        const { properties } = await hunt(one, { ...manner, seeds: { first: 1, count: 40 } })
        expect(properties.find((other) => other.property === property)?.violated).toBe(40)
      }),
      { ...REPEATABLE, numRuns: 300 },
    )
    expect(seen.every).toBeGreaterThan(5)
    expect(seen.others).toBeGreaterThan(20)
  })

  it('is not said of orders that its faults make hold', async () => {
    const trace = await failing(fallen(), 'somebody is up')
    const { decides } = await explain(trace, fallen())
    expect(decides.kind).toBe('nothing')
  })
})

describe('of several orders that would mend it', () => {
  it('names the check and what the other has set, and not two that set', async () => {
    const { decides } = await explain(await failing(admission(), 'only one is in'), admission())
    expect(decides).toEqual({ kind: 'race', first: 'b/look#1', second: 'a/enter#1' })
  })

  it('names one of an event that came only behind the violation', async () => {
    const { decides } = await explain(await failing(early(), 'nothing before it is open'), early())
    expect(decides).toEqual({ kind: 'race', first: 'guest/enter#1', second: 'host/open#1' })
  })
})

/** The first run of a seed that violates a property. */
async function failing(one: Scenario, property: string): Promise<Trace> {
  const manner = { strategy: random, timing: 'sampled' } as const
  const report = await hunt(one, { ...manner, seeds: { first: 1, count: 50 }, selfCheckEvery: 0 })
  const seed = report.properties.find((other) => other.property === property)?.firstSeed ?? 0
  return parseTrace(await record(one, { ...manner, seed, property }))
}

/** Nobody is up, whatever the order, but for a rescue that may come and need not. */
function fallen(): Scenario {
  return world(
    'fallen',
    ({ task, shared, check }) => {
      const state = shared('state', { up: false, looks: 0 })
      task('hill', async (self) => {
        await self.operation('rescue', { fault: 'rescues' })
        state.up = true
      })
      for (const name of ['one', 'two']) {
        task(name, async (self) => {
          await self.operation('look')
          state.looks++
        })
      }
      check.eventually('somebody is up', () => state.up)
    },
    { budgets: { rescues: 1 } },
  )
}

/** Two who look whether somebody is in before they enter, and what they do not have to do with it. */
function admission(): Scenario {
  return world('admission', ({ task, shared, check }) => {
    const room = shared('room', { in: 0 })
    const book = shared('book', { lines: 0 })
    for (const name of ['a', 'b']) {
      task(name, async (self) => {
        await self.operation('look', { window: ['1ms', '9ms'] })
        const isFree = room.in === 0
        await self.operation('sign', { window: ['1ms', '9ms'] })
        book.lines++
        await self.operation('enter', { window: ['1ms', '9ms'] })
        if (isFree) room.in++
      })
    }
    check.always('only one is in', () => room.in <= 1)
  })
}

/** A guest who enters before the host has opened, which ends what is looked at. */
function early(open: WindowInput = ['5ms', '9ms']): Scenario {
  return world('early', ({ task, shared, check }) => {
    const house = shared('house', { isOpen: false, early: 0 })
    task('guest', async (self) => {
      await self.operation('enter', { window: ['1ms', '15ms'] })
      if (!house.isOpen) house.early++
    })
    task('host', async (self) => {
      await self.operation('open', { window: open })
      house.isOpen = true
    })
    check.always('nothing before it is open', () => house.early === 0)
  })
}

/** Each adds one to what it has read before: right only where one after the other does. */
function counters(): Scenario {
  return world('counters', ({ task, shared, check }) => {
    const sum = shared('sum', { value: 0 })
    for (const name of ['a', 'b', 'c', 'd']) {
      task(name, async (self) => {
        await self.operation('read', { window: ['1ms', '9ms'] })
        const { value } = sum
        await self.operation('write', { window: ['1ms', '9ms'] })
        sum.value = value + 1
      })
    }
    check.eventually('all are counted', () => sum.value === 4)
  })
}
