// What a command runs: scenarios of the catalogue, each under a coordinator, and scenarios of the user's own, each from
// its file. Says which of them a command line means, and what each is called. Loads nothing.

import { relative } from 'node:path'
import { plain, quoted } from '../failures/index.ts'
import { scenarios } from '../model/index.ts'
import { type CoordinatorRef, chosen, forEntry, nameOf } from './coordinators.ts'
import { UsageError } from './exit.ts'
import { find } from './options.ts'
import type { Project } from './project.ts'
import { nameOfFile } from './user-file.ts'

/** A scenario of the catalogue, under a coordinator. */
export interface CatalogueSubject {
  readonly scenario: string
  readonly coordinator: CoordinatorRef
  readonly file?: undefined
}

/** A scenario of the user's own. */
export interface OwnSubject {
  readonly scenario: string
  readonly coordinator?: undefined
  /** Where it is exported, as an absolute path. */
  readonly file: string
  /** The configuration that must be named to find it again, where one was named. */
  readonly config?: string | undefined
}

/** Says the same in every thread. */
export type Subject = CatalogueSubject | OwnSubject

/** A scenario of the user's own, and what can be done with it. */
export interface OwnScenario extends OwnSubject {
  /** Of actors, which can be checked; of code, which can only be explored. */
  readonly kind: 'actors' | 'code'
}

/** What one of the words of a command line names: a scenario of the project, or else one of the catalogue. */
export type Named = OwnScenario | (typeof scenarios)[number]

export function isOwn(named: Named): named is OwnScenario {
  return 'file' in named
}

/** The scenarios with these names; without any, all of the project's, and of the catalogue where there is no project. */
export function named(names: readonly string[], project: Project): readonly Named[] {
  if (names.length > 0) return [...new Set(names)].map((name) => scenarioNamed(name, project))
  if (project.settings === undefined) return scenarios
  if (project.own.length > 0) return project.own
  throw new UsageError(
    `Expected scenarios in files that match ${plain(project.settings.scenarios.join(', '))}, as ${nameOfFile(project.settings.file)} says, found no such file. heddle init writes one.`,
  )
}

/** Throws a UsageError that names the nearest ones. */
export function scenarioNamed(name: string, { own }: Project): Named {
  const known = [
    ...own.map((one) => ({ name: one.scenario, is: one as Named })),
    ...scenarios.map((entry) => ({ name: entry.name, is: entry as Named })),
  ]
  return find('scenario', name, known).is
}

/**
 * What to run of them. A scenario of the catalogue is put under the coordinator that the word means; one of the user's
 * own has what it has, and a word is a mistake.
 */
export async function subjectsOf(
  wanted: readonly Named[],
  word: string | undefined,
): Promise<readonly Subject[]> {
  refuseCoordinator(wanted, word)
  const ref = await chosen(word ?? 'single')
  return wanted.map((one) =>
    isOwn(one) ? ownSubject(one) : { scenario: one.name, coordinator: forEntry(ref, one) },
  )
}

/** Throws a UsageError where a coordinator is given beside a scenario of the user's own. */
export function refuseCoordinator(wanted: readonly Named[], word: string | undefined): void {
  const own = word === undefined ? undefined : wanted.find(isOwn)
  if (own === undefined) return
  throw new UsageError(
    `Expected no --coordinator beside "${plain(own.scenario, 60)}" of ${nameOfFile(own.file)}: it is for scenarios of the catalogue, which heddle list names. Name one of these, or leave it out.`,
  )
}

function ownSubject({ scenario, file, config }: OwnScenario): OwnSubject {
  return { scenario, file, config }
}

/** Under which coordinator a subject is; undefined of one of the user's own. */
export function coordinatorOf({
  coordinator,
}: {
  readonly coordinator?: CoordinatorRef | undefined
}): string | undefined {
  return coordinator === undefined ? undefined : nameOf(coordinator)
}

/** `five-tabs · single`, or the name alone. */
export function titleOf({ scenario, coordinator }: Subject): string {
  return titled(scenario, coordinator)
}

export function titled(scenario: string, coordinator: CoordinatorRef | undefined): string {
  const under = coordinatorOf({ coordinator })
  return under === undefined ? plain(scenario) : `${plain(scenario)} · ${under}`
}

/** The command line that replays a file: with what must be named again. */
export function replayCommandFor(
  file: string,
  { coordinator, config }: Pick<OwnSubject, 'config'> & { readonly coordinator?: CoordinatorRef | undefined },
): string {
  const own =
    coordinator?.kind === 'file' ? ` --coordinator ${quoted(relative(process.cwd(), coordinator.path))}` : ''
  const where = config === undefined ? '' : ` --config ${quoted(config)}`
  return `npx heddle replay ${quoted(file)}${own}${where}`
}
