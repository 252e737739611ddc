// Optimal dynamic partial-order reduction by re-execution (Abdulla, Aronis, Jonsson and Sagonas, "Optimal dynamic
// partial order reduction", POPL 2014): says which schedule is run next, follows the run, and draws from it which
// others are called for. Each Mazurkiewicz trace is run once. Starts no run, and knows no bounds but one.

import type { Clock } from '../clock.ts'
import type { Event, Schedulable } from '../event.ts'
import type { Run } from '../run.ts'
import type { Scenario } from '../scenario.ts'
import type { Happened } from '../scheduler.ts'
import type { Choice, ChoiceSource, Repeated } from '../source.ts'
import { Chosen, madeOf, preemptionsBy } from './chosen.ts'
import type { Answer, Asking, Branch, Probe } from './initials.ts'
import { notEnabled, Probing } from './probing.ts'
import { type Leaf, Reversals } from './reversals.ts'
import { Sight, type Views } from './sight.ts'
import { type Made, Stack } from './stack.ts'
import { END, END_TOUCH, Names } from './touch.ts'
import { type Node, Wakeup } from './wakeup.ts'

export type Explored = 'complete' | 'blocked' | 'probe'

const NO_MADE: readonly Made[] = []
const NOTHING_REPEATED: readonly Repeated[] = []

export class Explorer implements ChoiceSource {
  readonly untimed = true
  readonly names = new Names()
  readonly stack = new Stack()
  readonly wakeup: Wakeup
  /** What the guard of an event was ever seen to look at. */
  readonly looked = new Map<number, Set<number>>()
  /** Whether every schedule was run. */
  isOver = false
  /** Whether it has left out schedules for their preemptions. */
  leavesOut = false
  readonly #scenario: Scenario
  readonly #sight: Sight
  readonly #reversals: Reversals
  readonly #preemptionsMax: number | undefined
  readonly #views: Views[] = []
  // From which step on the next run is to be looked at anew.
  #fresh = 0
  readonly #floor: number
  // The same in every run.
  #budgets: Readonly<Record<string, number>> | undefined
  // Of the run at hand.
  #run!: Schedulable
  #depth = 0
  #chosen: Chosen | undefined
  readonly #choice = {} as { event: Event; timeUs: number }
  #unfired = NO_MADE
  #madeAtStart = NO_MADE
  #outcome: Explored = 'complete'
  // Of what is drawn from the last run.
  #asking: Asking<void> | undefined
  #isSettling = false
  #probing: Probing | undefined

  /** `floor`: explores only what comes behind so many steps, and leaves to others what is to come before. */
  constructor(scenario: Scenario, preemptionsMax: number | undefined, floor = 0) {
    this.#scenario = scenario
    this.#sight = new Sight(scenario, this.names)
    this.#preemptionsMax = preemptionsMax
    this.#floor = floor
    this.wakeup = new Wakeup(this.stack, { total: (fault) => this.#budgets?.[fault] ?? 0 }, floor)
    this.wakeup.nodes.push({ sleep: [], tree: [] })
    this.#reversals = new Reversals(this.stack, this.wakeup, this.looked)
  }

  /** Whether the next run only looks at what an event does. */
  get isProbing(): boolean {
    return this.#probing !== undefined
  }

  /** How often each fault may strike, once a run has begun. */
  get budgets(): Readonly<Record<string, number>> {
    return this.#budgets ?? {}
  }

  /** The ids of what has happened in the run at hand; until it is finished. */
  get schedule(): readonly string[] {
    return this.stack.steps.map(({ id }) => id)
  }

  /** Goes on where another explorer was: with the nodes on the way to the next schedule, of which so many are known. */
  goOn(nodes: readonly Node[], known: number): void {
    this.wakeup.nodes.splice(0, Number.POSITIVE_INFINITY, ...nodes)
    this.#fresh = known
  }

  /** Asks for the probes that are needed before what is left can be explored in parts. Is called between two schedules. */
  settle(): void {
    this.#isSettling = true
    this.#asking = this.wakeup.settle()
    this.#advance()
  }

  /** The source of the next run of the scenario, which has just begun. */
  begin(schedulable: Schedulable): ChoiceSource {
    this.#run = schedulable
    this.#depth = this.repeated.length
    this.#chosen = undefined
    this.#unfired = NO_MADE
    this.#outcome = this.#probing === undefined ? 'complete' : 'probe'
    this.#budgets ??= { ...schedulable.budgets }
    return this
  }

  get repeated(): readonly Repeated[] {
    return this.#probing === undefined ? this.stack.steps : NOTHING_REPEATED
  }

  find(id: string, enabled: readonly Event[], step: number): Event {
    const event = enabled.find((one) => one.id === id)
    if (event === undefined) throw notEnabled(id, enabled, this.#where(step))
    return event
  }

  choose(enabled: readonly Event[], clock: Clock): Choice | undefined {
    const event = this.#probing === undefined ? this.#next(enabled) : this.#probing.next(enabled, this.#run)
    if (event === undefined) return undefined
    this.#depth++
    const choice = this.#choice
    choice.event = event
    choice.timeUs = clock.nextUs(event)
    return choice
  }

  onStep(step: Happened): void {
    if (this.#probing !== undefined) return this.#probing.onStep(step, this.#run)
    const depth = this.#depth - 1
    const chosen = this.#chosen as Chosen
    const taken = chosen.taken(step, this.#sight, this.#views[depth] as Views)
    this.#look()
    this.stack.push(taken)
    this.#views[depth + 1] = chosen.views
    const { nodes } = this.wakeup
    if (nodes[depth + 1] !== undefined) return
    const { sleep, tree } = nodes[depth] as Node
    nodes.push({ sleep: this.wakeup.asleep(sleep, taken.touch), tree: (tree[0] as Branch).children })
  }

  /** Draws from a finished run what is to be run next. */
  finish(run: Run): Explored {
    if (this.#probing !== undefined) {
      this.#advance(this.#probing.answer(run.ending === 'violation'))
      return 'probe'
    }
    if (this.#outcome === 'complete') {
      const threw = run.ending === 'violation'
      if (threw) this.#endWithLast()
      const isPlain = this.#preemptionsMax !== undefined || (run.stepCount === 0 && threw)
      const isDrawn = isPlain || this.#reversals.begin(this.#leaf(threw))
      if (isDrawn) this.#backtrack()
      else {
        this.#asking = this.#reversals.rest()
        this.#advance()
      }
    } else this.#backtrack()
    return this.#outcome
  }

  #next(enabled: readonly Event[]): Event | undefined {
    const depth = this.#depth
    if (depth === 0) this.#start()
    const { sleep, tree } = this.wakeup.nodes[depth] as Node
    if (tree.length === 0 && this.#preemptionsMax !== undefined)
      this.#branch(enabled, this.#preemptionsMax, tree)
    const wanted = (tree[0] ?? this.#free(enabled, sleep, tree))?.touch.event
    if (wanted === undefined) {
      this.#outcome = 'blocked'
      return undefined
    }
    if (wanted === END) {
      this.#unfired = enabled.map((event) => madeOf(event, this.names))
      return undefined
    }
    const id = this.names.idOf(wanted)
    let position = enabled.length - 1
    while (position >= 0 && enabled[position]?.id !== id) position--
    if (position < 0) throw notEnabled(id, enabled, this.#where(depth + 1))
    const event = enabled[position] as Event
    const isCounted = this.#preemptionsMax !== undefined
    const preemptions = isCounted ? preemptionsBy(event, enabled, this.stack.steps.at(-1)) : 0
    const declared = this.names.declared(event, wanted)
    this.#chosen = new Chosen(this.names, this.#run, { enabled, position, preemptions, declared })
    return event
  }

  #where(step: number): string {
    return `step ${step} of ${this.#scenario.name}`
  }

  #start(): void {
    this.#views[0] ??= this.#sight.look(this.#run)
    this.#madeAtStart = (this.#run.pending?.() ?? [])
      .filter(({ guard, fault }) => guard !== undefined || fault !== undefined)
      .map((event) => madeOf(event, this.names))
    this.#look()
  }

  /** Where no other run calls for anything: what must happen and does not sleep, the oldest first. */
  #free(enabled: readonly Event[], sleep: Node['sleep'], tree: Branch[]): Branch | undefined {
    for (const event of enabled) {
      if (event.fault !== undefined || sleep.some((touch) => this.names.idOf(touch.event) === event.id))
        continue
      tree.push({ touch: this.names.declared(event), children: [] })
      return tree[0]
    }
    if (enabled.every(({ fault }) => fault !== undefined)) tree.push({ touch: END_TOUCH, children: [] })
    return tree[0]
  }

  /**
   * Under a bound of preemptions no order is left out for another: the one that it is left out for may have more
   * preemptions than it has (Coons, Musuvathi and McKinley, "Bounded partial-order reduction", OOPSLA 2013).
   */
  #branch(enabled: readonly Event[], preemptionsMax: number, tree: Branch[]): void {
    const before = this.stack.steps.at(-1)
    if (enabled.every(({ fault }) => fault !== undefined)) tree.push({ touch: END_TOUCH, children: [] })
    const within = enabled.filter((event) => preemptionsBy(event, enabled, before) <= preemptionsMax)
    if (within.length < enabled.length) this.leavesOut = true
    for (const event of within) tree.push({ touch: this.names.declared(event), children: [] })
  }

  /** Notes what the guards look at. */
  #look(): void {
    const schedulable = this.#run
    const pending = schedulable.pending?.() ?? []
    if (!pending.some(({ guard }) => guard !== undefined)) return
    schedulable.enabled()
    for (const { id, guard = [] } of pending) {
      if (guard.length === 0) continue
      const event = this.names.event(id)
      const looked = this.looked.get(event) ?? new Set()
      for (const name of guard) looked.add(this.names.resource(name))
      this.looked.set(event, looked)
    }
  }

  /** After an exception nothing comes: the last step depends on all others, and takes their chance from all. */
  #endWithLast(): void {
    const last = this.stack.steps.at(-1)
    if (last === undefined || this.#chosen === undefined) return
    this.stack.truncate(this.stack.depth - 1)
    this.stack.push({ ...last, touch: { ...last.touch, isLast: true } })
    this.#unfired = this.#chosen.others
  }

  #leaf(threw: boolean): Leaf {
    return { fresh: this.#fresh, unfired: this.#unfired, madeAtStart: this.#madeAtStart, threw }
  }

  /** Goes on with what is drawn from a run: to the next probe, or to the next schedule. */
  #advance(answer?: Answer): void {
    const asking = this.#asking as Asking<void>
    const { done, value } = answer === undefined ? asking.next() : asking.next(answer)
    if (done === true) {
      this.#probing = undefined
      this.#asking = undefined
      if (!this.#isSettling) this.#backtrack()
      this.#isSettling = false
    } else {
      const ids = this.stack.steps.slice(0, (value as Probe).depth).map(({ id }) => id)
      this.#probing = new Probing(value as Probe, ids, { names: this.names, sight: this.#sight })
    }
  }

  /** Ends with the last choice that has another way to go. What was explored sleeps from here on. */
  #backtrack(): void {
    const { nodes } = this.wakeup
    for (let depth = nodes.length - 1; depth >= this.#floor; depth--) {
      const node = nodes[depth] as (typeof nodes)[number]
      const explored = node.tree.shift()
      const touch = explored?.touch.event === END ? END_TOUCH : this.stack.steps[depth]?.touch
      this.stack.truncate(depth)
      if (node.tree.length > 0) {
        if (explored !== undefined && touch !== undefined) {
          node.sleep = this.#preemptionsMax === undefined ? [...node.sleep, touch] : []
        }
        this.#fresh = depth
        return
      }
      if (depth > this.#floor) nodes.pop()
    }
    this.isOver = true
  }
}
