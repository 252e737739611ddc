// Fault budgets that are split: a budget that modules share makes their faults depend on each other, so each way
// of sharing it out is a beginning of its own. A run with so many faults in each module is one of the runs from
// the beginning that gives each just as many.

import type { Components } from './components.ts'
import { Modules } from './modules.ts'
import type { Renaming } from './renaming.ts'
import type { Unheard } from './unheard.ts'

/** More beginnings than this are not worth what they save. */
const DIVISIONS_MAX = 2_000

/** Sets of modules are masks of so many bits. */
const MASK_BITS = 30

/** The modules of a search, and the states that it begins with. */
export interface Beginning {
  readonly modules: Modules
  readonly initial: readonly Int32Array[]
}

interface Start {
  /** By component, its module. */
  readonly homes: readonly number[]
  readonly budgets: Readonly<Record<string, number>>
  /** By component, its value once the actors have started. */
  readonly values: readonly number[]
}

/** With budgets that all modules take of. */
export function beginShared(components: Components, { homes, budgets, values }: Start): Beginning {
  const names = Object.keys(budgets)
  const modules = new Modules(components, homes, { kind: 'shared', names })
  const left = names.map((name) => budgets[name] ?? 0)
  return { modules, initial: [Int32Array.from([...modules.numbersOf(values), ...left])] }
}

/** With every way to share the budgets out; undefined where there are too many modules, or ways. */
export function beginSplit(
  components: Components,
  {
    homes,
    budgets,
    values,
    unheard,
    renamings,
  }: Start & { readonly unheard: Unheard; readonly renamings: readonly Renaming[] },
): Beginning | undefined {
  const modules = new Modules(components, homes, { kind: 'split', names: Object.keys(budgets) })
  modules.unheard = unheard
  const ways = divisions(budgets, sharersOf(modules, renamings))
  if (ways === undefined || modules.list.length > MASK_BITS || modules.list.length < 2) return undefined
  for (const { fault, module } of ways[0] ?? []) modules.slotIn(module, components.budget(fault, module))
  const initial = ways.map((way) => {
    const shares = values.slice()
    for (const { fault, module, share } of way) {
      const component = components.budget(fault, module)
      for (let other = shares.length; other < component; other++) shares[other] = 0
      shares[component] = share
    }
    return Int32Array.from(modules.numbersOf(shares))
  })
  return { modules, initial }
}

/** Which modules have a share of which fault's budget. */
type Sharers = ReadonlyMap<string, readonly number[]>

/** The modules in which a fault was ever seen as a timer, and those of who may take their place. */
function sharersOf(modules: Modules, renamings: readonly Renaming[]): Sharers {
  const actors = new Map<string, Set<number>>()
  for (const kind of modules.components.events) {
    if (kind.kind !== 'timer' || kind.timer.fault === undefined) continue
    const known = actors.get(kind.timer.fault) ?? new Set()
    actors.set(kind.timer.fault, known.add(kind.actor))
  }
  const sharers = new Map<string, number[]>()
  for (const [fault, known] of actors) {
    for (const actor of known) for (const renaming of renamings) known.add(renaming.actor(actor))
    const homes = new Set([...known].map((actor) => modules.homeOf(actor)).filter((home) => home >= 0))
    sharers.set(
      fault,
      [...homes].sort((a, b) => a - b),
    )
  }
  return sharers
}

/** Every way to share the budgets out, also in part: for each, what each module gets of each fault. */
function divisions(
  budgets: Readonly<Record<string, number>>,
  sharers: Sharers,
): { readonly fault: string; readonly module: number; readonly share: number }[][] | undefined {
  let all: { fault: string; module: number; share: number }[][] = [[]]
  for (const [fault, modules] of sharers) {
    const ways = sharings(Object.hasOwn(budgets, fault) ? (budgets[fault] ?? 0) : 0, modules.length)
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
