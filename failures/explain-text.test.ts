import { describe, expect, it } from 'vitest'
import type { Explanation } from '../sim/index.ts'
import { decisionLine, explanationText, shrunkLine } from './explain-text.ts'
import type { Size } from './smaller.ts'

const size = (more: Partial<Size> = {}): Size => ({
  steps: 41,
  deviations: 3,
  faults: 1,
  actors: 30,
  connections: 5,
  messages: 5,
  ...more,
})

describe('what shrinking has left', () => {
  it('is told by what became less', () => {
    const after = size({ connections: 2, messages: 0, steps: 6 })
    expect(shrunkLine({ before: size(), after, why: undefined })).toEqual([
      'Shrunk',
      '5 connections → 2, 5 messages → 0, 41 steps → 6',
    ])
  })

  it('counts one as one, and leaves out what a scenario does not say', () => {
    const before = size({ connections: undefined, messages: undefined, steps: 1 })
    expect(shrunkLine({ before, after: { ...before, faults: 0 }, why: 'runs' })[1]).toBe(
      '1 fault → 0; more may be possible',
    )
  })

  it.each([
    [undefined, 'none of its 41 steps could be left out'],
    ['cycle', 'none of its 41 steps could be left out, as it never comes to rest'],
    ['times', 'none of its 41 steps could be left out; its times are those that it was found with'],
  ] as const)('is said to be all where nothing became less: %s', (why, text) => {
    expect(shrunkLine({ before: size(), after: size(), why })[1]).toBe(text)
  })
})

describe('what decides', () => {
  it.each([
    [{ kind: 'race', first: 'a/x#1', second: 'b/y#1' }, 'a/x#1 before b/y#1. The other way round, it holds.'],
    [{ kind: 'fault', fault: 'a/drop#1' }, 'a/drop#1. Without it, it holds.'],
    [
      {
        kind: 'races',
        pairs: [
          ['a/x#1', 'b/y#1'],
          ['c/x#1', 'd/y#1'],
        ],
      },
      'a/x#1 before b/y#1, and c/x#1 before d/y#1. Both the other way round, it holds; one alone is not enough.',
    ],
    [
      {
        kind: 'races',
        pairs: [
          ['a#1', 'b#1'],
          ['c#1', 'd#1'],
          ['e#1', 'f#1'],
        ],
      },
      'a#1 before b#1, c#1 before d#1, and e#1 before f#1. All of them the other way round, it holds; with one less, it does not.',
    ],
    [
      { kind: 'every', orders: 1, impossible: 0 },
      'It fails in every order, as no order makes a difference to anything.',
    ],
    [
      { kind: 'every', orders: 1_200, impossible: 0 },
      'It fails in every order: all 1,200 that differ in more than independent steps were run.',
    ],
    [
      { kind: 'every', orders: 5, impossible: 3 },
      'It fails in every order that is possible: of 5 that differ in more than independent steps, it holds in 3, and no times fit those.',
    ],
    [
      { kind: 'nothing', tried: 1, together: 0, bounded: false },
      'No single order decides: it fails in the one other that was tried.',
    ],
    [
      { kind: 'nothing', tried: 3, together: 0, bounded: true },
      'No single order decides: it fails in each of the 3 others that were tried; there are more.',
    ],
    [
      { kind: 'nothing', tried: 3, together: 1_200, bounded: false },
      'No single order decides: it fails in each of the 3 others that were tried, and in 1,200 with several orders changed.',
    ],
    [
      { kind: 'nothing', tried: 0, together: 3, bounded: false },
      'No single order could be changed; it fails in 3 with several orders changed.',
    ],
    [
      { kind: 'nothing', tried: 0, together: 0, bounded: false },
      'No two events that touch each other could come the other way round.',
    ],
    [{ kind: 'nothing', tried: 0, together: 0, bounded: true }, 'No other order was tried.'],
    [{ kind: 'cycle' }, 'It never comes to rest, and no other order was tried.'],
  ] as const)('is one sentence: %j', (decides, text) => {
    const [label, said] = decisionLine(decides)
    expect(said).toBe(text)
    expect(label.length).toBeLessThanOrEqual(9)
  })

  it('cannot be made to break the line by the names in a file', () => {
    const [, said] = decisionLine({ kind: 'fault', fault: `a\n\u001b[31m${'x'.repeat(500)}` })
    for (const control of ['\n', '\u001b']) expect(said).not.toContain(control)
    expect(said.length).toBeLessThan(120)
  })
})

describe('an explanation', () => {
  const step = (number: number, event: string) => ({
    step: number,
    at: number * 1_000,
    event,
    seen: [{ type: 'seen', by: event, at: number }],
  })
  const explanation: Explanation = {
    property: 'nobody is late',
    message: 'b is late',
    decides: { kind: 'race', first: 'b/go#1', second: 'c/go#1' },
    faults: ['c/drop#1'],
    failing: [step(1, 'a/go#1'), step(2, 'b/go#1'), step(3, 'd/go#1')],
    isTheTraces: false,
    passing: [step(1, 'a/go#1'), step(2, 'c/go#1'), step(3, 'd/go#1'), step(4, 'b/go#1')],
    common: 1,
    chain: [1, 3],
    runs: 9,
  }

  it('shows the two runs beside each other from where they part, and folds away what had no part in it', () => {
    expect(
      explanationText(explanation)
        .split('\n')
        .map((line) => line.trimEnd()),
    ).toEqual([
      'This is a smaller schedule than that of the file, which fails the same way.',
      '',
      'The race   b/go#1 before c/go#1. The other way round, it holds.',
      'Nor does it fail without the fault c/drop#1.',
      '',
      'From step 2 on, it fails                          the other way round, it holds',
      '     2ms  b/go#1                                       2ms  c/go#1',
      '     3ms  d/go#1                                       3ms  d/go#1',
      '    ends  ✗                                            4ms  b/go#1',
      '',
      'What led to it: 2 of 3 steps',
      'time  event   seen',
      ' 1ms  a/go#1  seen 1 a/go#1',
      '      … 1 step left out',
      ' 3ms  d/go#1  seen 3 d/go#1',
      '✗ nobody is late: b is late',
    ])
  })

  it('shows one run where no other is known', () => {
    const text = explanationText({ ...explanation, passing: null, isTheTraces: true, faults: [], chain: [3] })
    expect(text.split('\n').slice(2, 5)).toEqual([
      'What led to it: 1 of 3 steps',
      'time  event   seen',
      '      … 2 steps left out',
    ])
  })

  it('says how much it leaves out of long runs', () => {
    const long = Array.from({ length: 40 }, (_, index) => step(index + 1, `e/${index}#1`))
    expect(explanationText({ ...explanation, passing: long, common: 0 })).toContain('… 24 more steps')
  })
})
