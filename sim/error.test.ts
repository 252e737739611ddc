// What is said of whatever code under test throws, which may be anything.

import { expect, it } from 'vitest'
import { describeThrown } from './error.ts'

const endless: Record<string, unknown> = {}
endless.self = endless

it.each([
  ['an error', new RangeError('too far\nat line 2'), 'RangeError: too far'],
  ['a text', 'no', 'no'],
  ['nothing', undefined, 'undefined'],
  ['an object', { status: 503, body: 'busy' }, '{"status":503,"body":"busy"}'],
  ['an object with a text', { toString: () => 'mine' }, 'mine'],
  ['an object in itself', endless, 'something that has no text'],
  ['an object that throws', Object.create(null), 'something that has no text'],
])('describes what was thrown in a line: %s', (_, thrown, text) => {
  expect(describeThrown(thrown)).toBe(text)
})
