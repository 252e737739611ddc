// A user's project with tests of its own, run by the real runner. It lies inside this one, so that `heddle` is the
// built package, as it is for a user.

import { spawn } from 'node:child_process'
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
  /** Runs a line in a shell; the report is told the same way. */
  shell(line: string): Promise<Ran>
}

/** A new project, which goes away after the tests of the file. */
export function project(files: Readonly<Record<string, string>> = {}): Project {
  const parent = join(ROOT, '.heddle')
  mkdirSync(parent, { recursive: true })
  const path = mkdtempSync(join(parent, 'project-'))
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  const write: Project['write'] = (name, content) => {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  // So that no configuration further up is found.
  write('vitest.config.ts', 'export default {}\n')
  for (const [name, content] of Object.entries(files)) write(name, content)
  let count = 0
  const ran = async (command: string, args: readonly string[], environment = {}): Promise<Ran> => {
    const report = join(path, `report-${++count}.json`)
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const { code, output } = await ended(command, [...args, ...(command === 'sh' ? [] : reporters)], {
      cwd: path,
      env: { ...plainEnvironment(), ...environment },
    })
    return { code, output, ...reported(report, path) }
  }
  return {
    path,
    write,
    read: (name) => readFileSync(join(path, name), 'utf8'),
    files: (folder) => filesIn(join(path, folder)),
    run: (args = [], environment = {}) => ran(process.execPath, [RUNNER, 'run', ...args], environment),
    shell: (line) => ran('sh', ['-c', line]),
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

function ended(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: Record<string, string | undefined> },
): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, args, options)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, output }))
  })
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
