// `heddle init`: a first configuration, scenario and test in the folder that it runs in. Whatever is there already is
// left alone, and said so; what is written is written whole or not at all.

import { lstat, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { colours, writeWhole } from '../failures/index.ts'
import { EXIT, type ExitCode, UsageError } from './exit.ts'
import { type InitFile, initFiles } from './init-files.ts'
import type { Edge } from './shared-options.ts'
import { print } from './terminal.ts'
import { nameOfFile } from './user-file.ts'

export function addInit(heddle: Command, { ends }: Edge): void {
  heddle
    .command('init')
    .description('write a first configuration, scenario and test; never overwrites')
    .action(async () => ends(await initCommand()))
}

async function initCommand(): Promise<ExitCode> {
  const found = await packageAbove(process.cwd())
  const files = initFiles(found?.type === 'module')
  // All of them are looked at before the first is written.
  const there: (string | undefined)[] = []
  for (const file of files) there.push(await thereOf(file))
  for (const [index, { path, content }] of files.entries()) {
    if (there[index] === undefined) await writeWhole(path, content)
  }
  const rows = files.map(({ path, about }, index) => {
    const other = there[index]
    return other === undefined ? ['written', path, about] : ['left alone', other, 'is there already']
  })
  print([...laidOut(rows), '', ...(await next(found))].join('\n'))
  return EXIT.nothingFound
}

/** What of a file is there already, whatever it is. */
async function thereOf({ likes }: InitFile): Promise<string | undefined> {
  for (const path of likes) {
    if (await isThere(path)) return path
  }
  return undefined
}

/** A link that leads nowhere is there, too. */
async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return false
    throw new UsageError(`Expected a folder that may be read at ${dirname(path)}, found none (${code}).`)
  }
}

interface Package {
  readonly type?: unknown
  readonly [group: string]: unknown
}

/** What the nearest package.json says, which is the one that npm would take; undefined where there is none. */
async function packageAbove(folder: string): Promise<Package | undefined> {
  const path = join(folder, 'package.json')
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new UsageError(`Expected to read ${nameOfFile(path)}, found ${error.code}.`)
  })
  if (text === undefined) return dirname(folder) === folder ? undefined : packageAbove(dirname(folder))
  const found = parsed(text)
  if (typeof found === 'object' && found !== null) return found as Package
  throw new UsageError(
    `Expected JSON in ${nameOfFile(path)}, found something else. Mend it, and run heddle init again.`,
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const NEEDED = ['heddle', 'vitest']
const GROUPS = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']

async function next(found: Package | undefined): Promise<readonly string[]> {
  const missing = NEEDED.filter((name) => !GROUPS.some((group) => isNamedIn(found?.[group], name)))
  const ignored = await readFile('.gitignore', 'utf8').catch(() => undefined)
  const steps = [
    ...(found === undefined ? [['npm init -y', 'as there is no package.json']] : []),
    ...(missing.length > 0 ? [[`npm install --save-dev ${missing.join(' ')}`, 'what the files import']] : []),
    ['npx vitest run', 'runs the test'],
    ['npx heddle hunt', 'many orders of each scenario'],
    ['npx heddle explore', 'each order, of scenarios that are code'],
    ['npx heddle gate', 'all of it within a budget, for a merge to pass'],
  ]
  const isOpen = ignored !== undefined && !/^\/?\.heddle\/?\s*$/m.test(ignored)
  return [
    colours.bold('Next'),
    ...laidOut(steps),
    ...(isOpen
      ? ['', 'Replay files of the day go to .heddle/: a line for .gitignore, which was left alone.']
      : []),
  ]
}

/** In columns, indented. */
function laidOut(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  )
}

function isNamedIn(group: unknown, name: string): boolean {
  return typeof group === 'object' && group !== null && Object.hasOwn(group, name)
}
