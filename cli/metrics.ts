// The test plan's metrics, worked out from the reports of the three coordinators. Pure arithmetic: it runs nothing
// and prints nothing.

import type { CatalogueEntry, Measure } from '../model/index.ts'
import { OVERHEAD_MAX_US } from '../properties/index.ts'
import type { Report } from './hunting.ts'

/** One scenario under the competing machines, the single coordinator and the class, over the same seeds. */
export interface Trio {
  readonly entry: CatalogueEntry
  readonly competing: Report
  readonly single: Report
  readonly asClass: Report
}

/** A share: how many of how many. */
export interface Share {
  readonly count: number
  readonly of: number
}

export interface Metrics {
  /** Claims that the competing machines must break, and that some seed broke. */
  readonly reproduced: Share
  /** Scenarios in which the single coordinator violates nothing in any seed. */
  readonly solved: Share
  /** The same for the class that runs the single coordinator's machines in a real server. */
  readonly solvedAsClass: Share
  /** `sometimes` claims that some seed reached under the single coordinator. */
  readonly reached: Share
  readonly closed1011: { readonly competing: Share; readonly single: Share }
  readonly agentEvents: { readonly competing: Share; readonly single: Share }
  readonly succeeded: { readonly competing: Share; readonly single: Share }
  /** The longest set-up over its slowest dependency, where the delays allow the comparison. */
  readonly overheadUs: number
  readonly deterministic: boolean
  readonly runs: number
  readonly steps: number
}

/** What the test plan asks for (its sections 5.3 and 8). */
export const REQUIRED = { succeededShare: 0.99, overheadMaxUs: OVERHEAD_MAX_US }

/** The scenario whose delays are such that only coordination can add to its slowest dependency. */
const OVERHEAD_SCENARIO = 'set-up-overhead'

export function metricsOf(trios: readonly Trio[]): Metrics {
  const reports = trios.flatMap(({ competing, single, asClass }) => [competing, single, asClass])
  const goals = trios.flatMap(({ single }) => single.sometimes)
  const both = (share: (measures: readonly Measure[]) => Share) => ({
    competing: share(trios.flatMap(({ competing }) => competing.measures)),
    single: share(trios.flatMap(({ single }) => single.measures)),
  })
  return {
    reproduced: trios.map(reproduction).reduce(add, NONE),
    solved: { count: trios.filter(({ single }) => holds(single)).length, of: trios.length },
    solvedAsClass: { count: trios.filter(({ asClass }) => holds(asClass)).length, of: trios.length },
    reached: { count: goals.filter(({ reached }) => reached > 0).length, of: goals.length },
    closed1011: both((all) => share(all, 'closed1011', 'connections')),
    agentEvents: both((all) => share(all, 'eventsReceived', 'eventsExpected')),
    succeeded: both((all) => share(all, 'succeeded', 'connections')),
    overheadUs: longestOverhead(trios),
    deterministic: reports.every(({ nonDeterminism }) => nonDeterminism === null),
    runs: reports.reduce((sum, { seeds }) => sum + seeds.count, 0),
    steps: reports.reduce((sum, { steps }) => sum + steps, 0),
  }
}

/** Of what the competing machines must break in this scenario, what some seed broke. */
export function reproduction({ entry, competing }: Trio): Share {
  const broken = entry.broken.filter((claim) =>
    competing.properties.some(({ property, violated }) => property === claim && violated > 0),
  )
  return { count: broken.length, of: entry.broken.length }
}

/** Nothing violated, and every run judged to its end. */
export function holds({ verdict, cutShort }: Report): boolean {
  return verdict === 'no violation found' && cutShort === 0
}

/** The metrics that are not as the test plan asks. */
export function unmet(metrics: Metrics): readonly string[] {
  const { closed1011, agentEvents, succeeded } = metrics
  return [
    ...(isWhole(metrics.reproduced) ? [] : ['reproduction rate']),
    ...(isWhole(metrics.solved) ? [] : ['solution rate']),
    ...(isWhole(metrics.solvedAsClass) ? [] : ['solution rate of the class']),
    ...(isWhole(metrics.reached) ? [] : ['hard cases reached']),
    ...(closed1011.single.count === 0 ? [] : ['closed with 1011']),
    ...(isWhole(agentEvents.single) ? [] : ['agent events']),
    ...(succeeded.single.count > REQUIRED.succeededShare * succeeded.single.of
      ? []
      : ['connections that succeed']),
    ...(metrics.overheadUs < REQUIRED.overheadMaxUs ? [] : ['set-up overhead']),
    ...(metrics.deterministic ? [] : ['determinism']),
  ]
}

const NONE: Share = { count: 0, of: 0 }

function add(a: Share, b: Share): Share {
  return { count: a.count + b.count, of: a.of + b.of }
}

export function isWhole({ count, of }: Share): boolean {
  return count === of
}

function share(all: readonly Measure[], count: keyof Measure, of: keyof Measure): Share {
  const sum = (key: keyof Measure) => all.reduce((total, measure) => total + measure[key], 0)
  return { count: sum(count), of: sum(of) }
}

function longestOverhead(trios: readonly Trio[]): number {
  const measures = trios.find(({ entry }) => entry.name === OVERHEAD_SCENARIO)?.single.measures ?? []
  return measures.reduce((longest, { overheadUs }) => Math.max(longest, overheadUs), 0)
}
