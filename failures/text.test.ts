// Text laid out for the width of a terminal.

import { describe, expect, it } from 'vitest'
import { wrapped } from './text.ts'

describe('wrapped text', () => {
  it('fits its lines, and keeps every word', () => {
    const lines = wrapped('one two three four five', 10, '  ')
    expect(lines).toEqual(['one two', '  three', '  four', '  five'])
  })

  it('leaves a word whole that is longer than a line', () => {
    expect(wrapped('a abcdefghijkl b', 5)).toEqual(['a', 'abcdefghijkl', 'b'])
  })
})
