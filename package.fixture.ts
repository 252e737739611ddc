// The package as npm packs it, and a project of somebody else's that installs it. It is packed from a copy, as packing
// empties dist/, which other tests run.

import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

const ROOT = fileURLToPath(new URL('.', import.meta.url))
const NOT_COPIED = new Set(['.git', '.heddle', 'coverage', 'dist', 'node_modules'])
const IS_WINDOWS = process.platform === 'win32'

/** For what asks a registry, on a busy machine. */
export const INSTALLS = { timeout: 300_000 }

export interface Ended {
  readonly code: number
  /** Of both streams, stdout first. */
  readonly output: string
}

export interface Installation {
  readonly path: string
  write(name: string, content: string): void
  /** Runs Node itself, or a program that is installed, such as `heddle`. */
  run(command: string, ...args: readonly string[]): Promise<Ended>
  /** Throws what npm prints where it fails. */
  install(...packages: readonly string[]): Promise<void>
}

/** A folder for a while: it goes away after the tests of the file. */
function temporary(name: string): string {
  const path = mkdtempSync(join(tmpdir(), `heddle-${name}-`))
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Packs the package as it stands, and gives the path of the tarball. */
export async function packed(): Promise<string> {
  const copy = temporary('pack')
  cpSync(ROOT, copy, { recursive: true, filter: (path) => !NOT_COPIED.has(basename(path)) })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction')
  const { code, output } = await ended('npm', ['pack', '--silent'], copy)
  const name = /^\S+\.tgz$/m.exec(output)?.[0]
  if (code !== 0 || name === undefined) throw new Error(`npm pack ended with ${code}.\n${output}`)
  return join(copy, name)
}

/** A project that has nothing but these files. */
export function installation(files: Readonly<Record<string, string>>): Installation {
  const path = temporary('project')
  const write = (name: string, content: string) => {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  for (const [name, content] of Object.entries(files)) write(name, content)
  return {
    path,
    write,
    run: (command, ...args) =>
      command === process.execPath
        ? ended(command, args, path)
        : ended(join(path, 'node_modules', '.bin', command), args, path),
    async install(...packages) {
      const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
      const { code, output } = await ended('npm', ['install', ...quietly, ...packages], path)
      if (code !== 0) throw new Error(`npm install ended with ${code}.\n${output}`)
    },
  }
}

/** As a person's shell would: nothing of the test runner's, but all that npm is configured with. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_ENV|HEDDLE_|TEST$|npm_(package|lifecycle|command))/.test(name),
  )
  return { ...Object.fromEntries(own), NO_COLOR: '1' }
}

function ended(command: string, args: readonly string[], cwd: string): Promise<Ended> {
  const options = { cwd, env: environment(), shell: IS_WINDOWS && command !== process.execPath }
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, options, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr })
    })
    child.on('error', reject)
  })
}
