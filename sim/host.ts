// What the JavaScript host lends to the engine, each thing feature-detected, with the same results where it
// is missing: a turn of the event loop, a synchronous drain of the microtask queue, and (for exact
// attribution in worlds) asynchronous context. The only file of sim/ that may touch `process` or a timer.

interface Immediate {
  setImmediate?: (callback: () => void) => unknown
  setTimeout: (callback: () => void, delayMs: number) => unknown
  process?: { _tickCallback?: () => void }
}

// Taken once when heddle loads, so that fake timers installed later by a test do not stop the run loop.
const { setImmediate, setTimeout, process } = globalThis as unknown as Immediate
const tickCallback = process?._tickCallback

/** Calls back outside every microtask, once what is ready in the event loop has had its turn. */
export function afterMacrotask(callback: () => void): void {
  if (setImmediate !== undefined) setImmediate(callback)
  else setTimeout(callback, 0)
}

/**
 * Runs Node's tick and microtask queues until both are empty, and returns true; false where that is not
 * possible, which is in a microtask and on hosts without such a function. The caller then takes a turn of
 * the event loop instead.
 */
export function drainSynchronously(): boolean {
  if (tickCallback === undefined) return false
  let drained = false
  Promise.resolve().then(() => {
    drained = true
  })
  tickCallback.call(process)
  return drained
}
