// Of states that differ by a renaming, one: each block of names that are interchangeable gets its place by what
// stands in its own modules, and by how it stands in what all share (scalarsets: Ip and Dill, "Better
// verification through symmetry", 1996). A state that is brought to this form is that of a renamed run.

import type { Symmetry } from '../scenario.ts'
import type { Component, Components } from './components.ts'
import { wrongDeclaration } from './declared.ts'
import { Exchange } from './exchange.ts'
import type { Modules } from './modules.ts'
import { successors } from './path.ts'
import { describeValue, exchange, inOrder, marking, Names, Renaming } from './renaming.ts'
import type { Canonical, Renames } from './search.ts'
import { Values } from './values.ts'

/** One set of interchangeable blocks. */
class Factor {
  /** Whether a state was brought to another form than its own. */
  applied = false
  readonly exchanges: readonly (readonly Exchange[])[]
  readonly #modules: Modules
  readonly #size: number
  // By block, its own modules, in the same order for each block; and those that all share.
  readonly #own: readonly (readonly number[])[]
  readonly #shared: readonly number[]
  readonly #marks: readonly Names[]
  readonly #described: readonly Values<string>[]
  // By block, by shared module, by number.
  readonly #markOf: number[][][]
  readonly #scratch: Int32Array
  readonly #signatures: Int32Array[]

  constructor(modules: Modules, symmetry: Symmetry) {
    const { components } = modules
    const size = symmetry.blocks.length
    this.#modules = modules
    this.#size = size
    this.exchanges = Array.from({ length: size }, (_, one) =>
      Array.from(
        { length: size },
        (_, other) => new Exchange(modules, new Renaming(components, exchange(symmetry, one, other))),
      ),
    )
    const all = modules.list.map((_, module) => module)
    const first = this.exchanges[0] as readonly Exchange[]
    const isOfFirst = mentions(components, symmetry.blocks[0] ?? [])
    const own = all.filter((module) => {
      const [component = 0] = modules.list[module]?.components ?? []
      return isOfFirst(component) && first.slice(1).every((one) => one.home(module) !== module)
    })
    this.#own = first.map((one) => own.map((module) => one.home(module)))
    this.#shared = all.filter((module) => this.exchanges.flat().every((one) => one.home(module) === module))
    this.#marks = symmetry.blocks.map((_, block) => marking(symmetry, block))
    this.#described = this.#shared.map(() => new Values<string>('a module'))
    this.#markOf = symmetry.blocks.map(() => this.#shared.map(() => []))
    this.#scratch = new Int32Array(modules.list.length)
    const width = own.length + this.#shared.length
    this.#signatures = symmetry.blocks.map(() => new Int32Array(width))
  }

  /** Whether every module is a block's own, or shared by all, so that blocks can be sorted. */
  isSortable(): boolean {
    const covered = new Set([...this.#own.flat(), ...this.#shared])
    const fits = this.exchanges.every((row) => row.every((one) => one.fits()))
    if (this.#own[0]?.length === 0) return false
    return (
      fits &&
      covered.size === this.#modules.list.length &&
      this.#own.flat().length + this.#shared.length === covered.size
    )
  }

  bring(ids: Int32Array, renamings: Renames[] | undefined): void {
    const signatures = this.#signatures
    for (let block = 0; block < this.#size; block++) this.#sign(block, ids, signatures[block] as Int32Array)
    // A selection sort, as each exchange renames the whole state.
    for (let place = 0; place < this.#size - 1; place++) {
      let least = place
      for (let block = place + 1; block < this.#size; block++) {
        if (compare(signatures[block] as Int32Array, signatures[least] as Int32Array) < 0) least = block
      }
      if (least === place) continue
      const row = this.exchanges[place] as readonly Exchange[]
      ;(row[least] as Exchange).apply(ids, this.#scratch)
      renamings?.push(row[least] as Exchange)
      this.applied = true
      const moved = signatures[place] as Int32Array
      signatures[place] = signatures[least] as Int32Array
      signatures[least] = moved
    }
  }

  /** What tells a block from the others: its own modules as the first block would have them, and its marks. */
  #sign(block: number, ids: Int32Array, signature: Int32Array): void {
    const own = this.#own[block] as readonly number[]
    const toFirst = this.exchanges[block]?.[0] as Exchange
    for (let index = 0; index < own.length; index++) {
      const module = own[index] as number
      const id = ids[module] as number
      signature[index] = block === 0 ? id : toFirst.number(module, id)
    }
    for (let index = 0; index < this.#shared.length; index++) {
      signature[own.length + index] = this.#mark(block, index, ids[this.#shared[index] as number] as number)
    }
  }

  #mark(block: number, index: number, id: number): number {
    const marks = this.#markOf[block]?.[index] as number[]
    const known = marks[id]
    if (known !== undefined) return known
    const { components, tuples } = this.#modules.list[
      this.#shared[index] as number
    ] as Modules['list'][number]
    const tuple = tuples.list[id] as readonly number[]
    const names = this.#marks[block] as Names
    const described = components.map((component, slot) => {
      const value = tuple[slot] ?? 0
      const isActor = this.#modules.components.list[component]?.kind === 'actor'
      if (value === 0 && !isActor) return ''
      const where = componentName(this.#modules.components, component)
      return `${names.text(where)}: ${describeValue(this.#modules.components, names, component, value)}`
    })
    const mark = (this.#described[index] as Values<string>).of(
      described.filter(Boolean).sort(inOrder).join('\n'),
    )
    marks[id] = mark
    return mark
  }
}

/** Whether a component's name has one of these names in it. */
function mentions(components: Components, names: readonly string[]): (component: number) => boolean {
  const mark = new Names(new Map(names.map((name) => [name, ''])), undefined)
  return (component) => {
    const name = componentName(components, component)
    return mark.text(name) !== name
  }
}

function componentName({ list, system }: Components, component: number): string {
  const part = list[component] as Component
  switch (part.kind) {
    case 'actor':
      return system.members[part.actor]?.name ?? ''
    case 'channel':
      return `${system.members[part.from]?.name}>${part.name}`
    case 'posts':
      return `>${system.members[part.to]?.name}`
    case 'monitor':
      return `${part.watcher} ${part.key}`
    case 'budget':
      return part.fault
  }
}

function compare(a: Int32Array, b: Int32Array): number {
  for (let index = 0; index < a.length; index++) {
    if (a[index] !== b[index]) return (a[index] as number) - (b[index] as number)
  }
  return 0
}

/** States looked at in full before only one in so many is. */
const SAMPLES_FIRST = 8
const SAMPLE_EVERY = 1_024

export class SymmetryReduction implements Canonical {
  readonly #modules: Modules
  readonly #factors: readonly Factor[]
  #brought = 0

  /** `symmetries`: those of which every block has its own modules here; innermost first. */
  constructor(modules: Modules, symmetries: readonly Symmetry[], initial: readonly Int32Array[]) {
    this.#modules = modules
    this.#factors = symmetries
      .map((symmetry) => new Factor(modules, symmetry))
      .filter((factor) => factor.isSortable())
    for (const ids of initial) this.#checkClosed(ids, initial)
  }

  get applied(): boolean {
    return this.#factors.some(({ applied }) => applied)
  }

  get isEmpty(): boolean {
    return this.#factors.length === 0
  }

  bring(ids: Int32Array, renamings?: Renames[]): void {
    if (this.#brought++ < SAMPLES_FIRST || this.#brought % SAMPLE_EVERY === 0) this.#sample(ids)
    for (const factor of this.#factors) factor.bring(ids, renamings)
  }

  /** Of a declaration that is true, the exchange of two blocks leads from an initial state to an initial one. */
  #checkClosed(ids: Int32Array, initial: readonly Int32Array[]): void {
    for (const one of this.neighbours) {
      const renamed = renamedBy(one, ids)
      if (initial.some((other) => isSame(other, renamed))) continue
      throw wrongDeclaration(one.renaming, 'they begin differently')
    }
  }

  /** Compares what can happen in a state with what can happen in it renamed. */
  #sample(ids: Int32Array): void {
    for (const one of this.neighbours) {
      const expected = [...successors(this.#modules, ids)].map(({ after }) => renamedBy(one, after).join())
      const found = [...successors(this.#modules, renamedBy(one, ids))].map(({ after }) => after.join())
      if (expected.sort(inOrder).join(' ') === found.sort(inOrder).join(' ')) continue
      throw wrongDeclaration(one.renaming, 'what may happen to one of them may not happen to the other')
    }
  }

  /** Exchanges of neighbouring blocks, of which all others are made. */
  get neighbours(): readonly Exchange[] {
    return this.#factors.flatMap(({ exchanges }) =>
      exchanges.slice(1).map((row, block) => row[block] as Exchange),
    )
  }
}

function renamedBy(one: Exchange, ids: Int32Array): Int32Array {
  const renamed = ids.slice()
  one.apply(renamed, new Int32Array(ids.length))
  return renamed
}

function isSame(a: Int32Array, b: Int32Array): boolean {
  return a.every((id, index) => id === b[index])
}
