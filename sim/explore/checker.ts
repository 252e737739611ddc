// One check of a scenario: puts the parts together, what is searched apart, what a search rests on, and what it
// came to. Begins again where a search has shown that it rested on too little.

import { afterMacrotask } from '../host.ts'
import type { Scenario } from '../scenario.ts'
import type { System } from '../system.ts'
import { beginShared, beginSplit } from './budgets.ts'
import { Components } from './components.ts'
import { Cycles } from './cycles.ts'
import { Declared } from './declared.ts'
import { holdClaims } from './declared-claims.ts'
import { Interactions } from './interactions.ts'
import { isForMany, Levels, type SearchPool } from './levels.ts'
import { mayStay, neverComing } from './liveness.ts'
import { Met, Misplaced, Modules, Unshared } from './modules.ts'
import { PersistentSets } from './persistent.ts'
import { type CheckOptions, REDUCTIONS, type Reduction } from './report.ts'
import { type Reported, reportOf } from './reporting.ts'
import { Resting } from './resting.ts'
import { savedBy } from './savings.ts'
import { isAtRest, Search } from './search.ts'
import { SymmetryReduction } from './symmetry.ts'
import { type Part, type Plan, Systems } from './systems.ts'
import { Unheard } from './unheard.ts'
import { Watchers } from './watchers.ts'

/** Events between two turns of the event loop, so that signals and progress get through. */
const TRANSITIONS_PER_TURN = 200_000
const TRANSITIONS_OF_FIRST = 10_000
const FIRST_TURNS = 4

/** More numbers of a module than this, and smaller modules do better. */
const MODULE_MAX = 100_000

/** A search, and what it rests on. */
interface Running {
  readonly search: Search
  readonly symmetry: SymmetryReduction | undefined
  readonly persistent: PersistentSets | undefined
}

export class Checker {
  readonly #scenario: Scenario
  readonly #options: CheckOptions
  readonly #reductions: Set<Reduction>
  readonly #components: Components
  readonly #watchers: Watchers
  readonly #systems: Systems
  readonly #begun: ReturnType<typeof Modules.begin>
  readonly #unheard: Unheard
  readonly #declared: Declared
  // Whether runs may go on for ever; found by searching as if none did.
  #mayCycle = false
  // Whether events are kept with what they did, as the search for runs without end needs it.
  #keepsSteps = false
  // How each of several systems comes to rest.
  #resting: Resting | undefined
  #done: readonly Running[] = []

  constructor(scenario: Scenario, system: System, options: CheckOptions) {
    this.#scenario = scenario
    this.#options = options
    this.#reductions = new Set(options.reductions ?? REDUCTIONS)
    // Whether a state was looked into is known by its number, which depth first says nothing.
    if (options.order === 'depth first') this.#reductions.delete('partial order')
    // What leads to what is about the order of events that only together matter.
    if (scenario.properties.some(({ kind }) => kind === 'leadsTo')) this.#leaveNothingOut()
    this.#watchers = new Watchers(scenario.properties)
    this.#components = new Components(system, this.#watchers)
    this.#begun = Modules.begin(this.#components)
    const { properties, symmetries = [] } = scenario
    this.#systems = new Systems(this.#components, properties, symmetries, this.#reductions)
    if (this.#systems.isWatchedTogether) this.#reductions.delete('partial order')
    this.#unheard = new Unheard(this.#components, this.#systems.renamings)
    this.#declared = new Declared(this.#components, this.#reductions.has('symmetry') ? symmetries : [])
  }

  async run(): Promise<Reported> {
    for (let isWhole = false; ; ) {
      const plan = this.#systems.plan(isWhole)
      try {
        const searches = await this.#searchAll(plan)
        if (searches === 'too large') isWhole = true
        else if (
          searches !== 'in vain' &&
          this.#allStand(searches) &&
          this.#judgeRunsWithoutEnd(searches, plan) &&
          this.#restTogether(searches, plan)
        ) {
          if (!this.#begun.thrown) this.#declared.hold(this.#begun.values)
          const reported = this.#report(plan, searches)
          holdClaims(reported.report, searches, {
            components: this.#components,
            scenario: this.#scenario,
            begin: this.#begun.values,
          })
          return reported
        }
      } catch (error) {
        // The fault is known from now on, and its module gets a share.
        if (error instanceof Unshared) continue
        // The component is known from now on, and put where its likes are.
        if (error instanceof Misplaced) continue
        // What was taken to be apart meets after all: once more, with both together.
        if (!(error instanceof Met)) throw error
        this.#systems.unite([
          error.component,
          plan.parts[this.#done.length]?.homes.findIndex((home) => home >= 0) ?? 0,
        ])
      }
    }
  }

  /** Whether the searches rest on nothing that they have shown to be wrong; otherwise, once more. */
  #allStand(searches: readonly Running[]): boolean {
    if (!this.#unheard.allStand()) return false
    if (this.#mayCycle || searches.every(({ persistent }) => persistent === undefined)) return true
    this.#mayCycle = searches.some(({ search }) => new Cycles(search.modules).isPossible)
    return !this.#mayCycle
  }

  /**
   * Looks for runs that never rest and never come to what a claim promises; false where the searches have left out
   * what that needs, so that they must be done once more.
   */
  #judgeRunsWithoutEnd(searches: readonly Running[], { parts }: Plan): boolean {
    for (const [index, { search, symmetry, persistent }] of searches.entries()) {
      const { claims } = parts[index] as Part
      if (claims.leadsTo.length === 0 && claims.eventually.length === 0) continue
      if (search.bound !== undefined || search.isSettled) continue
      const cycles = new Cycles(search.modules)
      const isRoundPossible = cycles.isPossible && mayStay(search, cycles)
      if (!isRoundPossible && claims.leadsTo.length === 0) continue
      if (symmetry !== undefined || persistent !== undefined || !this.#keepsSteps) {
        this.#leaveNothingOut()
        return false
      }
      search.found.push(...neverComing(search, claims).filter((one) => !search.isFound(one.property)))
    }
    return true
  }

  /** Whether what is wrong at rest may be so in a run, where the other systems rest too; or all must be together. */
  #restTogether(searches: readonly Running[], { parts, systems, groups }: Plan): boolean {
    const resting = new Resting(this.#components, groups, this.#begun.values)
    this.#resting = resting
    const restsAlone = searches.some(
      ({ search }, index) =>
        systems > 1 && search.found.some(isAtRest) && resting.besides(parts[index] as Part) === undefined,
    )
    if (restsAlone) this.#systems.uniteAll()
    return !restsAlone
  }

  #leaveNothingOut(): void {
    this.#keepsSteps = true
    this.#reductions.delete('symmetry')
    this.#reductions.delete('partial order')
  }

  /** Searches the parts of a plan one after the other; or says why they must begin again. */
  async #searchAll({ parts }: Plan): Promise<readonly Running[] | 'too large' | 'in vain'> {
    this.#done = []
    for (const part of parts) {
      const running = this.#begin(part)
      const { search } = running
      for (let turn = 0; !search.advance(this.#transitionsOf(turn)); turn++) {
        if (this.#isTooLarge(part, search)) return 'too large'
        // What a search rests on mostly turns out to be too little in its beginning, if it does.
        if (turn < FIRST_TURNS && !this.#allStand([running])) return 'in vain'
        await this.#turn(search)
        if (!isForMany(search, this.#options.pool)) continue
        await this.#goOn(search, part)
        break
      }
      this.#done = [...this.#done, running]
      const isFound = search.isSettled
      if (isFound || search.bound !== undefined || this.#begun.thrown) break
    }
    return this.#done
  }

  #transitionsOf(turn: number): number {
    const all = turn < FIRST_TURNS ? TRANSITIONS_OF_FIRST : TRANSITIONS_PER_TURN
    return Math.min(all, this.#options.pool?.statesMin ?? all)
  }

  async #turn(search: Search): Promise<void> {
    this.#tell(search)
    await new Promise<void>((resolve) => afterMacrotask(resolve))
  }

  async #goOn(search: Search, part: Part): Promise<void> {
    const levels = new Levels(search, {
      pool: this.#options.pool as SearchPool,
      turn: () => this.#turn(search),
      isTooLarge: () => this.#isTooLarge(part, search),
    })
    search.levels = levels
    await levels.run()
  }

  #isTooLarge({ homes }: Part, { modules }: Search): boolean {
    if (this.#reductions.size > 0 || Math.max(...homes) === 0) return false
    const [first] = modules.list.map(({ tuples }) => tuples.list.length).sort((a, b) => b - a)
    return (first ?? 0) > MODULE_MAX && modules.list.length < this.#components.system.members.length
  }

  #begin({ homes, claims }: Part): Running {
    const { budgets = {} } = this.#components.system.definition
    const { values } = this.#begun
    const reduced = this.#reductions.has('partial order')
      ? beginSplit(this.#components, {
          homes,
          budgets,
          values,
          unheard: this.#unheard,
          renamings: this.#systems.renamings,
        })
      : undefined
    const { modules, initial } = reduced ?? beginShared(this.#components, { homes, budgets, values })
    const symmetry = this.#symmetryOf(modules, initial)
    const persistent =
      reduced === undefined
        ? undefined
        : new PersistentSets(
            modules,
            new Interactions(modules.list.length, this.#systems.hubs(homes), symmetry?.neighbours ?? []),
          )
    modules.keepsSteps = this.#keepsSteps
    modules.onChange = (change) => persistent?.note(change)
    const search = new Search(modules, claims, initial, {
      ...this.#options,
      canonical: symmetry,
      persistent,
      until: this.#until(),
      needsIndex: persistent !== undefined || this.#keepsSteps,
      mayCycle: this.#mayCycle,
      // All parts begin with the same starts, so that one part is enough to say what these came to.
      begun: this.#done.length === 0 ? this.#begun : { said: [], thrown: false },
    })
    return { search, symmetry, persistent }
  }

  /** The properties after whose violations there is nothing more to find; none to go on to the end. */
  #until(): false | readonly string[] {
    const { everyProperty = false } = this.#options
    // Code may throw, and somebody may wait, in any state; and claims that hold are not violated anywhere.
    return everyProperty === true ? [] : everyProperty
  }

  #symmetryOf(modules: Modules, initial: readonly Int32Array[]): SymmetryReduction | undefined {
    const { symmetries = [] } = this.#scenario
    const isUseful = this.#reductions.has('symmetry') && symmetries.length > 0 && !this.#begun.thrown
    if (!isUseful) return undefined
    const symmetry = new SymmetryReduction(modules, symmetries, initial)
    return symmetry.isEmpty ? undefined : symmetry
  }

  #tell(search: Search): void {
    const before = this.#done.map((one) => one.search)
    const total = (of: (search: Search) => number) =>
      [...before, search].reduce((sum, one) => sum + of(one), 0)
    this.#options.onProgress?.({
      states: total(({ states }) => states),
      transitions: total(({ transitions }) => transitions),
      frontier: search.frontier,
      depth: search.depth,
      storedBytes: total(({ storedBytes }) => storedBytes),
    })
  }

  #report(plan: Plan, running: readonly Running[]): Reported {
    const searches = running.map(({ search }) => search)
    const counted = running.map((one, index) => ({ ...one, systems: (plan.parts[index] as Part).systems }))
    const inForce: Readonly<Record<Reduction, boolean | undefined>> = {
      composition: plan.systems > 1,
      symmetry: plan.systems > plan.parts.length || running.some(({ symmetry }) => symmetry?.applied),
      'partial order':
        (!this.#keepsSteps && this.#unheard.applied) || running.some(({ persistent }) => persistent?.applied),
    }
    const reductions = REDUCTIONS.filter((reduction) => inForce[reduction])
    const isWhole = searches.length === plan.parts.length && searches.every(({ isDone }) => isDone)
    return reportOf(this.#scenario, searches, {
      plan,
      resting: this.#resting,
      components: this.#components,
      renamings: this.#systems.renamings,
      reductions,
      saved: savedBy(reductions, counted, isWhole),
      isShortest: this.#options.order !== 'depth first' && !inForce['partial order'],
    })
  }
}
