// `heddle list`: what there is to hunt, and with which coordinators.

import { table, width } from '../failures/index.ts'
import { scenarios } from '../model/index.ts'
import { BUILT_IN } from './coordinators.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { print } from './terminal.ts'

export function list({ json }: { readonly json: boolean }): ExitCode {
  const coordinators = BUILT_IN.map(({ name, about }) => ({ name, about }))
  const all = scenarios.map(({ name, plan, about }) => ({ name, plan, about }))
  if (json) {
    print(JSON.stringify({ scenarios: all, coordinators }, null, 2))
    return EXIT.nothingFound
  }
  const options = { width: width() }
  print(table(['scenario', 'plan', 'what it shows'], rows(all), options))
  print()
  print(table(['coordinator', '', 'what it is'], rows(coordinators), options))
  print('\nA coordinator of your own is given by file: heddle hunt --coordinator mine.ts')
  return EXIT.nothingFound
}

function rows(of: readonly { name: string; plan?: string; about: string }[]): string[][] {
  return of.map(({ name, plan = '', about }) => [name, plan, about])
}
