// What the progress line of a check promises, and how it gets from one thread to the other.

import { describe, expect, it } from 'vitest'
import { CheckLink } from './check-link.ts'
import { progressText, statesLeft } from './check-progress.ts'

const at = (states: number, frontier: number) => ({
  states,
  frontier,
  transitions: states * 3,
  depth: 7,
  storedBytes: states * 8,
})

describe('a link between a check and who waits for it', () => {
  it('carries what was told to the other end, and the call to stop back', () => {
    const here = new CheckLink()
    const there = new CheckLink(here.shared)
    there.tell(at(3_000_000_000, 12))
    expect(here.progress()).toEqual(at(3_000_000_000, 12))
    expect(here.beats).toBe(1)
    expect(there.aborted).toBe(false)
    here.abort()
    expect(there.aborted).toBe(true)
  })
})

describe('the estimate', () => {
  it('is none while the frontier grows', () => {
    expect(statesLeft(at(100, 50), at(300, 200))).toBeUndefined()
    expect(statesLeft(at(0, 0), at(1, 1))).toBeUndefined()
  })

  it('is the sum of a geometric series once it shrinks', () => {
    // 100 looked into gave 50 new ones: of the 60 left, half as many come, and half of those.
    expect(statesLeft(at(200, 110), at(250, 60))).toBeCloseTo(60 / (1 - 50 / 100))
  })
})

describe('the progress line', () => {
  it('sums over what runs and what is over', () => {
    const running = [
      { before: at(200, 110), now: at(250, 60) },
      { before: at(200, 110), now: at(250, 60) },
    ]
    const standing = { done: 3, checks: 9, statesBefore: 1_000, running, perSecond: 60, memoryBytes: 3e8 }
    expect(progressText(standing)).toBe(
      '3 of 9 checks · 1,500 states, 60/s · frontier 120 · 300 MB · about 4 s for these',
    )
  })

  it('says nothing of the time where nothing runs yet', () => {
    const standing = { done: 0, checks: 1, statesBefore: 0, running: [], perSecond: 0, memoryBytes: 1e8 }
    expect(progressText(standing)).toBe('0 of 1 check · 0 states, 0/s · frontier 0 · 100 MB')
  })
})
