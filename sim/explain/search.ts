// Looks for an order in which a failing run holds, the smallest change first: one pair of events the other way round, two
// pairs together, and then some order that holds, one place after the other or a seed's, of which only the pairs are kept
// that it needs (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002; Choi and Zeller,
// "Isolating failure-inducing thread schedules", 2002). All within the budget of its trials; what it says of orders, it has run.

import type { TimingName } from '../clock.ts'
import type { Property } from '../property.ts'
import type { Deviation, Hold } from '../replay/deviations.ts'
import { ddmin } from '../shrink/ddmin.ts'
import type { Trial, Trials } from '../shrink/trials.ts'
import { random } from '../strategies/random.ts'
import { serial } from '../strategies/serial.ts'
import { type Every, everyOrder } from './every.ts'
import { byText, Ordered, type Pair, withReversed } from './reversal.ts'

/** How many pairs are tried alone, and of how many that hold the one that changes least is taken. */
const SINGLES_MAX = 96
const HOLDING_MAX = 12
const SEEDS_MAX = 16
/** Of an order of a seed that holds: with how many pairs the other way round it is looked at. */
const TURNED_MAX = 64
/** Where more orders than this fail with one pair turned round, there are too many to run all of them. */
const EXPLORED_MAX = 32
/** Runs that are kept back for leaving pairs out. */
const RESERVE = 24

/** What was found of the orders of a failing run. */
export interface Searched {
  /** The pairs that must all come the other way round, one at least, and the run in which they do. */
  readonly turned?: { readonly pairs: readonly Pair[]; readonly passing: Trial }
  /** Where it fails in every order that is possible. */
  readonly orders?: NonNullable<Every['orders']>
  /** How many orders fail, with one pair the other way round, and with several. */
  readonly tried: number
  readonly together: number
  /** Whether some were left out. */
  readonly bounded: boolean
}

/** A pair that was tried alone, and failed or cannot be; with the run, where it was one. */
interface Single {
  readonly pair: Pair
  readonly ordered: Ordered | undefined
}

/** One thing that may be otherwise: what to hold back for it, and what no longer. */
interface Change {
  readonly pair: Pair
  readonly holds: readonly Deviation[]
  readonly without: readonly Deviation[]
}

/** A run that holds with one pair the other way round. */
interface Holding {
  readonly pairs: readonly Pair[]
  readonly passing: Trial
  /** Not where the two have an order of their own, and what came of the attempt is another change. */
  readonly isTurned: boolean
  /** How many of the events that led to the violation do not come at all, as where something else goes wrong. */
  readonly missing: number
  /** How many pairs that depend on each other are the other way round with it. */
  readonly changes: number
  /** How many steps it has in common with the failing run. */
  readonly common: number
}

/** What changes less before what changes more; of those that change as much, what parts later. */
function byChanges(a: Holding, b: Holding): number {
  return (
    Number(b.isTurned) - Number(a.isTurned) ||
    a.missing - b.missing ||
    a.changes - b.changes ||
    b.common - a.common
  )
}

export class OrderSearch {
  readonly #trials: Trials
  readonly #failing: Trial
  readonly #claim: Property | undefined
  readonly #stepsMax: number
  #base: Ordered
  readonly #known = new Map<string, Trial | undefined>()
  readonly #ordered = new Map<Trial, Ordered>()
  readonly #orders = new Set<string>()
  #tried = 0
  #together = 0
  #bounded = false

  constructor(trials: Trials, failing: Trial, claim: Property | undefined) {
    this.#trials = trials
    this.#failing = failing
    this.#claim = claim
    this.#stepsMax = 4 * failing.run.steps.length + 200
    this.#base = this.#orderedOf(failing)
  }

  async search(): Promise<Searched> {
    const { scenario, deviations } = this.#failing
    // To know what would have come next, and so might come sooner.
    const whole = await this.#trials.beyond(scenario, deviations, this.#stepsMax)
    if (whole?.fails) this.#base = this.#orderedOf(whole)
    this.#orders.add(this.#base.key)
    const { found, singles } = await this.#singles()
    if (found !== undefined) return this.#result({ turned: found })
    const { orders, held, isCut = held !== undefined } = await this.#every()
    if (isCut) this.#bounded = true
    if (orders !== undefined) return this.#result({ orders })
    const turned = (await this.#pairs(singles)) ?? (await this.#guided(held))
    return this.#result(turned === undefined ? {} : { turned })
  }

  async #every(): Promise<Every> {
    if (this.#orders.size > EXPLORED_MAX) return {}
    return everyOrder(this.#trials, this.#failing.scenario, this.#claim, this.#half)
  }

  #result(found: Pick<Searched, 'turned' | 'orders'>): Searched {
    const bounded = this.#bounded || this.#trials.isSpent
    return { ...found, tried: this.#tried, together: this.#together, bounded }
  }

  get #half(): number {
    return Math.floor(this.#trials.left.runs / 2)
  }

  #orderedOf(trial: Trial): Ordered {
    const ordered = this.#ordered.get(trial) ?? new Ordered(trial.run, this.#trials.property, this.#claim)
    this.#ordered.set(trial, ordered)
    return ordered
  }

  /** One pair after the other; of several that hold, the one that changes least. */
  async #singles() {
    const pairs = this.#base.pairs()
    const singles: Single[] = []
    const holding: Holding[] = []
    for (const pair of pairs.slice(0, SINGLES_MAX)) {
      if (this.#trials.isSpent || holding.length >= HOLDING_MAX) break
      const trial = await this.#try([pair], this.#base.reversing([pair]))
      const ordered = trial === undefined ? undefined : this.#orderedOf(trial)
      if (trial?.fails === false && ordered !== undefined) {
        holding.push(this.#holding(pair, trial, ordered))
      } else singles.push({ pair, ordered })
    }
    if (singles.length < pairs.length) this.#bounded = true
    return { singles, found: holding.sort(byChanges)[0] }
  }

  #holding(pair: Pair, passing: Trial, ordered: Ordered): Holding {
    return {
      pairs: [pair],
      passing,
      isTurned: ordered.isTurned(pair),
      missing: this.#base.missingIn(ordered),
      changes: this.#base.turnedIn(ordered),
      common: this.#base.commonWith(ordered),
    }
  }

  /** Two pairs together: the second is one of the run that the first led to. */
  async #pairs(singles: readonly Single[]): Promise<Searched['turned']> {
    const until = this.#trials.left.runs - this.#half
    const work = singles.map(({ pair, ordered = this.#base }) => ({ pair, ordered, next: ordered.pairs() }))
    const longest = Math.max(0, ...work.map(({ next }) => next.length))
    for (let place = 0; place < longest; place++) {
      for (const { pair, ordered, next } of work) {
        const second = next[place]
        if (second === undefined || isSameTwo(pair, second)) continue
        if (this.#trials.left.runs <= until) {
          this.#bounded = true
          return undefined
        }
        const holds = [...this.#base.reversing([pair]), ...ordered.reversing([second])]
        const trial = await this.#try([pair, second], holds)
        if (trial === undefined || trial.fails || !this.#areTurned([pair, second], trial)) continue
        const alone = await this.#try([second], this.#base.reversing([second]))
        if (this.#trials.isSpent) return undefined
        if (alone?.fails === false) return { pairs: [second], passing: alone }
        return { pairs: [pair, second], passing: trial }
      }
    }
    return undefined
  }

  /** Some order that holds, and of the pairs that are the other way round in it those that are needed. */
  async #guided(known: Trial | undefined): Promise<Searched['turned']> {
    const found = known === undefined ? undefined : await this.#neededOf(known)
    if (found !== undefined) return found
    for (const manner of guides(this.#trials.timing)) {
      if (this.#trials.left.runs <= RESERVE) return undefined
      const held = await this.#trials.holding(this.#failing.scenario, manner, this.#stepsMax)
      const needed = held === undefined ? undefined : await this.#neededOf(held)
      if (needed !== undefined) return needed
    }
    return undefined
  }

  async #neededOf(held: Trial): Promise<Searched['turned']> {
    const turned = this.#base.turned(this.#orderedOf(held))
    const byPair = turned.map((pair): Change => ({ pair, holds: this.#base.reversing([pair]), without: [] }))
    return (await this.#needed(byPair)) ?? (await this.#needed(this.#changesTo(held)))
  }

  /** What it does otherwise than the failing run: all of that together comes to the very same order, at times that fit. */
  #changesTo({ deviations }: Trial): readonly Change[] {
    const ofFailing = this.#failing.deviations.filter(isHold)
    const ofHeld = deviations.filter(isHold)
    const added = without(ofHeld, ofFailing).map(
      (one): Change => ({ pair: [one.event, one.until], holds: [one], without: [] }),
    )
    const removed = without(ofFailing, ofHeld).map(
      (one): Change => ({ pair: [one.until, one.event], holds: [], without: [one] }),
    )
    return [...added, ...removed]
  }

  async #needed(changes: readonly Change[]): Promise<Searched['turned']> {
    if (changes.length === 0 || changes.length > TURNED_MAX) return undefined
    const holds = async (part: readonly Change[]) => {
      const trial = part.length === 0 ? undefined : await this.#changed(part)
      return trial?.fails === false ? part : undefined
    }
    if ((await holds(changes)) === undefined) return undefined
    const needed = await ddmin(changes, holds)
    const pairs = needed.map(({ pair }) => pair)
    const passing = await this.#changed(needed)
    // Without runs that were left to be made, nobody knows whether all are needed.
    if (this.#trials.isSpent || passing === undefined || !this.#areTurned(pairs, passing)) return undefined
    return { pairs, passing }
  }

  #changed(changes: readonly Change[]): Promise<Trial | undefined> {
    const pairs = changes.map(({ pair }) => pair)
    const holds = changes.flatMap((change) => change.holds)
    const left = changes.flatMap((change) => change.without)
    return this.#try(pairs, holds, without(this.#failing.deviations, left))
  }

  #areTurned(pairs: readonly Pair[], trial: Trial): boolean {
    const other = this.#orderedOf(trial)
    return pairs.every(
      ([first, second]) => this.#base.isTurned([second, first]) && other.isTurned([first, second]),
    )
  }

  /** The failing schedule with pairs the other way round, run once; undefined where it cannot be, or comes to no end. */
  async #try(
    pairs: readonly Pair[],
    holds: readonly Deviation[],
    deviations = this.#failing.deviations,
  ): Promise<Trial | undefined> {
    const changed = withReversed(deviations, pairs, holds)
    const key = JSON.stringify(changed.map((one) => JSON.stringify(one)).sort(byText))
    if (this.#known.has(key)) return this.#known.get(key)
    if (this.#trials.isSpent) return undefined
    const trial = await this.#trials.beyond(this.#failing.scenario, changed, this.#stepsMax)
    this.#known.set(key, trial)
    if (trial?.fails) this.#count(trial, pairs.length)
    return trial
  }

  /** An order that fails is counted once, whatever led to it. */
  #count(trial: Trial, pairs: number): void {
    const { key } = this.#orderedOf(trial)
    if (this.#orders.has(key)) return
    this.#orders.add(key)
    if (pairs === 1) this.#tried++
    else this.#together++
  }
}

/** Ways to come by an order that holds. */
function* guides(timing: TimingName) {
  yield { seed: 1, strategy: serial, timing: 'untimed' } as const
  for (let seed = 1; seed <= SEEDS_MAX; seed++) yield { seed, strategy: random, timing } as const
}

function isHold(one: Deviation): one is Hold {
  return one.kind === 'hold'
}

/** Those of the one list that are not in the other. */
function without<One extends Deviation>(deviations: readonly One[], others: readonly Deviation[]): One[] {
  const left = new Set(others.map((one) => JSON.stringify(one)))
  return deviations.filter((one) => !left.has(JSON.stringify(one)))
}

function isSameTwo([a, b]: Pair, [c, d]: Pair): boolean {
  return (a === c && b === d) || (a === d && b === c)
}
