import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, DEPTH_MAX } from './canonical.ts'
import { REPEATABLE } from './generated.fixture.ts'
import { printable } from './printable.ts'

const nested = (levels: number): unknown => (levels === 0 ? 0 : [nested(levels - 1)])
const refusal = (value: unknown): string => {
  try {
    canonicalJson(value, 'value')
  } catch (error) {
    expect(error).toMatchObject({ name: 'HeddleError', code: 'HEDDLE_TRACE_VALUE' })
    return (error as Error).message
  }
  throw new Error('expected a refusal')
}

describe('canonical JSON', () => {
  test('is read as the value that was written', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value, 'value'))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      REPEATABLE,
    )
  })

  test('is the same for the same fields in another order', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse())
        expect(canonicalJson(reversed, 'value')).toBe(canonicalJson(value, 'value'))
      }),
      REPEATABLE,
    )
  })

  test('sorts keys by their code units, at every level', () => {
    const value = { b: [{ z: 1, Z: 2, é: 3 }], a: 0, 10: 0, 9: 0 }
    expect(canonicalJson(value, 'value')).toBe('{"10":0,"9":0,"a":0,"b":[{"Z":2,"z":1,"é":3}]}')
  })

  test('counts an undefined field as absent, and -0 as 0', () => {
    expect(canonicalJson({ a: undefined, b: -0 }, 'value')).toBe('{"b":0}')
  })

  test('keeps half a surrogate pair apart from the replacement character', () => {
    expect(canonicalJson('\ud800', 'value')).toBe('"\\ud800"')
  })

  test.each([
    [{ a: [0, Number.NaN] }, 'value.a[1], found NaN'],
    [{ a: Number.POSITIVE_INFINITY }, 'value.a, found Infinity'],
    [[undefined], 'value[0], found undefined'],
    [new Array(1), 'value[0], found undefined'],
    [undefined, 'value, found undefined'],
    [{ f() {} }, 'value.f, found a function'],
    [10n, 'value, found a bigint'],
    [{ s: Symbol('s') }, 'value.s, found a symbol'],
    [{ at: new Date(0) }, 'value.at, found an instance of Date'],
    [new Map(), 'value, found an instance of Map'],
    [JSON.parse('{"a":{"__proto__":1}}'), 'value.a.__proto__, found a key that names a prototype'],
    [nested(DEPTH_MAX + 1), `found more than ${DEPTH_MAX} levels`],
  ])('refuses what JSON cannot hold, and says where: case %#', (value, where) => {
    expect(refusal(value)).toContain(where)
  })

  test('refuses a cycle, and not a value that occurs twice', () => {
    const cyclic: Record<string, unknown> = {}
    cyclic.self = { again: cyclic }
    expect(refusal(cyclic)).toContain('value.self.again, found a cycle')
    const shared = { x: 1 }
    expect(canonicalJson([shared, shared], 'value')).toBe('[{"x":1},{"x":1}]')
  })
})

describe('printable text', () => {
  test('cannot move the cursor, reorder what is read, or break the line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
      }),
      REPEATABLE,
    )
    expect(printable('\u001b[2J\u202etab\n\u009b\ud800')).toBe('\\u{1b}[2J\\u{202e}tab\\u{a}\\u{9b}\\u{d800}')
  })

  test('is cut to a length, and leaves plain text alone', () => {
    expect(printable('tab-1/connect#1 é 🧵')).toBe('tab-1/connect#1 é 🧵')
    expect(printable('x'.repeat(100), 5)).toBe('xxxxx…')
  })
})
