// Plain tables: a head, rows, columns two spaces apart, and no lines.

import Table from 'cli-table3'
import { colours } from './text.ts'

const NO_LINES = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((name) => [name, '']),
)

export type Align = 'left' | 'right'
export type Cell = string | { readonly colSpan: number; readonly content: string }

export interface TableOptions {
  /** Left unless given. */
  readonly aligns?: readonly Align[]
  /** Columns of the terminal: the last column wraps to fit. */
  readonly width?: number
  /** Widths of all columns, each wrapped to fit. */
  readonly columns?: readonly number[]
}

export function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions = {},
): string {
  const widths =
    options.columns ?? (options.width === undefined ? [] : fitted([head, ...rows], options.width))
  const made = new Table({
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    colAligns: [...(options.aligns ?? [])],
    ...(widths.length > 0 ? { colWidths: [...widths], wordWrap: true } : {}),
  })
  made.push(head.map((name) => colours.bold(name)))
  for (const row of rows) made.push([...row])
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

const GAP = 2
const LAST_CHARS_MIN = 20

/** The widths that the columns need, but for the last one, which gets what is left. */
function fitted(rows: readonly (readonly Cell[])[], width: number): readonly number[] {
  const needs = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (typeof row[column] === 'string' ? row[column].length : 0))),
  )
  const others = needs.slice(0, -1).map((chars) => chars + GAP)
  const left = width - others.reduce((sum, chars) => sum + chars, 0)
  return [...others, Math.max(LAST_CHARS_MIN, Math.min(left, (needs.at(-1) ?? 0) + GAP))]
}
