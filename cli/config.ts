// The configuration of a user's project: where it is, and what it may say. Finding it looks at names alone; reading it
// runs the file's code, so only a worker thread does that, and hands on plain data.

import { readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import * as v from 'valibot'
import { plain } from '../failures/index.ts'
import { type Config, strategyNamed, toUs } from '../sim/index.ts'
import { UsageError } from './exit.ts'
import { LIMITS } from './options.ts'
import { importUserFile, nameOfFile } from './user-file.ts'

/** What a project has settled, with defaults; each path is absolute. */
export interface Settings {
  /** The configuration itself. */
  readonly file: string
  /** Where it is; patterns and paths in it begin here. */
  readonly folder: string
  readonly scenarios: readonly string[]
  readonly replays: string
  readonly out: string
  readonly budgetMs?: number | undefined
  readonly seeds?: number | undefined
  readonly strategy?: string | undefined
  readonly workers?: number | undefined
  readonly timeoutMs?: number | undefined
}

export const CONFIG_NAMES: readonly string[] = ['ts', 'mts', 'js', 'mjs'].map((end) => `heddle.config.${end}`)
export const DEFAULTS = {
  scenarios: ['**/*.sim.{ts,mts,js,mjs}'],
  replays: 'replays',
  out: '.heddle',
} as const

/** Where a project ends: a configuration further up is somebody else's. */
const BOUNDARIES = ['package.json', '.git']

/** The configuration of the project that a folder is in, as an absolute path; undefined where it has none. */
export async function findConfig(folder: string): Promise<string | undefined> {
  const names = new Set(await readdir(folder).catch(() => []))
  const found = CONFIG_NAMES.find((name) => names.has(name))
  if (found !== undefined) return join(folder, found)
  const parent = dirname(folder)
  return parent === folder || BOUNDARIES.some((name) => names.has(name)) ? undefined : findConfig(parent)
}

/** The configuration that a word names. Throws a UsageError where there is none. */
export async function namedConfig(word: string): Promise<string> {
  const path = resolve(word)
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error)
  const complaint =
    found instanceof Error ? `no such file (${found.code})` : found.isFile() ? undefined : 'no regular file'
  if (complaint === undefined) return path
  throw new UsageError(`Expected a configuration in ${plain(word)}, found ${complaint}.`)
}

const found = (received: string) => `found ${plain(received, 80)}`

const aText = (what: string) =>
  v.custom<string>(
    (value) => typeof value === 'string' && value !== '',
    ({ received }) => `${what}, ${found(received)}`,
  )

const aCount = ({ min, max }: { readonly min: number; readonly max: number }) => {
  const what = `a whole number from ${min} to ${max}`
  return v.custom<number>(
    (value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max,
    ({ received }) => `${what}, ${found(received)}`,
  )
}

const aBudget = v.custom<NonNullable<Config['budget']>>(
  (value) => budgetMsOf(value) !== undefined,
  ({ received }) => `a time from 1s on, such as '60s', ${found(received)}`,
)

const aStrategy = v.custom<string>(
  (value) => typeof value === 'string' && typeof strategyNamed(value) !== 'string',
  ({ received }) => `a strategy such as 'pct:4', ${found(received)}`,
)

const SHAPE = v.strictObject(
  {
    scenarios: v.optional(
      v.pipe(
        v.array(aText('a pattern'), ({ received }) => `a list of patterns, ${found(received)}`),
        v.minLength(1, () => 'a list of patterns, found an empty one'),
      ),
    ),
    replays: v.optional(aText('a folder')),
    out: v.optional(aText('a folder')),
    budget: v.optional(aBudget),
    seeds: v.optional(aCount(LIMITS.seeds)),
    strategy: v.optional(aStrategy),
    workers: v.optional(aCount(LIMITS.workers)),
    timeoutMs: v.optional(aCount(LIMITS.timeoutMs)),
  },
  ({ received }) => found(received),
)

/** Runs a configuration, in a worker thread. Throws a UsageError that names the file and what is wrong in it. */
export async function readConfig(file: string): Promise<Settings> {
  return settingsFrom((await importUserFile(file)).default, file)
}

/** What a configuration settles by its default export. Throws a UsageError for what is none. */
export function settingsFrom(given: unknown, file: string): Settings {
  // To valibot, a list is an object without any fields.
  const { issues, output } = v.safeParse(SHAPE, Array.isArray(given) ? 'a list' : given, { abortEarly: true })
  if (issues !== undefined) throw new UsageError(`${nameOfFile(file)}: ${complaint(issues[0])}`)
  return settled(file, output as Config)
}

function settled(file: string, config: Config): Settings {
  const {
    scenarios = DEFAULTS.scenarios,
    replays = DEFAULTS.replays,
    out = DEFAULTS.out,
    budget,
    ...rest
  } = config
  const folder = dirname(file)
  return {
    ...rest,
    file,
    folder,
    scenarios,
    replays: resolve(folder, replays),
    out: resolve(folder, out),
    budgetMs: budgetMsOf(budget),
  }
}

function complaint(issue: v.BaseIssue<unknown>): string {
  const path = plain(v.getDotPath(issue) ?? '', 60)
  if (path === '') {
    const what = issue.input === undefined ? 'no default export' : plain(issue.received, 80)
    return `expected defineConfig({ … }) as the default export, found ${what}.`
  }
  const isKnown = Object.hasOwn(SHAPE.entries, path.split('.')[0] ?? '')
  if (isKnown) return `expected ${path} to be ${issue.message}.`
  return `expected fields among ${Object.keys(SHAPE.entries).join(', ')}, found ${path}.`
}

function budgetMsOf(value: unknown): number | undefined {
  try {
    const ms = toUs(value as never) / 1_000
    return ms >= 1_000 && ms <= LIMITS.timeoutMs.max ? Math.round(ms) : undefined
  } catch {
    return undefined
  }
}
