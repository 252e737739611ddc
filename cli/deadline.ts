// When a task is to end by itself: on the clock that all threads have in common, so that it can be handed to one. A
// thread that had to be ended instead would take long to be there again.

/** Milliseconds on the clock that all threads have in common. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now()
}

/** A signal that is aborted from a moment of {@link nowMs} on; never unless given. */
export function deadline(atMs = Number.POSITIVE_INFINITY): { readonly aborted: boolean } {
  if (atMs === Number.POSITIVE_INFINITY) return { aborted: false }
  // On this thread's own clock, as it may be asked after each run of a few microseconds.
  const ownMs = atMs - performance.timeOrigin
  return {
    get aborted() {
      return performance.now() >= ownMs
    },
  }
}
