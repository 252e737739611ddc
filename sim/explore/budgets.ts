// Fault budgets that are split: a budget that modules share makes their faults depend on each other, so each way
// of sharing it out is a beginning of its own. A run with so many faults in each module is one of the runs from
// the beginning that gives each just as many.

import type { Modules } from './modules.ts'

/** More beginnings than this are not worth what they save. */
const DIVISIONS_MAX = 2_000

/** Which modules have a share of which fault's budget. */
export type Sharers = ReadonlyMap<string, readonly number[]>

/** The modules in which a fault was ever seen as a timer. */
export function sharersOf({
  components,
  homeOf,
}: {
  components: Modules['components']
  homeOf: (component: number) => number
}): Sharers {
  const sharers = new Map<string, number[]>()
  for (const kind of components.events) {
    if (kind.kind !== 'timer' || kind.timer.fault === undefined) continue
    const home = homeOf(kind.actor)
    const known = sharers.get(kind.timer.fault) ?? []
    if (home >= 0 && !known.includes(home))
      sharers.set(
        kind.timer.fault,
        [...known, home].sort((a, b) => a - b),
      )
  }
  return sharers
}

/** Every way to share the budgets out, also in part: for each, what each module gets of each fault. */
export function divisions(
  budgets: Readonly<Record<string, number>>,
  sharers: Sharers,
): { readonly fault: string; readonly module: number; readonly share: number }[][] | undefined {
  let all: { fault: string; module: number; share: number }[][] = [[]]
  for (const [fault, modules] of sharers) {
    const ways = sharings(budgets[fault] ?? 0, modules.length)
    if (ways.length * all.length > DIVISIONS_MAX) return undefined
    all = ways.flatMap((way) =>
      all.map((division) => [
        ...division,
        ...way.map((share, index) => ({ fault, module: modules[index] as number, share })),
      ]),
    )
  }
  return all
}

/** Every list of so many numbers with a sum of at most `total`. */
function sharings(total: number, size: number): number[][] {
  if (size === 0) return [[]]
  return Array.from({ length: total + 1 }, (_, first) =>
    sharings(total - first, size - 1).map((rest) => [first, ...rest]),
  ).flat()
}
