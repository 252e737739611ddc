// `npm run bench:finding`: how many runs each strategy takes to find each mutant of the catalogue, and each claim
// that the competing machines must break: the median over many hunts, beside fast-check's scheduler. Everything is
// untimed, as fast-check knows no windows.

import Table from 'cli-table3'
import { type CatalogueEntry, competing, mutants, scenarios } from '../model/index.ts'
import { catalogueScenario } from '../properties/index.ts'
import { choicesOf, runSync, type Scenario, type Strategy, seeded, strategyNamed } from '../sim/index.ts'
import { executionsOfFastCheck } from './fast-check-driver.ts'
import { deviationsAbove, median } from './ranks.ts'

const STRATEGIES = ['random', 'pct(2)', 'pct(3)', 'pos', 'delay-bounded(2)', 'portfolio']
const PEER = 'fc.scheduler'
const [hunts = 100, executionsMax = 500] = process.argv.slice(2).map(Number)

/** So many hunts that have all found nothing at the beginning stand for the rest. */
const MISSES_MAX = 10
/** So many standard deviations apart is more than chance, once in forty times excepted. */
const CHANCE = 1.96
const NOT_FOUND = Number.POSITIVE_INFINITY

interface Sought {
  readonly name: string
  readonly scenario: Scenario
  readonly property: string
}

/** Runs of one hunt until it found what it sought; infinite where it did not. */
type Hunt = (sought: Sought, hunt: number) => Promise<number>

await main()

async function main(): Promise<void> {
  const began = performance.now()
  const contenders = [...STRATEGIES.map((name) => [name, ours(name)] as const), [PEER, theirs] as const]
  const table = new Table({
    head: [`runs to find it, median of ${hunts} hunts`, ...contenders.map(([name]) => name)],
    colAligns: ['left', ...contenders.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  })
  const behind: string[] = []
  const onAverage: string[] = []
  for (const sought of [...ofMutants(), ...ofCompeting()]) {
    const samples: (readonly number[])[] = []
    for (const [, hunt] of contenders) samples.push(await sampleOf(sought, hunt))
    table.push([sought.name, ...samples.map((sample) => shown(median(sample)))])
    const [portfolio = [], peer = []] = samples.slice(-2)
    const deviations = deviationsAbove(portfolio, peer)
    if (median(portfolio) > median(peer)) behind.push(`${sought.name} (${deviations.toFixed(1)})`)
    else if (deviations > CHANCE) onAverage.push(sought.name)
  }
  console.log(table.toString())
  const seconds = Math.round((performance.now() - began) / 1_000)
  console.log(`Untimed, at most ${executionsMax} runs a hunt; ${seconds} s, Node ${process.version}.`)
  console.log(
    behind.length === 0
      ? `By the median, the portfolio needs no more runs than ${PEER} anywhere.`
      : `By the median, the portfolio needs more runs than ${PEER} for ${behind.join('; ')}: in parentheses by how many standard deviations of chance.`,
  )
  if (onAverage.length > 0) {
    console.log(
      `By all hunts together, and by more than chance, it needs more for ${onAverage.join('; ')}, though no more by the median.`,
    )
  }
}

function entryOf(name: string): CatalogueEntry {
  return scenarios.find((entry) => entry.name === name) as CatalogueEntry
}

/** Those whose claim is about virtual time aside: without time, it is not judged. */
function ofMutants(): readonly Sought[] {
  return mutants
    .filter(({ breaks }) => breaks !== 'set-up overhead within 100 ms')
    .map(({ name, scenario, breaks, coordinator }) =>
      sought(`${name} (${scenario})`, catalogueScenario(entryOf(scenario), coordinator), breaks),
    )
}

function ofCompeting(): readonly Sought[] {
  return scenarios.flatMap((entry) =>
    entry.broken.map((claim) =>
      sought(`${entry.name}: ${claim}`, catalogueScenario(entry, competing), claim),
    ),
  )
}

/** Nothing else is judged, so that nothing else ends a run. */
function sought(name: string, scenario: Scenario, property: string): Sought {
  const properties = scenario.properties.filter((other) => other.name === property)
  return { name, property, scenario: { ...scenario, properties } }
}

async function sampleOf(sought: Sought, hunt: Hunt): Promise<readonly number[]> {
  const found: number[] = []
  for (let index = 0; index < hunts; index++) {
    found.push(await hunt(sought, index))
    if (found.length === MISSES_MAX && found.every((runs) => runs === NOT_FOUND)) break
  }
  return found
}

function ours(name: string): Hunt {
  const strategy = strategyNamed(name) as Strategy
  const counted = new Map<Scenario, number>()
  return async ({ scenario, property }, hunt) => {
    const choices = counted.get(scenario) ?? (await choicesOf(scenario, { strategy, timing: 'untimed' }))
    counted.set(scenario, choices)
    for (let index = 0; index < executionsMax; index++) {
      const seed = hunt * executionsMax + index + 1
      const { violations } = runSync(scenario, {
        source: ({ budgets }) => seeded({ seed, strategy, timing: 'untimed', choices, budgets }),
        stopAt: property,
      })
      if (violations.length > 0) return index + 1
    }
    return NOT_FOUND
  }
}

async function theirs({ scenario, property }: Sought, hunt: number): Promise<number> {
  const found = await executionsOfFastCheck(scenario, { property, seed: hunt + 1, max: executionsMax })
  return found ?? NOT_FOUND
}

function shown(median: number): string {
  return median === NOT_FOUND ? 'not found' : String(median)
}
