// Which files of a corpus a gate comes to, and what it says of those that it does not: with threads that are none.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { type Pool, TimedOut } from '../pool.ts'
import { Budget } from './budget.ts'
import { corpusFiles, replayCorpus } from './corpus.ts'

const folder = mkdtempSync(join(tmpdir(), 'heddle-corpus-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const files = ['a', 'b', 'c'].map((name) => join(folder, `${name}.replay`))
for (const file of files) writeFileSync(file, 'looked at by threads alone')

it('comes to links to files, and does not follow links to folders', () => {
  const own = join(folder, 'linked')
  mkdirSync(join(own, 'sub'), { recursive: true })
  symlinkSync(files[0] as string, join(own, 'sub', 'link.replay'))
  symlinkSync('..', join(own, 'sub', 'up'), 'dir')
  expect(corpusFiles(own)).toEqual([relative(process.cwd(), join(own, 'sub', 'link.replay'))])
  expect(corpusFiles(join(own, 'none'))).toEqual([])
})

/** Each file takes so long, and comes to no end; what is said of it. */
async function saidOf(budgetMs: number | null, eachMs: number) {
  let nowMs = 0
  const asked: number[] = []
  const run = async (_: unknown, { timeoutMs }: { timeoutMs: number }) => {
    asked.push(timeoutMs)
    nowMs += Math.min(eachMs, timeoutMs)
    throw new TimedOut()
  }
  const cases = await replayCorpus(
    { workers: 1, run } as unknown as Pool,
    { files, own: [] },
    { timeoutMs: 4_000, signal: new AbortController().signal, budget: new Budget(budgetMs, () => nowMs) },
  )
  return { asked, said: cases.map(({ isFine, about }) => `${isFine} ${about}`) }
}

const NEVER = 'false never settled: no end after 4 s'
const NOT_COME = 'false not replayed: the gate was over before'

it('gives each file as long as any task', async () => {
  expect(await saidOf(null, 9_000)).toEqual({ asked: [4_000, 4_000, 4_000], said: [NEVER, NEVER, NEVER] })
})

it('ends with the budget, and calls nothing a loop that the budget cut off', async () => {
  expect(await saidOf(6_000, 9_000)).toEqual({ asked: [4_000, 2_000], said: [NEVER, NOT_COME, NOT_COME] })
})
