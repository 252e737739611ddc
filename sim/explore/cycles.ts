// Whether runs can go on for ever, as far as modules show it: a run without end goes round in some module's
// numbers. Where no module has a cycle, every run comes to rest.

import type { Change, Modules, Step } from './modules.ts'

type Turn = Pick<Change, 'modules' | 'before' | 'after'>

/** For each module, by number: which strongly connected part it is in, of what events lead to that may be in a cycle. */
export class Cycles {
  /** Whether some run may go on for ever. */
  readonly isPossible: boolean
  #parts: readonly Int32Array[] = []
  #sizes: readonly Int32Array[] = []

  constructor(modules: Modules) {
    let turns = [...changesIn(modules)]
    // An event that leads one module away for good is in no cycle, and so are those that need it to lead back.
    for (let before = -1; before !== turns.length; ) {
      before = turns.length
      this.#connect(modules, turns)
      turns = turns.filter((turn) => this.turns(turn))
    }
    this.isPossible = turns.length > 0
  }

  /** Whether a module's number is one that it may come back to. */
  isOn(module: number, id: number): boolean {
    return (this.#sizes[module]?.[this.#parts[module]?.[id] as number] ?? 0) > 1
  }

  /** Whether an event may be part of a cycle: it leads no module away for good. */
  turns({ modules, before, after }: Turn): boolean {
    return modules.every((module, place) => {
      const parts = this.#parts[module] as Int32Array
      return parts[before[place] as number] === parts[after[place] as number]
    })
  }

  #connect({ list }: Modules, turns: readonly Turn[]): void {
    const edges = list.map(({ tuples }) => Array.from({ length: tuples.list.length }, (): number[] => []))
    for (const { modules, before, after } of turns) {
      for (const [place, module] of modules.entries()) {
        if (before[place] !== after[place])
          edges[module]?.[before[place] as number]?.push(after[place] as number)
      }
    }
    this.#parts = edges.map((into) => stronglyConnected(into.length, (from) => into[from] as number[]))
    this.#sizes = this.#parts.map((part) => {
      const sizes = new Int32Array(part.length)
      for (const number of part) sizes[number] = (sizes[number] as number) + 1
      return sizes
    })
  }
}

/** Every change that is known. */
function* changesIn({ list }: Modules): Generator<Turn> {
  for (const [module, { expansions }] of list.entries()) {
    for (const [id, expansion] of expansions.entries()) {
      for (const target of expansion?.targets ?? [])
        yield { modules: [module], before: [id], after: [target] }
      for (const step of expansion?.steps ?? []) yield* changesOf(step)
    }
  }
}

/** Every change that is known of an event. */
function* changesOf({ outcome }: Step): Generator<Change> {
  const open = [outcome]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if ('next' in next) open.push(...next.next.values())
    else if (!next.thrown) yield next
  }
}

/**
 * The strongly connected parts of a graph, by node the number of its part (Tarjan, "Depth-first search and linear
 * graph algorithms", 1972). Without recursion, as graphs are deep.
 */
export function stronglyConnected(size: number, next: (node: number) => readonly number[]): Int32Array {
  const part = new Int32Array(size).fill(-1)
  const order = new Int32Array(size).fill(-1)
  const low = new Int32Array(size)
  const stack: number[] = []
  let count = 0
  let parts = 0
  const path: { node: number; edges: readonly number[]; at: number }[] = []
  const enter = (node: number) => {
    order[node] = low[node] = count++
    stack.push(node)
    path.push({ node, edges: next(node), at: 0 })
  }
  for (let root = 0; root < size; root++) {
    if (order[root] !== -1) continue
    enter(root)
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { node } = top
      const other = top.edges[top.at++]
      if (other !== undefined) {
        if (order[other] === -1) enter(other)
        else if (part[other] === -1) low[node] = Math.min(low[node] as number, order[other] as number)
        continue
      }
      path.pop()
      const parent = path.at(-1)?.node
      if (parent !== undefined) low[parent] = Math.min(low[parent] as number, low[node] as number)
      if (low[node] !== order[node]) continue
      for (let member = -1; member !== node; ) {
        member = stack.pop() as number
        part[member] = parts
      }
      parts++
    }
  }
  return part
}
