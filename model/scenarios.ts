// The catalogue: one entry for each thing in the test plan that started heddle, at a size that shows it.
// Each says what must happen under the competing machines, and that the single coordinator holds. The claims
// themselves are in properties/, and are named here.

import type { Coordinator } from './coordinator.ts'
import type { LifecycleOptions } from './options.ts'
import { single } from './single.ts'

export interface CatalogueEntry {
  readonly name: string
  /** The section of the test plan it comes from. */
  readonly plan: string
  /** What it shows, in a sentence. */
  readonly about: string
  readonly options: LifecycleOptions
  /** The single coordinator that it is meant for, where standby is not. */
  readonly single?: Coordinator
  /** The properties that the competing machines must break in some seed; empty where nothing must break. */
  readonly broken: readonly string[]
  /** What must be reached in some seed, so that nothing holds only because nothing happened. */
  readonly reaches: readonly string[]
}

export const scenarios: readonly CatalogueEntry[] = [
  {
    name: 'five-tabs',
    plan: '1.1',
    about: 'Five connections of one user, a millisecond apart, race for the same session.',
    options: { connections: 5 },
    broken: ['one owner per user', 'legal transitions only'],
    reaches: ['a connection is queued behind an owner', 'a standby is promoted'],
  },
  {
    name: 'skip-states',
    plan: '1.1',
    about: 'A connection asks to go from CONNECTING to SERVICES_READY at once, and is refused.',
    options: { asksFor: 'SERVICES_READY' },
    broken: [],
    reaches: ['an illegal request is refused, naming both states'],
  },
  {
    name: 'phase-overlap',
    plan: '1.2',
    about: 'Accepting a slow connection overlaps with starting its services.',
    options: { delays: { accept: ['1ms', '100ms'], services: ['1ms', '100ms'] } },
    broken: ['phases in sequence'],
    reaches: ['a connection gets ready'],
  },
  {
    name: 'message-before-accept',
    plan: '1.2, 3.1',
    about: 'Messages come behind the upgrade request, before a slow accept is complete.',
    options: {
      messages: 3,
      sends: 'pipelined',
      delays: { accept: ['1ms', '200ms'], auth: ['1ms', '20ms'], services: ['1ms', '50ms'] },
    },
    broken: ['no 1011 without a fault'],
    reaches: ['a message comes before its connection is ready', 'a message is fully answered'],
  },
  {
    name: 'ordered-progress',
    plan: '2.1, 4.1',
    about: 'One connection goes through all five states, in order.',
    options: { sends: 'when-ready' },
    broken: [],
    reaches: ['a connection goes through all five states'],
  },
  {
    name: 'two-machines',
    plan: '2.1',
    about: 'Two connections of one user both ask for ACCEPTED.',
    options: { connections: 2, stagger: 0, asksFor: 'ACCEPTED' },
    broken: ['exactly one grant for concurrent requests'],
    reaches: ['a request is granted'],
  },
  {
    name: 'five-events',
    plan: '2.2',
    about: 'Two racing connections each send a message, and each must get all five agent events.',
    options: { connections: 2, messages: 2 },
    broken: ['all five agent events for each message'],
    reaches: ['a message is fully answered'],
  },
  {
    name: 'cloud-run-burst',
    plan: '3.1',
    about: 'Ten connections 10 ms apart hit two cold instances behind a load balancer.',
    options: {
      connections: 10,
      stagger: '10ms',
      instances: 2,
      balancer: 'transparent',
      delays: { coldStart: ['200ms', '2s'], accept: ['1ms', '80ms'] },
    },
    broken: ['no 1011 without a fault'],
    reaches: ['a standby is promoted'],
  },
  {
    name: 'stripped-header',
    plan: '3.2',
    about: 'The load balancer strips the Authorization header.',
    options: { balancer: 'strips-authorization' },
    broken: ['no 1011 without a fault', 'an unauthenticated connection gets nothing but a close'],
    reaches: ['a connection is refused for its credentials'],
  },
  {
    name: 'subprotocol-auth',
    plan: '3.2',
    about: 'The token travels as a subprotocol, which the load balancer leaves alone.',
    options: { balancer: 'strips-authorization', token: 'subprotocol' },
    broken: [],
    reaches: ['a connection gets ready'],
  },
  {
    name: 'get-or-create',
    plan: '4.1',
    about: 'A second connection of a user gets the machine that the first one got.',
    options: { connections: 2, stagger: 0 },
    broken: ['one machine per user'],
    reaches: ['two connections share a machine'],
  },
  {
    name: 'n-requests',
    plan: '4.1',
    about: 'Five connections ask for ACCEPTED at once.',
    options: { connections: 5, stagger: 0, asksFor: 'ACCEPTED' },
    broken: ['exactly one grant for concurrent requests'],
    reaches: ['a request is granted', 'a request waits or is denied'],
  },
  {
    name: 'set-up-overhead',
    plan: '4.2, 5.3',
    about: 'Setting up a connection takes little longer than its slowest dependency.',
    options: { users: 3, delays: { services: ['50ms', '500ms'] } },
    broken: [],
    reaches: ['a connection gets ready'],
  },
  {
    name: 'fifty-connections',
    plan: '4.2',
    about: 'Fifty connections of one user at once: no deadlock, no error.',
    options: { connections: 50, stagger: 0 },
    broken: [],
    reaches: ['a standby is promoted'],
  },
  {
    name: 'owner-drops',
    plan: 'policies',
    about: 'The connection that acts for the user goes away while another waits with a message of its own.',
    options: { connections: 2, messages: 2, faults: { drops: 1 } },
    broken: ['no orphans at rest'],
    reaches: ['a standby is promoted', 'a connection drops'],
  },
  {
    name: 'split-brain',
    plan: 'policies',
    about: 'Two instances, and a lease that lapses while its holder is still at work.',
    options: {
      connections: 2,
      instances: 2,
      messages: 3,
      delays: { agent: ['5ms', '50ms'] },
      faults: { leaseLapses: 1 },
    },
    broken: ['one owner per user'],
    reaches: ['a lease lapses', 'an older token is fenced off'],
  },
  {
    name: 'takeover',
    plan: 'policies',
    about:
      'The newer connection wins, on another instance too, and the older one is closed with its own code.',
    options: { connections: 4, stagger: '100ms', messages: 2, instances: 2 },
    single: single('takeover'),
    broken: ['one owner per user'],
    reaches: ['an owner is taken over'],
  },
  {
    name: 'reject',
    plan: 'policies',
    about: 'A connection that comes while another one is active is closed with a code of its own.',
    options: { connections: 3, messages: 2 },
    single: single('reject'),
    broken: ['one owner per user'],
    reaches: ['a connection is rejected'],
  },
  {
    name: 'services-fail',
    plan: 'faults',
    about: 'The services of a connection fail, or come up in part.',
    options: { connections: 2, faults: { serviceFailures: 1, partialServices: 1 } },
    broken: [],
    reaches: ['services fail', 'a degraded connection recovers'],
  },
  {
    name: 'unreliable-network',
    plan: 'faults',
    about: 'Messages are held back and delivered twice, and the connection may break.',
    options: { connections: 2, messages: 3, reconnects: 1, faults: { duplicates: 1, delays: 1, resets: 1 } },
    broken: ['no message lost, duplicated or reordered'],
    reaches: ['a message is delivered twice', 'a message is held back', 'a client connects again'],
  },
  {
    name: 'reconnect-storm',
    plan: 'faults',
    about: 'An instance crashes, and all its clients come back at once.',
    options: { users: 2, connections: 2, reconnects: 2, faults: { crashes: 1, resets: 1 } },
    broken: [],
    reaches: ['a client connects again'],
  },
  {
    name: 'slow-auth-timeout',
    plan: 'faults',
    about: 'Authentication may take longer than a connection may wait.',
    options: { connections: 2, delays: { auth: ['1s', '20s'] } },
    broken: [],
    reaches: ['authentication times out'],
  },
  {
    name: 'half-open',
    plan: 'faults',
    about: 'A client is gone without a word; another one waits behind it.',
    options: { connections: 2, faults: { halfOpens: 1 } },
    broken: ['no orphans at rest'],
    reaches: ['a connection is half open', 'a standby is promoted'],
  },
]
