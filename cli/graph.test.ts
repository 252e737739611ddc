// What a drawn state graph shows, and that nothing in a label is read as more than text.

import { describe, expect, it } from 'vitest'
import { dotOf, draw } from './graph.ts'

const node = (label: string, depth: number, marked = false) => ({ label, depth, marked })
const graph = {
  nodes: [node('start', 0, true), node('left', 1), node('right\nside', 1, true)],
  edges: [
    { from: 0, to: 1, label: 'go left', marked: false },
    { from: 0, to: 2, label: 'go right', marked: true },
    { from: 0, to: 2, label: 'jump', marked: false },
  ],
}

describe('a state graph', () => {
  it('has a row for each distance from the beginning, and one arrow between two states', () => {
    const dot = dotOf(graph, 'two ways')
    expect(dot).toContain('{ rank=same; 1; 2 }')
    expect(dot).toContain('0 [label="start", peripheries=2, color=')
    expect(dot).toContain('2 [label="right\\nside", color=')
    expect(dot).toMatch(/0 -> 1 \[label="go left"\]/)
    expect(dot).toMatch(/0 -> 2 \[label="go right\\njump", color=/)
    expect(dot.match(/->/g)).toHaveLength(2)
  })

  it('is drawn as SVG, with the counterexample in its colour', async () => {
    const svg = await draw(graph, 'two ways', 'svg')
    expect(svg).toMatch(/^<\?xml /)
    expect(svg.match(/<g id="node\d+"/g)).toHaveLength(3)
    expect(svg).toContain('#c0392b')
  })

  it('takes whatever stands in a label as text', async () => {
    const hostile = ['"] evil [label="', '</text><script>', 'a\\', '\u001b[2J', '\\N'].join('\n')
    const svg = await draw({ nodes: [node(hostile, 0)], edges: [] }, '"}', 'svg')
    expect(svg.match(/<g id="node\d+"/g)).toHaveLength(1)
    expect(svg).toContain('&lt;script&gt;')
    expect(svg).not.toContain('\u001b')
  })

  it('cuts a label that is too long to read', () => {
    const label = Array.from({ length: 100 }, (_, line) => `${line} ${'x'.repeat(500)}`).join('\n')
    const dot = dotOf({ nodes: [node(label, 0)], edges: [] }, 'long')
    expect(dot.length).toBeLessThan(2_000)
    expect(dot).toContain('… 88 more')
  })
})
