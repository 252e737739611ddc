// The values that options and arguments may take: each parsed in full, each refused with one line that says
// what was expected. Knows nothing of what the values are for.

import { InvalidArgumentError } from 'commander'
import { plain, quoted } from '../failures/index.ts'
import { strategyNamed, TIMINGS, type TimingName } from '../sim/index.ts'
import { UsageError } from './exit.ts'

/** Of what a configuration may settle, too. */
export const LIMITS = {
  seeds: { min: 1, max: 10_000_000 },
  workers: { min: 1, max: 64 },
  timeoutMs: { min: 1_000, max: 86_400_000 },
} as const

const SEED_MAX = Number.MAX_SAFE_INTEGER
const STATES_MAX = 2_000_000_000
const DEPTH_MAX = 10_000_000
const MEMORY_MAX_MB = 1_000_000

export const seedOption = integer(0, SEED_MAX)
export const seedsOption = integer(LIMITS.seeds.min, LIMITS.seeds.max)
export const workersOption = integer(LIMITS.workers.min, LIMITS.workers.max)
/** Seconds in, milliseconds out. */
export const timeoutOption = (text: string) => integer(1, LIMITS.timeoutMs.max / 1_000)(text) * 1_000
export const statesOption = integer(1, STATES_MAX)
export const depthOption = integer(1, DEPTH_MAX)
export const executionsOption = integer(1, STATES_MAX)
export const preemptionsOption = integer(0, DEPTH_MAX)
/** Megabytes in, bytes out. */
export const memoryOption = (text: string) => integer(1, MEMORY_MAX_MB)(text) * 1_000_000
export const timingOption = oneOf<TimingName>(TIMINGS)

/** The name of a strategy, in full. */
export function strategyOption(text: string): string {
  const strategy = strategyNamed(text)
  if (typeof strategy === 'string') throw new InvalidArgumentError(strategy)
  return strategy.name
}

/** A file that a graph can be written to: its ending says how. */
export function graphOption(text: string): string {
  if (/[^/\\]\.(dot|svg)$/.test(text)) return text
  throw new InvalidArgumentError('Expected a file that ends in .dot or .svg.')
}

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
  }
}

function oneOf<Name extends string>(names: readonly Name[]): (text: string) => Name {
  return (text) => {
    const name = names.find((known) => known === text)
    if (name !== undefined) return name
    throw new InvalidArgumentError(`Expected one of ${names.join(', ')}.`)
  }
}

/** The one of `known` that has this name. Throws a UsageError that names the nearest ones. */
export function find<T extends { readonly name: string }>(
  what: string,
  name: string,
  known: readonly T[],
): T {
  const found = known.find((one) => one.name === name)
  if (found !== undefined) return found
  const near = nearest(
    name,
    known.map((one) => one.name),
  )
  const hint = near.length > 0 ? ` Did you mean ${near.map((one) => plain(quoted(one))).join(' or ')}?` : ''
  throw new UsageError(`Unknown ${what} ${JSON.stringify(name)}.${hint} \`heddle list\` shows them all.`)
}

const NEAREST_MAX = 3

/** The names that a few slips of the keyboard, or a part left out, could have turned into `name`. */
export function nearest(name: string, names: readonly string[]): readonly string[] {
  const wanted = name.slice(0, 100).toLowerCase()
  const slipsMax = Math.max(2, Math.floor(wanted.length / 3))
  return names
    .map((known) => ({ known, slips: slips(wanted, known.toLowerCase()) }))
    .filter(({ known, slips }) => slips <= slipsMax || (wanted.length >= 3 && known.includes(wanted)))
    .sort((a, b) => a.slips - b.slips || (a.known < b.known ? -1 : 1))
    .slice(0, NEAREST_MAX)
    .map(({ known }) => known)
}

/** Levenshtein's distance (1966), one row at a time. */
function slips(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
