// Delay-bounded: the fifo order, but for a few events that are put back behind all that wait when it would be their
// turn. What goes wrong when one thing takes its time is a few delays away from the order in which nothing races.
//
// M. Emmi, S. Qadeer, Z. Rakamarić: "Delay-bounded scheduling", POPL 2011. Sampled here instead of enumerated: each
// delay strikes at a turn drawn beforehand, and several at one turn are one.

import type { Event } from '../event.ts'
import type { Strategy } from './strategy.ts'

/** At most so many delays a run; with 0 it is `fifo`. */
export function delayBounded(delays: number): Strategy {
  return {
    name: `delay-bounded(${delays})`,
    counts: delays > 0,
    begin(random, { choices }) {
      // Each delay makes one turn more.
      const strikes = Array.from({ length: delays }, () => random.integer(1, choices + delays, 'delay'))
      const delayed = new Set(strikes)
      const queue = new Queue()
      let turn = 0
      return (candidates) => {
        for (;;) {
          const next = queue.oldest(candidates)
          if (!delayed.has(++turn)) return next
          queue.putBack(next, candidates)
        }
      }
    },
  }
}

/** The order of creation, but for what was put back since. */
class Queue {
  // Index: sequence of the event. Where it stands now: behind what has this sequence, and before what is newer.
  readonly #behind: number[] = []
  // Index: sequence of the event. How many were put back before it.
  readonly #turns: number[] = []
  #putBack = 0

  oldest(candidates: readonly Event[]): Event {
    return candidates.reduce((first, event) => (this.#isBefore(event, first) ? event : first))
  }

  putBack({ sequence }: Event, candidates: readonly Event[]): void {
    this.#behind[sequence] = Math.max(...candidates.map((event) => this.#placeOf(event)))
    this.#turns[sequence] = ++this.#putBack
  }

  #isBefore(a: Event, b: Event): boolean {
    const places = this.#placeOf(a) - this.#placeOf(b)
    return places < 0 || (places === 0 && (this.#turns[a.sequence] ?? 0) < (this.#turns[b.sequence] ?? 0))
  }

  #placeOf({ sequence }: Event): number {
    return this.#behind[sequence] ?? sequence
  }
}
