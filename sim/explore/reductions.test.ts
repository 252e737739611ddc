import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actor, type Context } from '../actor.ts'
import { HeddleError } from '../error.ts'
import { REPEATABLE } from '../generated.fixture.ts'
import { parseTrace } from '../replay/parse.ts'
import { replay } from '../replay/replay.ts'
import { type Scenario, scenario } from '../scenario.ts'
import { NOT_STUCK } from '../scheduler.ts'
import { System } from '../system.ts'
import { check, covered } from './check.ts'
import { type PlainResult, plainSearch } from './plain-search.fixture.ts'
import {
  anySystem,
  type Checked,
  interchangeable,
  notInterchangeable,
  systemApart,
} from './random-systems.fixture.ts'
import { type CheckOptions, type CheckReport, REDUCTIONS, type Reduction } from './report.ts'
import { twoPhaseCommit } from './two-phase-commit.fixture.ts'

/** Larger systems are left out, as the plain search takes too long for many of them. */
const STATES_MAX = 600
/** On a machine that has other work. */
const SLOW_MS = 60_000
/** Of so many systems a reduction takes something away, so that the tests do not pass idle. */
const SHARE = 0.2
const RAW = { reductions: [], everyProperty: true } as const

/** Runs a test on systems that the plain search went through as a whole. */
function onRandom(
  systems: fc.Arbitrary<Checked>,
  numRuns: number,
  holds: (scenario: Checked, plain: PlainResult) => Promise<void>,
): Promise<void> {
  const property = fc.asyncProperty(systems, async (scenario) => {
    const plain = plainSearch(scenario, { statesMax: STATES_MAX })
    if (plain.isWhole) await holds(scenario, plain)
  })
  return fc.assert(property, { ...REPEATABLE, numRuns })
}

/** Claims of interchangeable blocks may be found under the name of any. */
function anyBlock(names: Iterable<string>): Set<string> {
  return new Set([...names].map((name) => name.replace(/x-\d/, 'x')))
}

function verdictOf({ properties }: Scenario, { violations, reached }: PlainResult): string {
  if ([...violations.keys()].some((name) => name !== NOT_STUCK)) return 'violated'
  if (violations.size > 0) return 'stuck'
  return properties.every(({ kind, name }) => kind !== 'sometimes' || reached.has(name))
    ? 'holds'
    : 'unreached'
}

/** That a check found what the plain search found, and can show it. */
async function expectSame(scenario: Checked, plain: PlainResult, options: CheckOptions) {
  const { report, states } = await covered(scenario, { ...options, everyProperty: true })
  const violated = report.counterexamples.map(({ property }) => property)
  expect(new Set(violated).size).toBe(violated.length)
  const reached = report.sometimes.filter((one) => one.reached).map(({ property }) => property)
  expect({
    verdict: report.verdict,
    violated: anyBlock(violated),
    reached: new Set(reached),
    states,
  }).toEqual({
    verdict: verdictOf(scenario, plain),
    violated: anyBlock(plain.violations.keys()),
    reached: plain.reached,
    states: plain.locals,
  })
  await expectShown(report, scenario, plain)
  return report
}

/** That each counterexample is a run of its own, and as short as it says. */
async function expectShown({ counterexamples }: CheckReport, scenario: Scenario, plain: PlainResult) {
  for (const { property, trace, steps, shortest } of counterexamples) {
    const parsed = parseTrace(trace)
    expect(parsed.outcome.property).toBe(property)
    expect(parsed.steps).toHaveLength(steps)
    expect(await replay(parsed, scenario)).toMatchObject({ outcome: 'exact', found: { property } })
    const least = plain.violations.get(property) ?? Number.NaN
    if (shortest) expect(steps, property).toBe(least)
    else expect(steps, property).toBeGreaterThanOrEqual(least)
  }
}

describe('a check without reductions finds what the plain search finds', () => {
  test.each([
    ['in systems of several hosts', anySystem],
    ['in systems that fall apart', systemApart],
    ['in systems with interchangeable blocks', interchangeable],
  ])(
    '%s',
    async (_, systems) => {
      const verdicts = new Set<string>()
      await onRandom(systems, 100, async (scenario, plain) => {
        const { states, transitions, depth, verdict, counterexamples } = await expectSame(
          scenario,
          plain,
          RAW,
        )
        const levels = Math.max(1, plain.levels)
        expect({ states, transitions, depth }).toEqual({
          states: plain.states,
          transitions: plain.transitions,
          depth: levels,
        })
        expect(counterexamples.every(({ shortest }) => shortest)).toBe(true)
        verdicts.add(verdict)
      })
      expect(verdicts).toEqual(new Set(['holds', 'violated', 'stuck', 'unreached']))
    },
    SLOW_MS,
  )
})

describe('reductions leave out states, and nothing that is found', () => {
  const ALONE: readonly (readonly Reduction[])[] = REDUCTIONS.map((one) => [one])

  test.each([
    ['systems of several hosts', anySystem, ['partial order']],
    ['systems that fall apart', systemApart, ['composition', 'partial order']],
    ['systems with interchangeable blocks', interchangeable, ['symmetry', 'partial order']],
  ] as const)(
    'of %s',
    async (_, systems, expected) => {
      const saved = new Map<string, number>()
      let checked = 0
      await onRandom(systems, 80, async (scenario, plain) => {
        checked++
        for (const reductions of [...ALONE, REDUCTIONS]) {
          const { states } = await expectSame(scenario, plain, { reductions })
          const name = reductions.join(' and ')
          if (states < plain.states) saved.set(name, (saved.get(name) ?? 0) + 1)
        }
      })
      for (const one of [...expected, REDUCTIONS.join(' and ')]) {
        expect(saved.get(one), one).toBeGreaterThan(checked * SHARE)
      }
    },
    SLOW_MS,
  )

  test(
    'when the check chooses them itself, and a violation is then shown by a shortest run',
    async () => {
      await onRandom(fc.oneof(anySystem, systemApart, interchangeable), 60, async (scenario, plain) => {
        const report = await check(scenario, { everyProperty: true })
        expect(report.verdict).toBe(verdictOf(scenario, plain))
        await expectShown(report, scenario, plain)
      })
    },
    SLOW_MS,
  )

  test(
    'when the search goes depth first',
    async () => {
      await onRandom(fc.oneof(anySystem, systemApart, interchangeable), 60, async (scenario, plain) => {
        const { states } = await expectSame(scenario, plain, { reductions: [], order: 'depth first' })
        expect(states).toBe(plain.states)
        await expectSame(scenario, plain, { order: 'depth first' })
      })
    },
    SLOW_MS,
  )
})

test(
  'what is declared interchangeable and is not so is refused, or makes no difference',
  async () => {
    let refused = 0
    await onRandom(notInterchangeable, 100, async (scenario, plain) => {
      try {
        await expectSame(scenario, plain, { reductions: REDUCTIONS })
      } catch (error) {
        if (!(error instanceof HeddleError)) throw error
        expect(error.code).toBe('HEDDLE_SYMMETRY')
        refused++
      }
    })
    expect(refused).toBeGreaterThan(50)
  },
  SLOW_MS,
)

describe('a bound that comes first is said, and never a verdict on what was not searched', () => {
  test.each([
    ['states', { statesMax: 1_000 }],
    ['states', { statesMax: 1_000, order: 'depth first' }],
    ['depth', { depthMax: 5 }],
    ['depth', { depthMax: 5, order: 'depth first' }],
    ['interrupted', { signal: { aborted: true } }],
  ] as const)('of %s: %o', async (bound, options) => {
    const report = await check(twoPhaseCommit(5), { ...options, reductions: [] })
    expect(report).toMatchObject({ verdict: 'bounded', bound })
    expect(report.states).toBeLessThan(8_832)
  })

  test(
    'of levels, in random systems',
    async () => {
      let bounded = 0
      await onRandom(anySystem, 40, async (scenario, plain) => {
        for (let depthMax = 1; depthMax <= plain.levels; depthMax++) {
          const { verdict, bound, counterexamples, depth } = await check(scenario, { ...RAW, depthMax })
          if (bound === 'depth') expect(depth).toBe(depthMax)
          const names = counterexamples.map(({ property }) => property)
          const within = [...plain.violations].filter(([, steps]) => steps < depthMax).map(([name]) => name)
          expect(names).toEqual(expect.arrayContaining(within))
          if (depthMax === plain.levels) expect(verdict).toBe(verdictOf(scenario, plain))
          else expect(bound).toBe('depth')
          if (verdict === 'bounded') bounded++
        }
      })
      expect(bounded).toBeGreaterThan(20)
    },
    SLOW_MS,
  )
})

test('a crash takes from a channel that nobody knew of when the crash was worked out', async () => {
  const late = lateChannel()
  const plain = plainSearch(late)
  const { states } = await expectSame(late, plain, RAW)
  expect(states).toBe(plain.states)
})

/** Only one of many orders opens the lock; then a host sends to another and to itself on one channel. */
function lateChannel(): Checked {
  const turns = 9
  const sender = actor({
    initial: null,
    start(_state: null, { send, self }: Context) {
      for (let turn = 0; turn < turns; turn++) send('lock', { type: self })
    },
    receive() {},
  })
  const lock = actor({
    initial: { turn: 0 },
    receive(state, { type }, { send }) {
      if (state.turn < 0) return
      if (type !== ['left', 'right'][state.turn % 2]) state.turn = -1
      else if (++state.turn === 2 * turns) send('opener', { type: 'open' })
    },
  })
  const opener = actor({
    initial: null,
    host: 'inside',
    receive(_state: null, _message, { send }: Context) {
      send('outside', { type: 'opened' }, { channel: 'door' })
      send('counter', { type: 'opened' }, { channel: 'door', window: '1ms' })
    },
  })
  const outside = actor({ initial: null, receive() {} })
  const counter = actor({
    initial: { crashed: false, count: 0 },
    host: 'inside',
    survives: () => ({ crashed: true, count: 0 }),
    receive(state) {
      state.count++
    },
  })
  const faults = actor({
    initial: null,
    start: (_state: null, { setTimer }: Context) =>
      setTimer('crash', '1ms', { type: 'crash' }, { fault: 'crash' }),
    receive: (_state: null, _message, { crash }: Context) => crash('inside'),
  })
  const actors = { left: sender, right: sender, lock, opener, outside, counter, faults }
  const system = new System({ actors, budgets: { crash: 1 } })
  return { ...scenario({ name: 'late channel', system }), system }
}
