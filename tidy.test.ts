import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Folder, findings, type Rules } from './tidy.ts'

const PURE = { builtins: false, deterministic: true } as const
const OUTSIDE = { packages: true, builtins: true, deterministic: false } as const

const RULES: Rules = {
  folders: {
    sim: { imports: [], packages: ['immer', 'seedrandom', '@noble/hashes', 'fflate', 'valibot'], ...PURE },
    model: { imports: ['sim'], packages: ['immer', 'valibot'], ...PURE },
    arbitraries: { imports: ['sim', 'model'], packages: ['fast-check'], ...PURE },
    // Whoever uses a property need not have fast-check.
    properties: { imports: ['sim', 'model'], testsImport: ['arbitraries'], packages: [], ...PURE },
    node: { imports: ['sim'], ...OUTSIDE },
    failures: { imports: ['sim', 'model'], ...OUTSIDE },
    vitest: { imports: ['sim', 'failures'], ...OUTSIDE },
    docs: { imports: [], testsImport: ['vitest'], ...OUTSIDE },
    cli: { imports: ['sim', 'model', 'properties', 'failures', 'node', 'vitest'], ...OUTSIDE },
    replays: { imports: ['sim', 'model', 'properties', 'node', 'vitest'], ...OUTSIDE },
    bench: { imports: ['sim', 'model', 'properties', 'node', 'vitest'], ...OUTSIDE },
    examples: { imports: [], ...OUTSIDE },
  },
  mayUse: {
    'sim/world/context.ts': {
      names: ['globalThis'],
      reason: 'It detects asynchronous context, which some hosts lack, through the global object.',
    },
    'sim/host.ts': {
      names: ['globalThis', 'setImmediate', 'setTimeout', 'process', 'queueMicrotask'],
      reason: 'It is where the engine borrows these from the host, so that no other file has to.',
    },
  },
  mayBeLong: {
    'sim/explore/modules.ts': 'What an event does to modules, and where it is kept, share one private state.',
    'sim/explore/search.ts':
      'The inner loop of a search works on words and numbers that nobody else may see.',
    'sim/system.test.ts': 'What an actor can do, effect by effect, over the same few sample systems.',
    'sim/world/tasks.ts': 'A task, its choice points and the run they belong to share one private state.',
  },
  linesMax: 300,
}

const root = new URL('./', import.meta.url)

function projectFiles() {
  const inFolders = Object.keys(RULES.folders)
    .filter((folder) => existsSync(new URL(folder, root)))
    .flatMap((folder) =>
      readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).map(
        (path) => `${folder}/${path.replaceAll('\\', '/')}`,
      ),
    )
  return [...readdirSync(root), ...inFolders]
    .filter((path) => /\.(ts|mjs)$/.test(path) && !path.includes('/node_modules/'))
    .map((path) => ({ path, text: readFileSync(new URL(path, root), 'utf8') }))
}

test('the project keeps its own rules', () => {
  expect(findings(projectFiles(), RULES)).toEqual([])
})

test('the rules look at every folder there is', () => {
  const files = projectFiles().map(({ path }) => path)
  expect(files).toContain('sim/scheduler.ts')
  expect(files).toContain('sim/strategies/fifo.ts')
  expect(files).toContain('tidy.ts')
})

describe('a rule finds', () => {
  /** The findings in one file, without those of the tables' entries for files that are not there. */
  const found = (path: string, code: string) => {
    const text = path.endsWith('.test.ts') ? code : `// A sample.\n${code}\n`
    return findings([{ path, text }], { ...RULES, mayUse: {}, mayBeLong: {} })
  }

  test.each([
    ['sim/a.ts', "import { x } from '../model/index.ts'", 'sim/a.ts:2: sim/ imports model/index.ts, and may'],
    ['sim/a.ts', "export * from '../properties/index.ts'", 'Imports point one way.'],
    ['sim/strategies/a.ts', "import type { X } from '../../cli/x.ts'", 'sim/ imports cli/x.ts'],
    ['sim/a.ts', "type X = import('../model/index.ts').X", 'sim/ imports model/index.ts'],
    ['sim/a.test.ts', "import '../cli/exit.ts'", 'sim/ imports cli/exit.ts'],
    ['model/a.ts', "const x = await import('../cli/x.ts')", 'model/ imports cli/x.ts'],
    ['model/a.ts', "import { x } from '../sim/clock.ts'", 'past the door of sim/. Import ../sim/index.ts.'],
    ['node/a.ts', "import { x } from '../model/index.ts'", 'may import sim.'],
    ['sim/a.ts', "import { readFileSync } from 'node:fs'", 'imports node:fs. sim/ runs anywhere'],
    ['model/a.ts', "import { join } from 'path/posix'", 'imports path/posix'],
    [
      'properties/a.ts',
      "import { x } from '../arbitraries/index.ts'",
      'may import sim, model. Imports point',
    ],
    ['sim/a.ts', "import fc from 'fast-check'", 'imports fast-check, and sim/ may import immer'],
    ['sim/a.ts', "import { x } from '@noble/curves/x.js'", 'imports @noble/curves'],
  ])('an import that points the wrong way: %s, %s', (path, code, finding) => {
    expect(found(path, code)).toEqual([expect.stringContaining(finding)])
  })

  test.each([
    ['sim/a.ts', "import { sha256 } from '@noble/hashes/sha2.js'"],
    ['sim/strategies/a.ts', "import { x } from '../clock.ts'"],
    ['sim/a.test.ts', "import fc from 'fast-check'\nimport { readFileSync } from 'node:fs'"],
    ['model/a.ts', "import { actor } from '../sim/index.ts'"],
    ['model/a.test.ts', "import { Clock } from '../sim/clock.ts'"],
    ['arbitraries/a.ts', "import fc from 'fast-check'\nimport { x } from '../model/index.ts'"],
    ['properties/a.test.ts', "import { x } from '../arbitraries/index.ts'"],
    ['cli/a.ts', "import { readFileSync } from 'node:fs'\nimport { x } from '../model/index.ts'"],
  ])('nothing in an import that is allowed: %s, %s', (path, code) => {
    expect(found(path, code)).toEqual([])
  })

  test.each([
    ['const x = Math.random()', 'Math.random differs from run to run. Draw from a stream in sim/random.ts.'],
    ["const x = Math['random']()", 'Math.random'],
    ['const x = Date.now()', 'virtual time'],
    ['const x = new Date()', 'virtual time'],
    ['const now = performance.now', 'virtual time'],
    ['setTimeout(() => {}, 5)', 'sleep in a world'],
    ['class A { b = setInterval }', 'setInterval'],
    ['const x = { setImmediate }', 'afterMacrotask'],
    ['function f(call = queueMicrotask) {}', 'as an event'],
    ['const x = process.env.HOME', 'sim/host.ts'],
    ['const x = (globalThis as any).Date', 'globalThis'],
    ['const x = crypto.randomUUID()', 'sim/random.ts'],
    ['const x = new Intl.Collator()', 'formatUs'],
    ['const x = (5).toLocaleString()', 'without a locale'],
    ["const x = 'a'!.toLocaleUpperCase()", 'without a locale'],
    ["const x = 'a'.localeCompare('b')", 'by code units'],
    ['const x = [3, 1].sort()', 'a comparator that is total'],
    ['const x = [3, 1]?.toSorted()', 'a comparator that is total'],
    ['const x = new WeakRef({})', 'bounded map'],
  ])('what differs from run to run: %s', (code, finding) => {
    for (const folder of ['sim', 'model', 'properties']) {
      expect(found(`${folder}/a.ts`, code)).toEqual([expect.stringContaining(finding)])
    }
    expect(found('cli/a.ts', code)).toEqual([])
    expect(found('sim/a.test.ts', code)).toEqual([])
  })

  test.each([
    ['// Date.now() and Math.random() in a comment'],
    ["const x = 'setTimeout(process.env)'"],
    ['const x = `performance $' + '{1}`'],
    ['const x = /Date|crypto/'],
    ['const x: Date | undefined = undefined'],
    ['interface A { process: Date; setTimeout(): void }'],
    ['const x = { process: 1, Date: 2 }.process'],
    ['const x = [3, 1].sort((a, b) => a - b)'],
    ['const x = Math.max(1, 2)'],
  ])('nothing in what only looks like it: %s', (code) => {
    expect(found('sim/a.ts', code)).toEqual([])
  })

  test('no header', () => {
    expect(
      findings([{ path: 'sim/a.ts', text: 'export {}\n' }], { ...RULES, mayUse: {}, mayBeLong: {} }),
    ).toEqual([expect.stringContaining('sim/a.ts: expected a header comment')])
    const script = '#!/usr/bin/env node\n// Starts heddle.\n'
    expect(findings([{ path: 'cli/a.mjs', text: script }], { ...RULES, mayUse: {}, mayBeLong: {} })).toEqual(
      [],
    )
  })

  test('a file too long, and none where a reason is given', () => {
    const file = { path: 'sim/a.ts', text: '// One of many lines.\n'.repeat(301) }
    const rules = { ...RULES, mayUse: {}, mayBeLong: {} }
    expect(findings([file], rules)).toEqual([expect.stringContaining('sim/a.ts: 301 lines')])
    expect(findings([file], { ...rules, mayBeLong: { 'sim/a.ts': 'It is a sample.' } })).toEqual([])
  })

  test.each([
    "test.skip('x', () => {})",
    "describe.only('x', () => {})",
    "it.todo('x')",
    "test.runIf(true)('x', () => {})",
    "describe.concurrent.skip('x', () => {})",
  ])('a test that does not run: %s', (code) => {
    expect(found('sim/a.test.ts', code)).toEqual([expect.stringContaining('Every test runs')])
  })

  test('an entry that nothing needs any longer', () => {
    const entries = {
      mayUse: { 'sim/a.ts': { names: ['process'], reason: 'A sample.' } },
      mayBeLong: { 'sim/a.ts': 'A sample.' },
    }
    const stale = findings([{ path: 'sim/a.ts', text: '// A sample.\n' }], { ...RULES, ...entries })
    expect(stale).toEqual([
      expect.stringContaining('sim/a.ts no longer needs its entry in mayBeLong'),
      expect.stringContaining('sim/a.ts (process) no longer needs its entry in mayUse'),
    ])
  })
})

test('every exception has a reason', () => {
  const reasons = [
    ...Object.values(RULES.mayUse).map(({ reason }) => reason),
    ...Object.values(RULES.mayBeLong),
  ]
  for (const reason of reasons) expect(reason).toMatch(/^[A-Z].{10,}\.$/)
})

test('no folder may import one that may import it', () => {
  const folders: Readonly<Record<string, Folder>> = RULES.folders
  const all = ({ imports, testsImport = [] }: Folder) => [...imports, ...testsImport]
  for (const [name, folder] of Object.entries(folders)) {
    for (const other of all(folder)) expect(all(folders[other] as Folder)).not.toContain(name)
  }
})
