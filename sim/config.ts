// What a user's project says of itself in heddle.config.ts: which files hold its scenarios, where replay files go, how
// long a gate may take. A type and the function that gives it to an editor; who reads it is the command.

import type { Duration } from './duration.ts'

/** Each field may be left out. Paths and patterns begin at the folder of the file. */
export interface Config {
  /** Patterns of the files that hold scenarios: every `*.sim.ts`, `.mts`, `.js` and `.mjs` unless given. */
  readonly scenarios?: readonly string[]
  /** The folder of the replay files that are kept, and replayed by every gate: `replays` unless given. */
  readonly replays?: string
  /** The folder of the replay files of the day: `.heddle` unless given. */
  readonly out?: string
  /** How long a gate may take, such as `'60s'`. */
  readonly budget?: Duration
  /** How many seeds of each scenario a hunt runs. */
  readonly seeds?: number
  /** What chooses between events due at once, such as `'pct:4'`: the portfolio unless given. */
  readonly strategy?: string
  /** How many worker threads there are; the result is the same for any number. */
  readonly workers?: number
  /** After how long a chunk of runs counts as never settling. */
  readonly timeoutMs?: number
}

/** The configuration as it is, with its type: `export default defineConfig({ … })` in `heddle.config.ts`. */
export function defineConfig(config: Config): Config {
  return config
}
