// One run of plain asynchronous code: its tasks, and the points at which they wait for the scheduler. A
// choice point is an event; firing it settles the promise that a task awaits, and the run goes on until
// every queue is empty. No order is decided here.

import type { WindowInput } from '../duration.ts'
import { HeddleError } from '../error.ts'
import type { Event, Footprint, Observation, Schedulable } from '../event.ts'
import { afterMacrotask, drainSynchronously, takeEscaped } from '../host.ts'
import type { Property } from '../property.ts'
import { locateAwaits } from './awaits.ts'
import { ChoicePoint, type OperationOptions, type Settle, TOUCHES_ANYTHING } from './choice-point.ts'
import { asyncContext } from './context.ts'
import type { Names, TaskNames } from './names.ts'
import { SharedValues } from './shared.ts'
import { Signals } from './signals.ts'

export interface TaskOptions {
  /** True where the task may still wait when a run is at rest, such as a server's loop. */
  readonly background?: boolean
}

const NOTHING: Footprint = { reads: [], writes: [] }
// Shared by all runs while they have none, so never changed in place.
const NO_OBSERVATIONS: readonly Observation[] = []
const NO_FAILURES: readonly unknown[] = []
const NO_TASKS: readonly Task[] = []
const NO_PROPERTIES: readonly Property[] = []
const NO_BUDGETS: Record<string, number> = Object.freeze(Object.create(null))
/** The task that a world's body is. */
const MAIN = 'main'

/** A task as its own function gets it: its choice points are the task's, whoever woke it. */
export interface TaskHandle {
  readonly name: string
  /** A choice point: the task goes on after a virtual time within the window. */
  sleep(window: WindowInput): Promise<void>
  /** A choice point: something outside the task happens. See `World.operation`. */
  operation<Value = void>(name: string, options?: OperationOptions<Value>): Promise<Value>
}

export class Task implements TaskHandle {
  readonly name: string
  readonly run: TaskRun
  readonly names: TaskNames
  readonly background: boolean
  state: 'running' | 'finished' | 'failed' = 'running'
  /** How many of its choice points are pending. */
  pending = 0
  /** The last choice point it came to. */
  last: string | undefined

  constructor(run: TaskRun, name: string, names: TaskNames, background: boolean) {
    this.name = name
    this.run = run
    this.names = names
    this.background = background
  }

  sleep(window: WindowInput): Promise<void> {
    return this.run.point(this, 'sleep', { window })
  }

  operation<Value = void>(name: string, options?: OperationOptions<Value>): Promise<Value> {
    return this.run.point(this, name, options)
  }
}

// Who runs now. The context knows, whatever wakes whom; where it does not, it is the task whose event fired
// last, or which is just starting: right as long as no task wakes another.
const context = asyncContext<Task>()
// The run that was in a step last.
let active: TaskRun | undefined

/** The task that the calling code belongs to. Throws HEDDLE_NO_TASK where it belongs to none. */
export function currentTask(asked: string): Task {
  const task = runningTask()
  if (task === undefined) {
    throw new HeddleError(
      'HEDDLE_NO_TASK',
      `Expected ${asked}() to be called by a task of a running world, found a call from outside. Call it in the body of world() or in a task; what a real timer or I/O calls back is in neither.`,
    )
  }
  return task
}

/** Has the running code's promises carry which task they belong to, to the end of the run. */
export function carryTask(): void {
  runningTask()?.run.carry()
}

function runningTask(): Task | undefined {
  return context?.getStore() ?? active?.stepping
}

/** What is run, and shared by all runs of it. */
export interface Program {
  readonly body: () => unknown
  readonly names: Names
  readonly budgets: Readonly<Record<string, number>>
  /** Whether there are no budgets. */
  readonly isFaultless: boolean
  /** Whether promises carry their task from the start: where the body itself may ask the world later. */
  readonly carries: boolean
}

function isRestricted({ fault, channel, guard }: ChoicePoint): boolean {
  return fault !== undefined || channel !== undefined || guard !== undefined
}

function waits({ name, last, pending }: Task, location?: string): string {
  const where = location === undefined ? '' : ` at ${location}`
  if (pending > 0) return `${name} waits${where} for ${last}, which can happen only while its guard holds`
  const since = last === undefined ? 'from its start' : `since ${last}`
  return `${name} waits${where} for a promise that nothing can settle, ${since}; a real timer or I/O does not count, use sleep() or operation()`
}

function refuseTwice(name: string): never {
  throw new HeddleError(
    'HEDDLE_DUPLICATE_TASK',
    `Expected a new task name, found "${name}" twice. Event ids begin with the task's name, so give each task its own.`,
  )
}

export class TaskRun implements Schedulable {
  readonly names: Names
  // Invariant: without a prototype, so that a fault called `constructor` has no budget but its own.
  readonly budgets: Record<string, number>
  // Added to by making it anew: of most runs it stays empty.
  properties: readonly Property[] = NO_PROPERTIES
  // Made when it is first asked for.
  #shared: SharedValues | undefined
  // Made with the first point that has a signal.
  #signals: Signals | undefined
  readonly #program: Program
  // What fired last.
  #last: ChoicePoint | undefined
  #drainsInTurns = false
  // True once somebody asks for a choice point without saying of which task.
  #carries: boolean
  // Whether something else has to know when a step begins and ends: what is shared, signals, what promises carry.
  #isRecorded: boolean
  readonly #tasks: Task[] = []
  // How many tasks have not ended.
  #running = 0
  // Invariant: in the order of `sequence`.
  #pending: ChoicePoint[] = []
  // Index: a label's.
  readonly #counts: number[] = []
  // How many of the pending points have a fault budget, a channel or a guard, which may keep them from being enabled.
  #restricted = 0
  #sequence = 0
  #step = 0
  // Nothing counts that happens outside a step: only a real timer or I/O can make it happen.
  #inStep = false
  #firedTask: Task | undefined
  #stepping: Task | undefined
  // The tasks that another task's step woke.
  #woken = NO_TASKS
  #failures: readonly unknown[] = NO_FAILURES
  #observations = NO_OBSERVATIONS

  constructor(program: Program) {
    this.#program = program
    this.names = program.names
    this.budgets = program.isFaultless ? NO_BUDGETS : Object.assign(Object.create(null), program.budgets)
    this.#carries = program.carries
    this.#isRecorded = program.carries
  }

  /** Whose code runs now, as far as that is told by whose event fired last, or who is just starting. */
  get stepping(): Task | undefined {
    return this.#stepping
  }

  carry(): void {
    this.#carries = true
    this.#isRecorded = true
    context?.arm?.()
  }

  start(): void | Promise<void> {
    this.#enterStep(undefined)
    const main = this.#makeTask(MAIN, this.names.task(MAIN, 0), false)
    const result = this.#begin(main, this.#program.body)
    // Most bodies are over at once, and are spared a promise.
    if (result === undefined) this.#ended(main, 'finished')
    else this.#follow(main, Promise.resolve(result))
    return this.#drain()
  }

  enabled(): readonly ChoicePoint[] {
    if (this.#restricted === 0) return this.#pending
    const taken = new Set<string>()
    return this.#pending.filter((point) => {
      const { fault, channel } = point
      if (fault !== undefined && (this.budgets[fault] ?? 0) <= 0) return false
      if (channel !== undefined) {
        if (taken.has(channel)) return false
        taken.add(channel)
      }
      return point.guard === undefined || this.#isOpen(point)
    })
  }

  pending(): readonly ChoicePoint[] {
    return this.#pending
  }

  fire(event: Event): void | Promise<void> {
    const point = event as ChoicePoint
    this.#step++
    this.#remove(point)
    this.#enterStep(point.task)
    if (point.hasOptions) this.#spend(point)
    this.#last = point
    point.settle()
    return this.#drain()
  }

  takeObservations(): readonly Observation[] {
    if (this.#observations.length === 0) return NO_OBSERVATIONS
    const taken = this.#observations
    this.#observations = NO_OBSERVATIONS
    return taken
  }

  footprint(): Footprint {
    const last = this.#last
    const declared = last === undefined ? TOUCHES_ANYTHING : last.footprint
    const touched = this.#shared?.touched()
    const guard = last?.guard
    const signals = this.#signals
    if (touched === undefined && guard === undefined && signals === undefined && this.#woken.length === 0)
      return declared
    const { reads, writes } = touched ?? NOTHING
    const woken = this.#woken.map(({ name }) => name)
    return {
      reads: [...new Set([...declared.reads, ...(guard ?? []), ...(signals?.reads ?? []), ...reads])],
      writes: [...new Set([...declared.writes, ...(signals?.writes ?? []), ...writes, ...woken])],
    }
  }

  waiting(): readonly string[] {
    return this.#stuck().map((task) => waits(task))
  }

  waitingAt(fired: readonly Event[]): readonly string[] {
    const stuck = this.#stuck()
    if (stuck.length === 0) return []
    const locations = this.#locate(fired)
    return stuck.map((task) => waits(task, locations.get(task.name)))
  }

  view(): unknown {
    return this.#shared?.values ?? {}
  }

  watch(look: (view: unknown) => void): readonly string[] | undefined {
    const shared = this.#shared
    const read = shared?.watch(() => look(shared.proxies())) ?? []
    if (shared === undefined) look({})
    // Whoever looks at no shared value looks at something else.
    return read.length > 0 ? read : undefined
  }

  show(): ReadonlyMap<string, string> {
    return new Map(
      this.#tasks.map(({ name, state, last }) => [name, state === 'running' ? (last ?? state) : state]),
    )
  }

  end(): void {
    this.#inStep = false
    for (const point of this.#pending) point.release()
    this.#signals?.end()
    if (this.#pending.length > 0) this.#pending = []
    while (this.#tasks.length > 0) this.#tasks.pop()
    this.#firedTask = undefined
    if (active === this) active = undefined
    if (this.#carries) context?.disarm?.()
  }

  /** Runs `fn` as a task, synchronously up to its first await. */
  startTask<T>(name: string, fn: (task: TaskHandle) => T | Promise<T>, options?: TaskOptions): Promise<T> {
    if (!this.#inStep) return new Promise(() => {})
    const names = this.names.task(name, this.#tasks.length)
    for (const task of this.#tasks) if (task.names === names) refuseTwice(name)
    const task = this.#makeTask(name, names, options?.background ?? false)
    // One that does not take its handle will ask the world.
    if (!this.#carries && fn.length === 0) this.carry()
    const result = this.#begin(task, fn)
    const promise = result instanceof Promise ? result : Promise.resolve(result)
    this.#follow(task, promise)
    return promise
  }

  /** Makes a choice point of a task, and returns the promise that it settles. */
  point<Value>(task: Task, name: string, options?: OperationOptions<Value>): Promise<Value> {
    if (options?.signal !== undefined) return this.#pointWith(options.signal, task, name, options)
    let settle!: Settle
    // Takes no second settler, as most points need none: V8 then makes none, and no closure either.
    const promise = new Promise<Value>((resolve) => {
      settle = resolve
    })
    if (this.#inStep) this.#add(task, name, options, settle)
    return promise
  }

  #pointWith<Value>(
    signal: AbortSignal,
    task: Task,
    name: string,
    options: OperationOptions<Value>,
  ): Promise<Value> {
    if (signal.aborted) {
      this.#listens().findsAborted()
      return Promise.reject(signal.reason)
    }
    let settle!: Settle
    let refuse!: Settle
    const promise = new Promise<Value>((resolve, reject) => {
      settle = resolve
      refuse = reject
    })
    if (this.#inStep) this.#withdrawWith(signal, this.#add(task, name, options, settle), refuse)
    return promise
  }

  /** Has every access to a value land in the footprint of the step that makes it. */
  share<T extends object>(name: string, value: T): T {
    if (this.#shared === undefined) {
      this.#shared = new SharedValues()
      this.#isRecorded = true
      if (this.#inStep) this.#shared.record()
    }
    return this.#shared.share(name, value)
  }

  claim(property: Property): void {
    this.properties = [...this.properties, property]
  }

  observe(observation: Observation): void {
    if (this.#inStep) this.#observations = [...this.#observations, observation]
  }

  /** Who waits at rest, and not for a fault, which may always still come. */
  #stuck(): readonly Task[] {
    if (this.#running === 0) return NO_TASKS
    return this.#tasks.filter((task) => task.state === 'running' && this.#isStuck(task))
  }

  #isStuck({ name, background, pending }: Task): boolean {
    if (background || pending === 0) return !background
    return !this.#pending.some(({ fault, owner }) => fault !== undefined && owner === name)
  }

  #isOpen(point: ChoicePoint): boolean {
    const shared = this.#shared
    return point.isOpen((look) => {
      if (shared !== undefined) return shared.watch(look)
      look()
      return []
    })
  }

  #add(
    task: Task,
    operation: string,
    options: OperationOptions<any> | undefined,
    settle: Settle,
  ): ChoicePoint {
    const label = task.names.label(operation)
    const count = (this.#counts[label.index] ?? 0) + 1
    this.#counts[label.index] = count
    this.#sequence++
    const name = label.name(count)
    const point = new ChoicePoint(name, this.#sequence, this.#step, task, options, settle)
    this.#pending.push(point)
    if (options !== undefined && isRestricted(point)) this.#restricted++
    task.pending++
    task.last = name.id
    if (task !== this.#firedTask) this.#wakes(task)
    return point
  }

  /** What firing a point uses up. */
  #spend({ fault, hasSignal, id }: ChoicePoint): void {
    if (fault !== undefined) this.budgets[fault] = (this.budgets[fault] ?? 0) - 1
    if (hasSignal) this.#signals?.happens(id)
  }

  #withdrawWith(signal: AbortSignal, point: ChoicePoint, reject: Settle): void {
    const { task } = point
    this.#listens().listen(signal, point.id, () => {
      if (!this.#remove(point)) return
      point.release()
      if (task !== undefined && task !== this.#firedTask) this.#wakes(task)
      reject(signal.reason)
    })
  }

  #listens(): Signals {
    this.#signals ??= new Signals()
    this.#isRecorded = true
    return this.#signals
  }

  /** Takes the same steps in a run of its own, to find the line at which each task waits. */
  #locate(fired: readonly Event[]): ReadonlyMap<string, string> {
    if (this.#drainsInTurns) return new Map()
    return locateAwaits(
      () => context?.getStore()?.name,
      () => {
        const again = new TaskRun({ ...this.#program, carries: true })
        try {
          again.start()
          for (const { id } of fired) {
            const same = again.enabled().find((point) => point.id === id)
            if (same === undefined) return
            again.fire(same)
          }
        } catch {
          // Code that throws now and did not before is not deterministic; the lines so far will do.
        } finally {
          again.end()
        }
      },
    )
  }

  #makeTask(name: string, names: TaskNames, background: boolean): Task {
    const task = new Task(this, name, names, background)
    this.#tasks.push(task)
    this.#running++
    return task
  }

  #follow(task: Task, result: Promise<unknown>): void {
    result.then(
      () => this.#ended(task, 'finished'),
      (error) => {
        if (this.#ended(task, 'failed')) this.#failures = [...this.#failures, error]
      },
    )
  }

  #begin<T>(task: Task, fn: (task: TaskHandle) => T | Promise<T>): T | Promise<T> {
    const before = this.#stepping
    this.#stepping = task
    try {
      return context === undefined ? fn(task) : context.run(task, fn, task)
    } catch (error) {
      return Promise.reject(error)
    } finally {
      this.#stepping = before
    }
  }

  #ended(task: Task, state: 'finished' | 'failed'): boolean {
    if (!this.#inStep) return false
    task.state = state
    this.#running--
    if (task !== this.#firedTask) this.#wakes(task)
    return true
  }

  #wakes(task: Task): void {
    if (this.#firedTask !== undefined && !this.#woken.includes(task)) this.#woken = [...this.#woken, task]
  }

  /** Whether it was there. */
  #remove(point: ChoicePoint): boolean {
    const pending = this.#pending
    // What indexOf and splice do, without a call for a few points, and an array for what was taken out.
    let index = 0
    while (index < pending.length && pending[index] !== point) index++
    if (index === pending.length) return false
    for (let next = index + 1; next < pending.length; next++) pending[next - 1] = pending[next] as ChoicePoint
    pending.pop()
    if (this.#restricted > 0 && isRestricted(point)) this.#restricted--
    if (point.task !== undefined) point.task.pending--
    return true
  }

  #enterStep(task: Task | undefined): void {
    this.#inStep = true
    this.#firedTask = task
    this.#stepping = task
    this.#woken = NO_TASKS
    // Written only where it changes, as the collector has to note what a variable of the module refers to.
    if (active !== this) active = this
    if (this.#isRecorded) this.#record()
  }

  #record(): void {
    if (this.#carries) context?.arm?.()
    this.#shared?.record()
    this.#signals?.record()
  }

  #drain(): void | Promise<void> {
    return drainSynchronously() ? this.#leaveStep() : this.#drainInTurn()
  }

  #drainInTurn(): Promise<void> {
    this.#drainsInTurns = true
    return new Promise((resolve, reject) => {
      afterMacrotask(() => {
        try {
          resolve(this.#leaveStep())
        } catch (error) {
          reject(error)
        }
      })
    })
  }

  /** Ends the step at quiescence. Throws what the code under test threw in it. */
  #leaveStep(): void {
    this.#inStep = false
    this.#stepping = undefined
    if (this.#isRecorded) {
      this.#shared?.pause()
      if (this.#carries) context?.clear?.()
    }
    const escaped = takeEscaped()
    if (escaped.length > 0 || this.#failures.length > 0) this.#throwFirst(escaped)
  }

  #throwFirst(escaped: readonly unknown[]): never {
    const errors = [...this.#failures, ...escaped]
    this.#failures = NO_FAILURES
    throw errors.find((error) => error instanceof HeddleError) ?? errors[0]
  }
}
