// `heddle list`: what there is to hunt, those of the project first, and with which coordinators.

import type { Command } from 'commander'
import { plain, table, width } from '../failures/index.ts'
import { scenarios } from '../model/index.ts'
import { BUILT_IN } from './coordinators.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { openProject, type Project } from './project.ts'
import * as shared from './shared-options.ts'
import { print } from './terminal.ts'
import { nameOfFile } from './user-file.ts'

interface ListCommand {
  readonly config?: string
  readonly json: boolean
}

export function addList(heddle: Command, { signal, ends }: shared.Edge): void {
  heddle
    .command('list')
    .description('list the scenarios and the coordinators')
    .addOption(shared.config())
    .addOption(shared.json())
    .action(async ({ config, json }: ListCommand) => {
      const project = await openProject({ config, isWhole: false }, { timeoutMs: shared.TIMEOUT_MS, signal })
      ends(list(project, json))
    })
}

/** What can be done with each kind. */
const KINDS = { actors: 'actors: heddle check', code: 'code: heddle explore' } as const

function list({ settings, own }: Project, json: boolean): ExitCode {
  const coordinators = BUILT_IN.map(({ name, about }) => ({ name, about }))
  const all = scenarios.map(({ name, plan, about }) => ({ name, plan, about }))
  const mine = own.map(({ scenario, kind, file }) => ({ name: scenario, kind, file: nameOfFile(file) }))
  if (json) {
    print(JSON.stringify({ own: mine, scenarios: all, coordinators }, null, 2))
    return EXIT.nothingFound
  }
  const options = { width: width() }
  if (settings !== undefined) {
    const lines = mine.map(({ name, kind, file }) => [plain(name, 60), KINDS[kind], file])
    print(table([`scenario of ${nameOfFile(settings.file)}`, 'made of', 'file'], lines, options))
    print()
  }
  print(table(['scenario', 'plan', 'what it shows'], rows(all), options))
  print()
  print(table(['coordinator', '', 'what it is'], rows(coordinators), options))
  print('\nA coordinator of your own is given by file: heddle hunt --coordinator mine.ts')
  return EXIT.nothingFound
}

function rows(of: readonly { name: string; plan?: string; about: string }[]): string[][] {
  return of.map(({ name, plan = '', about }) => [name, plan, about])
}
