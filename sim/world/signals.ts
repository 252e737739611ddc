// The abort signals that the choice points of one run listen to: takes points back when theirs aborts, and notes who
// reads and who writes a signal, as aborting one too late is still something else than aborting it in time. A signal is
// called after each point that has it, so that its names do not depend on the order in which points were made.

import { ANYTHING } from './choice-point.ts'

interface Listener {
  readonly signal: AbortSignal
  readonly abort: () => void
  readonly points: { readonly id: string; readonly takeBack: () => void }[]
}

export class Signals {
  readonly reads: string[] = []
  readonly writes: string[] = []
  readonly #listeners = new Map<AbortSignal, Listener>()

  /** Forgets what was noted, and notes what follows. */
  record(): void {
    this.reads.length = 0
    this.writes.length = 0
  }

  /** A point begins to listen; `takeBack` is called when its signal aborts, also once the point has happened. */
  listen(signal: AbortSignal, id: string, takeBack: () => void): void {
    this.reads.push(nameOf(id))
    const known = this.#listeners.get(signal)
    if (known !== undefined) {
      known.points.push({ id, takeBack })
      return
    }
    const abort = () => {
      for (const point of listener.points) {
        this.writes.push(nameOf(point.id))
        point.takeBack()
      }
    }
    const listener: Listener = { signal, abort, points: [{ id, takeBack }] }
    this.#listeners.set(signal, listener)
    signal.addEventListener('abort', abort, { once: true })
  }

  /** A point with a signal happens. */
  happens(id: string): void {
    this.reads.push(nameOf(id))
  }

  /** A point is asked for when its signal has aborted: somebody did that when nobody listened, nobody knows who. */
  findsAborted(): void {
    this.writes.push(ANYTHING)
  }

  /** Stops listening. */
  end(): void {
    for (const { signal, abort } of this.#listeners.values()) signal.removeEventListener('abort', abort)
    this.#listeners.clear()
  }
}

function nameOf(id: string): string {
  return `signal of ${id}`
}
