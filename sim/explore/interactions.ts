// What is known of how modules interact: which numbers a module takes by whose events, and where events meet
// which modules. It grows as a search works out more, and is closed under the renamings of the scenario.

import type { Change } from './modules.ts'

/** A module's way from one number to another, by an event that meets the modules in the mask `met`. */
export interface Edge {
  readonly from: number
  readonly to: number
  readonly met: number
  /** The hubs that the event meets, each with the number that it has then: module, number, module, number … */
  readonly hubs: readonly number[]
}

/** Modules as events meet them, in that order; and which numbers those before the last had then. */
export interface Approach {
  readonly modules: readonly number[]
  /** Index: a position before the last. */
  readonly numbers: readonly Set<number>[]
}

/** A renaming, on modules and their numbers. */
export interface ModuleRenaming {
  home(module: number): number
  number(module: number, id: number): number
}

export class Interactions {
  // By module, by the number they lead from, and to.
  readonly #out: Edge[][][]
  readonly #into: Edge[][][]
  readonly approaches: Approach[] = []
  /** Grows with everything that is new. */
  version = 0
  readonly #known = new Set<string>()
  readonly #bySignature = new Map<string, Approach>()
  readonly #renamings: readonly ModuleRenaming[]
  /** Small modules that many others meet, in ascending order: what they are in says what others may do. */
  readonly hubs: readonly number[]

  constructor(size: number, hubs: readonly number[], renamings: readonly ModuleRenaming[]) {
    this.#out = Array.from({ length: size }, () => [])
    this.#into = Array.from({ length: size }, () => [])
    this.hubs = hubs
    this.#renamings = renamings
  }

  /** A module's edges, by the number that they lead from. */
  out(module: number): Edge[][] {
    return this.#out[module] as Edge[][]
  }

  /** A module's edges, by the number that they lead to. */
  into(module: number): Edge[][] {
    return this.#into[module] as Edge[][]
  }

  note({ modules, before, after }: Change): void {
    const met = maskOf(modules)
    for (const [place, module] of modules.entries()) {
      const [from, to] = [before[place] as number, after[place] as number]
      if (from === to) continue
      const hubs = this.hubs.flatMap((hub) => {
        const at = modules.indexOf(hub)
        return at < 0 || hub === module ? [] : [hub, before[at] as number]
      })
      this.#noteEdge(module, { from, to, met, hubs })
    }
    for (let last = 1; last < modules.length; last++) {
      const signature = modules.slice(0, last + 1)
      for (let place = 0; place < last; place++) this.#noteApproach(signature, place, before[place] as number)
    }
  }

  #noteEdge(module: number, edge: Edge): void {
    const open = [{ module, edge }]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (!this.#addEdge(next.module, next.edge)) continue
      for (const renaming of this.#renamings) {
        open.push({ module: renaming.home(next.module), edge: renamedEdge(next.module, next.edge, renaming) })
      }
    }
  }

  /** Adds an edge, and says whether it is new. */
  #addEdge(module: number, edge: Edge): boolean {
    const key = `${module} ${edge.from} ${edge.to} ${edge.met} ${edge.hubs.join()}`
    if (this.#known.has(key)) return false
    this.#known.add(key)
    this.version++
    const [out, into] = [this.out(module), this.into(module)]
    out[edge.from] ??= []
    out[edge.from]?.push(edge)
    into[edge.to] ??= []
    into[edge.to]?.push(edge)
    return true
  }

  #noteApproach(modules: readonly number[], place: number, number: number): void {
    const open = [{ modules, number }]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (!this.#addApproach(next.modules, place, next.number)) continue
      for (const renaming of this.#renamings) {
        open.push({
          modules: next.modules.map((module) => renaming.home(module)),
          number: renaming.number(next.modules[place] as number, next.number),
        })
      }
    }
  }

  /** Adds a number that a module had in an approach, and says whether it is new. */
  #addApproach(modules: readonly number[], place: number, number: number): boolean {
    const signature = modules.join()
    let approach = this.#bySignature.get(signature)
    if (approach === undefined) {
      approach = { modules, numbers: modules.slice(1).map(() => new Set<number>()) }
      this.#bySignature.set(signature, approach)
      this.approaches.push(approach)
    }
    const numbers = approach.numbers[place] as Set<number>
    if (numbers.has(number)) return false
    numbers.add(number)
    this.version++
    return true
  }
}

function renamedEdge(module: number, { from, to, met, hubs }: Edge, renaming: ModuleRenaming): Edge {
  return {
    from: renaming.number(module, from),
    to: renaming.number(module, to),
    met: maskOf(modulesIn(met).map((one) => renaming.home(one))),
    hubs: renamedHubs(hubs, renaming),
  }
}

function renamedHubs(hubs: readonly number[], renaming: ModuleRenaming): number[] {
  const pairs: (readonly [number, number])[] = []
  for (let at = 0; at < hubs.length; at += 2) {
    const [hub, number] = [hubs[at] as number, hubs[at + 1] as number]
    pairs.push([renaming.home(hub), renaming.number(hub, number)])
  }
  return pairs.sort(([a], [b]) => a - b).flat()
}

export function maskOf(modules: readonly number[]): number {
  let mask = 0
  for (const module of modules) mask |= 1 << module
  return mask
}

export function modulesIn(mask: number): number[] {
  const modules: number[] = []
  for (let rest = mask; rest !== 0; rest &= rest - 1) modules.push(31 - Math.clz32(rest & -rest))
  return modules
}
