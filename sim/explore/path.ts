// From a violation back to a run: which events led there, and what the ordinary scheduler makes of them. What a
// search found counts only once a real run has shown it too.

import { canonicalJson } from '../canonical.ts'
import type { Clock } from '../clock.ts'
import { HeddleError } from '../error.ts'
import type { Event } from '../event.ts'
import { encodeTrace, outcomeOf } from '../replay/trace.ts'
import type { Scenario } from '../scenario.ts'
import { NOT_STUCK, type Run, runSync } from '../scheduler.ts'
import type { Choice, ChoiceSource } from '../source.ts'
import type { Delivery } from '../system.ts'
import type { Components } from './components.ts'
import { STUCK } from './judging.ts'
import { Modules, type Step } from './modules.ts'
import type { Counterexample } from './report.ts'
import { type Found, isAtRest, type Renames, type Search } from './search.ts'

/** What a path ends in, and whether a cycle behind it never ends. */
export interface Path {
  /** Events, as `Components.events` numbers them. */
  readonly events: readonly number[]
  /** After how many events the rest of them repeats for ever. */
  readonly cycleFrom: number | null
}

/** The events from an initial state to a stored one, found again step by step. */
export function pathTo(search: Search, found: Found): Path {
  if (found.path !== undefined) return found.path
  if (found.kind === 'step' && found.event === undefined) return { events: [], cycleFrom: null }
  const states = [found.state]
  for (let state = found.state; search.store.parent(state) !== state; ) {
    state = search.store.parent(state)
    states.push(state)
  }
  states.reverse()
  const real = runThrough(search, states)
  const taken = real
    .slice(1)
    .map((after, index) => takenIn(search, real[index] as Int32Array, between(search, real[index], after)))
  if (found.event !== undefined) taken.push(takenIn(search, real.at(-1) as Int32Array, found.event))
  return { events: withUnheard(search.modules.components, taken), cycleFrom: null }
}

/** An event, and of a channel's the message that arrives. */
interface Taken {
  readonly event: number
  readonly item: number | undefined
}

function takenIn({ modules }: Search, ids: Int32Array, event: number): Taken {
  const kind = modules.components.events[event]
  if (kind?.kind !== 'channel') return { event, item: undefined }
  const [item] = modules.components.contents(kind.component, modules.valueOf(kind.component, ids))
  return { event, item }
}

/** The same with what the search took away because nobody hears it: in a run, it arrives before what is behind it. */
function withUnheard(components: Components, taken: readonly Taken[]): number[] {
  const { values } = Modules.begin(components)
  const view = {
    get: (component: number) => values[component] ?? 0,
    set: (component: number, value: number) => {
      for (let other = values.length; other < component; other++) values[other] = 0
      values[component] = value
    },
  }
  const events: number[] = []
  for (const { event, item } of taken) {
    const kind = components.events[event]
    const first = () =>
      kind?.kind === 'channel' ? components.contents(kind.component, view.get(kind.component))[0] : undefined
    for (; first() !== undefined && first() !== item; events.push(event)) components.fire(event, view)
    components.fire(event, view)
    events.push(event)
  }
  return events
}

/**
 * The states of a real run that ends in the last of some stored ones, each of which the search found from the one
 * before it. Whatever brings a state to its stored form renames all that led there too.
 */
function runThrough(search: Search, stored: readonly number[]): Int32Array[] {
  const real: Int32Array[] = []
  const stand = new Int32Array(search.initialOf(0).length)
  const scratch = stand.slice()
  for (const state of stored) {
    const wanted = stand.slice()
    search.read(state, wanted)
    const nexts = real.length === 0 ? [search.initialOf(state)] : afterAll(search, stand)
    const { next, renamings } = broughtTo(search, nexts, wanted)
    real.push(next)
    for (const ids of real) for (const renaming of renamings) renaming.apply(ids, scratch)
    stand.set(wanted)
  }
  return real
}

function afterAll({ modules }: Search, ids: Int32Array): Int32Array[] {
  return [...successors(modules, ids)].map(({ after }) => after)
}

/** Which of some states is stored as the wanted one, and what is renamed for it. */
function broughtTo(search: Search, nexts: readonly Int32Array[], wanted: Int32Array) {
  for (const next of nexts) {
    const brought = next.slice()
    const renamings: Renames[] = []
    search.canonical?.bring(brought, renamings)
    if (isSameState(brought, wanted)) return { next, renamings }
  }
  throw lost()
}

/** An event that leads from one state to another. */
function between(search: Search, ids: Int32Array | undefined, wanted: Int32Array): number {
  for (const { event, after } of successors(search.modules, ids as Int32Array)) {
    if (isSameState(after, wanted)) return event
  }
  throw lost()
}

function isSameState(a: Int32Array, b: Int32Array): boolean {
  return a.every((id, index) => id === b[index])
}

function lost(): HeddleError {
  return new HeddleError(
    'HEDDLE_INTERNAL',
    "heddle's own bug: a state of the search does not follow from the one it was found from. Is what is declared interchangeable really so?",
  )
}

export interface Successor {
  readonly event: number
  readonly after: Int32Array
  /** The timers that were set, where the modules keep that. */
  readonly set: readonly string[]
}

const NO_TIMERS: readonly string[] = []

/** Every event that is enabled in a state, with the state after it. */
export function* successors(modules: Modules, ids: Int32Array): Generator<Successor> {
  for (const module of modules.list.keys()) {
    const { targets, events } = modules.expansion(module, ids)
    for (const [index, target] of targets.entries()) {
      const after = ids.slice()
      after[module] = target
      yield { event: events[index] as number, after, set: NO_TIMERS }
    }
  }
  for (const { module, step } of stepsOf(modules, ids)) {
    const change = modules.change(step, module, ids)
    if (change.thrown) continue
    const after = ids.slice()
    for (const [index, met] of change.modules.entries()) after[met] = change.after[index] as number
    if (step.budget >= 0) after[step.budget] = (after[step.budget] as number) - 1
    yield { event: step.event, after, set: change.set }
  }
}

function* stepsOf(modules: Modules, ids: Int32Array): Generator<{ module: number; step: Step }> {
  for (const module of modules.list.keys()) {
    for (const step of modules.expansion(module, ids).steps) {
      if (modules.isAllowed(step, module, ids)) yield { module, step }
    }
  }
}

/** Runs the path through the ordinary scheduler, and records it. */
export function counterexample(
  scenario: Scenario,
  components: Components,
  found: Found,
  { path, shortest }: { path: Path; shortest: boolean },
): Counterexample {
  const property = found.property === STUCK ? NOT_STUCK : found.property
  const source = following(path, components, isAtRest(found))
  const goesToItsEnd = isAtRest(found) || found.kind === 'cycle'
  const run = runSync(scenario, goesToItsEnd ? { source } : { source, stopAt: property })
  const outcome = outcomeOf(run, property)
  if (outcome.property !== property) throw notShown(found, run)
  return {
    property,
    message: outcome.message ?? '',
    trace: encodeTrace(run, { seed: null, strategy: null, timing: 'untimed', property }),
    steps: run.steps.length,
    shortest,
    cycleFrom: path.cycleFrom,
  }
}

function notShown({ property }: Found, { verdict, steps }: Run): HeddleError {
  return new HeddleError(
    'HEDDLE_INTERNAL',
    `heddle's own bug: a search found "${property}" violated, and the run of its ${steps.length} steps ended with ${verdict}. Does an actor keep something outside its state?`,
  )
}

/** Chooses the events of a path; then, for what must be at rest, whatever else must happen, the oldest first. */
function following({ events, cycleFrom }: Path, components: Components, toRest: boolean): ChoiceSource {
  let next = 0
  return {
    untimed: true,
    cycleFrom: cycleFrom ?? undefined,
    choose(enabled, clock) {
      const event = events[next++]
      if (event === undefined) return toRest ? oldest(enabled, clock) : undefined
      return at(matching(event, components, enabled as readonly Delivery[]), clock)
    },
  }
}

function oldest(enabled: readonly Event[], clock: Clock): Choice | undefined {
  const event = enabled.find(({ fault }) => fault === undefined)
  return event === undefined ? undefined : at(event, clock)
}

function at(event: Event, clock: Clock): Choice {
  return { event, timeUs: clock.nextUs(event) }
}

/** The delivery that an event of the search is. */
function matching(event: number, components: Components, enabled: readonly Delivery[]): Delivery {
  const kind = components.events[event]
  const delivery = enabled.find((one) => {
    if (kind === undefined) return false
    if (kind.kind === 'timer') return one.to === kind.actor && one.timer === kind.timer.name
    const part = components.list[kind.component]
    if (kind.kind === 'channel') {
      if (part?.kind !== 'channel') return false
      return one.channel === `${components.system.members[part.from]?.name}>${part.name}`
    }
    const { from, to, message } = components.item(kind.item)
    const isPosted = one.channel === undefined && one.timer === undefined
    return isPosted && one.from === from && one.to === to && isSame(one.message, components, message)
  })
  if (delivery !== undefined) return delivery
  throw new HeddleError(
    'HEDDLE_INTERNAL',
    `heddle's own bug: an event of a search is not enabled in the run: ${JSON.stringify(kind)}. Does an actor keep something outside its state?`,
  )
}

function isSame(message: unknown, components: Components, number: number): boolean {
  const other = components.locals.messages.list[number]
  return canonicalJson(message, 'a message') === canonicalJson(other, 'a message')
}
