// What the JavaScript host lends to the engine, each thing feature-detected, with the same results where it
// is missing: turns of the event loop, a synchronous drain of the tick and microtask queues, built-in
// modules, and a guard that keeps what escapes from the code under test. The only file of sim/ that may
// touch `process` or a timer, but for context.ts, which carries a context through `process.nextTick`. It
// decides nothing.

type Emit = (this: unknown, name: string | symbol, ...values: unknown[]) => boolean

interface Process {
  _tickCallback?: () => void
  emit?: Emit
  getBuiltinModule?: (name: string) => unknown
}

interface Host {
  setImmediate?: (callback: () => void) => unknown
  setTimeout: (callback: () => void, delayMs: number) => unknown
  queueMicrotask: (callback: () => void) => void
  process?: Process
}

// Taken once when heddle loads, so that fake timers installed later by a test do not stop the run loop.
const { setImmediate, setTimeout, queueMicrotask, process } = globalThis as unknown as Host
const tickCallback = process?._tickCallback

/** Calls back outside every microtask, once what is ready in the event loop has had its turn. */
export function afterMacrotask(callback: () => void): void {
  if (setImmediate !== undefined) setImmediate(callback)
  else setTimeout(callback, 0)
}

/** A built-in module of the host; undefined where it has none of that name. */
export function builtin(name: string): unknown {
  return process?.getBuiltinModule?.(name)
}

const leaving: (() => void)[] = []

/** Calls back whenever a guard ends, to take away what was put in place within it. */
export function atLeaveGuard(callback: () => void): void {
  leaving.push(callback)
}

// Guards nest, and may overlap where runs wait for turns of the event loop.
let guards = 0
let drainsInThisGuard = false
let escaped: unknown[] = []
let emitBefore: Emit | undefined
let emitWasOwn = false
// Invariant: true while `emitGuarded` stands in the chain of `process.emit`, though it may not be the first.
let emitGuards = false

/** What would end a process, or reach its listeners, if the code under test ran on its own. */
const ESCAPES: ReadonlySet<string | symbol> = new Set(['unhandledRejection', 'uncaughtException'])
/** What only accompanies these. */
const ACCOMPANIES: ReadonlySet<string | symbol> = new Set(['uncaughtExceptionMonitor', 'rejectionHandled'])

/**
 * From here to the matching `leaveGuard`, errors that nobody handles are kept for {@link takeEscaped} and
 * reach no listener of the process. A guard is one turn of a run loop: nothing else runs meanwhile.
 */
export function enterGuard(): void {
  drainsInThisGuard = false
  if (guards++ > 0) return
  if (process?.emit === undefined || emitGuards) return
  emitGuards = true
  emitWasOwn = Object.hasOwn(process, 'emit')
  emitBefore = process.emit
  process.emit = emitGuarded
}

export function leaveGuard(): void {
  drainsInThisGuard = false
  if (--guards > 0) return
  for (const callback of leaving) callback()
  escaped = []
  if (process?.emit === undefined) return
  // Anything that has put itself in front meanwhile keeps its place; without a guard we only pass through.
  if (process.emit === emitGuarded) {
    emitGuards = false
    if (emitWasOwn && emitBefore !== undefined) process.emit = emitBefore
    else delete process.emit
  }
}

const emitGuarded: Emit = function (this: unknown, name, ...values) {
  if (guards > 0) {
    if (ESCAPES.has(name)) escaped.push(values[0])
    if (ESCAPES.has(name) || ACCOMPANIES.has(name)) return true
  }
  return (emitBefore as Emit).call(this, name, ...values)
}

/** The errors that escaped since the last call, oldest first; empty outside a guard. */
export function takeEscaped(): readonly unknown[] {
  if (escaped.length === 0) return escaped
  const taken = escaped
  escaped = []
  return taken
}

/** How many ticks of one drain may throw: a bound for a callback that schedules itself again and throws. */
const THROWS_PER_DRAIN_MAX = 1_000

/**
 * Runs Node's tick and microtask queues until both are empty, and returns true; false where that is not
 * possible, which is in a microtask and on hosts without such a function. The caller then takes a turn of
 * the event loop instead.
 */
export function drainSynchronously(): boolean {
  if (tickCallback === undefined) return false
  if (!drainsInThisGuard) return drainsAtFirst(tickCallback)
  drain(tickCallback)
  return true
}

function drainsAtFirst(tick: () => void): boolean {
  let drained = false
  Promise.resolve().then(() => {
    drained = true
  })
  drain(tick)
  drainsInThisGuard = drained && guards > 0
  return drained
}

function drain(tick: () => void): void {
  for (let thrown = 0; thrown < THROWS_PER_DRAIN_MAX; thrown++) {
    try {
      tick.call(process)
      return
    } catch (error) {
      recover(error)
    }
  }
}

// A throw out of a tick leaves Node's stack of asynchronous contexts unbalanced, which later aborts the
// process. Only Node's own path for uncaught exceptions clears it, and a microtask that throws takes it.
function recover(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
