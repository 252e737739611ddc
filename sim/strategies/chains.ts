// The threads of a run whose events happen once each: chains of events of which each can only happen after the one
// before it, because that one created it, had to leave their channel first, or was what its task did last. It chooses
// nothing.
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
  // Index: sequence of the event. The task it is of, which is known only until it fires.
  readonly #owners: (string | undefined)[] = []
  readonly #lastOfChannel = new Map<string, Event>()
  readonly #lastOfTask = new Map<string, Event>()

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
    const owner = this.#owners[event.sequence]
    if (owner !== undefined) this.#lastOfTask.set(owner, event)
  }

  #chainOf(event: Event): number {
    let chain = this.#chains[event.sequence]
    if (chain === undefined) {
      this.#owners[event.sequence] = event.owner
      chain = this.#goesOn(event) ?? this.#tails.length
      this.#chains[event.sequence] = chain
      this.#tails[chain] = event.sequence
    }
    return chain
  }

  /** The chain whose end this event can be behind, if there is one. */
  #goesOn({ channel, createdAtStep, owner }: Event): number | undefined {
    const before = channel === undefined ? undefined : this.#lastOfChannel.get(channel)
    const creator = this.#fired[createdAtStep - 1]
    const ofTask = owner === undefined ? undefined : this.#lastOfTask.get(owner)
    // A task that does several things at once has several ends, of which its own creator is the right one.
    const isOwn = creator !== undefined && this.#owners[creator.sequence] === owner
    const others = isOwn ? [creator, ofTask] : [ofTask, creator]
    for (const end of [before, ...others]) {
      const chain = this.#endingIn(end)
      if (chain !== undefined) return chain
    }
    return undefined
  }

  #endingIn(event: Event | undefined): number | undefined {
    if (event === undefined) return undefined
    const chain = this.#chains[event.sequence] as number
    return this.#tails[chain] === event.sequence ? chain : undefined
  }
}
