// Components put together into modules. A state is a short vector of modules' numbers, and an event that stays
// within a module is worked out once for each of the module's numbers; one that reaches other modules, once for
// each combination that it meets. How components are put together decides the speed, never the result.

import type { Components, Values } from './components.ts'
import type { Unheard } from './unheard.ts'
import { Tuples } from './values.ts'
import type { Said } from './watchers.ts'

/** What an event does, for the values of the modules that it met. */
export interface Change {
  /** The modules it met, in the order in which it met them, its own first. */
  readonly modules: readonly number[]
  readonly before: readonly number[]
  readonly after: readonly number[]
  readonly said: readonly Said[]
  /** Whether the code threw: the run ends here, and there is no state after it. */
  readonly thrown: boolean
  /** What was observed. */
  readonly observed: readonly number[]
  /** The timers that were set. */
  readonly set: readonly string[]
}

/** Which module an event meets next, and by that module's number what then comes. */
interface Branch {
  readonly module: number
  readonly next: Map<number, Branch | Change>
}

/** An event that a module's number enables. */
export interface Step {
  readonly event: number
  /** Position of its fault's budget in the state; -1 where it is no fault, or its budget is the module's own. */
  readonly budget: number
  readonly isFault: boolean
  outcome: Branch | Change | undefined
}

/** What one number of a module enables. */
export interface Expansion {
  /** The numbers after the events that stay within the module, say nothing and are no faults. */
  readonly targets: Int32Array
  readonly events: Int32Array
  /** All other events. */
  readonly steps: readonly Step[]
  /** Those of them that are not among `faults`. */
  rest: readonly Step[]
  /** By fault, the same as `targets` for faults with a shared budget. */
  readonly faults: Map<number, Int32Array>
  /** Whether anything is enabled that is no fault. */
  readonly isActive: boolean
}

export class Module {
  readonly components: number[] = []
  readonly tuples = new Tuples()
  readonly expansions: (Expansion | undefined)[] = []
}

/** How much of each fault's budget is left: for all together, or for each module apart. */
export type Budgets =
  | { readonly kind: 'shared'; readonly names: readonly string[] }
  | { readonly kind: 'split'; readonly names: readonly string[] }

/** Thrown where what takes a component's place is in a module that does not take the place of the component's. */
export class Misplaced extends Error {}

/** Thrown where a fault strikes in a module that has no share of its budget. */
export class Unshared extends Error {
  readonly event: number

  constructor(event: number) {
    super('unshared')
    this.event = event
  }
}

const APART = -1

/** Thrown where something is met after all that is searched apart. */
export class Met extends Error {
  readonly component: number

  constructor(component: number) {
    super('met')
    this.component = component
  }
}

export class Modules {
  readonly list: Module[]
  readonly components: Components
  readonly budgets: Budgets
  /** Told of each change that is worked out, once. */
  onChange: ((change: Change, event: number) => void) | undefined
  /** Whether every event is kept with what it did: for a search for cycles. */
  keepsSteps = false
  /** Takes away what nobody will hear, from the components of a module that an event has met. */
  unheard: Unheard | undefined
  readonly #homeOf: number[] = []
  readonly #slotOf: number[] = []
  // The state that is being worked on, and what the event has met and changed so far.
  #ids: Int32Array = new Int32Array(0)
  readonly #met: number[] = []
  readonly #working: (number[] | undefined)[] = []
  #home = 0
  readonly #values: Values

  /**
   * `homes`: by component, the number of its module; -1 for what is searched apart. Components that come later go
   * where they are met.
   */
  constructor(components: Components, homes: readonly number[], budgets: Budgets) {
    this.components = components
    this.budgets = budgets
    this.list = Array.from({ length: Math.max(...homes) + 1 }, () => new Module())
    for (const [component, home] of homes.entries()) {
      if (components.list[component]?.kind === 'budget') continue
      if (home < 0) this.#homeOf[component] = APART
      else this.#settle(component, home)
    }
    this.#values = {
      get: (component) => this.#get(component),
      set: (component, value) => this.#set(component, value),
    }
  }

  /** The module that a component is in. */
  homeOf(component: number): number {
    return this.#homeOf[component] ?? -1
  }

  /** The place of a component in a module's tuples; it is put there if it is nowhere yet. */
  slotIn(module: number, component: number): number {
    if (this.#homeOf[component] === undefined) this.#settle(component, module)
    return this.#slotOf[component] as number
  }

  /** A component's value in a state. */
  valueOf(component: number, ids: Int32Array): number {
    const home = this.#homeOf[component]
    if (home === undefined) return 0
    if (home === APART) throw new Met(component)
    const tuple = (this.list[home] as Module).tuples.list[ids[home] as number] as readonly number[]
    return tuple[this.#slotOf[component] as number] ?? 0
  }

  /** Modules' numbers from a value for each component. */
  numbersOf(values: readonly number[]): number[] {
    if (this.unheard !== undefined) values = this.#withoutUnheard(this.unheard, values.slice())
    return this.list.map(({ components, tuples }) =>
      tuples.of(components.map((component) => values[component] ?? 0)),
    )
  }

  #withoutUnheard(unheard: Unheard, values: number[]): number[] {
    unheard.takeAway([...values.keys()], {
      get: (component) => values[component] ?? 0,
      set: (component, value) => {
        values[component] = value
      },
    })
    return values
  }

  /** What a module's number enables, worked out when it is first asked for in the state `ids`. */
  expansion(module: number, ids: Int32Array): Expansion {
    const { expansions } = this.list[module] as Module
    const id = ids[module] as number
    return expansions[id] ?? this.#expand(module, id, ids)
  }

  /** What an enabled event does in the state `ids`. */
  change(step: Step, module: number, ids: Int32Array): Change {
    let outcome = step.outcome
    if (outcome === undefined) return this.#work(step, module, ids)
    while ('next' in outcome) {
      const next: Branch | Change | undefined = outcome.next.get(ids[outcome.module] as number)
      if (next === undefined) return this.#work(step, module, ids)
      outcome = next
    }
    return outcome
  }

  /** The values after the actors' starts, and what monitors said of them. */
  static begin(components: Components): { values: number[]; said: readonly Said[]; thrown: boolean } {
    const values: number[] = components.system.members.map(() => 0)
    const happened = components.start({
      get: (component) => values[component] ?? 0,
      set: (component, value) => {
        for (let other = values.length; other < component; other++) values[other] = 0
        values[component] = value
      },
    })
    return { values, ...happened }
  }

  #expand(module: number, id: number, ids: Int32Array): Expansion {
    const { components, expansions, tuples } = this.list[module] as Module
    const tuple = tuples.list[id] as readonly number[]
    const targets: number[] = []
    const events: number[] = []
    const steps: Step[] = []
    let isActive = false
    for (const [slot, component] of components.entries()) {
      for (const event of this.components.enabledBy(component, tuple[slot] ?? 0)) {
        const step = this.#stepOf(event)
        if (step.isFault) {
          steps.push(step)
          continue
        }
        isActive = true
        const change = this.#work(step, module, ids)
        if (change.modules.length === 1 && change.said.length === 0 && !this.keepsSteps) {
          targets.push(change.after[0] as number)
          events.push(event)
        } else steps.push(step)
      }
    }
    const expansion = {
      targets: Int32Array.from(targets),
      events: Int32Array.from(events),
      steps,
      rest: steps,
      faults: new Map(),
      isActive,
    }
    expansions[id] = expansion
    return expansion
  }

  /** The numbers after the faults that take of one shared budget, and that stay within the module. */
  faultTargets(budget: number, module: number, ids: Int32Array): Int32Array {
    const expansion = this.expansion(module, ids)
    const known = expansion.faults.get(budget)
    if (known !== undefined) return known
    const targets: number[] = []
    expansion.rest = expansion.rest.filter((step) => {
      if (step.budget !== budget) return true
      const { modules, after, said } = this.change(step, module, ids)
      const isLocal = modules.length === 1 && said.length === 0
      if (isLocal) targets.push(after[0] as number)
      return !isLocal
    })
    const kept = Int32Array.from(targets)
    expansion.faults.set(budget, kept)
    return kept
  }

  #stepOf(event: number): Step {
    const fault = this.components.faultOf(event)
    if (fault === undefined) return { event, budget: -1, isFault: false, outcome: undefined }
    const { names } = this.budgets
    // Of a fault that has no budget, the place is behind the end of the state, where nothing is left.
    const place = names.includes(fault) ? names.indexOf(fault) : names.length
    const budget = this.budgets.kind === 'shared' ? this.list.length + place : -1
    return { event, budget, isFault: true, outcome: undefined }
  }

  /** Whether a fault of a module has something left of its budget. */
  isAllowed(step: Step, module: number, ids: Int32Array): boolean {
    if (!step.isFault) return true
    if (step.budget >= 0) return (ids[step.budget] ?? 0) > 0
    const component = this.#budgetOf(step, module)
    return component !== undefined && this.valueOf(component, ids) > 0
  }

  #budgetOf({ event }: Step, module: number): number | undefined {
    if (this.budgets.kind === 'shared') return undefined
    const component = this.components.budget(this.components.faultOf(event) as string, module)
    if (this.#homeOf[component] === undefined) throw new Unshared(event)
    return component
  }

  #work(step: Step, module: number, ids: Int32Array): Change {
    this.#ids = ids
    this.#home = module
    this.#met.length = 0
    this.#meet(module)
    const budget = step.isFault ? this.#budgetOf(step, module) : undefined
    if (budget !== undefined) this.#set(budget, this.#get(budget) - 1)
    const { said, thrown, observed, set } = this.#fire(step)
    if (!thrown && this.unheard !== undefined) this.#takeAway(this.unheard)
    const modules = this.#met.slice()
    const before = modules.map((met) => ids[met] as number)
    const after = modules.map((met) =>
      thrown ? (ids[met] as number) : (this.list[met] as Module).tuples.of(this.#working[met] as number[]),
    )
    for (const met of modules) this.#working[met] = undefined
    const change = { modules, before, after, said, thrown, observed, set }
    remember(step, change)
    this.onChange?.(change, step.event)
    return change
  }

  #takeAway(unheard: Unheard): void {
    for (const met of this.#met.slice()) {
      // Only what is due to actors that are met too, so that nothing more is.
      const { components } = this.list[met] as Module
      const own = components.filter((component) => {
        const part = this.components.list[component]
        return part?.kind === 'actor' || (part?.kind === 'channel' && this.#homeOf[part.to] === met)
      })
      unheard.takeAway(own, this.#values)
    }
  }

  #fire({ event }: Step) {
    try {
      return this.components.fire(event, this.#values)
    } catch (error) {
      for (const met of this.#met) this.#working[met] = undefined
      throw error
    }
  }

  #meet(module: number, component = -1): number[] {
    if (module === APART) throw new Met(component)
    const known = this.#working[module]
    if (known !== undefined) return known
    const tuple = (this.list[module] as Module).tuples.list[this.#ids[module] as number] as readonly number[]
    const working = tuple.slice()
    this.#working[module] = working
    this.#met.push(module)
    return working
  }

  #get(component: number): number {
    if (this.#homeOf[component] === undefined) this.#settle(component, this.#homeFor(component))
    return this.#meet(this.#homeOf[component] as number, component)[this.#slotOf[component] as number] ?? 0
  }

  #set(component: number, value: number): void {
    if (this.#homeOf[component] === undefined) this.#settle(component, this.#homeFor(component))
    const working = this.#meet(this.#homeOf[component] as number, component)
    const slot = this.#slotOf[component] as number
    for (let other = working.length; other < slot; other++) working[other] = 0
    working[slot] = value
  }

  /**
   * A component that is new goes where its receiver is, or else where the event that made it came from. A channel
   * goes where its sender is, as a crash there takes from it too, and was perhaps worked out before it was known.
   */
  #homeFor(component: number): number {
    const part = this.components.list[component]
    if (part === undefined || !('to' in part)) return this.#home
    if (this.#homeOf[part.to] === APART) throw new Met(part.to)
    return this.#homeOf[part.kind === 'channel' ? part.from : part.to] ?? this.#home
  }

  #settle(component: number, home: number): void {
    const module = this.list[home] as Module
    this.#homeOf[component] = home
    this.#slotOf[component] = module.components.length
    module.components.push(component)
  }
}

/** Keeps a change under the numbers that it depends on. */
function remember(step: Step, change: Change): void {
  const { modules, before } = change
  if (modules.length === 1) {
    step.outcome = change
    return
  }
  step.outcome ??= { module: modules[1] as number, next: new Map() }
  let branch = step.outcome as Branch
  for (let index = 1; index < modules.length - 1; index++) {
    const id = before[index] as number
    const next = branch.next.get(id) ?? { module: modules[index + 1] as number, next: new Map() }
    branch.next.set(id, next)
    branch = next as Branch
  }
  branch.next.set(before[modules.length - 1] as number, change)
}
