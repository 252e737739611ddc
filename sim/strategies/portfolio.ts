// Several strategies in turn, one for each run, drawn from its seed alone: what one of them seldom finds, another
// finds soon, and nobody knows beforehand which. How often each has its turn was tuned by `npm run bench:finding`.

import { delayBounded } from './delay-bounded.ts'
import { pct } from './pct.ts'
import { pos } from './pos.ts'
import { random } from './random.ts'
import type { Strategy } from './strategy.ts'

interface Member {
  readonly strategy: Strategy
  /** How many runs of all the weights together it gets. */
  readonly weight: number
}

/** Who has its turn how often. */
export const MEMBERS: readonly Member[] = [
  { strategy: pos, weight: 7 },
  { strategy: pct(3), weight: 5 },
  { strategy: pct(5), weight: 6 },
  { strategy: random, weight: 1 },
  { strategy: delayBounded(2), weight: 1 },
]

/** What a hunt uses unless told otherwise. */
export const portfolio: Strategy = mixed('portfolio', MEMBERS)

function mixed(name: string, members: readonly Member[]): Strategy {
  // Index: what is drawn. A strategy for each unit of weight.
  const turns = members.flatMap(({ strategy, weight }) => Array.from({ length: weight }, () => strategy))
  return {
    name,
    counts: members.some(({ strategy }) => strategy.counts),
    begin(random, course) {
      const member = turns[random.integer(0, turns.length - 1, 'member')] as Strategy
      return member.begin(random, course)
    },
  }
}
