// A canary that sings no more is said, loudly: here with a pool that gives whatever song it is told.

import { expect, it } from 'vitest'
import type { Song } from '../sim/index.ts'
import { silenceText, silentCanaries } from './canaries.ts'
import { type Pool, TimedOut } from './pool.ts'

const song = (runs: number | null): Song => ({ canary: 'an order', timing: 'sampled', runs, runsMax: 3_000 })
const limits = { timeoutMs: 1_000, signal: new AbortController().signal }
const poolOf = (run: () => Promise<readonly Song[]>) => ({ run }) as unknown as Pool

it('names the canaries that were not found, and only these', async () => {
  const silent = await silentCanaries(
    poolOf(async () => [song(7), song(null)]),
    limits,
  )
  expect(silent).toEqual(['The canary "an order" was not found in 3,000 runs, timing sampled.'])
  expect(silenceText(silent)).toContain("a bug of heddle's own")
})

it('counts as silent what comes to no end', async () => {
  const silent = await silentCanaries(
    poolOf(() => Promise.reject(new TimedOut())),
    limits,
  )
  expect(silent).toEqual(['The canaries came to no end.'])
})
