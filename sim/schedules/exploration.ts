// An exploration in pieces, so that several threads can work on it. A piece is what comes behind one branch of a state.
// Pieces wait in a queue; each has a turn, and what a turn found is added in the order of the queue, whoever finished
// first. So all that is reported is the same for any number of threads. Runs no code under test.

import { type Branch, Known } from './initials.ts'
import type { PieceResult, PieceTask, Rest } from './piece.ts'
import { flat, grown, type PlainTouch, plain, read } from './plain.ts'
import type { ExploreBound, ExploreProgress } from './report.ts'
import type { Tally } from './tally.ts'
import { Names, type Touch } from './touch.ts'
import { wakes } from './wakeup.ts'

/** A state above pieces. */
export interface Fork {
  /** The fork before it, and the step between them; undefined for the initial state. */
  readonly parent: Fork | undefined
  readonly via: Way | undefined
  /** What sleeps in it before any of its own ways is explored. */
  readonly sleep: readonly Touch[]
  /** In the order in which they were found. Behind each of them, those before it sleep. */
  readonly ways: Way[]
}

export interface Way {
  readonly touch: Touch
  /**
   * Where more may have to be run behind it than whoever explores it finds, as something sleeps there whose explorers find
   * it; undefined where nothing does.
   */
  next: Fork | undefined
}

export interface Piece extends Rest {
  /** Where it begins: behind a way of a fork; undefined for the initial state. */
  readonly at: Fork | undefined
  readonly way: Way | undefined
  /** Steps of its turn that are left. */
  readonly left: number
}

export interface Bounds {
  readonly executionsMax?: number | undefined
  readonly failuresMax?: number | undefined
  readonly preemptionsMax?: number | undefined
}

/** How it is divided; of interest to tests alone. */
export interface Division {
  /** Steps of a turn: a fraction of a second. Where enough pieces wait, {@link TURNS_AT_ONCE} times as many. */
  readonly turnSteps: number
  /** While fewer pieces wait, one that has had its turn is divided. */
  readonly piecesMin: number
}

export interface Driving {
  /** Pieces that are worked on at the same time; asked before each is handed out. */
  atOnce(): number
  /** What ends it early, once it does. Then nothing more is handed out. */
  ending(): 'interrupted' | 'time' | null
  onProgress?(progress: ExploreProgress): void
}

const DIVISION: Division = { turnSteps: 50_000, piecesMin: 32 }
/** Each turn begins anew what a search learns as it goes on, so that longer ones get more done. */
const TURNS_AT_ONCE = 4

/**
 * What sleeps behind a sequence is woken by the end of it, or all that it leads to would be covered already. So whoever
 * explores what comes behind the end finds all of it, and that is a piece. The states within the sequence are forks: what
 * comes behind them is found by others, too, namely by those that explore what sleeps there. Such a sequence belongs behind
 * the first way that could come first in it, as in the sequential algorithm (Abdulla et al., JACM 2017), in which what
 * sleeps has been explored by then; nothing rests upon that.
 */
export class Exploration {
  readonly names = new Names()
  readonly tally: Tally
  about: PieceTask['about']
  queue: Piece[]
  budgets: PieceResult['budgets'] = {}
  readonly #bounds: Bounds
  readonly #division: Division

  constructor(tally: Tally, bounds: Bounds, division: Division = DIVISION) {
    this.tally = tally
    this.#bounds = bounds
    this.#division = division
    const rest = { sleep: [[]], tree: [], looked: [], known: 0 }
    this.queue = [{ at: undefined, way: undefined, ...rest, left: division.turnSteps }]
  }

  /** Whether every schedule was run. */
  get isOver(): boolean {
    return this.queue.length === 0
  }

  /** Has the pieces worked on until nothing is left, or a bound comes, and says which. */
  async drive(
    work: (task: PieceTask) => Promise<PieceResult>,
    { atOnce, ending, onProgress }: Driving,
  ): Promise<ExploreBound | null> {
    const running = new Map<Piece, Promise<PieceResult>>()
    const start = (piece: Piece) => {
      const result = work(this.#taskOf(piece))
      // What goes wrong is said when it is its turn.
      result.catch(() => {})
      running.set(piece, result)
    }
    for (;;) {
      if (this.isOver) return null
      const bound = this.#bound()
      if (bound !== null) return bound
      const isEnding = ending()
      if (isEnding === null) {
        for (const piece of this.queue.slice(0, Math.max(1, atOnce()))) if (!running.has(piece)) start(piece)
      }
      const piece = this.queue.find((one) => running.has(one))
      if (piece === undefined) return isEnding
      const result = await (running.get(piece) as Promise<PieceResult>)
      running.delete(piece)
      // Where those before it have used up a bound in the meantime, it is run again, up to what they left of it.
      if (this.#isWithin(result)) this.#add(piece, result)
      else start(piece)
      onProgress?.(this.tally.progress)
    }
  }

  #bound(): ExploreBound | null {
    if (this.#executionsLeft <= 0) return 'executions'
    return this.#failuresLeft <= 0 ? 'failures' : null
  }

  get #executionsLeft(): number {
    return (this.#bounds.executionsMax ?? Number.POSITIVE_INFINITY) - this.tally.counts.executions
  }

  get #failuresLeft(): number {
    return (this.#bounds.failuresMax ?? 1) - this.tally.counts.failing
  }

  #isWithin({ tallied: { counts } }: PieceResult): boolean {
    return counts.executions <= this.#executionsLeft && counts.failing <= this.#failuresLeft
  }

  #taskOf({ at, way, left, ...rest }: Piece): PieceTask {
    return {
      ...rest,
      about: this.about,
      above: wayTo(at, way).map(({ fork, way }) => ({
        touch: plain(way.touch, this.names),
        sleep: this.#sleepBefore(fork, way).map((touch) => plain(touch, this.names)),
      })),
      stepsMax: left,
      executionsMax: this.#executionsLeft,
      failuresMax: this.#failuresLeft,
      preemptionsMax: this.#bounds.preemptionsMax,
    }
  }

  #add(piece: Piece, { about, tallied, escapes, budgets, rest }: PieceResult): void {
    this.about = about
    this.budgets = budgets
    this.tally.merge(tallied)
    const { at, way } = piece
    const ways = wayTo(at, way)
    for (const sequence of escapes) this.#place(ways, sequence)
    const left = piece.left - tallied.counts.steps
    const place = this.queue.indexOf(piece)
    if (rest === undefined) this.queue.splice(place, 1)
    else if (left > 0) this.queue[place] = { at, way, ...rest, left }
    else {
      this.queue.splice(place, 1)
      this.#divide(at, way, rest)
    }
  }

  /** Has a sequence run that a piece found for one of the forks above it, unless it is covered. */
  #place(ways: ReturnType<typeof wayTo>, sequence: PieceResult['escapes'][number]): void {
    const touches = sequence.touches.map((touch) => read(touch, this.names))
    const known = new Known({ ...sequence, touches }, this.#budgets)
    const { fork: first, way } = ways[sequence.depth] as (typeof ways)[number]
    let fork = first
    // Those before its own sleep for the piece, which has looked at them.
    let others: readonly Way[] = fork.ways.slice(fork.ways.indexOf(way) + 1)
    for (;;) {
      const other = others.find(({ touch }) => known.isInitial(touch))
      if (other === undefined) break
      known.descend(other.touch)
      if (other.next === undefined || known.touches.length === 0) return
      fork = other.next
      others = fork.ways
    }
    this.#grow(fork, branchOf(known.touches), depthOf(fork))
  }

  /** Adds ways to a fork, and pieces where they end. */
  #grow(fork: Fork, branches: readonly Branch[], known: number): void {
    for (const { touch, children } of branches) {
      const way: Way = { touch, next: undefined }
      fork.ways.push(way)
      const sleep = this.#sleepAfter(fork, way)
      if (children.length > 0) {
        way.next = { parent: fork, via: way, sleep, ways: [] }
        this.#grow(way.next, children, known)
      } else {
        const rest = { sleep: [sleep.map((one) => plain(one, this.names))], tree: [], looked: [], known }
        this.queue.push({ at: fork, way, ...rest, left: this.#turn })
      }
    }
  }

  /** Where few pieces wait, what is left of one after its turn is taken apart at the first state with several ways. */
  #divide(at: Fork | undefined, way: Way | undefined, rest: Rest): void {
    const left = this.#turn
    const whole = { at, way, ...rest, left }
    const tree = grown(rest.tree, this.names)
    const level = levelOf(tree, rest.sleep.length)
    if (this.queue.length >= this.#division.piecesMin || level === undefined) {
      this.queue.push(whole)
      return
    }
    let siblings = tree
    let fork = this.#forkOf(at, way, rest.sleep[0])
    for (let above = 0; above < level; above++) {
      const [{ touch, children }] = siblings as [Branch]
      const only: Way = { touch, next: undefined }
      fork.ways.push(only)
      fork = this.#forkOf(fork, only, rest.sleep[above + 1])
      siblings = children
    }
    const [first, ...others] = siblings as [Branch, ...Branch[]]
    const known = depthOf(fork)
    const sleep = rest.sleep.slice(level + 1)
    if (sleep.length === 0) this.#grow(fork, [first], known)
    else {
      const own: Way = { touch: first.touch, next: undefined }
      fork.ways.push(own)
      this.queue.push({ ...whole, at: fork, way: own, sleep, tree: flat(first.children, this.names) })
    }
    this.#grow(fork, others, known)
  }

  #forkOf(parent: Fork | undefined, via: Way | undefined, sleep: readonly PlainTouch[] = []): Fork {
    return { parent, via, sleep: sleep.map((touch) => read(touch, this.names)), ways: [] }
  }

  /** Steps of the next turn of a piece. */
  get #turn(): number {
    const { turnSteps, piecesMin } = this.#division
    return this.queue.length < piecesMin ? turnSteps : turnSteps * TURNS_AT_ONCE
  }

  get #budgets() {
    return { total: (fault: string) => this.budgets[fault] ?? 0 }
  }

  /** What sleeps in a fork as one of its ways is taken. Under a bound of preemptions nothing ever does. */
  #sleepBefore({ sleep, ways }: Fork, way: Way): readonly Touch[] {
    if (this.#bounds.preemptionsMax !== undefined) return []
    return [...sleep, ...ways.slice(0, ways.indexOf(way)).map(({ touch }) => touch)]
  }

  #sleepAfter(fork: Fork, way: Way): readonly Touch[] {
    const struck = () => wayTo(fork, way).flatMap(({ way }) => way.touch.fault ?? [])
    return this.#sleepBefore(fork, way).filter((one) => !wakes(one, way.touch, this.#budgets, struck))
  }
}

/** The forks from the initial state to one, and the way that is taken from each. */
export function wayTo(at: Fork | undefined, way: Way | undefined): { fork: Fork; way: Way }[] {
  const ways: { fork: Fork; way: Way }[] = []
  let next = way
  for (let fork = at; fork !== undefined && next !== undefined; fork = fork.parent) {
    ways.push({ fork, way: next })
    next = fork.via
  }
  return ways.reverse()
}

function depthOf({ parent }: Fork): number {
  return parent === undefined ? 0 : depthOf(parent) + 1
}

/** The first level of a tree that has several branches, among those that are known. */
function levelOf(tree: readonly Branch[], levels: number): number | undefined {
  let siblings = tree
  for (let level = 0; level < levels; level++) {
    if (siblings.length > 1) return level
    siblings = siblings[0]?.children ?? []
  }
  return undefined
}

/** A tree that is a sequence. */
function branchOf([touch, ...further]: readonly Touch[]): readonly Branch[] {
  return touch === undefined ? [] : [{ touch, children: [...branchOf(further)] }]
}
