// A choice point: an event at which a task waits for the scheduler, and the promise that firing it settles.
// When, and in which order, is decided elsewhere.

import { NO_DELAY, toWindow, type Window, type WindowInput } from '../duration.ts'
import { describeThrown, HeddleError } from '../error.ts'
import type { Event, Footprint } from '../event.ts'
import type { EventName } from './names.ts'
import type { Task } from './tasks.ts'

export interface OperationOptions<Value = void> {
  /** The virtual time it takes. */
  readonly window?: WindowInput
  /** What its event reads. Where neither `reads` nor `writes` is given, it is taken to touch anything. */
  readonly reads?: readonly string[]
  readonly writes?: readonly string[]
  /**
   * The fault budget that it takes one of. It may happen, but never has to: a task that waits for nothing but
   * a fault is not stuck, and may wait to the end. Not together with `channel`.
   */
  readonly fault?: string
  /** Operations of one channel happen one at a time, in the order in which they were begun. */
  readonly channel?: string
  /**
   * The operation can happen only while this holds, as a lock can be taken only while nobody has it. It is asked
   * again and again, and must change nothing. What it looks at counts as read: of `shared` values what it reads of
   * them, of everything else what `reads` and `writes` name. A task whose guards never hold again is stuck.
   */
  readonly when?: () => boolean
  /** What the promise resolves to. */
  readonly value?: Value
  /** Takes the event back when it is aborted; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** What stands for all state that no footprint names. */
export const ANYTHING = '*'
export const TOUCHES_ANYTHING: Footprint = { reads: [], writes: [ANYTHING] }

export type Settle = (value?: any) => void

/** What an operation is by its options; one for all that have none. */
interface Kind {
  readonly window: Window
  readonly footprint: Footprint
  readonly fault: string | undefined
  readonly channel: string | undefined
}

const PLAIN: Kind = { window: NO_DELAY, footprint: TOUCHES_ANYTHING, fault: undefined, channel: undefined }

/** A place where a task waits for the scheduler. What only the run needs is private, and gone once it fired. */
export class ChoicePoint implements Event {
  // Two that most points share with others, as a run makes many points.
  readonly name: EventName
  readonly kind: Kind
  readonly sequence: number
  readonly createdAtStep: number
  guard: readonly string[] | undefined
  #task: Task | undefined
  #options: OperationOptions<any> | undefined
  #resolve: Settle | undefined

  constructor(
    name: EventName,
    sequence: number,
    createdAtStep: number,
    task: Task,
    options: OperationOptions<any> | undefined,
    resolve: Settle,
  ) {
    this.name = name
    this.kind = options === undefined ? PLAIN : kindOf(name, options)
    this.sequence = sequence
    this.createdAtStep = createdAtStep
    this.guard = options?.when === undefined ? undefined : []
    this.#task = task
    this.#options = options
    this.#resolve = resolve
  }

  get id(): string {
    return this.name.id
  }

  get hash(): number {
    return this.name.hash
  }

  get place(): string {
    return this.name.place
  }

  get window(): Window {
    return this.kind.window
  }

  get footprint(): Footprint {
    return this.kind.footprint
  }

  get fault(): string | undefined {
    return this.kind.fault
  }

  get channel(): string | undefined {
    return this.kind.channel
  }

  get task(): Task | undefined {
    return this.#task
  }

  get hasOptions(): boolean {
    return this.#options !== undefined
  }

  get hasSignal(): boolean {
    return this.#options?.signal !== undefined
  }

  get owner(): string | undefined {
    return this.#task?.name
  }

  /** Whether its guard holds; `watch` says what is read while it is asked. */
  isOpen(watch: (look: () => void) => readonly string[]): boolean {
    const when = this.#options?.when
    if (when === undefined) return true
    let holds = false
    const names = watch(() => {
      holds = asked(when, this.id)
    })
    this.guard = [...this.footprint.reads, ...this.footprint.writes, ...names]
    return holds
  }

  /** Lets the task go on. */
  settle(): void {
    const resolve = this.#resolve as Settle
    const value = this.#options?.value
    this.release()
    resolve(value)
  }

  /** Drops everything but the event, so that a recorded step keeps nothing of the run alive. */
  release(): void {
    this.#task = undefined
    this.#options = undefined
    this.#resolve = undefined
  }
}

function asked(when: () => boolean, id: string): boolean {
  let found: string
  try {
    const holds: unknown = when()
    if (typeof holds === 'boolean') return holds
    found = typeof holds
  } catch (error) {
    found = describeThrown(error)
  }
  throw new HeddleError(
    'HEDDLE_OPERATION',
    `Expected the guard of ${id} to give true or false, found ${found}. Let "when" only look.`,
  )
}

// A fault never has to happen, so whatever stands behind it in its channel might wait for ever.
function refuseBoth({ id }: EventName, { fault, channel }: OperationOptions<any>): never {
  throw new HeddleError(
    'HEDDLE_OPERATION',
    `Expected ${id} to have a fault or a channel, found fault "${fault}" and channel "${channel}". A fault that does not strike would block its channel, so leave one out.`,
  )
}

function kindOf(name: EventName, options: OperationOptions<any>): Kind {
  const { fault, channel, window } = options
  if (fault !== undefined && channel !== undefined) refuseBoth(name, options)
  return {
    window: window === undefined ? NO_DELAY : toWindow(window),
    footprint: footprintOf(options),
    fault,
    channel,
  }
}

function footprintOf({ reads, writes }: OperationOptions<any>): Footprint {
  if (reads === undefined && writes === undefined) return TOUCHES_ANYTHING
  return { reads: [ANYTHING, ...(reads ?? [])], writes: writes ?? [] }
}
