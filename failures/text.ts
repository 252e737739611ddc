// Text for a person: made harmless, wrapped to the width there is, and coloured where there is a terminal that wants
// it. It prints nothing.

import pc from 'picocolors'
import { printable } from '../sim/index.ts'

const WIDTH = { min: 60, unknown: 100, max: 200 }

const LINE_CHARS_MAX = 300

/** Text of unknown origin, on one line, cut short, with everything escaped that acts on a terminal. */
export function plain(text: string, charsMax = LINE_CHARS_MAX): string {
  return printable(text, charsMax)
}

/** What was thrown, message and all, on one line. */
export function oneLine(thrown: unknown): string {
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  return plain(text.replace(/\s*\n\s*/g, ' '))
}

/** A scenario's name as a heading, with its coordinator where it has one. */
export function heading(scenario: string, coordinator: string | undefined): string {
  return `${colours.bold(plain(scenario))}${coordinator === undefined ? '' : ` · ${plain(coordinator)}`}`
}

/** 12,345 */
export function thousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 step`, `2,000 steps`; for words whose plural only has an s more. */
export function counted(count: number, what: string): string {
  return `${thousands(count)} ${what}${count === 1 ? '' : 's'}`
}

/** Text on as many lines as it needs, those after the first one indented. A word may be longer than a line. */
export function wrapped(text: string, chars: number, indent = ''): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line.length + 1 + word.length > chars) {
      lines.push(line)
      line = `${indent}${word}`
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/**
 * The colours of stdout; every function leaves the text alone where stdout is no terminal, or wants none. FORCE_COLOR
 * asks for them anyway.
 */
export const colours = pc.createColors(
  pc.isColorSupported && (process.stdout.isTTY === true || Boolean(process.env.FORCE_COLOR)),
)

/** How many columns to lay out for. */
export function width(): number {
  return Math.min(WIDTH.max, Math.max(WIDTH.min, process.stdout.columns ?? WIDTH.unknown))
}
