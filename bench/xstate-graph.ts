// The admission race as a user of XState would search it: one reducer over the whole state, written with immer,
// and the shortest paths to a state that breaks a claim, which @xstate/graph generates. The steps are those of
// sim/explore/admission.fixture.ts.

import { getShortestPaths } from '@xstate/graph'
import { produce } from 'immer'
import { type AnyActorLogic, type EventObject, fromTransition } from 'xstate'
import type { AdmissionSize, Searched } from './subject.ts'

interface Connection {
  phase: 'idle' | 'accepted' | 'waiting' | 'initialising' | 'ready' | 'gone'
  sent: number
  queued: number
  done: number
  /** The message that is being processed; 0 if none. */
  processing: number
  emitted: number
  received: number
}

interface User {
  /** By their positions among all connections. */
  owner: number | null
  waiting: number[]
}

interface Race {
  connections: Connection[]
  users: User[]
  drops: number
}

interface Step extends EventObject {
  readonly type: 'accept' | 'auth' | 'init' | 'message' | 'emit' | 'receive' | 'drop'
  readonly connection: number
}

const EVENTS_OF_A_MESSAGE = 5
const IDLE: Connection = {
  phase: 'idle',
  sent: 0,
  queued: 0,
  done: 0,
  processing: 0,
  emitted: 0,
  received: 0,
}

/** Every state, every transition, and whether a path leads to a state that breaks a claim. */
export function searchByPaths(size: AdmissionSize): Searched {
  const { users, connections, drops } = size
  const initial: Race = {
    connections: Array.from({ length: users * connections }, () => IDLE),
    users: Array.from({ length: users }, () => ({ owner: null, waiting: [] })),
    drops,
  }
  let states = 0
  let calls = 0
  // Its types do not fit each other where optional fields are told from undefined ones.
  const logic: AnyActorLogic = fromTransition((race: Race, step: Step) => {
    calls++
    return taken(race, step, size)
  }, initial) as any
  const paths = getShortestPaths(logic, {
    events: ({ context }) => {
      states++
      return allowed(context, size)
    },
    toState: ({ context }) => breaks(context, size),
  })
  const verdict = paths.length === 0 ? 'holds' : 'violated'
  return { verdict, states, transitions: calls, calls: { actors: calls } }
}

function allowed({ connections, drops }: Race, { messages }: AdmissionSize): readonly Step[] {
  return connections.flatMap(({ phase, sent, processing, emitted, received }, connection) => {
    const isOpen = phase !== 'idle' && phase !== 'gone'
    const types: Step['type'][] = []
    if (phase === 'idle') types.push('accept')
    if (phase === 'accepted') types.push('auth')
    if (phase === 'initialising') types.push('init')
    if (isOpen && sent < messages) types.push('message')
    if (processing > 0 && emitted < EVENTS_OF_A_MESSAGE) types.push('emit')
    if (received < emitted) types.push('receive')
    if (isOpen && drops > 0) types.push('drop')
    return types.map((type) => ({ type, connection }))
  })
}

function taken(race: Race, { type, connection }: Step, size: AdmissionSize): Race {
  return produce(race, (draft) => {
    const own = draft.connections[connection] as Connection
    const user = draft.users[Math.floor(connection / size.connections)] as User
    switch (type) {
      case 'accept':
        own.phase = 'accepted'
        return
      case 'auth':
        own.phase = user.owner === null ? 'initialising' : 'waiting'
        if (user.owner === null) user.owner = connection
        else user.waiting.push(connection)
        return
      case 'init':
        own.phase = 'ready'
        return startNext(own)
      case 'message':
        own.sent++
        own.queued++
        return startNext(own)
      case 'emit':
        own.emitted++
        return
      case 'receive':
        return receiveEvent(own)
      case 'drop':
        draft.drops--
        draft.connections[connection] = { ...IDLE, phase: 'gone' }
        return leave(draft, user, connection)
    }
  })
}

function startNext(own: Connection): void {
  if (own.phase !== 'ready' || own.processing > 0 || own.queued === 0) return
  own.queued--
  own.processing = own.done + 1
}

function receiveEvent(own: Connection): void {
  own.received++
  if (own.received < EVENTS_OF_A_MESSAGE) return
  own.done++
  own.processing = 0
  own.emitted = 0
  own.received = 0
  startNext(own)
}

function leave(race: Race, user: User, connection: number): void {
  if (user.owner !== connection) {
    user.waiting = user.waiting.filter((other) => other !== connection)
    return
  }
  const next = user.waiting.shift()
  user.owner = next ?? null
  if (next !== undefined) (race.connections[next] as Connection).phase = 'initialising'
}

function breaks({ connections, users }: Race, size: AdmissionSize): boolean {
  const isAdmitted = ({ phase }: Connection) => phase === 'initialising' || phase === 'ready'
  return users.some(({ owner }, user) => {
    const first = user * size.connections
    const each = connections.slice(first, first + size.connections)
    if (each.filter(isAdmitted).length > 1) return true
    return each.some((one, index) => {
      const { phase, sent, queued, done, processing, emitted, received } = one
      if (isAdmitted(one) && owner !== first + index) return true
      if (processing > 0 && phase !== 'ready') return true
      if (sent !== done + queued + (processing > 0 ? 1 : 0)) return true
      return received > emitted || (phase === 'waiting' && owner === null)
    })
  })
}
