// What the progress line of an exploration promises.

import { describe, expect, it } from 'vitest'
import { type ExploringStanding, exploringText, type Standing } from './explore-progress.ts'

const NEVER = Number.POSITIVE_INFINITY
const running: ExploringStanding = { traces: 1_000, failing: 2, tracesLeft: NEVER, msLeft: NEVER }

function text(open: readonly Partial<ExploringStanding>[], standing: Partial<Standing> = {}): string {
  const all = open.map((one) => ({ ...running, ...one }))
  return exploringText({
    done: 1,
    explorations: all.length + 1,
    traces: 1_500,
    failing: 2,
    perSecond: 60,
    open: all,
    workers: 2,
    ...standing,
  })
}

describe('the progress line of an exploration', () => {
  it('says how many traces, how fast, and how many fail', () => {
    expect(text([{}])).toBe('1 of 2 explorations, 1,500 traces, 60/s, 2 failing')
  })

  it('says how much time is left where time or executions are bounded', () => {
    expect(text([{ msLeft: 3_500 }])).toMatch(/, at most 4 s left$/)
    expect(text([{ tracesLeft: 600 }])).toMatch(/, at most 10 s left$/)
    expect(text([{ tracesLeft: 600, msLeft: 3_000 }])).toMatch(/, at most 3 s left$/)
  })

  it('adds up what the workers have to do one after the other', () => {
    const three = [{ msLeft: 1_000 }, { msLeft: 4_000 }, { msLeft: 7_000 }]
    expect(text(three)).toMatch(/, at most 7 s left$/)
    expect(text(three, { workers: 1 })).toMatch(/, at most 12 s left$/)
    expect(text([{ tracesLeft: 600 }, { tracesLeft: 600 }])).toMatch(/, at most 20 s left$/)
  })

  it('says nothing of the time where one is not bounded, or no rate is known yet', () => {
    expect(text([{ msLeft: 1_000 }, {}])).not.toContain('left')
    expect(text([{ tracesLeft: 600 }], { perSecond: 0 })).not.toContain('left')
  })

  it('counts in the singular what is one', () => {
    expect(text([], { explorations: 1, traces: 1 })).toBe(
      '1 of 1 exploration, 1 trace, 60/s, 2 failing, at most 0 s left',
    )
  })
})
