// Text laid out for the width of a terminal.

import { describe, expect, it } from 'vitest'
import { counted, wrapped } from './text.ts'

describe('wrapped text', () => {
  it('fits its lines, and keeps every word', () => {
    const lines = wrapped('one two three four five', 10, '  ')
    expect(lines).toEqual(['one two', '  three', '  four', '  five'])
  })

  it('leaves a word whole that is longer than a line', () => {
    expect(wrapped('a abcdefghijkl b', 5)).toEqual(['a', 'abcdefghijkl', 'b'])
  })
})

describe('counts', () => {
  it('name one thing in the singular, and thousands apart', () => {
    expect([0, 1, 2_000].map((count) => counted(count, 'step'))).toEqual(['0 steps', '1 step', '2,000 steps'])
  })
})
