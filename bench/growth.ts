// `npm run bench:growth`: what each further connection of one user costs an exhaustive check of the single
// coordinator, with its reductions and without. Prints a table and draws bench/growth.svg. What would take too
// many states or too much memory ends at that bound, and is marked.

import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import Table from 'cli-table3'
import { Command, InvalidArgumentError } from 'commander'
import { REDUCTIONS } from '../sim/index.ts'
import { type Point, plot, type Series } from './plot.ts'
import { searchApart } from './process.ts'
import type { Maker, Measured } from './subject.ts'

const CONNECTIONS = [2, 3, 4, 5, 6]
const STATES_MAX = 12_000_000
const MEMORY_MAX_BYTES = 2_000_000_000
const SVG = fileURLToPath(new URL('./growth.svg', import.meta.url))

const VARIANTS = [
  { name: 'no reduction', options: { reductions: [] }, colour: '#b3541e' },
  { name: 'reductions', options: { reductions: REDUCTIONS }, colour: '#1f6f8b' },
] as const

interface Cost extends Measured {
  readonly connections: number
  readonly variant: string
}

const command = new Command('bench:growth')
  .description('what each further connection costs an exhaustive check')
  .option('--states <n>', 'end a search at so many states', statesOf, STATES_MAX)
  .action(({ states }: { states: number }) => main(states))
await command.parseAsync()

function statesOf(text: string): number {
  const states = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (states < 1) throw new InvalidArgumentError('Expected a whole number from 1.')
  return states
}

async function main(statesMax: number): Promise<void> {
  const costs: Cost[] = []
  const failures: string[] = []
  for (const connections of CONNECTIONS) {
    for (const { name, options } of VARIANTS) {
      const scenario: Maker = { module: './standby.ts', name: 'standby', given: connections }
      const bounds = { statesMax, memoryMaxBytes: MEMORY_MAX_BYTES }
      try {
        const measured = await searchApart({ by: 'heddle', scenario, options: { ...options, ...bounds } })
        costs.push({ connections, variant: name, ...measured })
      } catch (error) {
        failures.push(`✗ ${connections} connections, ${name}: ${(error as Error).message}`)
      }
    }
  }
  console.log(tableOf(costs))
  for (const failure of failures) console.log(failure)
  if (failures.length > 0) process.exitCode = 1
  else await writeFile(SVG, drawn(costs, statesMax))
}

function drawn(costs: readonly Cost[], statesMax: number): string {
  const series = VARIANTS.flatMap(({ name, colour }): Series[] => {
    const of = (count: 'states' | 'transitions'): readonly Point[] =>
      costs
        .filter(({ variant }) => variant === name)
        .map((cost) => ({ x: cost.connections, y: cost[count], isBounded: cost.verdict === 'bounded' }))
    return [
      { name: `states, ${name}`, colour, isDashed: false, points: of('states') },
      { name: `transitions, ${name}`, colour, isDashed: true, points: of('transitions') },
    ]
  })
  return plot(series, {
    title: 'single under standby: one message a connection, one drop',
    xLabel: 'connections of one user',
    note: `hollow: ended at a bound (${millions(statesMax)} million states, ${MEMORY_MAX_BYTES / 1e9} GB)`,
  })
}

function tableOf(costs: readonly Cost[]): string {
  const table = new Table({
    head: ['connections', '', 'verdict', 'states', 'transitions', 'seconds', 'of CPU', 'peak MB'],
    colAligns: ['right', 'left', 'left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const cost of costs) {
    table.push([
      cost.connections,
      cost.variant,
      cost.verdict,
      thousands(cost.states),
      thousands(cost.transitions),
      cost.seconds.toFixed(1),
      cost.cpuSeconds.toFixed(1),
      thousands(cost.peakBytes / 1e6),
    ])
  }
  return table.toString()
}

function millions(value: number): string {
  return String(Number((value / 1e6).toPrecision(2)))
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
