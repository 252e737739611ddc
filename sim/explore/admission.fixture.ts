// For tests and benchmarks only: the admission race. The connections of a user race for the one place of its
// owner; messages that came early are processed once their connection is ready, and each is answered with five
// events. A step is one event of a connection with the whole reaction of its user's coordinator.

import { type Actor, actor, type Context } from '../actor.ts'
import { type Always, always } from '../property.ts'
import { type Scenario, type Symmetry, scenario } from '../scenario.ts'
import { System } from '../system.ts'

export interface AdmissionSize {
  readonly users: number
  /** Of each user. */
  readonly connections: number
  /** Of each connection. */
  readonly messages: number
  /** Of all users together. */
  readonly drops: number
}

interface AdmissionOptions {
  /** Makes *auth* admit a connection although there is an owner, as long as that is not ready. */
  readonly bug?: boolean
}

export interface Connection {
  phase: 'idle' | 'accepted' | 'waiting' | 'initialising' | 'ready' | 'gone'
  sent: number
  queued: number
  done: number
  /** The message that is being processed; 0 if none. */
  processing: number
  /** Of the events for that message. */
  emitted: number
  received: number
}

export interface Coordinator {
  owner: string | null
  /** First come, first served. */
  waiting: string[]
}

type Step = 'accept' | 'auth' | 'init' | 'message' | 'emit' | 'receive' | 'drop'
type ConnectionMessage = { type: Step | 'admit' | 'wait' } | { type: 'yield?'; to: string }
type CoordinatorMessage =
  | { type: 'auth' | 'left'; by: string }
  | { type: 'answer'; yields: boolean; to: string }

const EVENTS_OF_A_MESSAGE = 5
const STEPS: readonly Step[] = ['accept', 'auth', 'init', 'message', 'emit', 'receive', 'drop']
const IDLE: Connection = {
  phase: 'idle',
  sent: 0,
  queued: 0,
  done: 0,
  processing: 0,
  emitted: 0,
  received: 0,
}

function isOpen({ phase }: Connection): boolean {
  return phase !== 'idle' && phase !== 'gone'
}

function isAdmitted({ phase }: Connection): boolean {
  return phase === 'initialising' || phase === 'ready'
}

/** Whether a connection may take a step; the budget of drops is the system's. */
function mayTake(step: Step, state: Connection, messages: number): boolean {
  switch (step) {
    case 'accept':
      return state.phase === 'idle'
    case 'auth':
      return state.phase === 'accepted'
    case 'init':
      return state.phase === 'initialising'
    case 'message':
      return isOpen(state) && state.sent < messages
    case 'emit':
      return state.processing > 0 && state.emitted < EVENTS_OF_A_MESSAGE
    case 'receive':
      return state.received < state.emitted
    case 'drop':
      return isOpen(state)
  }
}

/** Begins with the next message, where there is one and nothing else is being processed. */
function startNext(state: Connection): void {
  if (state.phase !== 'ready' || state.processing > 0 || state.queued === 0) return
  state.queued--
  state.processing = state.done + 1
}

function receiveEvent(state: Connection): void {
  state.received++
  if (state.received < EVENTS_OF_A_MESSAGE) return
  state.done++
  state.processing = 0
  state.emitted = 0
  state.received = 0
  startNext(state)
}

function connection(user: string, messages: number): Actor<Connection, ConnectionMessage> {
  const coordinator = `${user}/coordinator`
  const react = (state: Connection, message: ConnectionMessage, { self, send }: Context) => {
    switch (message.type) {
      case 'accept':
        state.phase = 'accepted'
        return
      case 'auth':
        return send(coordinator, { type: 'auth', by: self })
      case 'admit':
        state.phase = 'initialising'
        return
      case 'wait':
        state.phase = 'waiting'
        return
      case 'yield?':
        return send(coordinator, { type: 'answer', yields: state.phase !== 'ready', to: message.to })
      case 'init':
        state.phase = 'ready'
        return startNext(state)
      case 'message':
        state.sent++
        state.queued++
        return startNext(state)
      case 'emit':
        state.emitted++
        return
      case 'receive':
        return receiveEvent(state)
      case 'drop':
        Object.assign(state, IDLE, { phase: 'gone' })
        return send(coordinator, { type: 'left', by: self })
    }
  }
  /** Sets the timers of the steps that are allowed now, and of no others. */
  const arm = (state: Connection, { setTimer, cancelTimer }: Context) => {
    for (const step of STEPS) {
      if (!mayTake(step, state, messages)) cancelTimer(step)
      else setTimer(step, '0ms', { type: step }, step === 'drop' ? { fault: 'drops' } : {})
    }
  }
  return actor<Connection, ConnectionMessage>({
    initial: IDLE,
    host: user,
    start: (state, context) => arm(state, context),
    receive(state, message, context) {
      react(state, message, context)
      arm(state, context)
    },
  })
}

function coordinator(
  user: string,
  { bug = false }: AdmissionOptions,
): Actor<Coordinator, CoordinatorMessage> {
  const admit = (state: Coordinator, name: string, { send }: Context) => {
    state.owner = name
    send(name, { type: 'admit' })
  }
  const wait = (state: Coordinator, name: string, { send }: Context) => {
    state.waiting.push(name)
    send(name, { type: 'wait' })
  }
  return actor<Coordinator, CoordinatorMessage>({
    initial: { owner: null, waiting: [] },
    host: user,
    receive(state, message, context) {
      switch (message.type) {
        case 'auth':
          if (state.owner === null) return admit(state, message.by, context)
          if (bug) return context.send(state.owner, { type: 'yield?', to: message.by })
          return wait(state, message.by, context)
        case 'answer':
          return message.yields ? admit(state, message.to, context) : wait(state, message.to, context)
        case 'left': {
          state.waiting = state.waiting.filter((name) => name !== message.by)
          if (state.owner !== message.by) return
          state.owner = null
          const next = state.waiting.shift()
          if (next !== undefined) admit(state, next, context)
        }
      }
    },
  })
}

type View = Readonly<Record<string, unknown>>

/** What is claimed of one user, by what looks at that user alone. */
function claimsOf(user: string, tabs: readonly string[]): readonly Always[] {
  const owner = (view: View) => (view[`${user}/coordinator`] as Coordinator).owner
  const each = (view: View) => tabs.map((name) => ({ name, ...(view[name] as Connection) }))
  return [
    always(`${user}: whoever is admitted is the owner, and the only one`, (view: View) => {
      const admitted = each(view).filter(isAdmitted)
      if (admitted.length > 1) return `${admitted.map(({ name }) => name).join(' and ')} are both admitted`
      return admitted.every(({ name }) => name === owner(view))
    }),
    always(`${user}: nothing is processed before its connection is ready`, (view: View) =>
      each(view).every(({ phase, processing }) => processing === 0 || phase === 'ready'),
    ),
    always(`${user}: every message is done, queued or being processed`, (view: View) =>
      each(view).every(
        ({ sent, done, queued, processing }) => sent === done + queued + (processing > 0 ? 1 : 0),
      ),
    ),
    always(`${user}: no event is received before it is emitted`, (view: View) =>
      each(view).every(({ received, emitted }) => received <= emitted),
    ),
    always(`${user}: nobody waits where there is no owner`, (view: View) => {
      return owner(view) !== null || each(view).every(({ phase }) => phase !== 'waiting')
    }),
  ]
}

/** The race at one size. Its connections are interchangeable within each user, and then the users. */
export function admission(size: AdmissionSize, options: AdmissionOptions = {}): Scenario {
  const { users, connections, messages, drops } = size
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)
  // Unique over all users, so that a connection can be renamed beside those of other users.
  const blocks = numbers(users).map((user) => ({
    user: `user-${user + 1}`,
    tabs: numbers(connections).map((index) => `tab-${user * connections + index + 1}`),
  }))
  const actors = blocks.flatMap(({ user, tabs }): (readonly [string, Actor<any, any>])[] => [
    [`${user}/coordinator`, coordinator(user, options)],
    ...tabs.map((tab) => [`${user}/${tab}`, connection(user, messages)] as const),
  ])
  const symmetries: readonly Symmetry[] = [
    ...blocks.map(({ tabs }) => ({ blocks: tabs.map((tab) => [tab]) })),
    { blocks: blocks.map(({ user, tabs }) => [user, ...tabs]) },
  ]
  return scenario({
    name: 'admission',
    parameters: { ...size, bug: options.bug ?? false },
    system: new System({ actors: Object.fromEntries(actors), budgets: { drops } }),
    properties: blocks.flatMap(({ user, tabs }) =>
      claimsOf(
        user,
        tabs.map((tab) => `${user}/${tab}`),
      ),
    ),
    symmetries: symmetries.filter(({ blocks }) => blocks.length > 1),
  })
}
