// At which size each scenario of the catalogue is exhausted: small enough that all of them take less than a
// minute, and large enough to reach what the scenario is there to show.

import type { CatalogueEntry, LifecycleOptions } from '../model/index.ts'

/** What a size is made of; everything else is as in the catalogue. */
export interface Size {
  readonly users: number
  /** Of each user. */
  readonly connections: number
  readonly messages: number
  readonly reconnects: number
  readonly instances: number
  readonly faults: NonNullable<LifecycleOptions['faults']>
}

interface Sizes {
  /** With one instance, and with two; several where not all that the scenario shows fits into one. */
  readonly one?: readonly Partial<Size>[]
  readonly two?: readonly Partial<Size>[]
  readonly competing?: Partial<Size>
}

const ALONE: Partial<Size> = { connections: 1, messages: 1 }
const SILENT: Partial<Size> = { connections: 2, messages: 0 }

/** Where it is not the usual size: two connections with a message, and over two instances without one. */
const SIZES: Readonly<Record<string, Sizes>> = {
  'message-before-accept': { one: [{ messages: 3 }], competing: { messages: 1 } },
  'five-events': { two: [{ connections: 1, messages: 2 }] },
  'set-up-overhead': { one: [{ users: 3 }] },
  'fifty-connections': { one: [{ connections: 3, messages: 0 }] },
  'slow-auth-timeout': { two: [ALONE] },
  'split-brain': { one: [{ faults: {} }] },
  'services-fail': { one: [SILENT], two: [ALONE] },
  'unreliable-network': {
    one: [
      { connections: 1, messages: 2, reconnects: 0, faults: { duplicates: 1, delays: 1 } },
      { ...ALONE, faults: { resets: 1 } },
    ],
    two: [
      { ...ALONE, reconnects: 0, faults: { duplicates: 1, delays: 1 } },
      { connections: 1, messages: 0, faults: { resets: 1 } },
    ],
    competing: { connections: 1, messages: 1, reconnects: 0, faults: { duplicates: 1 } },
  },
  'reconnect-storm': {
    one: [{ connections: 1, messages: 0, faults: { crashes: 1 } }],
    two: [{ connections: 1, messages: 0, faults: { crashes: 1 } }],
  },
}

/** The sizes of a scenario under the single coordinator, with so many instances. */
export function sizesOf(entry: CatalogueEntry, instances: 1 | 2): readonly Size[] {
  const { one, two } = SIZES[entry.name] ?? {}
  const usual = usualSize(entry)
  if (instances === 1) return (one ?? [{}]).map((size) => ({ ...usual, ...size }))
  const silent = usual.connections > 1 ? { messages: 0 } : {}
  return (two ?? [{}]).map((size) => ({ ...usual, ...silent, ...size, instances }))
}

/** The size at which the competing machines break what the scenario says. */
export function competingSizeOf(entry: CatalogueEntry): Size {
  return {
    ...usualSize(entry),
    instances: entry.options.instances ?? 1,
    ...SIZES[entry.name]?.competing,
  }
}

function usualSize({ options }: CatalogueEntry): Size {
  const { connections = 1, messages = 1, faults = {}, reconnects = 0, asksFor = null } = options
  return {
    users: 1,
    connections: Math.min(2, connections),
    messages: asksFor === null ? Math.min(1, messages) : 0,
    reconnects: Math.min(1, reconnects),
    instances: 1,
    faults,
  }
}

const ONE_AND_MANY: Readonly<Record<string, readonly [one: string, many: string]>> = {
  users: ['user', 'users'],
  connections: ['connection', 'connections'],
  messages: ['message', 'messages'],
  reconnects: ['reconnection', 'reconnections'],
  drops: ['drop', 'drops'],
  resets: ['reset', 'resets'],
  halfOpens: ['half-open connection', 'half-open connections'],
  crashes: ['crash', 'crashes'],
  serviceFailures: ['service failure', 'service failures'],
  partialServices: ['late service', 'late services'],
  delays: ['delay', 'delays'],
  duplicates: ['duplicate', 'duplicates'],
  leaseLapses: ['lease lapse', 'lease lapses'],
  instances: ['instance', 'instances'],
}

/** A size in words, such as '2 connections, 1 message, 1 drop, 2 instances'. */
export function inWords({ faults, users, instances, ...size }: Size): string {
  const counts = {
    ...(users > 1 ? { users } : {}),
    ...size,
    ...faults,
    ...(instances > 1 ? { instances } : {}),
  }
  return Object.entries(counts)
    .filter(([, count = 0]) => count > 0)
    .map(([what, count]) => `${count} ${ONE_AND_MANY[what]?.[count === 1 ? 0 : 1] ?? what}`)
    .join(', ')
}
