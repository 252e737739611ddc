// What may be asked of a simulated test, by its options and by the environment: checked before anything runs, with one
// clear line for what does not fit. It reads no file.

import * as v from 'valibot'
import {
  HeddleError,
  type Property,
  portfolio,
  printable,
  STRATEGY_NAMES,
  type Strategy,
  strategyNamed,
  TIMINGS,
  type TimingName,
} from '../sim/index.ts'

export interface SimOptions {
  /** How many seeds are run; 100 unless given. HEDDLE_RUNS goes before it. */
  readonly runs?: number
  /** The first of them, a non-negative integer; 1 unless given, so that each run of the test is the same. HEDDLE_SEED goes before it. */
  readonly seed?: number
  /** A strategy or its name, such as `pct:3`; `portfolio` unless given. */
  readonly strategy?: Strategy | string
  /** *sampled* unless given. */
  readonly timing?: TimingName
  /** Whether every schedule is covered instead: with `check` where the scenario is made of actors, else with `explore`. */
  readonly exhaustive?: boolean
  /** How long the runs may take together, in milliseconds, and again what is then done with a failure; 30,000 unless given. */
  readonly timeoutMs?: number
  /** More claims than the scenario brings with it. */
  readonly properties?: readonly Property[]
  /** Whether the test may pass although no run reached one of its `sometimes`; false unless given. */
  readonly allowUnreached?: boolean
  /** The folder that replay files are written to, `.heddle` unless given. HEDDLE_OUT goes before it. */
  readonly out?: string
}

export interface Settings {
  readonly runs: number
  readonly seed: number
  readonly strategy: Strategy
  readonly timing: TimingName
  readonly exhaustive: boolean
  readonly timeoutMs: number
  readonly properties: readonly Property[]
  readonly allowUnreached: boolean
  readonly out: string
  /** Whether every seed is run twice. */
  readonly checkDeterminism: boolean
  /** A replay file or a token, which the test that it is of replays. */
  readonly replay: string | undefined
}

const RUNS_MAX = 1_000_000
export const TIMEOUT_MS = 30_000
/** What a timer of Node.js can be set to. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1
const KINDS: readonly unknown[] = ['always', 'eventually', 'leadsTo', 'sometimes', 'monitor']

/** `message` is what is expected, as the end of a sentence. */
const integer = (min: number, max: number) => {
  const message = `an integer from ${min} to ${max}`
  return v.pipe(v.number(message), v.safeInteger(message), v.minValue(min, message), v.maxValue(max, message))
}
const truth = v.boolean('true or false')
const strategy = v.custom<Strategy | string>(
  (value) => (typeof value === 'string' ? isStrategy(strategyNamed(value)) : isStrategy(value)),
  `a strategy, or one of ${STRATEGY_NAMES.join(', ')}`,
)
const properties = v.custom<readonly Property[]>(
  (value) => Array.isArray(value) && value.every((one) => KINDS.includes(one?.kind)),
  'an array of properties',
)

const Options = v.strictObject({
  runs: v.optional(integer(1, RUNS_MAX)),
  seed: v.optional(integer(0, Number.MAX_SAFE_INTEGER - RUNS_MAX)),
  strategy: v.optional(strategy),
  timing: v.optional(v.picklist(TIMINGS, `one of ${TIMINGS.join(', ')}`)),
  exhaustive: v.optional(truth),
  timeoutMs: v.optional(integer(1, TIMEOUT_MS_MAX)),
  properties: v.optional(properties),
  allowUnreached: v.optional(truth),
  out: v.optional(v.pipe(v.string('a folder'), v.nonEmpty('a folder'))),
})

/** The settings of a test. Throws HEDDLE_OPTIONS and HEDDLE_ENVIRONMENT for what does not fit. */
export function settingsOf(
  options: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const given = checked(options)
  const fromSeeds = (['runs', 'seed', 'strategy', 'timing'] as const).find(
    (name) => given[name] !== undefined,
  )
  if (given.exhaustive === true && fromSeeds !== undefined) {
    throw new HeddleError(
      'HEDDLE_OPTIONS',
      `Expected no "${fromSeeds}" of test.sim() beside "exhaustive", which covers every schedule, found both. Leave one out.`,
    )
  }
  const named = given.strategy ?? portfolio
  return {
    runs: integerIn(environment, 'HEDDLE_RUNS', 1, RUNS_MAX) ?? given.runs ?? 100,
    seed: integerIn(environment, 'HEDDLE_SEED', 0, Number.MAX_SAFE_INTEGER - RUNS_MAX) ?? given.seed ?? 1,
    strategy: typeof named === 'string' ? (strategyNamed(named) as Strategy) : named,
    timing: given.timing ?? 'sampled',
    exhaustive: given.exhaustive ?? false,
    timeoutMs: given.timeoutMs ?? TIMEOUT_MS,
    properties: given.properties ?? [],
    allowUnreached: given.allowUnreached ?? false,
    out: nonEmpty(environment.HEDDLE_OUT) ?? given.out ?? '.heddle',
    checkDeterminism: truthIn(environment, 'HEDDLE_CHECK_DETERMINISM'),
    replay: nonEmpty(environment.HEDDLE_REPLAY),
  }
}

function checked(options: unknown): v.InferOutput<typeof Options> {
  // An array would pass for an object of options by number.
  const result = v.safeParse(Options, Array.isArray(options) ? null : options, { abortEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  const key = v.getDotPath(issue)
  if (key === null) throw refusal('the options of test.sim() to be an object', options)
  if (!Object.hasOwn(Options.entries, key)) {
    throw refusal(`the options of test.sim() to be among ${Object.keys(Options.entries).join(', ')}`, key)
  }
  throw refusal(`"${key}" of test.sim() to be ${issue.message}`, issue.input)
}

function isStrategy(value: unknown): value is Strategy {
  return typeof value === 'object' && value !== null && 'name' in value && 'begin' in value
}

function refusal(expected: string, found: unknown): HeddleError {
  return new HeddleError('HEDDLE_OPTIONS', `Expected ${expected}, found ${shown(found)}.`)
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `"${printable(value, 60)}"`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

type Environment = Readonly<Record<string, string | undefined>>

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

function integerIn(environment: Environment, name: string, min: number, max: number): number | undefined {
  const value = nonEmpty(environment[name])
  if (value === undefined) return undefined
  const number = Number(value)
  if (/^\d+$/.test(value) && number >= min && number <= max) return number
  throw badVariable(name, `an integer from ${min} to ${max}`, value)
}

function truthIn(environment: Environment, name: string): boolean {
  const value = nonEmpty(environment[name]) ?? '0'
  if (value === '1' || value === 'true') return true
  if (value === '0' || value === 'false') return false
  throw badVariable(name, '1 or 0', value)
}

function badVariable(name: string, expected: string, found: string): HeddleError {
  return new HeddleError(
    'HEDDLE_ENVIRONMENT',
    `Expected the environment variable ${name} to be ${expected}, found "${printable(found, 60)}".`,
  )
}
