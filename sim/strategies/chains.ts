// The threads of a run whose events happen once each: chains of events of which each can only happen after the one
// before it, because that one created it or had to leave their channel first. It chooses nothing.
//
// B. K. Ozkan, R. Majumdar, F. Niksic, M. Tabaei Befrouei, G. Weissenbacher: "Randomized testing of distributed
// systems with probabilistic guarantees", OOPSLA 2018. What creates events is a tree, in which it is enough that the
// first child carries its parent's chain on: then there are no more chains than events that could happen together.

import type { Event } from '../event.ts'

export class Chains {
  readonly #fired: readonly Event[]
  #seen = 0
  // Index: sequence of the event.
  readonly #chains: number[] = []
  // Index: chain. The sequence of its last event.
  readonly #tails: number[] = []
  readonly #lastOfChannel = new Map<string, Event>()

  /** `fired` grows with the run, see {@link Course}. */
  constructor(fired: readonly Event[]) {
    this.#fired = fired
  }

  /** The chain of an enabled event, counted from 0. */
  of(event: Event): number {
    for (; this.#seen < this.#fired.length; this.#seen++) this.#follow(this.#fired[this.#seen] as Event)
    return this.#chainOf(event)
  }

  #follow(event: Event): void {
    this.#chainOf(event)
    if (event.channel !== undefined) this.#lastOfChannel.set(event.channel, event)
  }

  #chainOf(event: Event): number {
    let chain = this.#chains[event.sequence]
    if (chain === undefined) {
      chain =
        this.#endingIn(this.#before(event)) ?? this.#endingIn(this.#creator(event)) ?? this.#tails.length
      this.#chains[event.sequence] = chain
      this.#tails[chain] = event.sequence
    }
    return chain
  }

  #before({ channel }: Event): Event | undefined {
    return channel === undefined ? undefined : this.#lastOfChannel.get(channel)
  }

  #creator({ createdAtStep }: Event): Event | undefined {
    return this.#fired[createdAtStep - 1]
  }

  #endingIn(event: Event | undefined): number | undefined {
    if (event === undefined) return undefined
    const chain = this.#chains[event.sequence] as number
    return this.#tails[chain] === event.sequence ? chain : undefined
  }
}
