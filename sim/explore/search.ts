// The search itself: takes one state after the other, lets every event that is enabled in it happen, and keeps
// the states it has not seen. Finds violations; where they lead back to is in path.ts.

import type { Claims } from './claims.ts'
import type { Happened } from './components.ts'
import { Judging, type Wrong } from './judging.ts'
import { bitsFor, decode, encode, type Layout, layoutOf, roomFor } from './layout.ts'
import type { Levels } from './levels.ts'
import type { Change, Module, Modules, Step } from './modules.ts'
import type { Path } from './path.ts'
import type { Bound, CheckOptions } from './report.ts'
import { StateStore } from './store.ts'
import type { Said } from './watchers.ts'

/** Renames a state; what is behind the modules' numbers stays. */
export interface Renames {
  apply(ids: Int32Array, scratch: Int32Array): void
}

/** Brings a state to the form that stands for its like, and says by which renamings, one after the other. */
export interface Canonical {
  bring(ids: Int32Array, renamings?: Renames[]): void
}

/** Says which modules' events are enough in a state, as a mask; 0 for all of them. */
export interface Persistent {
  choose(ids: Int32Array): number
  /** Told how to ask which modules claims look at together, so that these are seen in every order. */
  observe(together: () => number): void
  /** Whether a choice stands on all that is known by now. */
  stands(mask: number, ids: Int32Array): boolean
}

/** A violation, and where it is: after an event in a state, in the state itself, or in the actors' starts. */
export interface Found extends Said {
  readonly state: number
  /** The event that broke it; undefined where the state, or a start, is what breaks it. */
  readonly event: number | undefined
  readonly kind: 'step' | Wrong['kind'] | 'cycle'
  /** How it comes to that, where the states alone do not say it. */
  readonly path?: Path
}

/** Whether it is a state that is wrong only where everything is at rest. */
export function isAtRest({ kind }: Found): boolean {
  return kind === 'rest' || kind === 'stuck'
}

export interface SearchOptions
  extends Pick<
    CheckOptions,
    'order' | 'statesMax' | 'depthMax' | 'memoryMaxBytes' | 'timeMaxMs' | 'host' | 'signal'
  > {
  readonly canonical: Canonical | undefined
  readonly persistent: Persistent | undefined
  /** Whether a run may go on for ever, so that no event may be put off for ever. */
  readonly mayCycle: boolean
  /** Goes on after the first violation, for those of other properties: all, or until each of these is found. */
  readonly until: false | readonly string[]
  /** Whether the numbers of known states are asked for. */
  readonly needsIndex: boolean
  /** What the actors' starts came to. */
  readonly begun: Pick<Happened, 'said' | 'thrown'>
}

const BITS_MIN = 4
/** States between two looks at the bounds. */
const STATES_PER_LOOK = 256

export class Search {
  readonly found: Found[] = []
  transitions = 0
  /** Levels, the initial one included. */
  depth = 1
  bound: Bound | undefined
  store: StateStore
  readonly modules: Modules
  readonly judging: Judging
  /** What does the rest of the search, on several threads. */
  levels: Levels | undefined
  readonly #options: SearchOptions
  // The state that is being looked into, the one after an event, and its words.
  readonly #ids: Int32Array
  readonly #next: Int32Array
  #words: Uint32Array
  #stateWords: Uint32Array
  #state = 0
  #taken = 0
  #levelEnd = 0
  // Depth first: the states that are still to be looked into, with their depths.
  readonly #stack: number[] = []
  readonly #depths: number[] = []
  readonly #violated = new Set<string>()
  // By state, the mask of modules whose events were taken; 0, or nothing, for all of them.
  readonly #chosen: number[] = []
  // Whether an event led to a state that was looked into already.
  #leadsBack = false
  // Whether an event ended the run.
  #ends = false
  readonly #claims: Claims
  // How many modules there are.
  readonly #size: number
  readonly #startedMs: number
  // Index: a state's.
  readonly #initial: Int32Array[] = []

  constructor(modules: Modules, claims: Claims, initial: readonly Int32Array[], options: SearchOptions) {
    this.modules = modules
    this.#options = options
    const size = (initial[0] as Int32Array).length
    this.#ids = new Int32Array(size)
    this.#next = new Int32Array(size)
    const layout = this.#layoutFor(initial)
    this.store = new StateStore(layout, options.needsIndex)
    this.#words = new Uint32Array(layout.width)
    this.#stateWords = new Uint32Array(layout.width)
    this.#size = modules.list.length
    this.#claims = claims
    this.judging = new Judging(modules, claims, initial[0] as Int32Array)
    options.persistent?.observe(() => this.judging.together())
    this.#startedMs = options.host?.nowMs() ?? 0
    for (const said of options.begun.said)
      this.#violate({ ...said, state: 0, event: undefined, kind: 'step' })
    for (const ids of options.begun.thrown ? [] : initial) {
      this.#next.set(ids)
      const before = this.store.count
      this.#keep(-1)
      if (this.store.count > before) this.#initial.push(ids)
    }
    this.#levelEnd = this.store.count
  }

  get canonical(): Canonical | undefined {
    return this.#options.canonical
  }

  get states(): number {
    return this.levels?.states ?? this.store.count
  }

  get storedBytes(): number {
    return this.levels?.bytes ?? this.store.bytes
  }

  /** States that were seen and not looked into. */
  get frontier(): number {
    if (this.levels !== undefined) return this.levels.frontier
    return this.#options.order === 'depth first' ? this.#stack.length : this.store.count - this.#taken
  }

  /** Whether it has looked into all there is. */
  get isDone(): boolean {
    return this.frontier === 0 && this.bound === undefined
  }

  /** Whether every violation that is looked for was found. */
  get isSettled(): boolean {
    const { until } = this.#options
    if (until === false) return this.found.length > 0
    return until.length > 0 && until.every((property) => this.#violated.has(property))
  }

  isFound(property: string): boolean {
    return this.#violated.has(property)
  }

  /** States that were looked into. */
  get taken(): number {
    return this.#taken
  }

  /** Looks into some states; true when there is nothing more to do. */
  advance(transitions: number): boolean {
    const until = this.transitions + transitions
    while (this.transitions < until) {
      if (this.bound !== undefined || this.isSettled) return true
      if (this.frontier === 0) {
        if (this.#allStand()) return true
        continue
      }
      if (this.#hasTooMany() || (this.#taken % STATES_PER_LOOK === 0 && this.isOut())) return true
      this.#take()
    }
    return false
  }

  /** Whether the rest of the search may go level by level, as it only counts, and nothing is found by number. */
  get mayCount(): boolean {
    const { order, canonical, persistent, depthMax, statesMax, needsIndex } = this.#options
    const isPlain = canonical === undefined && persistent === undefined && order !== 'depth first'
    const isBounded = depthMax !== undefined || statesMax !== undefined
    const isQuiet = this.found.length === 0 && this.#claims.sometimes.length === 0
    return isPlain && !isBounded && !needsIndex && isQuiet && this.store.kind !== 'paged bitset'
  }

  /** States of the level under way that were not looked into. */
  get restOfLevel(): number {
    return this.#levelEnd - this.#taken
  }

  /** Whether something is true of a state's numbers, asked of each until it is. */
  some(test: (ids: Int32Array) => boolean): boolean {
    if (this.levels !== undefined) return this.levels.some(test)
    const ids = this.initialOf(0)
    for (let state = 0; state < this.store.count; state++) {
      this.read(state, ids)
      if (test(ids)) return true
    }
    return false
  }

  /** Reads a stored state. */
  read(state: number, ids: Int32Array): void {
    decode(this.store.layout, this.store.chunk(state), this.store.offset(state), ids)
  }

  /** An initial state as it really is, before it was brought to a canonical form. */
  initialOf(state: number): Int32Array {
    return (this.#initial[state] as Int32Array).slice()
  }

  /** How many states it began with. */
  get beginnings(): number {
    return this.#initial.length
  }

  /** The modules whose events were taken in a state, as a mask; 0 for all of them. */
  chosenIn(state: number): number {
    return this.#chosen[state] ?? 0
  }

  /** Makes room for modules' numbers that have grown since. */
  encode(ids: Int32Array): Uint32Array {
    this.#makeRoom(ids)
    encode(this.store.layout, ids, this.#words)
    return this.#words
  }

  #take(): void {
    this.#state = this.#pop()
    this.#taken++
    this.read(this.#state, this.#ids)
    if (this.#options.depthMax !== undefined && this.depth > this.#options.depthMax) {
      this.bound = 'depth'
      this.depth = this.#options.depthMax
      return
    }
    this.#judge()
    const { persistent } = this.#options
    const chosen = persistent === undefined ? 0 : persistent.choose(this.#ids)
    this.#leadsBack = false
    this.#ends = false
    if (chosen !== 0) this.#takeModules(chosen)
    // A cycle of states that are all looked into in part would put an event off for ever, and so would an end.
    const isEnough = chosen !== 0 && !this.#ends && !(this.#options.mayCycle && this.#leadsBack)
    if (!isEnough) this.#takeModules(~chosen)
    if (persistent !== undefined) this.#chosen.push(isEnough ? chosen : 0)
  }

  /** Takes the events of the modules in a mask. */
  #takeModules(mask: number): void {
    this.#readWords()
    for (let module = 0; module < this.#size; module++) {
      if (((mask >>> (module & 31)) & 1) === 1 || mask === -1) this.#takeModule(module)
    }
  }

  /** Takes what was left out where a choice stands no longer; true where all of them stand. */
  #allStand(): boolean {
    const { persistent } = this.#options
    if (persistent === undefined) return true
    let allStand = true
    for (const [state, chosen] of this.#chosen.entries()) {
      if (chosen === 0) continue
      this.#state = state
      this.read(state, this.#ids)
      if (persistent.stands(chosen, this.#ids)) continue
      allStand = false
      this.#chosen[state] = 0
      this.#takeModules(~chosen)
    }
    return allStand
  }

  #pop(): number {
    if (this.#options.order === 'depth first') {
      const state = this.#stack.pop() as number
      this.depth = Math.max(this.depth, this.#depths[state] as number)
      return state
    }
    if (this.#taken === this.#levelEnd) {
      this.depth++
      this.#levelEnd = this.store.count
    }
    return this.#taken
  }

  #takeModule(module: number): void {
    const expansion = this.modules.expansion(module, this.#ids)
    const { targets } = expansion
    this.transitions += targets.length
    const isPlain = this.#options.canonical === undefined && this.#options.order !== 'depth first'
    if (isPlain) this.#takePlain(module, targets)
    else {
      for (const target of targets) {
        this.#next.set(this.#ids)
        this.#next[module] = target
        this.#keep(this.#state)
      }
    }
    for (let budget = this.#size; budget < this.#ids.length; budget++) {
      if (isPlain && (this.#ids[budget] as number) > 0) this.#takeFaults(module, budget)
    }
    for (const step of isPlain ? expansion.rest : expansion.steps) {
      if (step.isFault && !this.modules.isAllowed(step, module, this.#ids)) continue
      this.#takeStep(step, module)
    }
  }

  /** The faults that take of one shared budget, and change one module. */
  #takeFaults(module: number, budget: number): void {
    const targets = this.modules.faultTargets(budget, module, this.#ids)
    if (targets.length === 0) return
    this.transitions += targets.length
    this.#makeRoomFor(module)
    const at = this.store.layout.word[budget] as number
    this.#stateWords[at] =
      (this.#stateWords[at] as number) - (1 << (this.store.layout.shift[budget] as number))
    this.#takePlain(module, targets)
    this.#readWords()
  }

  /** The events that change one module, of the state whose words are at hand. */
  #takePlain(module: number, targets: Int32Array): void {
    if (targets.length === 0) return
    this.#makeRoomFor(module)
    const { store } = this
    store.addVariants(this.#stateWords, module, this.#ids[module] as number, targets, this.#state)
    if (store.at < this.#taken) this.#leadsBack = true
  }

  #takeStep(step: Step, module: number): void {
    const change = this.modules.change(step, module, this.#ids)
    this.transitions++
    for (const said of change.said)
      this.#violate({ ...said, state: this.#state, event: step.event, kind: 'step' })
    if (change.thrown) {
      this.#ends = true
      return
    }
    if (this.#options.canonical === undefined && this.#options.order !== 'depth first') {
      this.#addChanged(change, step.budget)
      return
    }
    const { modules, after } = change
    this.#next.set(this.#ids)
    for (let index = 0; index < modules.length; index++)
      this.#next[modules[index] as number] = after[index] as number
    if (step.budget >= 0) this.#next[step.budget] = (this.#next[step.budget] as number) - 1
    this.#keep(this.#state)
  }

  /** Adds the state after an event, made from the words of the state before it. */
  #addChanged({ modules, before, after }: Change, budget: number): void {
    for (let index = 0; index < modules.length; index++) this.#makeRoomFor(modules[index] as number)
    const { store } = this
    const { word, shift } = store.layout
    const words = this.#words
    words.set(this.#stateWords)
    for (let index = 0; index < modules.length; index++) {
      const module = modules[index] as number
      const at = word[module] as number
      words[at] =
        (words[at] as number) +
        (((after[index] as number) - (before[index] as number)) << (shift[module] as number))
    }
    if (budget >= 0) {
      const at = word[budget] as number
      words[at] = (words[at] as number) - (1 << (shift[budget] as number))
    }
    store.add(words, this.#state)
    if (store.at < this.#taken) this.#leadsBack = true
  }

  #keep(parent: number): void {
    this.#options.canonical?.bring(this.#next)
    if (this.store.add(this.encode(this.#next), parent)) this.#isNew()
    if (this.store.at < this.#taken) this.#leadsBack = true
  }

  #isNew(): void {
    if (this.#options.order !== 'depth first') return
    const state = this.store.count - 1
    const parent = this.store.parent(state)
    this.#depths.push(parent === state ? 1 : (this.#depths[parent] as number) + 1)
    this.#stack.push(state)
  }

  #makeRoom(ids: Int32Array): void {
    const { bits } = this.store.layout
    for (let index = 0; index < ids.length; index++) {
      if ((ids[index] as number) >>> (bits[index] as number) !== 0) return this.#widen()
    }
  }

  /** Makes room for every number of a module that is known. */
  #makeRoomFor(module: number): void {
    const largest = (this.modules.list[module] as Module).tuples.list.length - 1
    if (largest >>> (this.store.layout.bits[module] as number) !== 0) this.#widen()
  }

  #widen(): void {
    this.store.widen(this.#layoutFor([this.#next], this.store.layout.bits))
    this.#words = new Uint32Array(this.store.layout.width)
    this.#stateWords = new Uint32Array(this.store.layout.width)
    if (this.store.count > 0) this.#readWords()
  }

  #readWords(): void {
    const [chunk, at] = [this.store.chunk(this.#state), this.store.offset(this.#state)]
    for (let word = 0; word < this.#stateWords.length; word++)
      this.#stateWords[word] = chunk[at + word] as number
  }

  #layoutFor(states: readonly Int32Array[], least: readonly number[] = []): Layout {
    const sizes = Array.from(states[0] as Int32Array, (_, index) => {
      const module = this.modules.list[index]
      const largest = Math.max(...states.map((ids) => ids[index] as number))
      // A budget never grows; a module's numbers do, so there is room for twice as many as are known.
      return Math.max(
        roomFor(module?.tuples),
        least[index] ?? (module === undefined ? 0 : BITS_MIN),
        bitsFor(largest),
      )
    })
    return layoutOf(sizes)
  }

  /** Judges the state that is being looked into; true where nothing must happen any more. */
  #judge(): boolean {
    let isActive = false
    for (let module = 0; module < this.#size; module++) {
      if (this.modules.expansion(module, this.#ids).isActive) isActive = true
    }
    this.#note(this.judging.state(this.#ids))
    if (!isActive) this.#note(this.judging.rest(this.#ids))
    return !isActive
  }

  #note(wrong: readonly Wrong[]): void {
    for (const one of wrong) this.#violate({ ...one, state: this.#state, event: undefined })
  }

  #violate(found: Found): void {
    if (this.#violated.has(found.property)) return
    this.#violated.add(found.property)
    this.found.push(found)
  }

  #hasTooMany(): boolean {
    const { statesMax } = this.#options
    if (statesMax !== undefined && this.store.count > statesMax) this.bound = 'states'
    return this.bound !== undefined
  }

  /** Whether a bound is there, of time or memory, or a signal. */
  isOut(): boolean {
    const { memoryMaxBytes, timeMaxMs, host, signal } = this.#options
    if (signal?.aborted) this.bound = 'interrupted'
    else if (memoryMaxBytes !== undefined && (host?.memoryBytes() ?? this.storedBytes) > memoryMaxBytes)
      this.bound = 'memory'
    else if (timeMaxMs !== undefined && host !== undefined && host.nowMs() - this.#startedMs > timeMaxMs)
      this.bound = 'time'
    return this.bound !== undefined
  }
}
