// What a lifecycle scenario can be made of: plain JSON, with defaults and bounds, so that a replay file can
// carry it, and a hostile one is refused before anything is built from it.

import * as v from 'valibot'
import { type Duration, HeddleError, toUs, type WindowInput } from '../sim/index.ts'
import { STATES } from './states.ts'

const DURATION = /^\d+(\.\d+)?(us|ms|s|min)$/
const DURATION_MAX_US = 3_600_000_000

const isDuration = (value: unknown): value is Duration =>
  value === 0 ||
  (typeof value === 'string' &&
    value.length <= 20 &&
    DURATION.test(value) &&
    toUs(value as Duration) <= DURATION_MAX_US)

const window = v.custom<WindowInput>(
  (value) =>
    isDuration(value) ||
    (Array.isArray(value) &&
      value.length === 2 &&
      isDuration(value[0]) &&
      isDuration(value[1]) &&
      toUs(value[0]) <= toUs(value[1])),
  "expected a duration such as '5ms', or [minimum, maximum], of at most an hour",
)
const count = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max))
const atLeastOne = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(max))

/** Delay windows in virtual time, see {@link LifecycleOptions}. */
const delays = v.strictObject({
  /** One way between a client and a server, or between servers. */
  network: v.optional(window, ['1ms', '5ms']),
  accept: v.optional(window, ['1ms', '20ms']),
  auth: v.optional(window, ['5ms', '50ms']),
  /** For each of the two services, supervisor and thread service. */
  services: v.optional(window, ['10ms', '200ms']),
  /** Before each of the five agent events. */
  agent: v.optional(window, ['1ms', '20ms']),
  /** How long an instance takes to start when the first request for it comes. */
  coldStart: v.optional(window, 0),
  /** Between two messages of a client. */
  messages: v.optional(window, ['0ms', '10ms']),
  /** From being finished to closing the connection. */
  leave: v.optional(window, ['1ms', '20ms']),
  backoff: v.optional(window, ['50ms', '500ms']),
  /** How long the store keeps a lease that is not renewed. */
  lease: v.optional(window, '3s'),
  /** How long a server takes to notice a client that is gone without a word. */
  heartbeat: v.optional(window, ['5s', '10s']),
  /** When a fault may strike, counted from when it becomes possible. */
  faults: v.optional(window, ['0ms', '300ms']),
})

const budgets = v.strictObject({
  /** A client goes away, and the server hears of it. */
  drops: v.optional(count(64), 0),
  /** The connection breaks for both sides. */
  resets: v.optional(count(64), 0),
  /** A client goes away, and the server does not hear of it. */
  halfOpens: v.optional(count(64), 0),
  /** An instance crashes and starts again. */
  crashes: v.optional(count(64), 0),
  /** A service fails to start. */
  serviceFailures: v.optional(count(64), 0),
  /** The thread service is late: services come up in part first. */
  partialServices: v.optional(count(64), 0),
  /** A client's message is held back for a while. */
  delays: v.optional(count(64), 0),
  /** A client's message is delivered twice. */
  duplicates: v.optional(count(64), 0),
  /** A lease lapses in the store although its holder is alive. */
  leaseLapses: v.optional(count(64), 0),
})

const schema = v.strictObject({
  users: v.optional(atLeastOne(64), 1),
  /** Connections of each user. */
  connections: v.optional(atLeastOne(64), 1),
  /** Between the starts of two connections. */
  stagger: v.optional(window, '1ms'),
  /** Messages of each connection. */
  messages: v.optional(count(64), 1),
  instances: v.optional(atLeastOne(8), 1),
  /** Where a client puts its token, and whether it is a good one. */
  token: v.optional(v.picklist(['header', 'subprotocol', 'missing', 'invalid']), 'header'),
  /** When a client sends: behind the upgrade request, when the handshake is seen, or after connection_ready. */
  sends: v.optional(v.picklist(['pipelined', 'on-open', 'when-ready']), 'on-open'),
  /** A load balancer stands before the instances, and may strip the Authorization header. */
  balancer: v.optional(v.picklist(['none', 'transparent', 'strips-authorization']), 'none'),
  /** How often a client connects again after it has lost its connection. */
  reconnects: v.optional(count(8), 0),
  /** Instead of connecting, each client only asks its machine for this transition. */
  asksFor: v.optional(v.nullable(v.picklist(STATES)), null),
  delays: v.optional(delays, {}),
  faults: v.optional(budgets, {}),
})

/** What a lifecycle scenario is made of; everything left out has a default. */
export type LifecycleOptions = v.InferInput<typeof schema>

/** The same with every default filled in. */
export type LifecycleParameters = v.InferOutput<typeof schema>

/** At most this many connections in all, reconnections included. */
const CONNECTIONS_MAX = 256

/** Fills in the defaults. Throws HEDDLE_SCENARIO_OPTIONS, naming the option, on anything else. */
export function lifecycleParameters(options: unknown): LifecycleParameters {
  const given = Array.isArray(options) ? null : options
  const result = v.safeParse(schema, given, { abortEarly: true })
  if (!result.success) {
    const issue = result.issues[0]
    const where = v.getDotPath(issue) ?? 'the options'
    throw new HeddleError('HEDDLE_SCENARIO_OPTIONS', `Bad scenario option ${where}: ${issue.message}.`)
  }
  const parameters = result.output
  const total = parameters.users * parameters.connections * (parameters.reconnects + 1)
  if (total > CONNECTIONS_MAX) {
    throw new HeddleError(
      'HEDDLE_SCENARIO_OPTIONS',
      `Expected at most ${CONNECTIONS_MAX} connections in all (users × connections × attempts), found ${total}.`,
    )
  }
  return parameters
}
