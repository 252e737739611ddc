// The scenarios that a user's file exports: by default or by name, one by one or in arrays. Runs the file's code, so only
// a worker thread does it.

import { plain } from '../failures/index.ts'
import { HeddleError, type Scenario, scenario } from '../sim/index.ts'
import { UsageError } from './exit.ts'
import type { OwnScenario, OwnSubject } from './subjects.ts'
import { importUserFile, nameOfFile } from './user-file.ts'

/** What a file holds, as a command lists it. Throws a UsageError for a file that fails, or holds no scenario. */
export async function scenariosIn(file: string): Promise<readonly Pick<OwnScenario, 'scenario' | 'kind'>[]> {
  const held = await load(file)
  return held.map(({ name, system }) => ({ scenario: name, kind: system === undefined ? 'code' : 'actors' }))
}

/** The scenario itself. */
export async function ownScenario({ scenario: name, file }: OwnSubject): Promise<Scenario> {
  const found = (await load(file)).find((one) => one.name === name)
  if (found !== undefined) return found
  throw new UsageError(`${nameOfFile(file)} no longer exports a scenario named "${plain(name, 60)}".`)
}

async function load(file: string): Promise<readonly Scenario[]> {
  const exported = await importUserFile(file)
  const values = [...new Set(Object.values(exported).flat())]
  const held = values.filter(isScenario).map((one) => whole(one, file))
  if (held.length > 0) return held
  throw new UsageError(
    `Expected a scenario in ${nameOfFile(file)}, found ${exportsOf(exported)}: export what world(), scenario() or lifecycle() gives.`,
  )
}

/** What looks like one; whether it is one is for heddle itself to say. */
function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && 'name' in value && 'begin' in value
}

function whole(one: Scenario, file: string): Scenario {
  try {
    return scenario(one)
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error
    throw new UsageError(`${nameOfFile(file)}: ${error.message}`)
  }
}

function exportsOf(exported: object): string {
  const names = Object.keys(exported).filter((name) => name !== '__esModule' && name !== 'module.exports')
  return names.length === 0 ? 'no export' : `none among its exports ${plain(names.join(', '), 200)}`
}
