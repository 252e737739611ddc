// Draws a state graph: as DOT, the language of Graphviz, and from that as SVG by Graphviz itself, which comes as
// WebAssembly. States stand in rows by their distance from the beginning; the counterexample is marked.

import { instance } from '@viz-js/viz'
import { plain } from '../failures/index.ts'
import type { StateGraph } from '../sim/index.ts'

export type GraphFormat = 'dot' | 'svg'

/** More than these, nobody can read, and laying them out takes minutes. */
export const GRAPH_STATES_MAX = 300
const LABEL_CHARS_MAX = 80
const LABEL_LINES_MAX = 12
const MARK = 'color="#c0392b", fontcolor="#c0392b", penwidth=2'

/** `title` stands above it. */
export async function draw(graph: StateGraph, title: string, format: GraphFormat): Promise<string> {
  const dot = dotOf(graph, title)
  return format === 'dot' ? dot : (await instance()).renderString(dot, { format: 'svg' })
}

export function dotOf({ nodes, edges }: StateGraph, title: string): string {
  const rows = new Map<number, number[]>()
  for (const [index, { depth }] of nodes.entries()) rows.set(depth, [...(rows.get(depth) ?? []), index])
  return [
    `digraph ${quoted([title])} {`,
    `  graph [label=${quoted([title])}, labelloc=t, fontname="Helvetica", fontsize=14, ranksep=0.6]`,
    '  node [shape=box, style=rounded, fontname="Helvetica", fontsize=10]',
    '  edge [fontname="Helvetica", fontsize=9, arrowsize=0.7]',
    ...nodes.map(({ label, depth, marked }, index) => {
      const first = depth === 0 ? ', peripheries=2' : ''
      return `  ${index} [label=${quoted(linesOf(label || 'as it begins'))}${first}${marked ? `, ${MARK}` : ''}]`
    }),
    ...[...rows.values()].map((row) => `  { rank=same; ${row.join('; ')} }`),
    ...together(edges).map(
      ({ from, to, labels, marked }) =>
        `  ${from} -> ${to} [label=${quoted(labels)}${marked ? `, ${MARK}` : ''}]`,
    ),
    '}\n',
  ].join('\n')
}

interface Arrow {
  readonly from: number
  readonly to: number
  readonly labels: string[]
  marked: boolean
}

/** Several events between the same two states are one arrow. */
function together(edges: StateGraph['edges']): readonly Arrow[] {
  const arrows = new Map<string, Arrow>()
  for (const { from, to, label, marked } of edges) {
    const key = `${from} ${to}`
    const arrow = arrows.get(key) ?? { from, to, labels: [], marked: false }
    arrow.labels.push(...linesOf(label))
    arrow.marked ||= marked
    arrows.set(key, arrow)
  }
  return [...arrows.values()]
}

function linesOf(label: string): readonly string[] {
  return label.split('\n')
}

/** A text of DOT: of many lines the first ones, and nothing in them that Graphviz would read as more than text. */
function quoted(lines: readonly string[]): string {
  const more = lines.length > LABEL_LINES_MAX ? [`… ${lines.length - LABEL_LINES_MAX} more`] : []
  const shown = [...lines.slice(0, LABEL_LINES_MAX), ...more]
  const escaped = shown.map((line) => plain(line, LABEL_CHARS_MAX).replace(/[\\"]/g, '\\$&'))
  return `"${escaped.join('\\n')}"`
}
