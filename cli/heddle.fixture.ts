// Runs the real command in a folder of its own, as a person or a gate would.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll } from 'vitest'
import { built } from './built.ts'

const HEDDLE = built('heddle.js')
const MODEL = pathToFileURL(built('model.js')).href

/** For a test that spawns: on a busy machine, starting takes its time. */
export const SPAWNS = { timeout: 120_000 }

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Folder {
  readonly path: string
  /** Runs the command here. */
  heddle(...args: readonly string[]): Promise<Ended>
  /** Starts it, for a test that interrupts it. */
  start(...args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> }
  write(name: string, content: string | Uint8Array): string
}

/** A new folder, which goes away after the tests of the file. */
export function folder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'heddle-'))
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  const start = (...args: readonly string[]) => {
    const child = spawn(process.execPath, [HEDDLE, ...args], { cwd: path, env: environment() })
    return { child, ended: endOf(child) }
  }
  return {
    path,
    start,
    heddle: (...args) => start(...args).ended,
    write(name, content) {
      writeFileSync(join(path, name), content)
      return name
    },
  }
}

/** That of a plain shell: nothing of the test runner's. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, SystemRoot } = process.env
  return { PATH, HOME, TMPDIR, SystemRoot }
}

function endOf(child: ChildProcess): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** The single coordinator, with something put in front of a machine's transition. */
export const coordinator = (name: string, before: string, machine: 'session' | 'machine' = 'session') => `
  import { type Coordinator, type Machine, single } from '${MODEL}'
  const { machines, ...rest } = single()
  const inner = machines.${machine} as Machine
  let calls = 0
  const mine: Coordinator = {
    ...rest,
    name: '${name}',
    machines: {
      ...machines,
      ${machine}: {
        ...inner,
        receive(state, input, commands) {
          ${before}
          inner.receive(state, input, commands)
        },
      },
    },
  }
  export default mine`
