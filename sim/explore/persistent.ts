// Of orders of independent events, one: in a state in which no event of other modules can ever touch some
// modules before these have moved, the events of these are enough (persistent sets: Godefroid, "Partial-order
// methods for the verification of concurrent systems", 1996). What other modules can ever do is taken from what
// they were seen to do. A state whose choice turns out to rest on too little is looked into once more, in full;
// at the end of a search every choice stands on all that is known. That is enough: the first event of a full
// search that nobody has seen would be an event of the reduced search too.

import type { Components } from './components.ts'
import { type Approach, type Edge, type Interactions, maskOf, modulesIn } from './interactions.ts'
import type { Change, Modules } from './modules.ts'
import type { Persistent } from './search.ts'

/** Modules whose events may be enough together; larger sets are seldom found, and never cheap. */
const TOGETHER_MAX = 4
/** What is known may have grown by this part before tables are worked out anew. */
const STALE_SHARE = 0.1

/** Answers that are kept; after so many, from anew. */
const KEPT_MAX = 4_000

/** Where an event of other modules can still come to meet one of the chosen modules. */
interface Threat {
  readonly modules: readonly number[]
  /** By position: 1 for a number from which the module can come to one that it had in such an event. */
  readonly possible: readonly Uint8Array[]
}

interface Table {
  readonly version: number
  readonly threats: readonly Threat[]
}

/** By hub, the numbers that events of others can bring it to. */
type Reach = ReadonlyMap<number, ReadonlySet<number>>

interface ReachOf {
  readonly version: number
  readonly reach: Reach
}

export class PersistentSets implements Persistent {
  /** Whether any state was looked into in part only. */
  applied = false
  readonly #modules: Modules
  readonly #components: Components
  readonly #interactions: Interactions
  readonly #tables = new Map<string, Table>()
  readonly #reaches = new Map<string, ReachOf>()
  readonly #inert = new Map<string, { readonly version: number; readonly isInert: boolean }>()
  readonly #isMonitor: boolean[] = []
  // Modules that claims look at together.
  #together: () => number = () => 0

  constructor(modules: Modules, interactions: Interactions) {
    this.#modules = modules
    this.#components = modules.components
    this.#interactions = interactions
  }

  observe(together: () => number): void {
    this.#together = together
  }

  /** Takes note of what an event does that is worked out for the first time. */
  note(change: Change): void {
    this.#interactions.note(change)
  }

  /** The mask of modules whose events are enough in a state; 0 for all of them. */
  choose(ids: Int32Array): number {
    let best = 0
    let least = Number.POSITIVE_INFINITY
    for (let module = 0; module < this.#modules.list.length; module++) {
      if (this.#enabledIn(1 << module, ids) === 0) continue
      const mask = this.#close(1 << module, ids, STALE_SHARE)
      if (mask === 0) continue
      const size = modulesIn(mask).length
      if (size < least) [best, least] = [mask, size]
    }
    if (best !== 0) this.applied = true
    return best
  }

  /** Whether a choice stands on all that is known by now. */
  stands(mask: number, ids: Int32Array): boolean {
    return this.#close(mask, ids, 0) === mask
  }

  /** Adds modules to a set until its events are enough; 0 where they are not. */
  #close(start: number, ids: Int32Array, stale: number): number {
    const together = this.#together()
    let mask = start
    for (;;) {
      if ((mask & together) !== 0 && (together & ~mask) !== 0) return 0
      const needed = this.#leaves(mask, ids) || this.#threatened(mask, ids, stale)
      if (needed === 0) return mask
      mask |= needed
      if (modulesIn(mask).length > TOGETHER_MAX) return 0
    }
  }

  #enabledIn(mask: number, ids: Int32Array): number {
    let enabled = 0
    for (let rest = mask; rest !== 0; rest &= rest - 1) {
      const module = 31 - Math.clz32(rest & -rest)
      const { targets, steps } = this.#modules.expansion(module, ids)
      enabled += targets.length
      for (const step of steps) if (this.#modules.isAllowed(step, module, ids)) enabled++
    }
    return enabled
  }

  /** The modules beside these that an enabled event of theirs meets, other than monitors that it leaves alone. */
  #leaves(mask: number, ids: Int32Array): number {
    for (let rest = mask; rest !== 0; rest &= rest - 1) {
      const module = 31 - Math.clz32(rest & -rest)
      for (const step of this.#modules.expansion(module, ids).steps) {
        if (!this.#modules.isAllowed(step, module, ids)) continue
        const change = this.#modules.change(step, module, ids)
        for (let place = 1; place < change.modules.length; place++) {
          const met = change.modules[place] as number
          if ((mask & (1 << met)) === 0 && !this.#leavesAlone(change, place, mask, ids)) return 1 << met
        }
      }
    }
    return 0
  }

  /** Whether an event changes nothing in a monitor, now or in any number that others may bring it to meanwhile. */
  #leavesAlone(change: Change, place: number, mask: number, ids: Int32Array): boolean {
    const module = change.modules[place] as number
    const from = change.before[place] as number
    if (change.after[place] !== from || change.said.length > 0 || !this.#isMonitorOnly(module)) return false
    const key = `${this.#hubsKey(mask, ids)} ${module} ${from} ${change.observed.join()}`
    const known = this.#inert.get(key)
    const version = this.#interactions.version
    if (known !== undefined && (known.version === version || !known.isInert)) return known.isInert
    const reached = this.#reachable(module, from, mask, this.#reach(mask, ids, 0))
    const isInert = [...reached].every((id) => this.#isInert(module, id, change.observed))
    if (this.#inert.size >= KEPT_MAX) this.#inert.clear()
    this.#inert.set(key, { version, isInert })
    return isInert
  }

  #isMonitorOnly(module: number): boolean {
    this.#isMonitor[module] ??= (this.#modules.list[module]?.components ?? []).every(
      (component) => this.#components.list[component]?.kind === 'monitor',
    )
    return this.#isMonitor[module] as boolean
  }

  #isInert(module: number, id: number, observed: readonly number[]): boolean {
    const { components = [], tuples } = this.#modules.list[module] ?? {}
    const tuple = tuples?.list[id] ?? []
    return components.every((component, slot) => {
      const part = this.#components.list[component]
      if (part?.kind !== 'monitor') return false
      const value = tuple[slot] ?? 0
      return this.#components.isInert(part.watcher, part.key, value, observed)
    })
  }

  /** The numbers that events which meet none of a mask's modules may bring a module to, from one of them. */
  #reachable(module: number, from: number, mask: number, reach: Reach | undefined): Set<number> {
    const reached = new Set([from])
    const out = this.#interactions.out(module)
    for (const id of reached) {
      for (const edge of out[id] ?? [])
        if ((mask & edge.met) === 0 && isOpen(edge, reach)) reached.add(edge.to)
    }
    return reached
  }

  /** What the hubs that are not in a mask can be brought to. */
  #reach(mask: number, ids: Int32Array, stale: number): Reach {
    const key = this.#hubsKey(mask, ids)
    const known = this.#reaches.get(key)
    const { version, hubs } = this.#interactions
    if (known !== undefined && version <= known.version * (1 + stale)) return known.reach
    const free = hubs.filter((hub) => (mask & (1 << hub)) === 0)
    let reach: Reach | undefined
    // Twice, as what one hub can be brought to may depend on the others.
    for (let round = 0; round < 2; round++) {
      const before: Reach | undefined = reach
      reach = new Map(free.map((hub) => [hub, this.#reachable(hub, ids[hub] as number, mask, before)]))
    }
    if (this.#reaches.size >= KEPT_MAX) this.#reaches.clear()
    this.#reaches.set(key, { version, reach: reach as Reach })
    return reach as Reach
  }

  #hubsKey(mask: number, ids: Int32Array): string {
    let key = `${mask}`
    for (const hub of this.#interactions.hubs) if ((mask & (1 << hub)) === 0) key += ` ${ids[hub]}`
    return key
  }

  /** The module whose event may come to meet one of these before they have moved; 0 where there is none. */
  #threatened(mask: number, ids: Int32Array, stale: number): number {
    for (const { modules, possible } of this.#table(mask, ids, stale).threats) {
      let isPossible = true
      for (let place = 0; place < possible.length && isPossible; place++) {
        isPossible = (possible[place] as Uint8Array)[ids[modules[place] as number] as number] === 1
      }
      if (isPossible) return 1 << (modules[0] as number)
    }
    return 0
  }

  #table(mask: number, ids: Int32Array, stale: number): Table {
    const key = this.#hubsKey(mask, ids)
    const known = this.#tables.get(key)
    const { version } = this.#interactions
    if (known !== undefined && version <= known.version * (1 + stale)) return known
    const table = { version, threats: this.#threats(mask, this.#reach(mask, ids, stale)) }
    if (this.#tables.size >= KEPT_MAX) this.#tables.clear()
    this.#tables.set(key, table)
    return table
  }

  #threats(mask: number, reach: Reach): Threat[] {
    return this.#interactions.approaches.flatMap((approach) => {
      const last = approach.modules.at(-1) as number
      const isFirst = (maskOf(approach.modules.slice(0, -1)) & mask) === 0
      if ((mask & (1 << last)) === 0 || !isFirst) return []
      const possible = approach.numbers.map((numbers, place) =>
        this.#canCome(approach.modules[place] as number, numbers, mask, reach),
      )
      return [{ modules: approach.modules, possible }]
    })
  }

  /** From which numbers a module can come to one of some, by events that meet none of the modules of a mask. */
  #canCome(module: number, numbers: Approach['numbers'][number], mask: number, reach: Reach): Uint8Array {
    const possible = new Uint8Array(this.#modules.list[module]?.tuples.list.length ?? 0)
    // A hub is at one of the numbers that it can be brought to.
    const targets = reach.get(module)
    const open = [...numbers].filter((number) => targets === undefined || targets.has(number))
    for (const number of open) possible[number] = 1
    const into = this.#interactions.into(module)
    for (let number = open.pop(); number !== undefined; number = open.pop()) {
      for (const edge of into[number] ?? []) {
        if (possible[edge.from] === 1 || (edge.met & mask) !== 0 || !isOpen(edge, reach)) continue
        possible[edge.from] = 1
        open.push(edge.from)
      }
    }
    return possible
  }
}

/** Whether every hub that an event meets can be brought to the number that it needs. */
function isOpen({ hubs }: Edge, reach: Reach | undefined): boolean {
  if (reach === undefined) return true
  for (let at = 0; at < hubs.length; at += 2) {
    const numbers = reach.get(hubs[at] as number)
    if (numbers !== undefined && !numbers.has(hubs[at + 1] as number)) return false
  }
  return true
}
