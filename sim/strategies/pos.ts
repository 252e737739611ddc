// POS, partial order sampling: each event has a priority of its own, the highest goes first, and every event that
// races with it gets a new one. Orders of independent events, which make no difference, so take nothing of the
// chance of those that do. Where every event depends on every other, it is the same as `random`.
//
// X. Yuan, J. Yang, R. Gu: "Partial order aware concurrency sampling", CAV 2018. What an event will touch is what is
// known before it fires, `Event.footprint`.

import { dependent, type Event } from '../event.ts'
import type { RandomStream } from '../random.ts'
import { highest } from './pct.ts'
import type { Strategy } from './strategy.ts'

const PRIORITY_MAX = 2 ** 32 - 1

export const pos: Strategy = {
  name: 'pos',
  begin(random, { fired }) {
    // Index: sequence of the event.
    const priorities: number[] = []
    let waiting: Event[] = []
    let seen = 0
    return (candidates) => {
      for (; seen < fired.length; seen++) {
        const last = fired[seen] as Event
        waiting = waiting.filter((event) => event !== last)
        for (const event of waiting)
          if (dependent(last.footprint, event.footprint)) draw(event, priorities, random)
      }
      for (const event of candidates) {
        if (priorities[event.sequence] !== undefined) continue
        draw(event, priorities, random)
        waiting.push(event)
      }
      return highest(candidates, ({ sequence }) => priorities[sequence] as number)
    }
  },
}

function draw(event: Event, priorities: number[], random: RandomStream): void {
  priorities[event.sequence] = random.integer(0, PRIORITY_MAX, event.id)
}
