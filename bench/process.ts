// Runs a program in a fresh process and measures it from outside: nothing that an earlier search left in memory,
// or that a compiler has learned from it, can help the next one.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Measured, Subject } from './subject.ts'

const ONE_SEARCH = fileURLToPath(new URL('./one-search.ts', import.meta.url))
const TSX = import.meta.resolve('tsx')

export interface Finished {
  readonly text: string
  /** From before its start to after its end. */
  readonly seconds: number
}

/** Runs a program to its end. Throws where it ends with another code than the one given, or 0. */
export async function finish(
  program: string,
  args: readonly string[],
  { folder, code: expected = 0 }: { readonly folder?: string; readonly code?: number } = {},
): Promise<Finished> {
  const began = performance.now()
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve)
  })
  if (code !== expected) throw new Error(`${program} ended with ${code}.`)
  return { text, seconds: (performance.now() - began) / 1_000 }
}

/** Searches a subject in a Node process of its own. */
export async function searchApart(subject: Subject): Promise<Measured> {
  const args = ['--import', TSX, ONE_SEARCH, JSON.stringify(subject)]
  const { text, seconds } = await finish(process.execPath, args)
  return { ...JSON.parse(text), seconds }
}
