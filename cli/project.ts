// The user's project: its configuration, and the scenarios that its files hold. All of their code runs in a worker
// thread, one file after the other, so that whatever one of them does is said of that file.

import { relative } from 'node:path'
import { glob } from 'tinyglobby'
import { plain } from '../failures/index.ts'
import { findConfig, namedConfig, type Settings } from './config.ts'
import { UsageError } from './exit.ts'
import { type Limits, loadedBy, Pool } from './pool.ts'
import type { OwnScenario } from './subjects.ts'
import type { LoadTask, TaskResults } from './tasks.ts'
import { printError } from './terminal.ts'
import { nameOfFile } from './user-file.ts'

export interface Project {
  /** Undefined where there is no configuration, and so no project. */
  readonly settings: Settings | undefined
  /** The scenarios of the user's own, by file and then as the file has them. */
  readonly own: readonly OwnScenario[]
}

export interface ProjectOptions {
  /** The word behind `--config`. */
  readonly config?: string | undefined
  /** Whether all of its scenarios are needed; else a file that cannot be loaded is named on stderr, and left out. */
  readonly isWhole?: boolean
}

const NO_PROJECT: Project = { settings: undefined, own: [] }

/**
 * The project of the folder that the command runs in, or of the configuration that is named. Throws a UsageError, on one
 * line with the file in it, for a configuration that cannot be used, and for such a scenario file where all are needed.
 */
export async function openProject(
  { config, isWhole = true }: ProjectOptions,
  limits: Limits,
): Promise<Project> {
  const file = config === undefined ? await findConfig(process.cwd()) : await namedConfig(config)
  if (file === undefined) return NO_PROJECT
  const loader = new Loader(limits)
  try {
    const settings = await loader.load({ kind: 'config', file })
    const own: OwnScenario[] = []
    const named = config === undefined ? undefined : relative(process.cwd(), file)
    for (const path of await filesOf(settings)) {
      const held = await loader.load({ kind: 'scenarios', file: path }).catch(async (error: unknown) => {
        if (isWhole || !(error instanceof UsageError)) throw error
        printError(`heddle: Going on without one file. ${error.message}`)
        await loader.beginAnew()
        return []
      })
      own.push(...held.map((one) => ({ ...one, file: path, config: named })))
    }
    refuseTwice(own)
    return { settings, own }
  } finally {
    await loader.close()
  }
}

/** Loads files in one worker thread. */
class Loader {
  readonly #limits: Limits
  #pool = new Pool(1)

  constructor(limits: Limits) {
    this.#limits = limits
  }

  load<T extends LoadTask>(task: T): Promise<TaskResults[T['kind']]> {
    return loadedBy(this.#pool, task, this.#limits)
  }

  /** What a file has left behind in its thread would be said of the next one. */
  async beginAnew(): Promise<void> {
    await this.#pool.close()
    this.#pool = new Pool(1)
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }
}

/** The files that may hold scenarios, in an order that is the same everywhere. */
async function filesOf({ scenarios, folder }: Settings): Promise<readonly string[]> {
  const files = await glob([...scenarios], {
    cwd: folder,
    absolute: true,
    ignore: ['**/node_modules/**'],
    followSymbolicLinks: false,
    expandDirectories: false,
  })
  return files.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

function refuseTwice(own: readonly OwnScenario[]): void {
  const first = new Map<string, OwnScenario>()
  for (const one of own) {
    const other = first.get(one.scenario)
    if (other !== undefined) {
      const isTwice = other.file === one.file
      const where = isTwice
        ? `twice in ${nameOfFile(one.file)}. Rename one of them`
        : `in ${nameOfFile(other.file)} and in ${nameOfFile(one.file)}. Rename one of them, or leave out one of the files in "scenarios" of the configuration`
      throw new UsageError(
        `Expected names that are unique, found a scenario named "${plain(one.scenario, 60)}" ${where}.`,
      )
    }
    first.set(one.scenario, one)
  }
}
