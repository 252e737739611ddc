// The hard cases that a scenario must reach, so that no property holds only because nothing happened.

import type { LifecycleObservation } from '../model/index.ts'
import { CLOSE, type LifecycleState, type Observed } from '../model/index.ts'
import { HeddleError, monitor, on, type Property, sometimes } from '../sim/index.ts'

/** Reached when an observation of this type satisfies the predicate. */
function when<Type extends LifecycleObservation['type']>(
  type: Type,
  matches: (observation: Extract<LifecycleObservation, { type: Type }>) => boolean,
) {
  return { type, matches }
}

const closedWith = (code: number) => on('closed', { code, by: 'server' })
const fault = (name: string) => on('fault', { fault: name })

const PROGRESS: readonly LifecycleState[] = [
  'ACCEPTED',
  'AUTHENTICATED',
  'SERVICES_READY',
  'PROCESSING_READY',
]

const allFiveStates = monitor<{ passed: number }, Observed<'moved'>>({
  name: 'all five states in order',
  on: ['moved'],
  each: ({ connection }) => connection,
  initial: { passed: 0 },
  observe(state, { to }) {
    state.passed = PROGRESS[state.passed] === to ? state.passed + 1 : 0
    return state.passed === PROGRESS.length ? 'reached' : undefined
  },
})

const early = monitor<{ ready: boolean }, Observed<'frame'> | Observed<'moved'>>({
  name: 'a frame before its connection is ready',
  on: ['frame', 'moved'],
  each: ({ connection }) => connection,
  initial: { ready: false },
  observe(state, observation) {
    if (observation.type === 'frame') return state.ready ? undefined : 'reached'
    state.ready ||= observation.to === 'PROCESSING_READY'
  },
})

const shared = monitor<{ connections: string[] }, Observed<'coordinated'>>({
  name: 'a machine with two connections',
  on: ['coordinated'],
  each: ({ machine, instance }) => `${machine}@${instance}`,
  initial: { connections: [] },
  observe(state, { connection }) {
    if (!state.connections.includes(connection)) state.connections.push(connection)
    return state.connections.length > 1 ? 'reached' : undefined
  },
})

const recovered = monitor<{ degraded: boolean }, Observed<'moved'>>({
  name: 'PROCESSING_READY after DEGRADED',
  on: ['moved'],
  each: ({ connection }) => connection,
  initial: { degraded: false },
  observe(state, { to }) {
    if (to === 'DEGRADED') state.degraded = true
    return to === 'PROCESSING_READY' && state.degraded ? 'reached' : undefined
  },
})

export const reachable: readonly Property[] = [
  sometimes('a connection gets ready', on('ready')),
  sometimes('a connection is queued behind an owner', on('queued')),
  sometimes('a standby is promoted', on('promoted')),
  sometimes(
    'an illegal request is refused, naming both states',
    when(
      'answered',
      ({ outcome, error }) => outcome === 'refused' && /^InvalidTransition: [A-Z_]+ → [A-Z_]+/.test(error),
    ),
  ),
  sometimes('a request is granted', on('answered', { outcome: 'granted' })),
  sometimes(
    'a request waits or is denied',
    when('answered', ({ outcome }) => outcome === 'queued' || outcome === 'denied'),
  ),
  sometimes('a message comes before its connection is ready', early),
  sometimes('a message is fully answered', on('received', { event: 'agent_completed' })),
  sometimes('a connection goes through all five states', allFiveStates),
  sometimes('two connections share a machine', shared),
  sometimes(
    'a connection is refused for its credentials',
    on('ended', { what: 'auth', outcome: 'unauthenticated' }),
  ),
  sometimes('a connection is rejected', closedWith(CLOSE.rejected)),
  sometimes('an owner is taken over', closedWith(CLOSE.takenOver)),
  sometimes('an older token is fenced off', closedWith(CLOSE.ownershipLost)),
  sometimes('a lease lapses', fault('lease-lapse')),
  sometimes('a connection drops', fault('drop')),
  sometimes('a connection is half open', fault('half-open')),
  sometimes('a message is delivered twice', fault('duplicate')),
  sometimes('a message is held back', fault('delay')),
  sometimes('services fail', fault('service-failure')),
  sometimes('a degraded connection recovers', recovered),
  sometimes(
    'a client connects again',
    when('upgrade', ({ connection }) => connection.includes('~')),
  ),
  sometimes('authentication times out', on('closed', { reason: 'authentication timed out' })),
]

/** A goal by the name that the catalogue gives it. */
export function goalNamed(name: string): Property {
  const goal = reachable.find((property) => property.name === name)
  if (goal === undefined) throw new HeddleError('HEDDLE_INTERNAL', `heddle's own bug: no claim "${name}".`)
  return goal
}
