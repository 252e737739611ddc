// What a check is said to have come to, and which exit code that is, for each way in which one can end.

import { describe, expect, it } from 'vitest'
import type { CheckReport } from '../sim/index.ts'
import { exitCode } from './check.ts'
import { coverageOf } from './check-coverage.ts'
import type { CheckOutcome } from './check-findings.ts'
import type { Searched } from './check-task.ts'
import { checkText } from './check-text.ts'
import { judged, type Subject } from './check-verdict.ts'
import type { CheckResult } from './checking.ts'
import { EXIT } from './exit.ts'

type Parts = Partial<Subject['entry']> & { readonly coordinator?: string; readonly isExpected: boolean }

const HOLDS = { coordinator: 'single', expected: 'holds', broken: [], isExpected: true } as const
const BREAKS = { coordinator: 'competing', expected: 'violated', isExpected: true } as const

function subject(parts: Parts): Subject {
  const { isExpected, coordinator = 'single', expected = 'holds', broken = [] } = parts
  return {
    index: 0,
    coordinator: { kind: 'built-in', name: coordinator },
    everyProperty: false,
    isExpected,
    entry: { scenario: 'two-tabs', size: '2 connections', expected, broken },
  }
}

function searched(parts: Partial<CheckReport>, broken: readonly string[] = []): Searched {
  const report = {
    scenario: 'two-tabs',
    verdict: 'holds',
    bound: null,
    reductions: ['symmetry'],
    saved: { symmetry: 2_390 },
    systems: 1,
    states: 1_204,
    transitions: 6_871,
    depth: 38,
    localTransitions: 90,
    claimsJudged: 50,
    store: 'bitset',
    bytesPerState: 12,
    sometimes: [],
    coverage: { neverShown: [], idle: [] },
    ...parts,
  } as const
  const recorded = {} as never
  const counterexamples = broken.map((property) => ({
    property,
    message: '',
    steps: 4,
    shortest: true,
    cycleFrom: null,
    recorded,
  }))
  return { report, counterexamples, moves: [['CONNECTING', 'ACCEPTED']], elapsedMs: 30 }
}

function outcome(all: readonly (readonly [Subject, CheckResult])[]): CheckOutcome {
  return {
    checked: all.map(([of, result]) => judged(of, result)),
    findings: { failures: [], divergences: [] },
    manner: { isReduced: false, order: 'breadth first', memoryMaxBytes: 1 },
    interrupted: false,
    elapsedMs: 1_000,
  }
}

const lost = { bug: undefined, states: 7, transitions: 9, depth: 2 }
const brokenBy = (...claims: string[]) => searched({ verdict: 'violated' }, claims)

describe('a check', () => {
  it.each<[string, Subject, CheckResult, string, number]>([
    ['holds', subject(HOLDS), searched({}), 'holds, every schedule', EXIT.nothingFound],
    ['breaks what must hold', subject(HOLDS), brokenBy('a claim'), '✗ a claim', EXIT.violated],
    [
      'breaks what it must',
      subject({ ...BREAKS, broken: ['a claim'] }),
      brokenBy('a claim'),
      '✗ a claim',
      EXIT.nothingFound,
    ],
    [
      'breaks one claim of two',
      subject({ ...BREAKS, broken: ['a', 'b'] }),
      brokenBy('a'),
      'must violate what holds now: b',
      EXIT.violated,
    ],
    [
      'holds where it must not',
      subject({ ...BREAKS, broken: ['a'] }),
      searched({}),
      'must violate what holds now: a',
      EXIT.violated,
    ],
    ['is stuck', subject(HOLDS), searched({ verdict: 'stuck' }), '✗ stuck', EXIT.violated],
    [
      'misses a hard case',
      subject(HOLDS),
      searched({ verdict: 'unreached', sometimes: [{ property: 'a drop', reached: false }] }),
      'not reached: a drop',
      EXIT.violated,
    ],
    [
      'comes to a bound',
      subject(HOLDS),
      searched({ verdict: 'bounded', bound: 'memory' }),
      'bounded (memory)',
      EXIT.bounded,
    ],
    [
      'comes to a bound first',
      subject({ ...BREAKS, broken: ['a', 'b'] }),
      searched({ verdict: 'violated', bound: 'time' }, ['a']),
      '✗ a; bounded (time)',
      EXIT.bounded,
    ],
    [
      'ends for want of memory',
      subject(HOLDS),
      { ...lost, how: 'used up its memory', bound: 'memory' },
      'bounded (memory)',
      EXIT.bounded,
    ],
    [
      'ends its thread',
      subject(HOLDS),
      { ...lost, how: 'ended its thread: gone', bound: undefined },
      'ended its thread: gone',
      EXIT.violated,
    ],
    [
      'meets a bug of ours',
      subject(HOLDS),
      { ...lost, how: "met a bug of heddle's own: x", bound: undefined, bug: new Error('x') },
      "met a bug of heddle's own: x.",
      EXIT.ownBug,
    ],
    [
      'breaks what nobody expects it to',
      subject({ ...BREAKS, isExpected: false }),
      brokenBy('a claim'),
      '1 of 1 failed',
      EXIT.violated,
    ],
  ])('that %s says so, and by its exit code', (_, of, result, said, code) => {
    const one = outcome([[of, result]])
    expect(checkText(one, { coverage: false, isBrief: true })).toContain(said)
    expect(exitCode(one)).toBe(code)
  })

  it('that is called off counts as interrupted, and what did not run is named', () => {
    const one = {
      ...outcome([
        [subject(HOLDS), searched({})],
        [subject(BREAKS), undefined],
      ]),
      interrupted: true,
    }
    expect(checkText(one, { coverage: false, isBrief: true })).toContain('1 of 2 not run.')
    expect(exitCode(one)).toBe(EXIT.interrupted)
  })
})

describe('several checks', () => {
  it('stand below the scenario and the size that they share, and fit the width', () => {
    const long = Array.from({ length: 6 }, (_, index) => `a rather long claim, number ${index}`)
    const text = checkText(
      outcome([
        [subject(HOLDS), searched({})],
        [subject({ ...BREAKS, broken: long }), brokenBy(...long)],
      ]),
      { coverage: false, isBrief: true },
    )
    expect(text.match(/two-tabs {3}2 connections/g)).toHaveLength(1)
    expect(text).toMatch(/^ {2}single +holds, every schedule +1,204 +6,871 +38 +0\.03s +symmetry ÷1\.99$/m)
    expect(text).toContain('✓ Every check came out as expected: 1 holds, 1 violates what must be violated.')
    expect(text.replaceAll('\n', ' ')).toContain(
      'symmetry: of states that differ by a renaming, one; ÷: those searched stand for so many times the states. --no-reduction does without.',
    )
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })

  it.each<[string, Partial<CheckReport>]>([
    ['composition ÷2.5e4', { reductions: ['composition'], saved: { composition: 30_000_000 } }],
    // Apart, systems of one state each are more states than together.
    ['composition', { reductions: ['composition'], saved: { composition: 1_200 } }],
    ['composition', { reductions: ['composition'], saved: {} }],
    ['symmetry ÷5.9', { reductions: ['symmetry'], saved: { symmetry: 7_104 } }],
    // What the systems stand for is multiplied, not what was searched of them.
    [
      'composition ÷100, symmetry ÷2',
      { reductions: ['composition', 'symmetry'], saved: { composition: 240_800, symmetry: 2_408 } },
    ],
    ['order −61%', { reductions: ['partial order'], saved: { 'partial order': 10_747 } }],
    ['order', { reductions: ['partial order'], saved: { 'partial order': 0 } }],
  ])('say %j of what reductions saved', (said, parts) => {
    const text = checkText(outcome([[subject(HOLDS), searched(parts)]]), { coverage: false, isBrief: true })
    const [line = ''] = /^ {2}single.*(\n {20,}.*)*/m.exec(text) ?? []
    expect(line.replace(/\s+/g, ' ')).toMatch(new RegExp(`0\\.03s ${said}$`))
  })

  it('cover together what each of a coordinator covers', () => {
    const sometimes = [
      { property: 'a drop', reached: false },
      { property: 'a crash', reached: false },
    ]
    const other = [{ property: 'a drop', reached: true }]
    const { checked } = outcome([
      [subject(HOLDS), searched({ sometimes, coverage: { neverShown: [], idle: ['store'] } })],
      [subject(HOLDS), searched({ sometimes: other })],
      [subject(BREAKS), searched({})],
    ])
    expect(coverageOf(checked)).toMatchObject([
      { of: 'single', unreached: ['a crash'], idle: [{ actors: ['store'] }] },
      { of: 'competing', unreached: [] },
    ])
    expect(checkText(outcome([[subject(HOLDS), searched({})]]), { coverage: true, isBrief: true })).toContain(
      'single takes 1 of the 22 transitions of the lifecycle.',
    )
  })
})
