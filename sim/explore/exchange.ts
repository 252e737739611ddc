// The exchange of two interchangeable blocks, on modules' numbers: which module takes whose place, and which
// number a number becomes there.

import type { Component } from './components.ts'
import type { ModuleRenaming } from './interactions.ts'
import { Misplaced, type Modules } from './modules.ts'
import type { Renaming } from './renaming.ts'

export class Exchange implements ModuleRenaming {
  readonly renaming: Renaming
  readonly #modules: Modules
  readonly #home: readonly number[]
  // By module, by number.
  readonly #numbers: number[][]

  constructor(modules: Modules, renaming: Renaming) {
    this.renaming = renaming
    this.#modules = modules
    this.#home = modules.list.map(({ components }) =>
      modules.homeOf(renaming.component(components[0] as number)),
    )
    this.#numbers = modules.list.map(() => [])
  }

  /** Whether a module's components all go to one module. */
  fits(): boolean {
    return this.#modules.list.every(
      ({ components }, module) =>
        this.home(module) >= 0 &&
        components.every((component) => {
          const part = this.#modules.components.list[component] as Component
          return (
            part.kind === 'budget' ||
            this.#modules.homeOf(this.renaming.component(component)) === this.home(module)
          )
        }),
    )
  }

  home(module: number): number {
    return this.#home[module] as number
  }

  number(module: number, id: number): number {
    const numbers = this.#numbers[module] as number[]
    const known = numbers[id]
    if (known !== undefined) return known
    const number = this.#rename(module, id)
    numbers[id] = number
    return number
  }

  /** Renames a state; what is behind the modules' numbers stays. */
  apply(ids: Int32Array, scratch: Int32Array): void {
    for (let module = 0; module < this.#home.length; module++) {
      scratch[this.#home[module] as number] = this.number(module, ids[module] as number)
    }
    for (let module = 0; module < this.#home.length; module++) ids[module] = scratch[module] as number
  }

  #rename(module: number, id: number): number {
    const { list, components } = this.#modules
    const home = this.home(module)
    const tuple = list[module]?.tuples.list[id] as readonly number[]
    const renamed: number[] = []
    for (const [slot, value] of tuple.entries()) {
      if (value === 0 && components.list[list[module]?.components[slot] as number]?.kind !== 'actor') continue
      const component = list[module]?.components[slot] as number
      const part = components.list[component] as Component
      const other =
        part.kind === 'budget' ? components.budget(part.fault, home) : this.renaming.component(component)
      const at = this.#modules.slotIn(home, other)
      if (this.#modules.homeOf(other) !== home) throw new Misplaced()
      for (let before = renamed.length; before <= at; before++) renamed[before] = 0
      renamed[at] = this.renaming.value(component, value)
    }
    return (list[home] as { tuples: { of(tuple: readonly number[]): number } }).tuples.of(renamed)
  }
}
