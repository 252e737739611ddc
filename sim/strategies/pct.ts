// PCT: each thread of events has a priority of its own, the highest goes first, and at a few choices drawn
// beforehand the one that would go first becomes the last. Finds a bug that takes the order of d events with a
// probability of at least 1 / (n * k^(d - 1)) a run, for n threads and k choices, whatever the program.
//
// S. Burckhardt, P. Kothari, M. Musuvathi, S. Nagarakatte: "A randomized scheduler with probabilistic guarantees of
// finding bugs", ASPLOS 2010. Its threads are the chains of chains.ts here, as in Ozkan et al., OOPSLA 2018.

import type { Event } from '../event.ts'
import { Chains } from './chains.ts'
import type { Strategy } from './strategy.ts'

const PRIORITY_MAX = 2 ** 32 - 1

/** PCT for bugs of this depth, from 1 on: how many orders between two events each it takes. */
export function pct(depth: number): Strategy {
  return {
    name: `pct(${depth})`,
    counts: depth > 1,
    begin(random, { choices, fired }) {
      const chains = new Chains(fired)
      // Index: chain.
      const priorities: number[] = []
      const changesAt = Array.from({ length: depth - 1 }, () => random.integer(1, choices, 'change'))
      let choice = 0
      const priorityOf = (event: Event) => {
        const chain = chains.of(event)
        // Above those that the changes give, which are 0 to depth - 2.
        priorities[chain] ??= depth + random.integer(0, PRIORITY_MAX, `priority of ${event.id}`)
        return priorities[chain] as number
      }
      return (candidates) => {
        choice++
        let first = highest(candidates, priorityOf)
        for (const [priority, at] of changesAt.entries()) {
          if (at !== choice) continue
          priorities[chains.of(first)] = priority
          first = highest(candidates, priorityOf)
        }
        return first
      }
    },
  }
}

/** The event of the highest priority, the oldest of them where there are several. */
export function highest(candidates: readonly Event[], priorityOf: (event: Event) => number): Event {
  let first = candidates[0] as Event
  let priority = Number.NEGATIVE_INFINITY
  for (const event of candidates) {
    const its = priorityOf(event)
    if (its <= priority) continue
    first = event
    priority = its
  }
  return first
}
