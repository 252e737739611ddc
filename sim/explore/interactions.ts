// What is known of how modules interact: which numbers a module takes by whose events, and where events meet
// which modules. It grows as a search works out more, and is closed under the renamings of the scenario.

import type { Change } from './modules.ts'

/** A module's way from one number to another, by an event of `home` that meets the modules in the mask `met`. */
export interface Edge {
  readonly from: number
  readonly to: number
  readonly home: number
  readonly met: number
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
  /** By module. */
  readonly edges: Edge[][]
  readonly approaches: Approach[] = []
  /** Grows with everything that is new. */
  version = 0
  readonly #known = new Set<string>()
  readonly #bySignature = new Map<string, Approach>()
  readonly #renamings: readonly ModuleRenaming[]

  constructor(size: number, renamings: readonly ModuleRenaming[]) {
    this.edges = Array.from({ length: size }, () => [])
    this.#renamings = renamings
  }

  note({ modules, before, after }: Change): void {
    const met = maskOf(modules)
    for (const [place, module] of modules.entries()) {
      const [from, to] = [before[place] as number, after[place] as number]
      if (from !== to) this.#noteEdge(module, { from, to, home: modules[0] as number, met })
    }
    for (let last = 1; last < modules.length; last++) {
      const signature = modules.slice(0, last + 1)
      for (let place = 0; place < last; place++) this.#noteApproach(signature, place, before[place] as number)
    }
  }

  #noteEdge(module: number, edge: Edge): void {
    const key = `${module} ${edge.from} ${edge.to} ${edge.home} ${edge.met}`
    if (this.#known.has(key)) return
    this.#known.add(key)
    this.version++
    ;(this.edges[module] as Edge[]).push(edge)
    for (const renaming of this.#renamings) {
      this.#noteEdge(renaming.home(module), {
        from: renaming.number(module, edge.from),
        to: renaming.number(module, edge.to),
        home: renaming.home(edge.home),
        met: maskOf(modulesIn(edge.met).map((one) => renaming.home(one))),
      })
    }
  }

  #noteApproach(modules: readonly number[], place: number, number: number): void {
    const signature = modules.join()
    let approach = this.#bySignature.get(signature)
    if (approach === undefined) {
      approach = { modules, numbers: modules.slice(1).map(() => new Set<number>()) }
      this.#bySignature.set(signature, approach)
      this.approaches.push(approach)
    }
    const numbers = approach.numbers[place] as Set<number>
    if (numbers.has(number)) return
    numbers.add(number)
    this.version++
    for (const renaming of this.#renamings) {
      const renamed = modules.map((module) => renaming.home(module))
      this.#noteApproach(renamed, place, renaming.number(modules[place] as number, number))
    }
  }
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
