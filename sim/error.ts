// The one error class that heddle throws at a user: a stable code, and a message that says what was
// expected, what was found, where, and what to do next. Violated properties are results, never errors.

export type ErrorCode = `HEDDLE_${string}`

export class HeddleError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'HeddleError'
    this.code = code
  }
}

/** What somebody threw, as one line that is the same on every machine (no stack, no paths). */
export function describeThrown(thrown: unknown): string {
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : textOf(thrown)
  return text.split('\n', 1)[0] ?? ''
}

const CHARS_MAX = 500

/** What has no text of its own is shown as JSON, as far as it can be. */
function textOf(thrown: unknown): string {
  try {
    const text = String(thrown)
    if (text !== '[object Object]') return text
    return (JSON.stringify(thrown) ?? text).slice(0, CHARS_MAX)
  } catch {
    return 'something that has no text'
  }
}
