// What reductions have saved, counted exactly once a search is done: the states that the stored ones stand for, the
// states that systems searched apart would have together, and the events that were left out.

import { decode } from './layout.ts'
import type { Reduction, Savings } from './report.ts'
import type { Search } from './search.ts'
import { StateStore } from './store.ts'
import type { SymmetryReduction } from './symmetry.ts'

/** States that stand for more than this are not counted, as that would take longer than the search. */
const STOOD_FOR_MAX = 2_000_000

/** The search of a system, for all systems that are like it but for their names. */
export interface Counted {
  readonly search: Search
  readonly symmetry: SymmetryReduction | undefined
  /** How many systems it was made for. */
  readonly systems: number
}

/** What each of some reductions has saved. `isWhole`: whether every system was searched to its end. */
export function savedBy(
  reductions: readonly Reduction[],
  counted: readonly Counted[],
  isWhole: boolean,
): Savings {
  const saved: Partial<Record<Reduction, number>> = {}
  // What ends a search ends what would come after it.
  if (counted.some(({ search }) => search.bound !== undefined)) return saved
  const note = (reduction: Reduction, count: () => number | undefined) => {
    const found = reductions.includes(reduction) ? count() : undefined
    if (found !== undefined) saved[reduction] = found
  }
  const stoodFor = counted.map(({ search, symmetry }) => statesStoodFor(search, symmetry))
  note('composition', () => (isWhole && !isCoupled(counted) ? product(counted, stoodFor) : undefined))
  note('symmetry', () => {
    return stoodFor.includes(undefined)
      ? undefined
      : counted.reduce((sum, { systems }, index) => sum + systems * (stoodFor[index] ?? 0), 0)
  })
  note('partial order', () => counted.reduce((sum, { search }) => sum + eventsLeftOut(search), 0))
  return saved
}

function product(counted: readonly Counted[], states: readonly (number | undefined)[]): number | undefined {
  if (states.includes(undefined)) return undefined
  const all = counted.map(({ systems }, index) => BigInt(states[index] ?? 0) ** BigInt(systems))
  return Number(all.reduce((one, other) => one * other, 1n))
}

/** How many states there are of those that a search has stored and all that renamings make of these. */
function statesStoodFor(search: Search, symmetry: SymmetryReduction | undefined): number | undefined {
  if (symmetry === undefined || !symmetry.applied) return search.states
  const all = new StateStore(search.store.layout, true)
  const ids = numbersOf(search)
  const scratch = new Int32Array(ids.length)
  const renamed = new Int32Array(ids.length)
  const add = (state: Int32Array) => {
    const words = search.encode(state)
    if (all.layout !== search.store.layout) all.widen(search.store.layout)
    all.add(words, -1)
  }
  for (let state = 0; state < search.store.count; state++) {
    search.read(state, ids)
    add(ids)
  }
  const exchanges = symmetry.neighbours
  // Each exchange is its own inverse, so that what they make of the states, again and again, is all there is.
  for (let state = 0; state < all.count; state++) {
    if (all.count > STOOD_FOR_MAX) return undefined
    decode(all.layout, all.chunk(state), all.offset(state), ids)
    for (const exchange of exchanges) {
      renamed.set(ids)
      exchange.apply(renamed, scratch)
      add(renamed)
    }
  }
  return all.count
}

function numbersOf(search: Search): Int32Array<ArrayBuffer> {
  return new Int32Array(search.store.layout.bits.length)
}

/** Whether several systems take of one fault's budget, so that what one does says what another may. */
function isCoupled(counted: readonly Counted[]): boolean {
  const spenders = counted.flatMap(({ search, systems }) => (spends(search) ? [systems] : []))
  return spenders.reduce((sum, systems) => sum + systems, 0) > 1
}

function spends(search: Search): boolean {
  // Where budgets are split, each way to do so is a beginning.
  if (search.beginnings > 1) return true
  if (search.beginnings === 0) return false
  const whole = search.initialOf(0)
  const budgets = search.modules.list.length
  return search.some((ids) => ids.some((left, place) => place >= budgets && left !== whole[place]))
}

/** The events that are enabled in states which were looked into in part, and were not taken. */
function eventsLeftOut(search: Search): number {
  const { modules, taken } = search
  const ids = numbersOf(search)
  let events = 0
  for (let state = 0; state < taken; state++) {
    const chosen = search.chosenIn(state)
    if (chosen === 0) continue
    search.read(state, ids)
    for (let module = 0; module < modules.list.length; module++) {
      if ((chosen & (1 << module)) !== 0) continue
      const { targets, steps } = modules.expansion(module, ids)
      events += targets.length
      for (const step of steps) if (modules.isAllowed(step, module, ids)) events++
    }
  }
  return events
}
