// Pieces put together in whichever order they come are what one hunt of all seeds gives.

import { expect, it } from 'vitest'
import { hunt, type Seeds, world } from '../../sim/index.ts'
import type { Move } from '../check-moves.ts'
import type { Report } from '../hunting.ts'
import type { HuntedSeeds } from '../tasks.ts'
import { Gathering } from './gathering.ts'

const race = world('race', ({ task, check, observe }) => {
  const came: string[] = []
  for (const name of ['a', 'b', 'c']) {
    task(name, async (self) => {
      await self.sleep(['1ms', '9ms'])
      came.push(name)
      observe({ type: 'came', name })
    })
  }
  check.always('a is not last', () => came[2] !== 'a')
  check.sometimes('c is first', () => came[0] === 'c')
})

const MOVES: readonly Move[] = [['CONNECTING', 'ACCEPTED']]

async function huntOf(seeds: Seeds, moves: readonly Move[] | null = null): Promise<HuntedSeeds> {
  const report = (await hunt(race, { seeds, coverage: true })) as unknown as Report
  return { report, moves }
}

it('gives what one hunt does, in whatever order the pieces are ready', async () => {
  const gathering = new Gathering()
  const early = gathering.begin({ first: 1, count: 60 })
  const late = gathering.begin({ first: 61, count: 40 })
  gathering.add(late, await huntOf({ first: 61, count: 30 }, MOVES), 30)
  gathering.add(early, await huntOf({ first: 1, count: 20 }), 40)
  gathering.add(late, await huntOf({ first: 91, count: 10 }), 50)
  gathering.end(late)
  gathering.add(early, await huntOf({ first: 21, count: 40 }), 10)
  gathering.end(early)
  const { report } = await huntOf({ first: 1, count: 100 })
  expect(report.failures).toBeGreaterThan(0)
  expect(gathering.gathered()).toEqual({
    report: { ...report, measures: [] },
    seeds: [{ first: 1, count: 100 }],
    moves: MOVES,
    lost: [],
  })
  expect(gathering).toMatchObject({ runs: 100, runMs: 0.25, lastRunMs: 0.25 })
  expect([...gathering.violated]).toEqual(['a is not last'])
})

it('keeps what was run of a chunk that did not come to its end, and names the first seeds that are lost', async () => {
  const gathering = new Gathering()
  const [one, two] = [gathering.begin({ first: 1, count: 25 }), gathering.begin({ first: 26, count: 25 })]
  gathering.lose({ first: 26, count: 5 }, 'never settled')
  gathering.end(two)
  gathering.add(one, await huntOf({ first: 1, count: 10 }), 10)
  gathering.lose({ first: 11, count: 5 }, 'ended the thread')
  gathering.end(one)
  expect(gathering.isLost).toBe(true)
  expect(gathering.gathered()).toMatchObject({
    report: { seeds: { first: 1, count: 10 } },
    lost: ['seeds 11 to 15 ended the thread.'],
  })
})
