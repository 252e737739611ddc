// A user's project with tests of its own, run by the real runner. It lies inside this one, so that `heddle` is the
// built package, as it is for a user.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const RUNNER = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')

/** For a test that spawns: on a busy machine, starting takes its time. */
export const SPAWNS = { timeout: 120_000 }

export interface TestResult {
  /** Of the test file, from the project. */
  readonly file: string
  readonly fullName: string
  readonly status: 'passed' | 'failed' | 'skipped' | 'pending' | 'todo'
  readonly failureMessages: readonly string[]
}

export interface Ran {
  readonly code: number | null
  /** What a person sees. */
  readonly output: string
  /** What each test came to, in the order of files and lines. */
  readonly tests: readonly TestResult[]
  /** What a test failed with; empty where it passed. */
  failure(fullName: string): string
  status(fullName: string): TestResult['status'] | undefined
}

export interface Project {
  readonly path: string
  write(name: string, content: string | Uint8Array): void
  read(name: string): string
  /** The files in a folder, and in those within it; none where it is not there. */
  files(folder: string): readonly string[]
  /** Runs its tests. */
  run(args?: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ran>
  /** Runs a line in a shell. */
  shell(line: string): Promise<Pick<Ran, 'code' | 'output'>>
  /** Starts the runner's watch mode. */
  watch(): Watching
}

/** A runner that waits for changes. */
export interface Watching {
  /** What it has printed so far. */
  output(): string
  /** Resolves once it has printed this behind what it had printed when last asked. */
  prints(text: string): Promise<void>
  stop(): Promise<void>
}

// Registered here, as a hook of a test file cannot be from within one of its tests.
const made: string[] = []
afterAll(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true })
})

/** A new project, which goes away after the tests of the file. */
export function project(files: Readonly<Record<string, string>> = {}): Project {
  const parent = join(ROOT, '.heddle')
  mkdirSync(parent, { recursive: true })
  const path = mkdtempSync(join(parent, 'project-'))
  made.push(path)
  const write: Project['write'] = (name, content) => {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  // So that no configuration further up is found.
  write('vitest.config.ts', 'export default {}\n')
  for (const [name, content] of Object.entries(files)) write(name, content)
  let count = 0
  const start = (command: string, args: readonly string[], environment = {}) =>
    spawn(command, args, { cwd: path, env: { ...plainEnvironment(), ...environment } })
  const run = async (args: readonly string[] = [], environment = {}): Promise<Ran> => {
    const report = join(path, `report-${++count}.json`)
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const child = start(process.execPath, [RUNNER, 'run', ...args, ...reporters], environment)
    return { ...(await ended(child)), ...reported(report, path) }
  }
  return {
    path,
    write,
    read: (name) => readFileSync(join(path, name), 'utf8'),
    files: (folder) => filesIn(join(path, folder)),
    run,
    shell: (line) => ended(start('sh', ['-c', line])),
    watch: () => watching(start(process.execPath, [RUNNER, 'watch'])),
  }
}

function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

/** That of a plain shell: nothing of the runner that runs this. */
function plainEnvironment(): Record<string, string | undefined> {
  const { PATH, HOME, TMPDIR, SystemRoot } = process.env
  return { PATH, HOME, TMPDIR, SystemRoot, NO_COLOR: '1' }
}

/** What a process prints, as it comes. */
function printed(child: ChildProcessWithoutNullStreams): { text: string; onMore: () => void } {
  const output = { text: '', onMore: () => {} }
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output.text += chunk
      output.onMore()
    })
  }
  return output
}

function ended(child: ChildProcessWithoutNullStreams): Promise<{ code: number | null; output: string }> {
  const output = printed(child)
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, output: output.text }))
  })
}

function watching(child: ChildProcessWithoutNullStreams): Watching {
  const output = printed(child)
  let seen = 0
  return {
    output: () => output.text,
    prints: (text) =>
      new Promise((resolve) => {
        const look = () => {
          const at = output.text.indexOf(text, seen)
          if (at < 0) return
          seen = at + text.length
          output.onMore = () => {}
          resolve()
        }
        output.onMore = look
        look()
      }),
    stop: async () => {
      child.kill()
      await once(child, 'close')
    },
  }
}

function reported(file: string, root: string): Pick<Ran, 'tests' | 'failure' | 'status'> {
  const { testResults } = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as {
        testResults: { name: string; assertionResults: Omit<TestResult, 'file'>[] }[]
      })
    : { testResults: [] }
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((result) => ({ ...result, file: relative(root, name) })),
  )
  const find = (fullName: string) => tests.find((one) => one.fullName === fullName)
  return {
    tests,
    failure: (fullName) => find(fullName)?.failureMessages.join('\n') ?? '',
    status: (fullName) => find(fullName)?.status,
  }
}
