// Threads for one large search, beside the thread that it runs on. They start when they are first wanted, which for
// most searches is never. All they ever get is numbers.

import { Piscina } from 'piscina'
import type { SearchPool, Slice, SliceResult } from '../sim/index.ts'
import { built } from './built.ts'

// The file of `searchSlice` alone, as it loads sooner than all that stands behind the door.
const WORKER = built('slice.js')

export class Threads implements SearchPool {
  readonly statesMin?: number
  readonly #allowed: () => number
  #started = 0
  #piscina: Piscina<Slice, SliceResult> | undefined
  #isReady = false

  /**
   * `allowed` is asked until they start. `statesMin` is for tests: a search goes on in parallel once it has stored
   * so many states.
   */
  constructor(allowed: () => number, statesMin?: number) {
    this.#allowed = allowed
    if (statesMin !== undefined) this.statesMin = statesMin
  }

  get workers(): number {
    return this.#started > 0 ? this.#started : this.#allowed()
  }

  isReady(): boolean {
    if (this.#piscina === undefined) this.#start()
    return this.#isReady
  }

  run(slice: Slice): Promise<SliceResult> {
    const piscina = this.#piscina ?? this.#start()
    return piscina.run(slice, { transferList: [slice.keys.buffer as ArrayBuffer] })
  }

  /** Ends the threads, if they were ever started. */
  async close(): Promise<void> {
    await this.#piscina?.destroy()
  }

  #start(): Piscina<Slice, SliceResult> {
    this.#started = this.#allowed()
    const piscina = new Piscina<Slice, SliceResult>({
      filename: WORKER,
      name: 'searchSlice' satisfies keyof typeof import('../sim/index.ts'),
      minThreads: this.#started,
      maxThreads: this.#started,
      // One more waits at each thread, so that none has to wait for the next.
      concurrentTasksPerWorker: 2,
      execArgv: [],
    })
    // What goes wrong with a thread is said where its slice is waited for.
    piscina.on('error', () => {})
    this.#piscina = piscina
    const loaded = Array.from({ length: this.#started }, () => this.run(nothing()))
    Promise.all(loaded).then(
      () => {
        this.#isReady = true
      },
      () => {},
    )
    return piscina
  }
}

/** A slice without states, for which a thread only has to load. */
function nothing(): Slice {
  const shape = { modules: [], budgets: [], branchMask: 0, askBits: 0, claims: [], actors: [] }
  const memory = new Int32Array(1)
  return {
    keys: new Uint32Array(0),
    shape: { width: 1, ...shape },
    tables: memory,
    branches: memory,
    visited: { kind: 'bits', memory },
  }
}
