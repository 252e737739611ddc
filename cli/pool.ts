// The worker threads that run code under test, so that a loop without end, an exit or a flood of memory in it
// takes nothing else down. Knows when a task took too long or was called off; never what a task is for.

import { Piscina } from 'piscina'
import { built } from './built.ts'
import type { CoordinatorRef } from './coordinators.ts'
import { UsageError } from './exit.ts'
import type { Answer, LoadTask, Task, TaskResults } from './tasks.ts'
import { nameOfFile } from './user-file.ts'

const WORKER = built('worker.js')
const HEAP_MAX_MB = 2_048
/** The longest that a timer of Node can wait, which is some weeks. */
export const NEVER_MS = 2 ** 31 - 1

/** The task did not finish in time. Its thread has been ended. */
export class TimedOut extends Error {}
/** The signal called the task off. */
export class Interrupted extends Error {}
/** The thread ended under the task: the code under test exited, or used up its memory. */
export class ThreadEnded extends Error {}

/** What ends a task that does not end by itself. */
export interface Limits {
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export class Pool {
  readonly workers: number
  readonly #piscina: Piscina<Task, Answer>

  /**
   * Each thread may have so much in its heap; what stands beside the heap does not count. The first ones start at once,
   * the others when there is more to do than they can.
   */
  constructor(workers: number, { heapMaxMb = HEAP_MAX_MB, first = workers } = {}) {
    this.workers = workers
    this.#piscina = new Piscina({
      filename: WORKER,
      minThreads: Math.min(first, workers),
      maxThreads: workers,
      // A thread that has started stays, as a new one would have to load and compile everything again.
      idleTimeout: NEVER_MS,
      atomics: 'disabled',
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMaxMb },
    })
    // Without a task there is nobody to tell; the next task gets a new thread.
    this.#piscina.on('error', () => {})
  }

  /**
   * What the task gives. Throws TimedOut, Interrupted or ThreadEnded; a UsageError for a mistake of the
   * user's; anything else is heddle's own bug. Hand in no more tasks at a time than there are workers, as the
   * time counts from here.
   */
  async run<T extends Task>(task: T, limits: Limits): Promise<TaskResults[T['kind']]> {
    const answer = await this.#answer(task, limits)
    if (answer.ok) return answer.value as TaskResults[T['kind']]
    const error = answer.fault === 'user' ? new UsageError(answer.message) : new Error(answer.message)
    error.stack = answer.stack
    throw error
  }

  async #answer(task: Task, { timeoutMs, signal }: Limits): Promise<Answer> {
    if (signal.aborted) throw new Interrupted()
    const controller = new AbortController()
    const abort = () => controller.abort()
    const timer = setTimeout(abort, timeoutMs)
    signal.addEventListener('abort', abort, { once: true })
    try {
      return await this.#piscina.run(task, { signal: controller.signal })
    } catch (error) {
      if (signal.aborted) throw new Interrupted()
      if (controller.signal.aborted) throw new TimedOut()
      throw new ThreadEnded(error instanceof Error ? error.message : String(error))
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
  }

  /** Ends every thread, also one that loops. */
  async close(): Promise<void> {
    await this.#piscina.destroy()
  }
}

/** With the start of a thread, which takes its time on a busy machine. */
export const LOAD_MAX_MS = 30_000

/** What a file of the user's own holds. Throws a UsageError for one that cannot be loaded, does not end, or ends its thread. */
export async function loadedBy<T extends LoadTask>(
  pool: Pool,
  task: T,
  limits: Limits,
): Promise<TaskResults[T['kind']]> {
  const timeoutMs = Math.min(limits.timeoutMs, LOAD_MAX_MS)
  const name = nameOfFile(task.file)
  try {
    return await pool.run(task, { ...limits, timeoutMs })
  } catch (error) {
    if (error instanceof TimedOut) {
      throw new UsageError(`Loading ${name} did not come to an end within ${timeoutMs / 1_000} s.`)
    }
    if (error instanceof ThreadEnded) {
      throw new UsageError(`Loading ${name} ended its thread: ${error.message}.`)
    }
    throw error
  }
}

/** Has one worker load a user's coordinator, so that what is wrong with it is said before anything runs. */
export async function loadCoordinator(
  pool: Pool,
  coordinator: CoordinatorRef | undefined,
  limits: Limits,
): Promise<void> {
  if (coordinator?.kind !== 'file') return
  await loadedBy(pool, { kind: 'coordinator', file: coordinator.path }, limits)
}

/** Runs `work` over the items, `workers` at a time, in order; stops handing out items once one has thrown. */
export async function eachOf<T>(
  items: readonly T[],
  workers: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  let failed = false
  const lane = async () => {
    while (next < items.length && !failed) {
      const index = next++
      try {
        await work(items[index] as T, index)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(workers, items.length) }, lane))
  const rejected = lanes.find((lane) => lane.status === 'rejected')
  if (rejected !== undefined) throw rejected.reason
}
