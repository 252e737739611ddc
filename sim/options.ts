// Checks what a caller hands in before anything runs: one clear line for each mistake that a type checker would
// have found, for those who come without one. It decides nothing that depends on a run.

import { TIMINGS } from './clock.ts'
import { type ErrorCode, HeddleError } from './error.ts'
import { printable } from './printable.ts'

/** What an option must be, in words and as a test. */
type Rule = readonly [expected: string, fits: (value: any) => boolean]
type Rules = Readonly<Record<string, Rule>>

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isFunction = (value: unknown) => typeof value === 'function'
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0
const aFunction: Rule = ['a function', isFunction]
const aName: Rule = ['a name', (value) => typeof value === 'string' && value !== '']
const aCount: Rule = ['a non-negative integer', isCount]

const BUDGETS: Rule = [
  'an object of non-negative integers',
  (value) => isObject(value) && Object.values(value).every(isCount),
]

const A_LIMIT: Rule = ['a number from 1 on', (value) => typeof value === 'number' && value >= 1]
const A_SIGNAL: Rule = ['an AbortSignal', (value) => isObject(value) && 'aborted' in value]

const FROM_A_SEED: Rules = {
  strategy: ['a strategy such as random', (value) => isObject(value) && 'name' in value && 'begin' in value],
  timing: [`one of ${TIMINGS.join(', ')}`, (value) => TIMINGS.includes(value)],
}

const OF_A_SCENARIO: Rules = {
  parameters: ['an object', isObject],
  properties: ['an array of properties', Array.isArray],
  stepsMax: aCount,
  timeMaxUs: ['a number of microseconds', (value) => typeof value === 'number' && value >= 0],
  simpler: aFunction,
  withParameters: aFunction,
}

const OF_A_SMALLER_ONE: Rules = {
  runsMax: ['an integer from 1 on', (value) => isCount(value) && value >= 1],
  signal: A_SIGNAL,
}

/** The options of each function that takes some. */
const OPTIONS = {
  hunt: {
    ...FROM_A_SEED,
    seeds: ['{ first, count }', isObject],
    selfCheckEvery: aCount,
    coverage: ['true or false', (value) => typeof value === 'boolean'],
    failuresMax: A_LIMIT,
    measure: aFunction,
    onProgress: aFunction,
    signal: A_SIGNAL,
  },
  explore: {
    executionsMax: aCount,
    preemptionsMax: aCount,
    timeMaxMs: ['a number of milliseconds', (value) => typeof value === 'number' && value >= 0],
    host: ['an object with nowMs', (value) => isObject(value) && 'nowMs' in value],
    failuresMax: A_LIMIT,
    signal: A_SIGNAL,
    onProgress: aFunction,
    finalState: ['true or a function', (value) => value === true || isFunction(value)],
    // What is in it has an error of its own.
    resume: ['a state', () => true],
  },
  // The seed has an error of its own.
  record: { ...FROM_A_SEED, seed: ['a seed', () => true], property: aName },
  shrink: OF_A_SMALLER_ONE,
  explain: OF_A_SMALLER_ONE,
  world: {
    ...OF_A_SCENARIO,
    budgets: BUDGETS,
  },
} satisfies Readonly<Record<string, Rules>>

/** Throws HEDDLE_OPTIONS where the options of a function have an unknown name or a value that does not fit. */
export function checkOptions(name: keyof typeof OPTIONS, options: unknown): void {
  const rules: Rules = OPTIONS[name]
  if (!isObject(options)) refuse('HEDDLE_OPTIONS', `the options of ${name}() to be an object`, options)
  const unknown = Object.keys(options).find((key) => !Object.hasOwn(rules, key))
  if (unknown !== undefined) {
    const known = Object.keys(rules).join(', ')
    refuse('HEDDLE_OPTIONS', `the options of ${name}() to be among ${known}`, unknown)
  }
  checkRules('HEDDLE_OPTIONS', `of ${name}()`, options, rules)
}

const SCENARIO: Rules = { name: aName, begin: aFunction, ...OF_A_SCENARIO }

/** Throws HEDDLE_SCENARIO where something is no scenario. */
export function checkScenario(scenario: unknown): void {
  if (!isObject(scenario))
    refuse('HEDDLE_SCENARIO', 'a scenario, as world() or scenario() make one', scenario)
  const whole = { name: null, begin: null, ...scenario }
  checkRules('HEDDLE_SCENARIO', 'of a scenario', whole, SCENARIO)
}

/** Throws HEDDLE_SCENARIO where a fault may not strike so often. */
export function checkBudgets(budgets: unknown): void {
  checkRules('HEDDLE_SCENARIO', 'of a system', { budgets }, { budgets: BUDGETS })
}

/** Throws HEDDLE_SCENARIO where the body of a world is none. */
export function checkBody(body: unknown): void {
  if (!isFunction(body)) refuse('HEDDLE_SCENARIO', 'the body of a world to be a function', body)
}

function checkRules(code: ErrorCode, of: string, given: object, rules: Rules): void {
  for (const [key, value] of Object.entries(given)) {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined
    if (rule === undefined || value === undefined || rule[1](value)) continue
    refuse(code, `"${key}" ${of} to be ${rule[0]}`, value)
  }
}

function refuse(code: ErrorCode, expected: string, found: unknown): never {
  throw new HeddleError(code, `Expected ${expected}, found ${describe(found)}.`)
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `"${printable(value, 40)}"`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
