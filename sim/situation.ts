// All that the future of an actor system depends on, as one canonical text: equal texts, equal futures. Leaves out
// what only tells how it came there: ids, counts, the order of what has no order, and time.

import { canonicalJson } from './canonical.ts'
import type { Delivery, SystemState } from './transition.ts'

/** Throws HEDDLE_TRACE_VALUE where a state or a message is no plain data. */
export function situationOf({ states, pending, budgets }: SystemState): string {
  const channels = new Map<string, string[]>()
  const unordered: string[] = []
  for (const delivery of pending) {
    const { channel } = delivery
    if (channel === undefined) unordered.push(textOf(delivery))
    else if (!channels.get(channel)?.push(textOf(delivery))) channels.set(channel, [textOf(delivery)])
  }
  const inChannels = [...channels].map((entry) => canonicalJson(entry, 'a channel'))
  return canonicalJson(
    [states, unordered.sort(byUnits), inChannels.sort(byUnits), Object.entries(budgets).sort(byName)],
    'the state of the system',
  )
}

/** The receiver and the content; the sender too, as a crash takes what is on its way within a host. */
function textOf({ from, to, message, timer, fault }: Delivery): string {
  return canonicalJson([from, to, message, timer ?? null, fault ?? null], `a message "${message.type}"`)
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return byUnits(a, b)
}

function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
