// What is searched: the system as a whole, or the systems that it falls apart into, as actors that never meet
// cost a sum when they are searched apart, and a product together. Says which components each search is about,
// and how they are put into modules.

import { HeddleError } from '../error.ts'
import type { Property } from '../property.ts'
import type { Symmetry } from '../scenario.ts'
import { Claims } from './claims.ts'
import type { Components } from './components.ts'
import { Modules } from './modules.ts'
import { Partition, Union } from './partition.ts'
import { exchange, Renaming } from './renaming.ts'
import type { Reduction } from './report.ts'

/** One search: its modules, and the claims that it judges. */
export interface Part {
  /** By component, its module; -1 for what is searched apart. */
  readonly homes: readonly number[]
  readonly claims: Claims
  /** How many systems it stands for: that are alike but for their names. */
  readonly systems: number
}

export interface Plan {
  readonly parts: readonly Part[]
  /** How many systems there are; more than there are parts where some are alike but for their names. */
  readonly systems: number
  /** By component, the number of its system. */
  readonly groups: readonly number[]
}

export class Systems {
  readonly #components: Components
  readonly #properties: readonly Property[]
  readonly #reductions: ReadonlySet<Reduction>
  /** The exchanges of neighbouring blocks, where symmetry is in force. */
  readonly renamings: readonly Renaming[]
  readonly #partition: Partition
  // Components that meet, beside what the partition has seen.
  readonly #together: number[][] = []
  #isWhole = false

  constructor(
    components: Components,
    properties: readonly Property[],
    symmetries: readonly Symmetry[],
    reductions: ReadonlySet<Reduction>,
  ) {
    this.#components = components
    this.#properties = properties
    this.#reductions = reductions
    this.renamings = reductions.has('symmetry')
      ? symmetries.flatMap((symmetry) => exchangesOf(components, symmetry))
      : []
    this.#partition = new Partition(components, this.renamings)
    for (const { actors } of this.#asked()) if (actors.length > 1) this.#together.push(actors)
  }

  /**
   * Whether claims look at so many actors at a time that nearly everything must be seen in every order: there is
   * nothing to gain by leaving orders out then.
   */
  get isWatchedTogether(): boolean {
    const { members } = this.#components.system
    const inEveryState = new Set(
      this.#properties
        .filter(({ kind }) => kind === 'always' || kind === 'sometimes')
        .map(({ name }) => name),
    )
    const looks = this.#asked().filter(({ name }) => inEveryState.has(name))
    return members.length > 3 && looks.some(({ actors }) => actors.length * 3 > members.length * 2)
  }

  /** The modules that many others meet. */
  hubs(homes: readonly number[]): readonly number[] {
    return this.#partition.hubs(homes)
  }

  /** Notes that components do meet, which the plan before had apart. */
  unite(components: readonly number[]): void {
    this.#together.push([...components])
  }

  /** Has everything searched together from now on. */
  uniteAll(): void {
    this.#isWhole = true
  }

  /** `whole`: with modules as small as they can be, where larger ones were tried and were too large. */
  plan(whole: boolean): Plan {
    const found = this.#partition.groups(this.#together)
    const groups = this.#isWhole ? found.map(() => 0) : found
    const systems = Math.max(...groups) + 1
    if (systems > 1 && this.#reductions.has('composition')) {
      const alike = this.#alike(groups)
      const parts = [...new Set(alike)].map((group) => {
        const systems = alike.filter((other) => other === group).length
        return { ...this.#part(groups, group), systems }
      })
      return { parts, systems, groups }
    }
    const isPlain = !this.#reductions.has('symmetry') && !this.#reductions.has('partial order')
    const homes = systems > 1 && isPlain && !whole ? groups : this.#partition.modules()
    const parts = [{ homes, claims: this.#claims(() => true), systems: 1 }]
    return { parts, systems: 1, groups: groups.map(() => 0) }
  }

  #part(groups: readonly number[], group: number): Omit<Part, 'systems'> {
    const modules = this.#partition.modules()
    const numbers = new Map<number, number>()
    const homes = modules.map((module, component) => {
      if (groups[component] !== group) return -1
      if (!numbers.has(module)) numbers.set(module, numbers.size)
      return numbers.get(module) as number
    })
    return { homes, claims: this.#claims((actors) => groups[actors[0] ?? 0] === group) }
  }

  /** For each group, the first of those that differ from it by a renaming. */
  #alike(groups: readonly number[]): number[] {
    const union = new Union(Math.max(...groups) + 1)
    for (const renaming of this.renamings) {
      for (const [component, group] of groups.entries()) {
        const other = groups[renaming.component(component)]
        if (other !== undefined) union.join(group, other)
      }
    }
    return Array.from({ length: Math.max(...groups) + 1 }, (_, group) => union.rootOf(group))
  }

  #claims(isPart: (actors: readonly number[]) => boolean): Claims {
    const apart = new Set(
      this.#asked()
        .filter(({ actors }) => !isPart(actors))
        .map(({ name }) => name),
    )
    return new Claims(
      this.#components,
      this.#properties.filter(({ name }) => !apart.has(name)),
    )
  }

  /** Which actors each claim about states looks at in the beginning. */
  #asked(): { name: string; actors: number[] }[] {
    const claims = new Claims(this.#components, this.#properties)
    const { values } = Modules.begin(this.#components)
    const reader = (actor: number) => this.#components.locals.local(actor, values[actor] ?? 0).state
    return claims.ask(reader)
  }
}

function exchangesOf(components: Components, symmetry: Symmetry): Renaming[] {
  return symmetry.blocks.slice(1).map((_, block) => {
    const renaming = new Renaming(components, exchange(symmetry, block, block + 1))
    const [missing] = renaming.missing
    if (missing === undefined) return renaming
    throw new HeddleError(
      'HEDDLE_SYMMETRY',
      `Expected an actor ${missing}, as ${renaming.names.example()} are declared interchangeable, found none. Mend the scenario's symmetries, or check without symmetry.`,
    )
  })
}
