// What is known of modules, written as numbers into memory that threads share, so that none of them has to know
// modules: each event as what it adds to the words of a state. What ends a search is left out, as if not known.

import type { StateClaim } from './claims.ts'
import type { Layout } from './layout.ts'
import type { Change, Expansion, Module, Modules, Step } from './modules.ts'
import { BRANCH_HEAD, branchHash, LEAF, type Shape, UNKNOWN } from './slice.ts'

export interface Tables {
  readonly shape: Shape
  readonly tables: Int32Array
}

/** `claims`: those that look at several modules. */
export function tablesOf(modules: Modules, layout: Layout, claims: readonly StateClaim[]): Tables {
  return new Writer(modules, layout).write(claims)
}

class Writer {
  readonly #modules: Modules
  readonly #layout: Layout
  // Nothing is at 0, which says that something is not known.
  readonly #words: number[] = [0]
  /** By branch, whom it asks. */
  readonly #asks: number[] = []
  /** Branch, number, next and the change, one after the other. */
  readonly #branches: number[] = []
  readonly #actors: ({ module: number; states: number } | undefined)[] = []

  constructor(modules: Modules, layout: Layout) {
    this.#modules = modules
    this.#layout = layout
  }

  write(claims: readonly StateClaim[]): Tables {
    const { width, bits } = this.#layout
    const modules = this.#modules.list.map((module, index) => {
      const rows = this.#words.length
      for (let id = 0; id < 2 ** (bits[index] as number); id++) this.#words.push(0)
      for (const [id, expansion] of module.expansions.entries()) {
        if (expansion !== undefined) this.#words[rows + id] = this.#row(expansion, { module: index, id })
      }
      return { ...this.#place(index), rows }
    })
    const budgets = bits.slice(modules.length).map((_, index) => this.#place(modules.length + index))
    const roots = claims.flatMap((claim) => this.#claim(claim))
    const asks = this.#words.length
    for (const asked of this.#asks) this.#words.push(asked)
    const branches = this.#words.length
    const size = BRANCH_HEAD + width
    let slots = 4
    while (slots < (2 * this.#branches.length) / size) slots *= 2
    const tables = new Int32Array(new SharedArrayBuffer(4 * (branches + slots * size)))
    tables.set(this.#words)
    const actors = Array.from(this.#actors, (actor) => actor)
    const shape = { width, modules, budgets, branches, branchMask: slots - 1, asks, claims: roots, actors }
    this.#fill(tables, shape)
    return { shape, tables }
  }

  #place(index: number) {
    const { word, shift, bits } = this.#layout
    const size = bits[index] as number
    return {
      word: word[index] as number,
      shift: shift[index] as number,
      mask: size === 32 ? -1 : (1 << size) - 1,
    }
  }

  #row(expansion: Expansion, { module, id }: { module: number; id: number }): number {
    const { targets, isActive, rest, faults } = expansion
    const budgets = this.#layout.bits.length - this.#modules.list.length
    const first = this.#modules.list.length
    const lists = Array.from({ length: budgets }, (_, index) => {
      const known = faults.get(first + index)
      if (known === undefined && rest.some(({ budget }) => budget === first + index)) return 0
      return this.#list(known ?? [], { module, id, budget: first + index })
    })
    const steps = this.#steps(rest.filter(({ budget }) => budget < first + budgets))
    const row = this.#words.length
    this.#words.push(isActive ? 1 : 0, steps, ...lists)
    this.#list(targets, { module, id, budget: -1 })
    return row
  }

  /** The changes to some numbers of one module. */
  #list(
    targets: Iterable<number>,
    { module, id, budget }: { module: number; id: number; budget: number },
  ): number {
    const at = this.#words.length
    this.#words.push(0)
    let count = 0
    for (const target of targets) {
      this.#words.push(...this.#delta({ modules: [module], before: [id], after: [target] }, budget))
      count++
    }
    this.#words[at] = count
    return at
  }

  #delta({ modules, before, after }: Pick<Change, 'modules' | 'before' | 'after'>, budget: number): number[] {
    const { width, word, shift } = this.#layout
    const delta = Array.from({ length: width }, () => 0)
    const add = (place: number, difference: number) => {
      const at = word[place] as number
      delta[at] = ((delta[at] as number) + (difference << (shift[place] as number))) | 0
    }
    for (const [index, module] of modules.entries())
      add(module, (after[index] as number) - (before[index] as number))
    if (budget >= 0) add(budget, -1)
    return delta
  }

  #steps(steps: readonly Step[]): number {
    const written = steps.map((step) => {
      const { budget, outcome } = step
      const [first, delta] =
        outcome === undefined ? [UNKNOWN, this.#nothing()] : this.#outcome(outcome, budget)
      // What is no fault has no budget, and here the first one is 0.
      return [budget < 0 ? -1 : budget - this.#modules.list.length, first, ...delta]
    })
    const at = this.#words.length
    this.#words.push(written.length, ...written.flat())
    return at
  }

  #outcome(outcome: NonNullable<Step['outcome']>, budget: number): readonly [number, number[]] {
    if (!('next' in outcome)) {
      const isQuiet = outcome.said.length === 0 && !outcome.thrown
      return isQuiet ? [LEAF, this.#delta(outcome, budget)] : [UNKNOWN, this.#nothing()]
    }
    return this.#branch(outcome.module, outcome.next, (next) => this.#outcome(next, budget))
  }

  #branch<Next>(
    asked: number,
    next: ReadonlyMap<number, Next>,
    write: (next: Next) => readonly [number, number[]],
  ): readonly [number, number[]] {
    const branch = this.#asks.length
    this.#asks.push(asked)
    for (const [id, then] of next) {
      const [first, delta] = write(then)
      if (first !== UNKNOWN) this.#branches.push(branch, id, first, ...delta)
    }
    return [branch, this.#nothing()]
  }

  #nothing(): number[] {
    return Array.from({ length: this.#layout.width }, () => 0)
  }

  /** The first branch of a claim; none where there is nothing to ask. */
  #claim({ question }: StateClaim): number[] {
    const write = (look: NonNullable<typeof question.root>): readonly [number, number[]] => {
      if (!('next' in look)) {
        const holds = look.judgement !== false && typeof look.judgement !== 'string'
        return [holds ? LEAF : UNKNOWN, this.#nothing()]
      }
      this.#actors[look.actor] ??= this.#statesOf(look.actor)
      return this.#branch(look.actor, look.next, write)
    }
    const [first] = question.root === undefined ? [UNKNOWN] : write(question.root)
    return first === LEAF ? [] : [first as number]
  }

  /** An actor's state, listed by the number of its module. */
  #statesOf(actor: number): { module: number; states: number } {
    const { locals } = this.#modules.components
    const module = this.#modules.homeOf(actor)
    const slot = this.#modules.slotIn(module, actor)
    const states = this.#words.length
    for (const tuple of (this.#modules.list[module] as Module).tuples.list) {
      this.#words.push(locals.local(actor, tuple[slot] ?? 0).state)
    }
    return { module, states }
  }

  #fill(tables: Int32Array, { branches, branchMask, width }: Shape): void {
    const size = BRANCH_HEAD + width
    for (let from = 0; from < this.#branches.length; from += size) {
      const [branch, id] = [this.#branches[from] as number, this.#branches[from + 1] as number]
      let hash = branchHash(branch, id)
      while (tables[branches + (hash & branchMask) * size] !== 0) hash++
      const slot = branches + (hash & branchMask) * size
      tables[slot] = branch + 1
      for (let word = 1; word < size; word++) tables[slot + word] = this.#branches[from + word] as number
    }
  }
}
