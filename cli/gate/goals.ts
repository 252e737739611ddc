// The hard cases that a shard's own part does not reach: looked for in the parts of the others before they are called
// unreached, so that each shard says of them what one run would say. Where one run would reach them, that is soon.

import type { Pool } from '../pool.ts'
import type { Subject } from '../subjects.ts'
import { unreachedIn } from './cases.ts'
import type { Gathered } from './gathering.ts'
import { type HuntsOptions, huntChunks } from './hunts.ts'
import { othersOf } from './plan.ts'
import type { Shard } from './result.ts'
import type { Search } from './searches.ts'

/** What is known of a scenario before. */
export interface Missing {
  readonly subject: Subject
  readonly search: Search | undefined
  readonly gathered: Gathered
}

/** By scenario, the claims that are reached in other parts of the seeds from `seed` on. */
export async function reachedElsewhere(
  pool: Pool,
  {
    known,
    seed,
    seedsMax,
    shard,
  }: {
    readonly known: readonly Missing[]
    readonly seed: number
    /** Of each scenario; as many as its own part goes up to unless given. */
    readonly seedsMax: number | undefined
    readonly shard: Shard
  },
  options: HuntsOptions,
): Promise<readonly ReadonlySet<string>[]> {
  const reached = known.map(({ search }) => new Set<string>(search?.reached))
  const isMissing = (index: number) =>
    unreachedIn((known[index] as Missing).gathered).some((claim) => !reached[index]?.has(claim))
  const last = Math.max(
    seed,
    ...known.flatMap(({ gathered }) => gathered.seeds.map(({ first, count }) => first + count)),
  )
  const plan = { scenarios: known.length, seed, seedsMax: seedsMax ?? last - seed }
  if (shard.count === 1) return reached
  for (const { index, seeds } of othersOf(plan, shard)) {
    if (!isMissing(index)) continue
    const { subject } = known[index] as Missing
    const [found] = await huntChunks(
      pool,
      { subjects: [subject], chunks: [{ index: 0, seeds }].values() },
      options,
    )
    for (const { property, reached: count } of found?.report?.sometimes ?? []) {
      if (count > 0) reached[index]?.add(property)
    }
  }
  return reached
}
