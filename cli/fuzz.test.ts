// A share of the fuzz; `npm run fuzz` sends all 10,000.

import { expect, it } from 'vitest'
import { fuzz } from './fuzzing.fixture.ts'
import { SPAWNS } from './heddle.fixture.ts'

it(
  '1,000 mutated replay files and tokens are each refused in a line or replayed, and touch no file',
  SPAWNS,
  async () => {
    const { counts, complaints } = await fuzz({ first: 0, count: 1_000 }, { workers: 2, timeoutMs: 60_000 })
    expect(complaints).toEqual([])
    const kinds = new Set([...counts.keys()].map((key) => key.slice(key.lastIndexOf(': ') + 2)))
    expect([...kinds].sort()).toEqual(['adapted', 'exact', 'fixed', 'refused', 'stale'])
  },
)
