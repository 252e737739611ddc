// Kills `heddle hunt` with SIGKILL at moments drawn from a seed, again and again in one folder: every other time at any
// moment, and else within milliseconds of a file being written. Looks after each at the replay files there: each must be
// whole, by the digest in its last line, and none that was there may be gone.

import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { REPLAY_EXTENSION } from '../failures/index.ts'
import { parseTrace } from '../sim/index.ts'
import { built } from './built.ts'

export interface Killed {
  /** One sentence for each file that is not as it must be. */
  readonly complaints: readonly string[]
  /** How many hunts came to their end before their moment. */
  readonly survived: number
  /** How many replay files there were in the end, and how many begun ones were left beside them. */
  readonly files: number
  readonly leftOver: number
}

/** Every one of these hunts finds the same few violations, and writes them under the same names. */
const HUNT = ['hunt', 'cloud-run-burst', 'stripped-header', '--coordinator', 'competing', '--seeds', '25']

/** Within so long after the first sign of a file, others are being written. */
const WRITE_MS = 30

/** When a hunt is killed, in milliseconds: after its start, or after something first happens in its folder. */
type Moment = { readonly after: number } | { readonly afterWrite: number }

export async function killHunts(kills: number, seed: number): Promise<Killed> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-kill-'))
  try {
    const took = await hunted(folder, 1, undefined)
    const moments = fc.sample(fc.integer({ min: 0, max: took.ms }), { seed, numRuns: kills })
    const complaints: string[] = []
    let survived = 0
    let before = replays(folder)
    for (const [index, moment] of moments.entries()) {
      const kill = index % 2 === 0 ? { after: moment } : { afterWrite: moment % WRITE_MS }
      const { isKilled } = await hunted(folder, 2 + index * 25, kill)
      if (!isKilled) survived++
      const now = replays(folder)
      const where = `kill ${index + 1}, ${JSON.stringify(kill)}`
      for (const name of before) if (!now.includes(name)) complaints.push(`${where}: ${name} is gone`)
      for (const name of now) complaints.push(...flaws(folder, name).map((flaw) => `${where}: ${flaw}`))
      before = now
    }
    // Whatever was left lying about is in nobody's way.
    await hunted(folder, 1, undefined)
    const files = replays(folder)
    complaints.push(...files.flatMap((name) => flaws(folder, name)))
    const leftOver = readdirSync(join(folder, '.heddle')).length - files.length
    return { complaints, survived, files: files.length, leftOver }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function replays(folder: string): readonly string[] {
  return readdirSync(join(folder, '.heddle')).filter((name) => name.endsWith(REPLAY_EXTENSION))
}

function flaws(folder: string, name: string): readonly string[] {
  try {
    parseTrace(readFileSync(join(folder, '.heddle', name)))
    return []
  } catch (error) {
    return [`${name}: ${(error as Error).message}`]
  }
}

/** Hunts from a seed on, until the end or to a moment. */
function hunted(
  folder: string,
  seed: number,
  moment: Moment | undefined,
): Promise<{ readonly isKilled: boolean; readonly ms: number }> {
  const began = performance.now()
  const child = spawn(process.execPath, [built('heddle.js'), ...HUNT, '--seed', String(seed)], {
    cwd: folder,
    stdio: 'ignore',
  })
  const kill = () => child.kill('SIGKILL')
  const timer = moment !== undefined && 'after' in moment ? setTimeout(kill, moment.after) : undefined
  const watcher =
    moment !== undefined && 'afterWrite' in moment
      ? watch(join(folder, '.heddle'), () => setTimeout(kill, moment.afterWrite))
      : undefined
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('exit', (_, signal) => {
      clearTimeout(timer)
      watcher?.close()
      resolve({ isKilled: signal === 'SIGKILL', ms: Math.ceil(performance.now() - began) })
    })
  })
}
