// The rules that a compiler does not know: which folder may import which, what may not be called where runs
// must repeat, and what every file looks like. Pure: files in, findings out; tidy.test.ts holds the tables.

import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { parseAst } from 'vitest/node'

export interface SourceFile {
  /** From the root of the project, with forward slashes. */
  readonly path: string
  readonly text: string
}

export interface Folder {
  /** The folders it may import, through their doors. */
  readonly imports: readonly string[]
  /** The folders that only its tests may import, besides. */
  readonly testsImport?: readonly string[]
  /** The packages its code may import; any with true. Tests may import any package. */
  readonly packages: readonly string[] | true
  /** Whether its code may import what only Node.js has. */
  readonly builtins: boolean
  /** Whether its code must do the same in every run. */
  readonly deterministic: boolean
}

export interface Rules {
  readonly folders: Readonly<Record<string, Folder>>
  /** By file, the banned names that it alone may use, and why. */
  readonly mayUse: Readonly<Record<string, { readonly names: readonly string[]; readonly reason: string }>>
  /** By file, why it is longer than others. */
  readonly mayBeLong: Readonly<Record<string, string>>
  readonly linesMax: number
}

/** What is wrong with the files, one line each: where, what, and what to do instead. */
export function findings(files: readonly SourceFile[], rules: Rules): string[] {
  return [...files.flatMap((file) => findingsOf(file, rules)), ...staleEntries(files, rules)]
}

type Node = { readonly type: string; readonly start: number } & Readonly<Record<string, any>>

function findingsOf(file: SourceFile, rules: Rules): string[] {
  const found: string[] = []
  const folder = rules.folders[folderOf(file.path)]
  const report = (node: Node | undefined, what: string) => found.push(`${place(file, node)}: ${what}`)
  if (!isTest(file.path) && !/^(#!.*\n)?\/[/*]/.test(file.text)) {
    report(undefined, 'expected a header comment: what the file owns, and what it never does.')
  }
  const lines = file.text.split('\n').length - 1
  if (lines > rules.linesMax && rules.mayBeLong[file.path] === undefined) {
    report(
      undefined,
      `${lines} lines, expected at most ${rules.linesMax}. Split it, or give a reason in tidy.test.ts.`,
    )
  }
  for (const node of nodesOf(file)) {
    const source = importedBy(node)
    if (source !== undefined && folder !== undefined) {
      for (const what of importFindings(file.path, source, folder)) report(node, what)
    }
    const skipped = isTest(file.path) ? skips(node) : undefined
    if (skipped !== undefined)
      report(node, `.${skipped} in a test. Every test runs: mend it, or take it out.`)
    if (folder?.deterministic && !isTest(file.path)) {
      const use = bannedUse(node)
      if (use === undefined || rules.mayUse[file.path]?.names.includes(use.name)) continue
      report(node, `${use.name} differs from run to run. ${use.instead}`)
    }
  }
  return found
}

function staleEntries(files: readonly SourceFile[], rules: Rules): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const stale = (path: string, table: string) =>
    `tidy.test.ts: ${path} no longer needs its entry in ${table}.`
  const long = Object.keys(rules.mayBeLong).filter((path) => {
    return (byPath.get(path)?.text.split('\n').length ?? 0) - 1 <= rules.linesMax
  })
  const unused = Object.entries(rules.mayUse).flatMap(([path, { names }]) => {
    const file = byPath.get(path)
    const used = new Set(file === undefined ? [] : nodesOf(file).map((node) => bannedUse(node)?.name))
    return names.filter((name) => !used.has(name)).map((name) => `${path} (${name})`)
  })
  return [...long.map((path) => stale(path, 'mayBeLong')), ...unused.map((path) => stale(path, 'mayUse'))]
}

function importFindings(path: string, source: string, folder: Folder): string[] {
  const own = folderOf(path)
  if (!source.startsWith('.')) return isTest(path) ? [] : packageFindings(source, own, folder)
  const target = posix.join(posix.dirname(path), source)
  const other = folderOf(target)
  if (other === own) return []
  const allowed = isTest(path) ? [...folder.imports, ...(folder.testsImport ?? [])] : folder.imports
  if (!allowed.includes(other)) {
    const folders = allowed.length === 0 ? 'no other folder' : allowed.join(', ')
    return [`${own}/ imports ${target}, and may import ${folders}. Imports point one way.`]
  }
  if (isTest(path) || target === `${other}/index.ts`) return []
  return [`imports ${target} past the door of ${other}/. Import ../${other}/index.ts.`]
}

function packageFindings(source: string, own: string, folder: Folder): string[] {
  const name = source.split('/', source.startsWith('@') ? 2 : 1).join('/')
  if (source.startsWith('node:') || builtinModules.includes(name)) {
    return folder.builtins
      ? []
      : [`imports ${source}. ${own}/ runs anywhere: have it handed in from outside.`]
  }
  if (folder.packages === true || folder.packages.includes(name)) return []
  return [`imports ${name}, and ${own}/ may import ${folder.packages.join(', ') || 'no package'}.`]
}

const GLOBALS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Date: 'Ask the clock in sim/clock.ts for virtual time.',
    performance: 'Ask the clock in sim/clock.ts for virtual time.',
    setTimeout: 'Set a timer of an actor, or sleep in a world; turns of the event loop are in sim/host.ts.',
    setInterval: 'Set a timer of an actor, or sleep in a world.',
    setImmediate: 'Use afterMacrotask in sim/host.ts.',
    queueMicrotask: 'Let the scheduler order it, as an event.',
    process: 'Use what sim/host.ts lends, or have it handed in.',
    globalThis: 'Use what sim/host.ts lends, or have it handed in.',
    crypto: 'Draw from a stream in sim/random.ts; a digest is in sim/digest.ts.',
    Intl: 'Format in plain code, such as formatUs in sim/duration.ts.',
    WeakRef: 'When garbage is collected is not ours to see: keep a bounded map.',
    FinalizationRegistry: 'When garbage is collected is not ours to see: let go explicitly.',
  }),
)

interface Use {
  readonly name: string
  readonly instead: string
}

/** What this node uses of what is not the same in every run, if it does. */
function bannedUse(node: Node): Use | undefined {
  if (node.type === 'Identifier') {
    const instead = GLOBALS.get(node.name)
    return instead === undefined ? undefined : { name: node.name, instead }
  }
  if (node.type === 'CallExpression') return bannedSort(node)
  const member = memberName(node)
  if (member === 'random' && node.object.name === 'Math') {
    return { name: 'Math.random', instead: 'Draw from a stream in sim/random.ts.' }
  }
  if (member === 'localeCompare') return { name: member, instead: 'Compare with < and >, by code units.' }
  if (!member?.startsWith('toLocale')) return undefined
  return { name: member, instead: 'Format in plain code, without a locale.' }
}

function bannedSort(call: Node): Use | undefined {
  const name = memberName(call.callee)
  if ((name !== 'sort' && name !== 'toSorted') || call.arguments.length > 0) return undefined
  return { name, instead: 'Give it a comparator that is total, such as (a, b) => a - b.' }
}

function memberName(node: Node): string | undefined {
  if (node.type !== 'MemberExpression') return undefined
  const { property, computed } = node
  return computed ? (typeof property.value === 'string' ? property.value : undefined) : property.name
}

function skips(node: Node): string | undefined {
  const member = memberName(node)
  if (member === undefined || !/^(skip|skipIf|runIf|only|todo|fails)$/.test(member)) return undefined
  // Through test.describe.skip and the like to the name it begins with.
  let root = node.object
  while (root.type === 'MemberExpression') root = root.object
  return /^(test|it|describe|suite|bench)$/.test(root.name ?? '') ? member : undefined
}

function importedBy(node: Node): string | undefined {
  const imports = /^(Import(Declaration|Expression)|Export(All|Named)Declaration|TSImportType)$/.test(
    node.type,
  )
  const source = imports ? node.source?.value : undefined
  return typeof source === 'string' ? source : undefined
}

/** Every node that is code or an import, in the order of the text; of types, their imports alone. */
function nodesOf({ path, text }: SourceFile): Node[] {
  const lang = path.endsWith('.ts') ? 'ts' : 'js'
  const nodes: Node[] = []
  const visit = (node: Node, inType: boolean) => {
    const isType = inType || (node.type.startsWith('TS') && !('expression' in node))
    if (!isType || node.type === 'TSImportType') nodes.push(node)
    for (const [key, child] of Object.entries(node)) {
      if (isName(node, key)) continue
      for (const item of Array.isArray(child) ? child : [child]) {
        if (typeof item?.type === 'string') visit(item, isType)
      }
    }
  }
  visit(parseAst(text.replace(/^#!/, '//'), { lang } as never) as unknown as Node, false)
  return nodes
}

/** Whether what stands under `key` only names a field or an export, and refers to nothing. */
function isName(node: Node, key: string): boolean {
  if (node.computed === true) return false
  if (key === 'property') return node.type === 'MemberExpression'
  return key === 'key' || key === 'imported' || key === 'exported'
}

function isTest(path: string): boolean {
  return /\.(test|fixture)\.ts$/.test(path)
}

function folderOf(path: string): string {
  return path.includes('/') ? (path.split('/', 1)[0] as string) : ''
}

function place({ path, text }: SourceFile, node: Node | undefined): string {
  return node === undefined ? path : `${path}:${text.slice(0, node.start).split('\n').length}`
}
