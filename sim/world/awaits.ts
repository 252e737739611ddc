// Finds the line at which stuck code waits. A promise does not know who awaits it, so the code is run once
// more while every promise notes where it was made: the promise of an `await` is made at its very line.
// Costly, and only for people to read: no verdict depends on it.

import { builtin } from '../host.ts'

interface PromiseHooks {
  createHook(hooks: {
    init: (promise: object, parent: object | undefined) => void
    before: (promise: object) => void
    settled: (promise: object) => void
  }): () => void
}

/** A promise as it was made. */
interface Made {
  readonly owner: string
  /** What it follows: for the promise of an `await`, the promise that is awaited. */
  readonly parent: object | undefined
  /** Basename and line of the code that made it, the same on every machine. */
  readonly location: string | undefined
  /** True where a call such as `new Promise` or `Promise.race` made it, and no async function or await. */
  readonly isBuiltIn: boolean
}

/**
 * Runs `again`, and says for each owner where it then awaits a promise that is not settled. `owner` names
 * whose code is running. Empty on hosts without hooks on promises.
 */
export function locateAwaits(
  owner: () => string | undefined,
  again: () => void,
): ReadonlyMap<string, string> {
  const hooks = (builtin('node:v8') as { promiseHooks?: PromiseHooks } | undefined)?.promiseHooks
  const made = new Map<object, Made>()
  if (hooks === undefined) return new Map()
  const forget = (promise: object) => void made.delete(promise)
  const init = (promise: object, parent: object | undefined) => {
    const name = owner()
    if (name !== undefined) made.set(promise, { owner: name, parent, ...whereMade(init) })
  }
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 30
  const stop = hooks.createHook({ init, before: forget, settled: forget })
  try {
    again()
  } finally {
    stop()
    Error.stackTraceLimit = limit
  }
  return innermost(made)
}

/** Of each owner's pending awaits, the last that does not wait for another async function of its own. */
function innermost(made: ReadonlyMap<object, Made>): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { owner, parent, location, isBuiltIn } of made.values()) {
    if (parent === undefined || isBuiltIn || location === undefined) continue
    const awaited = made.get(parent)
    const isAsyncFunction = awaited !== undefined && awaited.parent === undefined && !awaited.isBuiltIn
    if (!isAsyncFunction || !found.has(owner)) found.set(owner, location)
  }
  return found
}

function whereMade(below: (...values: any[]) => unknown): Pick<Made, 'location' | 'isBuiltIn'> {
  const holder: { stack?: string } = {}
  Error.captureStackTrace(holder, below)
  const frames = (holder.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !line.includes('node:'))
  const at = frames.map((frame) => /([^/\\(]+):(\d+):\d+\)?$/.exec(frame)).find((match) => match !== null)
  return {
    location: at === undefined || at === null ? undefined : `${at[1]}:${at[2]}`,
    isBuiltIn: frames[0]?.includes('<anonymous>)') ?? true,
  }
}
