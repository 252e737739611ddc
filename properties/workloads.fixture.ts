// Workloads that fast-check makes up, for tests only: users, connections, offsets, messages, tokens, faults.

import fc from 'fast-check'
import type { LifecycleOptions, Policy } from '../model/index.ts'

const ms = (max: number) => fc.integer({ min: 0, max }).map((value) => `${value}ms` as const)
const window = (max: number) =>
  fc
    .tuple(fc.integer({ min: 0, max }), fc.integer({ min: 0, max }))
    .map(([a, b]) => [`${Math.min(a, b)}ms`, `${Math.max(a, b)}ms`] as const)

/** Small enough that a failure can be read, wide enough to meet every part of the model. */
export const workloads: fc.Arbitrary<LifecycleOptions> = fc.record({
  users: fc.integer({ min: 1, max: 2 }),
  connections: fc.integer({ min: 1, max: 3 }),
  stagger: ms(100),
  messages: fc.integer({ min: 0, max: 3 }),
  instances: fc.integer({ min: 1, max: 3 }),
  token: fc.constantFrom('header', 'subprotocol', 'missing', 'invalid'),
  sends: fc.constantFrom('pipelined', 'on-open', 'when-ready'),
  balancer: fc.constantFrom('none', 'transparent', 'strips-authorization'),
  reconnects: fc.integer({ min: 0, max: 1 }),
  delays: fc.record({ accept: window(100), auth: window(100), services: window(200), coldStart: ms(500) }),
  faults: fc.record(
    Object.fromEntries(
      [
        'drops',
        'resets',
        'halfOpens',
        'crashes',
        'serviceFailures',
        'partialServices',
        'delays',
        'duplicates',
        'leaseLapses',
      ].map((fault) => [fault, fc.integer({ min: 0, max: 1 })]),
    ),
  ),
})

export const policies = fc.constantFrom<Policy>('standby', 'takeover', 'reject')
