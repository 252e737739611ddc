// The test plan's metrics of one run: numbers that add up over many runs. It judges nothing.

import type { Run } from '../sim/index.ts'
import type { LifecycleObservation, Observed } from './observations.ts'
import { AGENT_EVENTS, CLOSE } from './states.ts'

export interface Measure {
  /** Connections that a client opened. */
  readonly connections: number
  /** Those that were closed with 1011. */
  readonly closed1011: number
  /** Those whose client got everything it came for, or a close that its policy or its credentials call for. */
  readonly succeeded: number
  /** Agent events that the messages of connections that were not closed on them should have brought. */
  readonly eventsExpected: number
  readonly eventsReceived: number
  /** The longest that one set-up took over its slowest dependency, in microseconds. */
  readonly overheadUs: number
}

interface ConnectionMeasure {
  readonly sent: Set<number>
  readonly received: Set<string>
  closed: number | undefined
  by: string | undefined
  readonly durationsUs: number[]
  beganUs: Map<string, number>
  /** When the set-up began: at the upgrade, or when its turn came. */
  startUs: number | undefined
  overheadUs: number
}

/** Closes that are the right answer to what the client did or to the policy, besides a normal end. */
const ORDERLY: readonly number[] = [
  CLOSE.normal,
  CLOSE.unauthenticated,
  CLOSE.takenOver,
  CLOSE.rejected,
  CLOSE.tryAgainLater,
]

export function measure(run: Run): Measure {
  const connections = new Map<string, ConnectionMeasure>()
  const of = (name: string): ConnectionMeasure => {
    const known = connections.get(name) ?? newMeasure()
    connections.set(name, known)
    return known
  }
  let lapsed = false
  for (const { observations, timeUs } of run.steps) {
    for (const observation of observations as readonly LifecycleObservation[]) {
      lapsed ||= observation.type === 'fault' && observation.fault === 'lease-lapse'
      note(observation, timeUs, of)
    }
  }
  // Whoever loses a lease that lapsed must be closed; without a lapse nobody should be.
  return add([...connections.values()], lapsed ? [...ORDERLY, CLOSE.ownershipLost] : ORDERLY)
}

function note(
  observation: LifecycleObservation,
  timeUs: number,
  of: (name: string) => ConnectionMeasure,
): void {
  switch (observation.type) {
    case 'connect':
      of(observation.connection)
      return
    case 'upgrade':
      of(observation.connection).startUs = timeUs
      return
    case 'promoted':
      restart(of(observation.connection), timeUs)
      return
    case 'began':
      of(observation.connection).beganUs.set(observation.what, timeUs)
      return
    case 'ended': {
      const connection = of(observation.connection)
      connection.durationsUs.push(timeUs - (connection.beganUs.get(observation.what) ?? timeUs))
      return
    }
    case 'moved':
      if (observation.to === 'PROCESSING_READY') setUp(of(observation.connection), timeUs)
      return
    case 'sent':
      of(observation.connection).sent.add(observation.message)
      return
    case 'received':
      receive(of(observation.connection), observation)
      return
    case 'closed': {
      const connection = of(observation.connection)
      connection.closed = observation.code
      connection.by = observation.by
      return
    }
  }
}

function newMeasure(): ConnectionMeasure {
  return {
    sent: new Set(),
    received: new Set(),
    closed: undefined,
    by: undefined,
    durationsUs: [],
    beganUs: new Map(),
    startUs: undefined,
    overheadUs: 0,
  }
}

/** An event of another connection's message is nothing that this one came for. */
function receive({ sent, received }: ConnectionMeasure, { message, event }: Observed<'received'>): void {
  if (sent.has(message)) received.add(`${message}/${event}`)
}

/** What a promoted connection waited for before was its turn, not its set-up. */
function restart(connection: ConnectionMeasure, timeUs: number): void {
  connection.startUs = timeUs
  connection.durationsUs.length = 0
}

function setUp(connection: ConnectionMeasure, timeUs: number): void {
  if (connection.startUs === undefined || connection.durationsUs.length === 0) return
  connection.overheadUs = timeUs - connection.startUs - Math.max(...connection.durationsUs)
}

function add(all: readonly ConnectionMeasure[], orderly: readonly number[]): Measure {
  const sum = (of: (connection: ConnectionMeasure) => number) =>
    all.reduce((total, one) => total + of(one), 0)
  const wanted = all.filter((one) => one.closed === undefined || one.closed === CLOSE.normal)
  return {
    connections: all.length,
    closed1011: sum((one) => (one.closed === CLOSE.internalError ? 1 : 0)),
    succeeded: sum((one) =>
      one.by === 'fault' || (one.closed !== undefined && orderly.includes(one.closed)) ? 1 : 0,
    ),
    eventsExpected: wanted.reduce((total, one) => total + one.sent.size * AGENT_EVENTS.length, 0),
    eventsReceived: wanted.reduce(
      (total, one) => total + Math.min(one.received.size, one.sent.size * AGENT_EVENTS.length),
      0,
    ),
    overheadUs: all.reduce((most, one) => Math.max(most, one.overheadUs), 0),
  }
}
