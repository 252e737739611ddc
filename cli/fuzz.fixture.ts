// For the fuzz of replay files and tokens only: what somebody may send who has damaged one, or who means harm. Each
// mutation is made of its number alone. Many carry a digest that fits what they say, so that what lies behind the
// digest is reached, too.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { deflateRawSync } from 'node:zlib'
import seedrandom from 'seedrandom'
import { competing, single, vocabulary } from '../model/index.ts'
import { rebuild } from '../properties/index.ts'
import { decodeToken, encodeToken, formatTrace, parseTrace, type Trace, tokenOf } from '../sim/index.ts'

const FOLDER = new URL('../replays/', import.meta.url)
const FORMATS = new URL('../replays/formats/', import.meta.url)

export interface Mutant {
  readonly kind: string
  readonly record: string | Uint8Array
}

interface Original {
  readonly text: string
  readonly token: string
}

type Random = () => number

const below = (random: Random, count: number) => Math.floor(random() * count)
const one = <T>(random: Random, items: readonly T[]) => items[below(random, items.length)] as T

/** The corpus, and a frozen file of each format, each with its token. */
export async function originals(): Promise<readonly Original[]> {
  const files = [FOLDER, FORMATS].flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.replay'))
      .sort((a, b) => (a < b ? -1 : 1))
      .map((file) => readFileSync(new URL(file, folder), 'utf8')),
  )
  const made: Original[] = []
  for (const text of files) {
    const trace = parseTrace(text)
    const { scenario, parameters } = trace.header
    const coordinator = parameters.coordinator === competing.name ? competing : single()
    made.push({ text, token: await tokenOf(trace, rebuild(scenario, parameters, coordinator), vocabulary) })
  }
  return made
}

/** The mutant of a number; the same in every process. */
export function mutantOf(all: readonly Original[], number: number): Mutant {
  const random: Random = seedrandom(`fuzz/${number}`)
  const original = one(random, all)
  const [kind, mutate] = one(random, MUTATIONS)
  return { kind, record: mutate(original, random) }
}

const ODD_NUMBERS = [0, -1, 1, 0.5, 2 ** 31, 2 ** 53, 1e308, -1e-9, 64, 256, 10_000, 3_600_000_000]
const ODD_TEXTS = [
  '',
  '\0',
  '\u202e\u001b[2J',
  '😀\ud800',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  './harm.mjs',
  'x'.repeat(50_000),
  'tab-1/connect#1',
  'tab-2/auth.resolve#999999999',
  '5ms',
  '9999999min',
]

function oddValue(random: Random): unknown {
  const deep = JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`)
  return one(random, [
    one(random, ODD_NUMBERS),
    one(random, ODD_TEXTS),
    null,
    true,
    [],
    {},
    deep,
    [one(random, ODD_NUMBERS), one(random, ODD_NUMBERS)],
  ])
}

/** Changes one place somewhere in plain data. */
function changed(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random() < 0.1) return oddValue(random)
  const entries = Object.entries(value)
  if (entries.length === 0) return oddValue(random)
  const at = below(random, entries.length)
  const [key, field] = entries[at] as [string, unknown]
  const how = random()
  if (how < 0.1) entries.splice(at, 1)
  else if (how < 0.2) entries.splice(at, 0, [one(random, ODD_TEXTS), field])
  else if (how < 0.3) entries.reverse()
  else entries[at] = [key, changed(field, random)]
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries)
}

/** The text with the digest that fits it, if it has a place for one. */
function signed(text: string): string {
  const at = text.lastIndexOf('"sha256":"')
  if (at < 0) return text
  const before = text.slice(0, at + '"sha256":"'.length)
  const sha256 = createHash('sha256').update(`${before}"}\n`).digest('hex')
  return `${before}${sha256}"}\n`
}

const linesOf = (text: string) => text.trimEnd().split('\n')
const joined = (lines: readonly string[]) => signed(`${lines.join('\n')}\n`)

function changedBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = [...bytes]
  for (let count = 1 + below(random, 4); count > 0; count--) {
    const at = below(random, copy.length)
    const how = below(random, 4)
    if (how === 0) copy[at] = (copy[at] ?? 0) ^ (1 << below(random, 8))
    else if (how === 1) copy[at] = below(random, 256)
    else if (how === 2) copy.splice(at, 1 + below(random, 40))
    else copy.splice(at, 0, ...copy.slice(at, at + below(random, 40)))
  }
  return Uint8Array.from(copy)
}

function changedLines(text: string, random: Random): string {
  const lines = linesOf(text)
  const [a, b] = [below(random, lines.length), below(random, lines.length)]
  const how = below(random, 4)
  if (how === 0) lines.splice(a, 1)
  else if (how === 1) lines.splice(a, 0, lines[b] ?? '')
  else if (how === 2) [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? '']
  else lines.splice(-1, 0, ...Array.from({ length: 2_000 }, () => lines[b] ?? ''))
  return joined(lines)
}

function changedJson(text: string, random: Random): string {
  const lines = linesOf(text)
  const at = below(random, lines.length)
  lines[at] = JSON.stringify(changed(JSON.parse(lines[at] as string), random))
  return joined(lines)
}

/** A trace that is well-formed, and another one: what reaches the replay itself. */
function changedTrace(text: string, random: Random): string {
  const trace = parseTrace(text)
  const steps = trace.steps.map((step) => ({ ...step }))
  const [a, b] = [below(random, steps.length), below(random, steps.length)]
  const how = below(random, 6)
  const event = (at: number) => steps[at]?.event ?? ''
  if (how === 0) steps.splice(a, 1)
  else if (how === 1) steps.splice(a, 0, { ...(steps[b] as (typeof steps)[number]) })
  else if (how === 2) steps.splice(a, 1, ...steps.splice(b, 1, ...steps.slice(a, a + 1)))
  else if (how === 3)
    steps[a] = { ...(steps[a] as (typeof steps)[number]), event: one(random, [...ODD_TEXTS, `${event(b)}0`]) }
  else if (how === 4) for (const step of steps.slice(a)) step.at += 10 ** below(random, 12)
  const parameters = how === 5 ? changedParameters(trace.header.parameters, random) : trace.header.parameters
  return rewritten({ ...trace, header: { ...trace.header, parameters }, steps })
}

function changedParameters(parameters: Trace['header']['parameters'], random: Random) {
  const names = ['users', 'connections', 'messages', 'instances', 'reconnects']
  const counts = Object.fromEntries(
    names.map((name) => [name, one(random, [parameters[name] ?? 1, 1, 2, 8, 64])]),
  )
  return { ...parameters, ...counts } as Trace['header']['parameters']
}

/** With numbers of steps and times that a reader takes. */
function rewritten(trace: Trace): string {
  let at = 0
  const steps = trace.steps.map((step, index) => {
    at = Math.max(at, step.at)
    return { ...step, step: index + 1, at }
  })
  const step = Math.min(trace.outcome.step, steps.length)
  return formatTrace({ ...trace, steps, outcome: { ...trace.outcome, step, at: steps[step - 1]?.at ?? 0 } })
}

function changedChars(text: string, random: Random): string {
  const at = below(random, text.length)
  const odd = one(random, ['A', '_', '=', '+', ' ', '\0', '\u202e', '😀', text.slice(at, at + 8)])
  return text.slice(0, at) + odd + text.slice(at + below(random, 3))
}

function changedToken(text: string, random: Random): string {
  const token = decodeToken(text, vocabulary)
  const { schedule } = token
  const other = random() < 0.5 ? { schedule: changed(schedule, random) } : changed(token, random)
  try {
    return encodeToken({ ...token, ...(other as object) } as never, vocabulary)
  } catch {
    return changedChars(text, random)
  }
}

/** Any content, well packed and with a check that fits: too much of it now and then. */
function packed(text: string, random: Random): string {
  const noise = one(random, [
    text,
    '\n'.repeat(2 ** 22),
    JSON.stringify(changed(JSON.parse(linesOf(text)[0] as string), random)),
  ])
  const deflated = deflateRawSync(noise)
  const digest = Buffer.alloc(16, below(random, 256))
  const check = createHash('sha256').update(digest).update(deflated).digest().subarray(0, 4)
  return `heddle1:${Buffer.concat([check, digest, deflated]).toString('base64url')}`
}

const MUTATIONS: readonly (readonly [
  kind: string,
  mutate: (original: Original, random: Random) => string | Uint8Array,
])[] = [
  ['bytes of a file', ({ text }, random) => changedBytes(Buffer.from(text), random)],
  [
    'bytes of a file, signed',
    ({ text }, random) =>
      Buffer.from(signed(Buffer.from(changedBytes(Buffer.from(text), random)).toString())),
  ],
  ['lines of a file', ({ text }, random) => Buffer.from(changedLines(text, random))],
  ['fields of a file', ({ text }, random) => Buffer.from(changedJson(text, random))],
  ['schedule of a file', ({ text }, random) => Buffer.from(changedTrace(text, random))],
  ['a file cut short', ({ text }, random) => Buffer.from(signed(text.slice(0, below(random, text.length))))],
  ['characters of a token', ({ token }, random) => `heddle1:${changedChars(token.slice(8), random)}`],
  ['what a token says', ({ token }, random) => changedToken(token, random)],
  ['a token packed by hand', ({ text }, random) => packed(text, random)],
  ['a token cut short', ({ token }, random) => token.slice(0, 8 + below(random, token.length - 8))],
]
