// What is known of modules, written as numbers into memory that threads share, so that none of them has to know
// modules: each event as what it adds to the words of a state. Grows as more gets known, while no slice runs. What
// ends a search is left out, as if it were not known.

import type { StateClaim } from './claims.ts'
import type { Layout } from './layout.ts'
import type { Change, Expansion, Module, Modules, Step } from './modules.ts'
import { BRANCH_HEAD, branchHash, LEAF, type Shape, UNKNOWN } from './slice.ts'

type Look = Exclude<NonNullable<StateClaim['question']['root']>, { judgement: unknown }>
type Branch = Exclude<NonNullable<Step['outcome']>, Change>

/** The states of an actor that claims ask, by its module's number. */
interface Asked {
  readonly module: number
  readonly states: number
  /** So many numbers of the module are written. */
  written: number
}

const BRANCHES_MIN = 1 << 10

export class Tables {
  readonly #modules: Modules
  readonly #layout: Layout
  readonly #nothing: readonly number[]
  /** The first word says nothing, as 0 is for what is not known. */
  #words = shared(1 << 12)
  #length = 1
  #branches: Int32Array
  #branchCount = 0
  /** Branches by number, and how many bits of it say whom one asks. */
  readonly #numbers = new Map<Branch | Look, number>()
  readonly #askBits: number
  readonly #rows: readonly number[]
  /** By module, numbers whose row may say more yet. */
  readonly #open: readonly Set<number>[]
  readonly #actors: (Asked | undefined)[] = []
  #claims: readonly number[] = []

  /** `claims`: those that look at several modules. */
  constructor(modules: Modules, layout: Layout, claims: readonly StateClaim[]) {
    this.#modules = modules
    this.#layout = layout
    this.#nothing = Array.from({ length: layout.width }, () => 0)
    this.#branches = shared(BRANCHES_MIN * this.#slotSize)
    this.#askBits = 32 - Math.clz32(Math.max(modules.list.length, modules.components.system.members.length))
    this.#rows = modules.list.map((_, module) => this.#reserve(2 ** (layout.bits[module] as number)))
    this.#open = modules.list.map(() => new Set())
    for (const [module, { expansions }] of modules.list.entries()) {
      for (const [id, expansion] of expansions.entries()) {
        if (expansion === undefined) continue
        this.#writeRow(module, id, expansion)
        for (const { outcome, budget } of expansion.rest)
          if (outcome !== undefined) this.#all(outcome, budget)
      }
    }
    for (const { question } of claims) if (question.root !== undefined) this.#allLooks(question.root)
    this.#ask(claims)
  }

  /** Takes down what has become known of what happens in a state, and of what claims say of it. */
  learn(ids: Int32Array, claims: readonly StateClaim[]): void {
    for (const [module, { expansions }] of this.#modules.list.entries()) {
      const id = ids[module] as number
      const expansion = expansions[id] as Expansion
      const row = (this.#rows[module] as number) + id
      if (this.#words[row] === 0 || this.#open[module]?.has(id)) this.#writeRow(module, id, expansion)
      for (const step of expansion.rest) {
        if (this.#modules.isAllowed(step, module, ids)) this.#way(step, ids)
      }
    }
    for (const { question } of claims) {
      for (let look = question.root; look !== undefined && 'next' in look; ) {
        const value = this.#modules.valueOf(look.actor, ids)
        const { state } = this.#modules.components.locals.local(look.actor, value)
        const next = look.next.get(state)
        if (next !== undefined) this.#putLook(look, state, next)
        look = next
      }
    }
    this.#ask(claims)
  }

  get shared(): { readonly shape: Shape; readonly tables: Int32Array; readonly branches: Int32Array } {
    const { list } = this.#modules
    const { width, bits } = this.#layout
    const shape = {
      width,
      modules: list.map((_, module) => ({ ...this.#place(module), rows: this.#rows[module] as number })),
      budgets: bits.slice(list.length).map((_, index) => this.#place(list.length + index)),
      branchMask: this.#branches.length / this.#slotSize - 1,
      askBits: this.#askBits,
      claims: this.#claims,
      actors: Array.from(this.#actors, (asked) => asked),
    }
    return { shape, tables: this.#words, branches: this.#branches }
  }

  get #slotSize(): number {
    return BRANCH_HEAD + this.#layout.width
  }

  #place(index: number) {
    const { word, shift, bits } = this.#layout
    const size = bits[index] as number
    const mask = size === 32 ? -1 : (1 << size) - 1
    return { word: word[index] as number, shift: shift[index] as number, mask }
  }

  #reserve(count: number): number {
    const at = this.#length
    this.#length += count
    if (this.#length > this.#words.length) {
      const longer = shared(2 * this.#length)
      longer.set(this.#words)
      this.#words = longer
    }
    return at
  }

  #write(words: readonly number[]): number {
    const at = this.#reserve(words.length)
    this.#words.set(words, at)
    return at
  }

  #writeRow(module: number, id: number, { targets, isActive, rest, faults }: Expansion): void {
    const first = this.#modules.list.length
    const budgets = this.#layout.bits.length - first
    let isOpen = false
    const lists = Array.from({ length: budgets }, (_, index) => {
      const budget = first + index
      const known = faults.get(budget)
      if (known !== undefined || !rest.some((step) => step.budget === budget)) {
        return this.#write(this.#list(known ?? [], { module, id, budget }))
      }
      isOpen = true
      return 0
    })
    // A fault without a budget never happens.
    const steps = rest.filter(({ budget }) => budget < first + budgets)
    if (steps.some(({ outcome }) => outcome === undefined)) isOpen = true
    const written = steps.map((step) => {
      const [next, delta] = step.outcome === undefined ? this.#unknown : this.#next(step.outcome, step.budget)
      return [step.budget < 0 ? -1 : step.budget - first, next, ...delta]
    })
    const own = this.#list(targets, { module, id, budget: -1 })
    const stepsAt = this.#write([steps.length, ...written.flat()])
    const row = this.#write([isActive ? 1 : 0, stepsAt, ...lists, ...own])
    this.#words[(this.#rows[module] as number) + id] = row
    if (isOpen) this.#open[module]?.add(id)
    else this.#open[module]?.delete(id)
  }

  /** The changes to some numbers of one module, with how many there are. */
  #list(
    targets: ArrayLike<number>,
    { module, id, budget }: { module: number; id: number; budget: number },
  ): number[] {
    const changes = Array.from(targets, (target) =>
      this.#delta({ modules: [module], before: [id], after: [target] }, budget),
    )
    return [changes.length, ...changes.flat()]
  }

  #delta({ modules, before, after }: Pick<Change, 'modules' | 'before' | 'after'>, budget: number): number[] {
    const { word, shift } = this.#layout
    const delta = this.#nothing.slice()
    const add = (place: number, difference: number) => {
      const at = word[place] as number
      delta[at] = ((delta[at] as number) + (difference << (shift[place] as number))) | 0
    }
    for (let index = 0; index < modules.length; index++)
      add(modules[index] as number, (after[index] as number) - (before[index] as number))
    if (budget >= 0) add(budget, -1)
    return delta
  }

  get #unknown(): readonly [number, readonly number[]] {
    return [UNKNOWN, this.#nothing]
  }

  #next(outcome: Branch | Change, budget: number): readonly [number, readonly number[]] {
    if ('next' in outcome) return [this.#numberOf(outcome, outcome.module), this.#nothing]
    const isQuiet = outcome.said.length === 0 && !outcome.thrown
    return isQuiet ? [LEAF, this.#delta(outcome, budget)] : this.#unknown
  }

  #numberOf(branch: Branch | Look, asked: number): number {
    const known = this.#numbers.get(branch)
    if (known !== undefined) return known
    const number = (this.#numbers.size << this.#askBits) | asked
    this.#numbers.set(branch, number)
    return number
  }

  /** Everything that a step may come to. */
  #all(outcome: Branch | Change, budget: number): void {
    if (!('next' in outcome)) return
    for (const [id, next] of outcome.next) {
      this.#put(this.#numberOf(outcome, outcome.module), id, this.#next(next, budget))
      this.#all(next, budget)
    }
  }

  /** What a step comes to in a state. */
  #way({ outcome, budget }: Step, ids: Int32Array): void {
    for (let branch = outcome; branch !== undefined && 'next' in branch; ) {
      const id = ids[branch.module] as number
      const next: Branch | Change | undefined = branch.next.get(id)
      if (next !== undefined) this.#put(this.#numberOf(branch, branch.module), id, this.#next(next, budget))
      branch = next
    }
  }

  #allLooks(look: NonNullable<StateClaim['question']['root']>): void {
    if (!('next' in look)) return
    for (const [state, next] of look.next) {
      this.#putLook(look, state, next)
      this.#allLooks(next)
    }
  }

  #putLook(look: Look, state: number, next: NonNullable<StateClaim['question']['root']>): void {
    this.#actors[look.actor] ??= this.#askedOf(look.actor)
    this.#put(this.#numberOf(look, look.actor), state, [this.#nextLook(next), this.#nothing])
  }

  #nextLook(look: StateClaim['question']['root']): number {
    if (look === undefined) return UNKNOWN
    if ('next' in look) return this.#numberOf(look, look.actor)
    return look.judgement === false || typeof look.judgement === 'string' ? UNKNOWN : LEAF
  }

  #askedOf(actor: number): Asked {
    const module = this.#modules.homeOf(actor)
    return { module, states: this.#reserve(2 ** (this.#layout.bits[module] as number)), written: 0 }
  }

  /** Where claims begin, and the states of the actors that they ask. */
  #ask(claims: readonly StateClaim[]): void {
    // One that always holds needs no asking.
    this.#claims = claims.map(({ question }) => this.#nextLook(question.root)).filter((next) => next !== LEAF)
    const { locals } = this.#modules.components
    for (const [actor, asked] of this.#actors.entries()) {
      if (asked === undefined) continue
      const { list } = (this.#modules.list[asked.module] as Module).tuples
      const slot = this.#modules.slotIn(asked.module, actor)
      for (; asked.written < list.length; asked.written++) {
        const value = list[asked.written]?.[slot] ?? 0
        this.#words[asked.states + asked.written] = locals.local(actor, value).state
      }
    }
  }

  #put(branch: number, id: number, [next, delta]: readonly [number, readonly number[]]): void {
    if (next === UNKNOWN) return
    if (2 * this.#branchCount * this.#slotSize >= this.#branches.length) this.#growBranches()
    const slot = this.#slotOf(branch, id)
    if (this.#branches[slot] !== 0) return
    this.#branches.set([branch + 1, id, next, ...delta], slot)
    this.#branchCount++
  }

  #slotOf(branch: number, id: number): number {
    const size = this.#slotSize
    const mask = this.#branches.length / size - 1
    for (let hash = branchHash(branch, id); ; hash++) {
      const slot = (hash & mask) * size
      const found = this.#branches[slot] as number
      if (found === 0 || (found === branch + 1 && this.#branches[slot + 1] === id)) return slot
    }
  }

  #growBranches(): void {
    const before = this.#branches
    const size = this.#slotSize
    this.#branches = shared(4 * before.length)
    for (let from = 0; from < before.length; from += size) {
      if (before[from] === 0) continue
      const slot = this.#slotOf((before[from] as number) - 1, before[from + 1] as number)
      this.#branches.set(before.subarray(from, from + size), slot)
    }
  }
}

function shared(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * length))
}
