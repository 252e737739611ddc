// What a running check shares with the thread that waits for it: a few numbers in shared memory, so that neither
// has to wait for the other's event loop. Nothing in here says what a check found.

import type { CheckProgress } from '../sim/index.ts'

/** The fields of a progress, in the order in which they lie in memory. */
const FIELDS = ['states', 'transitions', 'frontier', 'depth', 'storedBytes'] as const
const FLAG_BYTES = 16
const ABORTED = 0
const BEATS = 1
const THREADS = 2

/** The memory, as it goes from one thread to the other. */
export type Shared = SharedArrayBuffer

/** One end of it. As a signal, it calls the check off. */
export class CheckLink {
  readonly shared: Shared
  readonly #flags: Int32Array
  readonly #numbers: Float64Array

  constructor(shared: Shared = new SharedArrayBuffer(FLAG_BYTES + 8 * FIELDS.length)) {
    this.shared = shared
    this.#flags = new Int32Array(shared, 0, 3)
    this.#numbers = new Float64Array(shared, FLAG_BYTES)
  }

  get aborted(): boolean {
    return Atomics.load(this.#flags, ABORTED) === 1
  }

  abort(): void {
    Atomics.store(this.#flags, ABORTED, 1)
  }

  /** Threads that the check may use at this moment: its own alone, or more while few others run. */
  get threads(): number {
    return Atomics.load(this.#flags, THREADS)
  }

  set threads(threads: number) {
    Atomics.store(this.#flags, THREADS, threads)
  }

  /** How often something was told. */
  get beats(): number {
    return Atomics.load(this.#flags, BEATS)
  }

  tell(progress: CheckProgress): void {
    for (const [index, field] of FIELDS.entries()) this.#numbers[index] = progress[field]
    this.beat()
  }

  /** Tells no more than that something is done. */
  beat(): void {
    Atomics.add(this.#flags, BEATS, 1)
  }

  /** What was told last. Its numbers may be of two moments, as nobody waits for the other. */
  progress(): CheckProgress {
    const [states = 0, transitions = 0, frontier = 0, depth = 0, storedBytes = 0] = this.#numbers
    return { states, transitions, frontier, depth, storedBytes }
  }
}
