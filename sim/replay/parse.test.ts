import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../digest.ts'
import { REPEATABLE } from '../generated.fixture.ts'
import { META, sample } from '../greeting.fixture.ts'
import { playing, rally } from '../rally.fixture.ts'
import { runSync } from '../scheduler.ts'
import { parseTrace } from './parse.ts'
import { encodeTrace, FOOTER_END, TRACE_LIMITS } from './trace.ts'

/** A file of these lines, with a digest that fits them: what somebody who knows the format can forge. */
function forged(lines: readonly string[]): string {
  const signed = `${lines.join('\n').replace(/"sha256":"[^"]*"\}$/, '')}"sha256":"`
  return `${signed}${sha256(signed + FOOTER_END)}${FOOTER_END}`
}

const linesOf = (text: string) => text.trimEnd().split('\n')
const withLine = (index: number, change: (line: string) => string) =>
  forged(linesOf(sample()).map((line, at) => (at === index ? change(line) : line)))

/** The file of a run whose steps 5 to 8 repeat for ever, with every line changed. */
const withCycle = (change: (line: string) => string) =>
  forged(linesOf(encodeTrace(runSync(rally(), { source: playing(8, 4) }), META)).map(change))
const cycleFrom = (text: string) => withCycle((line) => line.replace(/"cycleFrom":4/, `"cycleFrom":${text}`))

/** The code of the error that reading gives, whose message is one line that is safe to print. */
function refusal(input: string | Uint8Array): { code: string; message: string } {
  try {
    parseTrace(input)
  } catch (error) {
    const { name, code, message } = error as Error & { code: string }
    expect(name, message).toBe('HeddleError')
    expect(code).toMatch(/^HEDDLE_REPLAY_/)
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
    expect(message.length).toBeLessThan(500)
    return { code, message }
  }
  throw new Error('expected a refusal')
}

describe('a file that is not what was written', () => {
  test('is detected whichever byte is changed, and however', () => {
    const bytes = new TextEncoder().encode(sample({ greeting: 'é🧵' }))
    for (let at = 0; at < bytes.length; at++) {
      const original = bytes[at] as number
      for (const changed of [original ^ 1, original ^ 0x20, original ^ 0x80, 0, 0x0a, 0x7b]) {
        if (changed === original) continue
        bytes[at] = changed
        refusal(bytes)
      }
      bytes[at] = original
    }
    expect(() => parseTrace(bytes)).not.toThrow()
  })

  test('is said to have an observation without a type, where it has one', () => {
    const text = withLine(1, (line) => line.replace('"type":"opened"', '"kind":"opened"'))
    expect(refusal(text).message).toContain('expected an observation, with a type in "seen.0", found Object')
  })

  test('is detected wherever it is cut', () => {
    const bytes = new TextEncoder().encode(sample())
    expect(refusal(bytes.subarray(0, 0)).code).toBe('HEDDLE_REPLAY_EMPTY')
    for (let length = 1; length < bytes.length; length++) {
      expect(refusal(bytes.subarray(0, length)).code).toBe('HEDDLE_REPLAY_TRUNCATED')
    }
  })

  test('is detected wherever a byte is added or taken away', () => {
    const text = sample()
    for (let at = 0; at <= text.length; at++) {
      refusal(`${text.slice(0, at)} ${text.slice(at)}`)
      refusal(`${text.slice(0, at)}\n${text.slice(at)}`)
      if (at < text.length) refusal(text.slice(0, at) + text.slice(at + 1))
    }
  })
})

describe('hostile input is refused in one line', () => {
  const deep = (count: number) => `{"type":"x","a":${'['.repeat(count)}${']'.repeat(count)}}`
  const seen = (observation: string) =>
    withLine(2, (line) => line.replace(/"seen":\[.*\]\}$/, `"seen":[${observation}]}`))
  const cases: [string, string, () => string | Uint8Array][] = [
    ['nothing', 'EMPTY', () => ''],
    ['no bytes', 'EMPTY', () => new Uint8Array()],
    ['an image', 'UNKNOWN', () => Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 255)],
    ['zeros', 'UNKNOWN', () => new Uint8Array(1_000)],
    ['another JSON', 'UNKNOWN', () => '{"name":"heddle"}\n'],
    ['terminal escapes', 'UNKNOWN', () => '\u001b[2J\u001b]0;owned\u0007'],
    ['a byte order mark', 'UNKNOWN', () => `\ufeff${sample()}`],
    ['20 MiB', 'TOO_LARGE', () => new Uint8Array(20 * 2 ** 20)],
    ['20 MiB of text', 'TOO_LARGE', () => 'x'.repeat(20 * 2 ** 20)],
    ['16 MiB in three bytes a character', 'TOO_LARGE', () => '€'.repeat(6 * 2 ** 20)],
    ['too long a line', 'TOO_LARGE', () => seen(`{"a":"${'x'.repeat(TRACE_LIMITS.lineChars)}","type":"x"}`)],
    ['too many lines', 'TOO_LARGE', () => forged([...Array(TRACE_LIMITS.lines).fill('{"heddle":1'), '{'])],
    ['malformed UTF-8', 'ENCODING', () => Buffer.from(sample()).fill(0xff, 60, 61)],
    [
      'overlong UTF-8',
      'ENCODING',
      () => Buffer.concat([Buffer.from('{"heddle":1,"'), Buffer.of(0xc0, 0xaf)]),
    ],
    ['half a surrogate pair', 'ENCODING', () => sample({ greeting: 'X' }).replace('"X"', '"\ud800"')],
    ['a newer format', 'NEWER', () => '{"heddle":3,"whatever":true}\n'],
    ['CR LF', 'EDITED', () => sample().replaceAll('\n', '\r\n')],
    ['an edited step', 'EDITED', () => sample().replace('"at":1000', '"at":1001')],
    ['an edited outcome', 'EDITED', () => sample().replace('"message":"g', '"message":"G')],
    [
      'an edited digest',
      'EDITED',
      () => sample().replace(/.(?="\}\n$)/, (digit) => (digit === '0' ? '1' : '0')),
    ],
    ['a digest in capitals', 'TRUNCATED', () => sample().replace(/[0-9a-f]{64}/, (hex) => hex.toUpperCase())],
    ['something behind the footer', 'TRUNCATED', () => `${sample()}{}\n`],
    ['a footer alone', 'MALFORMED', () => forged(['{"heddle":1,'])],
    ['100,000 levels', 'MALFORMED', () => seen(deep(100_000))],
    ['100,000 objects in one another', 'MALFORMED', () => seen('{"a":'.repeat(100_000))],
    ['a number too large', 'MALFORMED', () => withLine(2, (line) => line.replace('"at":1000', '"at":1e400'))],
    [
      'a number past integers',
      'MALFORMED',
      () => withLine(2, (line) => line.replace('"at":1000', '"at":9007199254740993')),
    ],
    [
      'a number in other words',
      'MALFORMED',
      () => withLine(2, (line) => line.replace('"at":1000', '"at":1e3')),
    ],
    ['a negative time', 'MALFORMED', () => withLine(2, (line) => line.replace('"at":1000', '"at":-1'))],
    ['time that goes back', 'MALFORMED', () => withLine(3, (line) => line.replace(/"at":\d+/, '"at":0'))],
    ['a step left out', 'MALFORMED', () => forged(linesOf(sample()).toSpliced(2, 1))],
    ['a duplicate key', 'MALFORMED', () => withLine(2, (line) => line.replace('"at":', '"at":7,"at":'))],
    ['a duplicate key in an observation', 'MALFORMED', () => seen('{"a":1,"a":2,"type":"x"}')],
    ['keys out of order', 'MALFORMED', () => seen('{"type":"x","a":1}')],
    ['a space', 'MALFORMED', () => withLine(2, (line) => line.replace(':', ': '))],
    ['an escape that need not be', 'MALFORMED', () => seen('{"type":"\\u0078"}')],
    ['an unknown key', 'MALFORMED', () => withLine(2, (line) => line.replace('{', '{"extra":1,'))],
    [
      'a __proto__ of a step',
      'MALFORMED',
      () => withLine(2, (line) => line.replace('{', '{"__proto__":{"seen":1},')),
    ],
    ['a __proto__ in an observation', 'MALFORMED', () => seen('{"__proto__":{"polluted":true},"type":"x"}')],
    [
      'a __proto__ in the parameters',
      'MALFORMED',
      () => withLine(0, (line) => line.replace('{"delays"', '{"__proto__":{},"delays"')),
    ],
    [
      'a constructor of the header',
      'MALFORMED',
      () => withLine(0, (line) => line.replace(/\}$/, ',"constructor":1}')),
    ],
    [
      'a key full of escapes',
      'MALFORMED',
      () => withLine(2, (line) => line.replace('{', `{"\u009b2J${'\u202e'.repeat(500)}":1,`)),
    ],
    ['an observation without a type', 'MALFORMED', () => seen('{"a":1}')],
    ['an observation that is none', 'MALFORMED', () => seen('null')],
    [
      'a digest of the wrong type',
      'MALFORMED',
      () => withLine(2, (line) => line.replace(/"enabled":"\w+"/, '"enabled":7')),
    ],
    [
      'an event that is none',
      'MALFORMED',
      () => withLine(2, (line) => line.replace('"greeter/greet#1"', '["x"]')),
    ],
    ['a line that is an array', 'MALFORMED', () => withLine(2, () => '[1,2]')],
    ['a line that is no JSON', 'MALFORMED', () => withLine(2, () => 'rm -rf /')],
    ['an empty line', 'MALFORMED', () => withLine(2, () => '')],
    ['an unknown timing', 'MALFORMED', () => withLine(0, (line) => line.replace('"untimed"', '"soon"'))],
    ['an old format', 'MALFORMED', () => withLine(0, (line) => line.replace('{"heddle":1', '{"heddle":0'))],
    [
      'an outcome past the end',
      'MALFORMED',
      () => withLine(4, (line) => line.replace('"step":2', '"step":3')),
    ],
    [
      'a cycle that says not from where',
      'MALFORMED',
      () => withCycle((line) => line.replace(/"cycleFrom":4,/, '')),
    ],
    ['a cycle without a step', 'MALFORMED', () => cycleFrom('8')],
    ['a cycle from past the end', 'MALFORMED', () => cycleFrom('9007199254740991')],
    ['a cycle from before the start', 'MALFORMED', () => cycleFrom('-1')],
    ['a cycle from between two steps', 'MALFORMED', () => cycleFrom('3.5')],
    ['a cycle from nowhere', 'MALFORMED', () => cycleFrom('null')],
    [
      'a cycle with another ending',
      'MALFORMED',
      () => withCycle((line) => line.replace('"cycle"', '"source"')),
    ],
    [
      'a cycle where time rules',
      'MALFORMED',
      () => withCycle((line) => line.replace('"untimed"', '"sampled"')),
    ],
    [
      'an outcome at another time',
      'MALFORMED',
      () => withLine(4, (line) => line.replace(/"at":\d+/, '"at":7')),
    ],
    [
      'a violation of nothing',
      'MALFORMED',
      () => withLine(4, (line) => line.replace(/"property":"[^"]*"/, '"property":null')),
    ],
  ]

  test.each(cases)('%s', (_name, code, input) => {
    expect(refusal(input()).code).toBe(`HEDDLE_REPLAY_${code}`)
  })

  test('whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        refusal(bytes)
        refusal(Buffer.concat([Buffer.from('{"heddle":1,'), bytes]))
      }),
      REPEATABLE,
    )
  })

  test('and leaves every prototype as it was', () => {
    refusal(seen('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"type":"x"}'))
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  test('keeps a key such as constructor as plain data', () => {
    const text = seen('{"constructor":{"prototype":1},"toString":2,"type":"x"}')
    expect(Object.keys(parseTrace(text).steps[0]?.seen[0] ?? {})).toEqual(['constructor', 'toString', 'type'])
  })

  test('says where an outcome is not what the header expects', () => {
    const clean = '"expect":{"verdict":"no violation found","property":null}'
    const { code, message } = refusal(withLine(0, (line) => line.replace(/"expect":\{.*?\}/, clean)))
    expect(code).toBe('HEDDLE_REPLAY_MALFORMED')
    expect(message).toMatchInlineSnapshot(
      `"Line 5 is malformed: expected what the header expects, no violation found, found violated "greets once". Fetch the original file again."`,
    )
  })

  test('says what is wrong with a cycle', () => {
    expect(refusal(cycleFrom('8')).message).toMatchInlineSnapshot(
      `"Line 10 is malformed: expected a cycleFrom below the number of steps, 8, found 8. Fetch the original file again."`,
    )
    expect(refusal(withCycle((line) => line.replace('"cycle"', '"source"'))).message).toMatchInlineSnapshot(
      `"Line 10 is malformed: expected a cycleFrom with the ending "cycle" only, found "source" with one. Fetch the original file again."`,
    )
    expect(
      refusal(withCycle((line) => line.replace('"untimed"', '"sampled"'))).message,
    ).toMatchInlineSnapshot(
      `"Line 10 is malformed: expected a cycle with the timing untimed only, found sampled. Fetch the original file again."`,
    )
  })

  test('says where', () => {
    const { message } = refusal(withLine(2, (line) => line.replace('"at":1000', '"at":"soon"')))
    expect(message).toMatchInlineSnapshot(
      `"Line 3 is malformed: expected number in "at", found "soon". Fetch the original file again."`,
    )
    expect(refusal(withLine(3, (line) => line.replace('"seen"', '"\\u0073een"'))).message).toContain('Line 4')
  })
})
