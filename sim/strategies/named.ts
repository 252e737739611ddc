// The strategies by name, as a trace says it and a command line gives it. The inverse of `Strategy.name`.

import { delayBounded } from './delay-bounded.ts'
import { fifo } from './fifo.ts'
import { pct } from './pct.ts'
import { portfolio } from './portfolio.ts'
import { pos } from './pos.ts'
import { random } from './random.ts'
import type { Strategy } from './strategy.ts'

/** What names there are; the parameter in parentheses may be left out. */
export const STRATEGY_NAMES = ['portfolio', 'random', 'pos', 'pct(3)', 'delay-bounded(2)', 'fifo'] as const

const PARAMETER_MAX = 99

interface Family {
  readonly make: (parameter: number) => Strategy
  readonly min: number
  /** Where none is given. */
  readonly usual: number
}

const PLAIN: ReadonlyMap<string, Strategy> = new Map(
  [portfolio, random, pos, fifo].map((strategy) => [strategy.name, strategy]),
)
const FAMILIES: ReadonlyMap<string, Family> = new Map([
  ['pct', { make: pct, min: 1, usual: 3 }],
  ['delay-bounded', { make: delayBounded, min: 0, usual: 2 }],
])

/**
 * The strategy of this name, such as `pos`, `pct(3)`, `pct:3` (which needs no quotes in a shell) or `pct`; a sentence
 * that says what was expected, where there is none.
 */
export function strategyNamed(name: string): Strategy | string {
  const plain = PLAIN.get(name)
  if (plain !== undefined) return plain
  const [, family = '', inParentheses, behindColon] =
    /^([a-z-]+)(?:\((\d{1,9})\)|:(\d{1,9}))?$/.exec(name) ?? []
  const found = FAMILIES.get(family)
  if (found === undefined) return `Expected one of ${STRATEGY_NAMES.join(', ')}.`
  const { make, min, usual } = found
  const parameter = Number(inParentheses ?? behindColon ?? usual)
  if (parameter >= min && parameter <= PARAMETER_MAX) return make(parameter)
  return `Expected ${family}(n) with n from ${min} to ${PARAMETER_MAX}.`
}
