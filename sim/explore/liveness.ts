// Claims about what comes in the end, in runs that never rest: looks for a way into states in which a claim does
// not hold, and round in them for ever, such that every event which is no fault and stays enabled happens, or is
// set anew (weak fairness). The states that can lead back to themselves are the strongly connected parts of the
// graph (Vardi and Wolper, "An automata-theoretic approach to automatic program verification", 1986).

import type { Claims, Reader, StateClaim } from './claims.ts'
import { type Cycles, stronglyConnected } from './cycles.ts'
import { type Path, pathTo, type Successor, successors } from './path.ts'
import type { Found, Search } from './search.ts'

/** An event between two states of a region, by their places in it. */
interface Arrow {
  readonly to: number
  readonly event: number
  readonly set: readonly string[]
}

/** States in which a claim does not hold, and the events between them. */
interface Region {
  /** Numbers of the states in the search. */
  readonly states: readonly number[]
  readonly arrows: readonly (readonly Arrow[])[]
  /** By place, whether nothing must happen any more. */
  readonly isRest: readonly boolean[]
}

/** Whether in some state all that must happen may be part of a cycle, so that a fair run could stay in one. */
export function mayStay(search: Search, cycles: Cycles): boolean {
  const { modules } = search
  return search.some(
    (ids) =>
      modules.list.every((_, module) => turnsIn(search, cycles, { module, ids })) && isActive(search, ids),
  )
}

function turnsIn(
  { modules }: Search,
  cycles: Cycles,
  { module, ids }: { module: number; ids: Int32Array },
): boolean {
  const id = ids[module] as number
  // On a cycle, a timer may be set anew again and again, and never go off.
  if (cycles.isOn(module, id)) return true
  const { targets, steps } = modules.expansion(module, ids)
  return (
    targets.every((target) => cycles.turns({ modules: [module], before: [id], after: [target] })) &&
    steps.every((step) => step.isFault || cycles.turns(modules.change(step, module, ids)))
  )
}

function isActive({ modules }: Search, ids: Int32Array): boolean {
  return modules.list.some((_, module) => modules.expansion(module, ids).isActive)
}

/** What never comes in some fair run of a search that left nothing out. */
export function neverComing(search: Search, claims: Claims): Found[] {
  const liveness = new Liveness(search, claims)
  return [
    ...claims.eventually.flatMap((claim) => liveness.eventually(claim) ?? []),
    ...claims.leadsTo.flatMap((claim) => liveness.leadsTo(claim) ?? []),
  ]
}

class Liveness {
  readonly #search: Search
  readonly #claims: Claims
  readonly #reader: Reader
  readonly #ids: Int32Array

  constructor(search: Search, claims: Claims) {
    this.#search = search
    this.#claims = claims
    this.#ids = search.initialOf(0)
    const { modules } = search
    const { locals } = modules.components
    this.#reader = (actor) => locals.local(actor, modules.valueOf(actor, this.#ids)).state
  }

  eventually(claim: StateClaim): Found | undefined {
    const isOpen = () => this.#claims.judge(claim, this.#reader) !== undefined
    const region = this.#region(this.#statesWhere(isOpen), isOpen)
    return this.#cycleIn(region, { property: claim.name, message: 'it never holds again' })
  }

  leadsTo({ name, from, to }: Claims['leadsTo'][number]): Found | undefined {
    const isOpen = () => !this.#claims.isTrue(to, this.#reader)
    const begins = this.#statesWhere(() => isOpen() && this.#claims.isTrue(from, this.#reader))
    const region = this.#region(begins, isOpen)
    const said = { property: name, message: 'nothing ever comes of it' }
    const rest = region.isRest.indexOf(true)
    if (rest < 0) return this.#cycleIn(region, said)
    const events = this.#way(region, new Set(begins.map((state) => region.states.indexOf(state))), rest)
    return {
      ...said,
      state: events.state,
      event: undefined,
      kind: 'rest',
      path: { events: events.all, cycleFrom: null },
    }
  }

  #statesWhere(holds: () => boolean): number[] {
    const found: number[] = []
    for (let state = 0; state < this.#search.store.count; state++) {
      this.#search.read(state, this.#ids)
      if (holds()) found.push(state)
    }
    return found
  }

  /** All states that follow from some while the claim stays open, these included. */
  #region(begins: readonly number[], isOpen: () => boolean): Region {
    const { modules, store } = this.#search
    const places = new Map(begins.map((state, place) => [state, place]))
    const states = [...begins]
    const arrows: Arrow[][] = []
    const isRest: boolean[] = []
    for (const state of states) {
      this.#search.read(state, this.#ids)
      const from = this.#ids.slice()
      isRest.push(!isActive(this.#search, from))
      const out: Arrow[] = []
      for (const { event, after, set } of [...successors(modules, from)] as Successor[]) {
        const next = store.indexOf(this.#search.encode(after))
        this.#ids.set(after)
        if (next < 0 || !isOpen()) continue
        const known = places.get(next)
        if (known === undefined) {
          places.set(next, states.length)
          states.push(next)
        }
        out.push({ to: known ?? states.length - 1, event, set })
      }
      arrows.push(out)
    }
    return { states, arrows, isRest }
  }

  #cycleIn(region: Region, said: { property: string; message: string }): Found | undefined {
    const part = stronglyConnected(region.states.length, (place) =>
      (region.arrows[place] ?? []).map(({ to }) => to),
    )
    const parts = new Map<number, number[]>()
    for (const [place, number] of part.entries()) parts.set(number, [...(parts.get(number) ?? []), place])
    for (const places of parts.values()) {
      const round = this.#fairRound(region, new Set(places))
      if (round === undefined) continue
      const [start = 0] = places
      const state = region.states[start] as number
      const prefix = pathTo(this.#search, { ...said, state, event: undefined, kind: 'state' }).events
      const path: Path = { events: [...prefix, ...round], cycleFrom: prefix.length }
      return { ...said, state, event: undefined, kind: 'cycle', path }
    }
    return undefined
  }

  /** A way round in a strongly connected part, from its first state, that is fair; undefined where none is. */
  #fairRound(region: Region, places: ReadonlySet<number>): number[] | undefined {
    const [start = 0] = places
    const inside = (place: number) => (region.arrows[place] ?? []).filter(({ to }) => places.has(to))
    if (![...places].some((place) => inside(place).length > 0)) return undefined
    const round: number[] = []
    let at = start
    const go = (isThere: (place: number) => boolean, last?: Arrow) => {
      const way = shortest(at, isThere, inside)
      round.push(...way.map(({ event }) => event))
      at = way.at(-1)?.to ?? at
      if (last === undefined) return
      round.push(last.event)
      at = last.to
    }
    for (const event of this.#required(region, start)) {
      const timer = this.#search.modules.components.timerOf(event)
      const isOff = [...places].find((place) => !this.#required(region, place).includes(event))
      if (isOff !== undefined) {
        go((place) => place === isOff)
        continue
      }
      const witness = [...places]
        .flatMap((place) => inside(place).map((arrow) => ({ place, arrow })))
        .find(({ arrow }) => arrow.event === event || (timer !== undefined && arrow.set.includes(timer)))
      if (witness === undefined) return undefined
      go((place) => place === witness.place, witness.arrow)
    }
    if (round.length === 0) {
      const [first] = inside(start)
      if (first === undefined) return undefined
      round.push(first.event)
      at = first.to
    }
    go((place) => place === start)
    return round
  }

  /** The events that must happen, sooner or later, in a state. */
  #required({ states }: Region, place: number): number[] {
    const { modules } = this.#search
    this.#search.read(states[place] as number, this.#ids)
    return modules.list.flatMap((_, module) => {
      const { events, steps } = modules.expansion(module, this.#ids)
      return [...events, ...steps.filter(({ isFault }) => !isFault).map(({ event }) => event)]
    })
  }

  /** The events from an initial state through one where the claim opens to another state of the region. */
  #way(region: Region, begins: ReadonlySet<number>, to: number): { all: number[]; state: number } {
    const back = shortestFrom(begins, to, (place) => region.arrows[place] ?? [])
    const state = region.states[back.from] as number
    const prefix = pathTo(this.#search, {
      property: '',
      message: '',
      state,
      event: undefined,
      kind: 'state',
    }).events
    return { all: [...prefix, ...back.way.map(({ event }) => event)], state }
  }
}

function shortest(
  from: number,
  isThere: (place: number) => boolean,
  next: (place: number) => readonly Arrow[],
): Arrow[] {
  const come = new Map<number, { before: number; arrow: Arrow } | undefined>([[from, undefined]])
  for (const [place] of come) {
    if (isThere(place)) return wayBack(come, place).way
    for (const arrow of next(place)) if (!come.has(arrow.to)) come.set(arrow.to, { before: place, arrow })
  }
  return []
}

function shortestFrom(
  begins: ReadonlySet<number>,
  to: number,
  next: (place: number) => readonly Arrow[],
): { from: number; way: Arrow[] } {
  const come = new Map<number, { before: number; arrow: Arrow } | undefined>(
    [...begins].map((place) => [place, undefined]),
  )
  for (const [place] of come) {
    if (place === to) break
    for (const arrow of next(place)) if (!come.has(arrow.to)) come.set(arrow.to, { before: place, arrow })
  }
  return wayBack(come, to)
}

function wayBack(
  come: ReadonlyMap<number, { before: number; arrow: Arrow } | undefined>,
  to: number,
): { from: number; way: Arrow[] } {
  const way: Arrow[] = []
  let at = to
  for (let step = come.get(at); step !== undefined; step = come.get(at)) {
    way.unshift(step.arrow)
    at = step.before
  }
  return { from: at, way }
}
