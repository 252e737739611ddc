// What a hunt says where a chunk ends its thread, with threads that are none: the same, however far each piece came.

import { expect, it } from 'vitest'
import { hunt, type Seeds, world } from '../sim/index.ts'
import { huntAll } from './hunting.ts'
import { type Pool, ThreadEnded } from './pool.ts'
import type { Subject } from './subjects.ts'

const naps = world('naps', ({ task, sleep }) => void task('a', () => sleep('1ms')))
const subject = { scenario: 'naps', file: 'naps.ts' } as unknown as Subject

/** The seed `ends` ends its thread, and each piece comes to an end by itself after so many seeds. */
async function hunted(count: number, { ends, piece }: { ends: number; piece: number }) {
  const run = async ({ seeds }: { seeds: Seeds }) => {
    const last = seeds.first + Math.min(seeds.count, piece) - 1
    if (ends >= seeds.first && ends <= last) throw new ThreadEnded('gone')
    const report = await hunt(naps, { seeds: { first: seeds.first, count: last - seeds.first + 1 } })
    return { report, moves: null }
  }
  const told: number[] = []
  const { hunted, lost, interrupted } = await huntAll({ workers: 2, run } as unknown as Pool, [subject], {
    strategy: 'random',
    timing: 'sampled',
    checkDeterminism: false,
    coverage: false,
    measures: false,
    timeoutMs: 1_000,
    signal: new AbortController().signal,
    seeds: { first: 1, count },
    onProgress: ({ runs }) => told.push(runs),
  })
  return { ran: hunted[0]?.report?.seeds.count ?? 0, lost: lost.map(({ seeds }) => seeds), interrupted, told }
}

// 4,000 seeds are in chunks of 63, of which the third is looked at once more: 127 to 151, and 152 to 176.
it.each([1, 3, 10, 25, 1_000])(
  'names the same seeds, and reports those before them, in pieces of %d',
  async (piece) => {
    expect(await hunted(60, { ends: 33, piece })).toMatchObject({ ran: 25, lost: [{ first: 26, count: 25 }] })
    expect(await hunted(4_000, { ends: 170, piece })).toMatchObject({
      ran: 151,
      lost: [{ first: 152, count: 25 }],
    })
  },
)

it('runs each seed once where all come to an end, and never tells of more', async () => {
  const { ran, lost, told } = await hunted(2_000, { ends: 0, piece: 7 })
  expect([ran, lost, told.at(-1), Math.max(...told)]).toEqual([2_000, [], 2_000, 2_000])
})
