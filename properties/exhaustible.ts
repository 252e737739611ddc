// What `heddle check` exhausts by default: every scenario of the catalogue at a size that is small enough, under
// the single coordinator with each policy, with one instance and with two over the store, and under the competing
// machines where those must break something. Derived from the catalogue; only the sizes are said here.

import {
  type CatalogueEntry,
  type Coordinator,
  competing,
  type LifecycleOptions,
  lifecycle,
  type Policy,
  scenarios,
  single,
} from '../model/index.ts'
import { HeddleError, type Property, type Scenario } from '../sim/index.ts'
import { untimedProperties } from './catalogue.ts'
import { goalNamed } from './reached.ts'
import { competingSizeOf, inWords, type Size, sizesOf } from './sizes.ts'

/** One thing that `heddle check` exhausts by default: a scenario at a size, under a coordinator. */
export interface Exhaustible {
  readonly scenario: string
  /** In words, such as '2 connections, 1 message, 1 drop, 2 instances'. */
  readonly size: string
  readonly options: LifecycleOptions
  readonly coordinator: 'single' | 'single:takeover' | 'single:reject' | 'competing'
  readonly expected: 'holds' | 'violated'
  /** The properties that must break where something must. */
  readonly broken: readonly string[]
  /** What of the scenario's goals is reached at this size under this coordinator: all that can be. */
  readonly reaches: readonly string[]
}

const COORDINATORS: readonly Coordinator[] = [single(), single('takeover'), single('reject'), competing]

const POLICIES = { standby: 'single', takeover: 'single:takeover', reject: 'single:reject' } as const

/** Where a scenario's goals are asked for. */
interface Where {
  readonly policy: Policy
  readonly size: Size
}

const isStored = ({ size }: Where) => size.instances > 1
const has = ({ faults }: Size, fault: keyof Size['faults']) => (faults[fault] ?? 0) > 0
const isContested = ({ size }: Where) => size.connections > 1

/** Where a goal can be reached that cannot be reached everywhere. With a store, everybody waits for the lease. */
const REACHABLE: Readonly<Record<string, (where: Where) => boolean>> = {
  'a connection is queued behind an owner': (where) =>
    isStored(where) || (where.policy === 'standby' && isContested(where)),
  'a standby is promoted': (where) => isStored(where) || (where.policy === 'standby' && isContested(where)),
  'a request waits or is denied': (where) =>
    isStored(where) || (where.policy !== 'takeover' && isContested(where)),
  'two connections share a machine': ({ size }) => size.connections > size.instances,
  'a message is fully answered': ({ size }) => size.messages > 0,
  'a message comes before its connection is ready': ({ size }) => size.messages > 0,
  'a message is delivered twice': ({ size }) => size.messages > 0 && has(size, 'duplicates'),
  'a message is held back': ({ size }) => size.messages > 0 && has(size, 'delays'),
  'a client connects again': ({ size }) => size.reconnects > 0,
  'a connection is rejected': (where) => where.policy === 'reject' && isContested(where),
  'an owner is taken over': (where) => where.policy === 'takeover' && isContested(where),
  'an older token is fenced off': (where) => isStored(where) && where.policy !== 'takeover',
  'a lease lapses': isStored,
}

function underSingle(entry: CatalogueEntry, policy: Policy, size: Size): Exhaustible {
  return {
    ...sized(entry, size),
    coordinator: POLICIES[policy],
    expected: 'holds',
    broken: [],
    reaches: entry.reaches.filter((goal) => REACHABLE[goal]?.({ policy, size }) ?? true),
  }
}

/** One for each claim that must break, so that each search ends with the shortest way to break that claim. */
function underCompeting(entry: CatalogueEntry): Exhaustible[] {
  return entry.broken.map((claim) => ({
    ...sized(entry, competingSizeOf(entry)),
    coordinator: 'competing',
    expected: 'violated',
    broken: [claim],
    reaches: [],
  }))
}

function sized({ name, options }: CatalogueEntry, size: Size) {
  return { scenario: name, size: inWords(size), options: { ...options, ...size } }
}

export const exhaustibles: readonly Exhaustible[] = scenarios.flatMap((entry) => [
  ...([1, 2] as const).flatMap((instances) =>
    sizesOf(entry, instances).flatMap((size) =>
      (['standby', 'takeover', 'reject'] as const).map((policy) => underSingle(entry, policy, size)),
    ),
  ),
  ...underCompeting(entry),
])

/**
 * The scenario of an exhaustible, under another coordinator where one is given. Where a claim must break, that
 * one is asked alone; of another coordinator all are.
 */
export function exhaustibleScenario(entry: Exhaustible, coordinator?: Coordinator): Scenario {
  const used = coordinator ?? COORDINATORS.find(({ name }) => name === entry.coordinator)
  if (used === undefined)
    throw new HeddleError('HEDDLE_INTERNAL', `heddle's own bug: no coordinator "${entry.coordinator}".`)
  const mustBreak = entry.expected === 'violated' && used.name === entry.coordinator
  const claims = mustBreak
    ? untimedProperties.filter(({ name }) => entry.broken.includes(name))
    : untimedProperties
  const properties: Property[] = [...claims, ...entry.reaches.map(goalNamed)]
  return lifecycle(entry.scenario, { ...entry.options, coordinator: used, properties })
}
