import { describe, expect, test } from 'vitest'
import { parseTrace } from '../replay/parse.ts'
import { replay } from '../replay/replay.ts'
import { admission } from './admission.fixture.ts'
import { check } from './check.ts'
import { twoPhaseCommit } from './two-phase-commit.fixture.ts'

/** For the largest of them, on a machine that has other work. */
const SLOW_MS = 60_000
const RAW = { reductions: [] } as const

describe('two-phase commit has the states that were counted by others', () => {
  test.each([
    [3, 288, 1_145],
    [5, 8_832, 58_145],
    [7, 296_448, 2_744_705],
  ])(
    'with %d managers',
    async (managers, states, transitions) => {
      const report = await check(twoPhaseCommit(managers), RAW)
      expect(report).toMatchObject({ verdict: 'holds', bound: null, reductions: [], states, transitions })
    },
    SLOW_MS,
  )

  test.each([
    [3, 80],
    [5, 314],
    [7, 920],
  ])('with %d managers that are interchangeable', async (managers, states) => {
    const report = await check(twoPhaseCommit(managers), { reductions: ['symmetry'] })
    expect(report).toMatchObject({ verdict: 'holds', bound: null, reductions: ['symmetry'], states })
  })
})

describe('the admission race', () => {
  test.each([
    [1, 2, 1, 1, 303, 1_124, 18],
    [1, 3, 1, 1, 2_862, 14_364, 21],
    [2, 2, 1, 1, 88_893, 624_984, 35],
    [2, 2, 2, 2, 1_168_280, 10_477_404, 59],
  ])(
    'of %d × %d connections, %d messages each and %d drops has the states that Spin counts',
    async (users, connections, messages, drops, states, transitions, depth) => {
      const report = await check(admission({ users, connections, messages, drops }), RAW)
      expect(report).toMatchObject({ verdict: 'holds', bound: null, states, transitions, depth })
      // Actors' code runs once for each local transition, and claims once for each state of what they look at.
      expect(report.localTransitions).toBeLessThan(1_500)
    },
    SLOW_MS,
  )

  test.each([
    [1, 3, 1, 1],
    [2, 2, 2, 2],
    [2, 3, 1, 2],
    [3, 2, 2, 2],
  ])(
    'of %d × %d connections, %d messages each and %d drops holds with few states',
    async (users, connections, messages, drops) => {
      const report = await check(admission({ users, connections, messages, drops }))
      expect(report).toMatchObject({ verdict: 'holds', bound: null })
      expect(report.reductions).toContain('symmetry')
      expect(report.states).toBeLessThan(10_000)
    },
    SLOW_MS,
  )

  test.each([
    [1, 'without reductions', RAW],
    [2, 'without reductions', RAW],
    [1, 'with reductions', {}],
    [2, 'with reductions', {}],
  ])('of %d users is broken in four steps where it is, %s', async (users, _, options) => {
    const broken = admission({ users, connections: 2, messages: 1, drops: 1 }, { bug: true })
    const { verdict, counterexamples } = await check(broken, options)
    expect(verdict).toBe('violated')
    expect(counterexamples).toMatchObject([
      {
        property: expect.stringMatching(/^user-\d: whoever is admitted is the owner, and the only one$/),
        message: expect.stringMatching(/^user-\d\/tab-\d and user-\d\/tab-\d are both admitted$/),
        steps: 4,
        shortest: true,
      },
    ])
    const trace = parseTrace(counterexamples[0]?.trace ?? '')
    expect(trace.steps).toHaveLength(4)
    expect(await replay(trace, broken)).toMatchObject({ outcome: 'exact' })
  })
})
