// What reaches the terminal, and the one progress line. Nothing else in cli/ writes to a stream.

import ora, { type Ora } from 'ora'

export function print(text = ''): void {
  process.stdout.write(`${text}\n`)
}

export function printError(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** A line on stderr that says how far something is; nothing at all where stderr is no terminal. */
export interface Progress {
  update(text: string): void
  stop(): void
}

export function progress(text: string): Progress {
  // In a terminal without a width, ora would clear lines for ever.
  const isWide = process.stderr.isTTY === true && process.stderr.columns > 0
  if (!isWide || process.env.CI) return { update() {}, stop() {} }
  // stdin is left alone, so that Ctrl-C arrives as the signal that it is.
  const line: Ora = ora({ text, stream: process.stderr, discardStdin: false }).start()
  return {
    update(next) {
      line.text = next
    },
    stop() {
      line.stop()
    },
  }
}
