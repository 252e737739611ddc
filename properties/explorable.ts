// What `heddle explore` covers by default: every scenario of the catalogue at a size at which there are few enough
// traces to run each of them, under the single coordinator; and under the competing machines where those must break
// something. Derived from the catalogue; only the sizes are said here.

import {
  type CatalogueEntry,
  type Coordinator,
  competing,
  type LifecycleOptions,
  lifecycle,
  scenarios,
  single,
} from '../model/index.ts'
import type { Scenario } from '../sim/index.ts'
import { untimedProperties } from './catalogue.ts'
import { competingSizeOf, inWords, type Size, sizesOf } from './sizes.ts'

/** One thing that `heddle explore` covers by default: a scenario at a size, under a coordinator. */
export interface Explorable {
  readonly scenario: string
  /** In words, such as '2 connections'. */
  readonly size: string
  readonly options: LifecycleOptions
  readonly coordinator: 'single' | 'competing'
  /** The claims of which one must break, where one must. */
  readonly broken: readonly string[]
}

const ALONE: Partial<Size> = { connections: 1, messages: 1 }
const SILENT: Partial<Size> = { messages: 0 }
const SILENT_ALONE: Partial<Size> = { connections: 1, messages: 0 }

/** Where it is not the size that is exhausted by states, which are fewer than traces. */
const SIZES: Readonly<Record<string, Partial<Size>>> = {
  'five-tabs': ALONE,
  'message-before-accept': ALONE,
  'five-events': SILENT,
  'cloud-run-burst': ALONE,
  'set-up-overhead': { ...ALONE, users: 1 },
  'fifty-connections': { connections: 2, messages: 0 },
  'get-or-create': SILENT,
  'owner-drops': SILENT_ALONE,
  'split-brain': SILENT,
  takeover: SILENT,
  reject: SILENT,
  'services-fail': ALONE,
  'unreliable-network': { ...SILENT_ALONE, reconnects: 0, faults: { resets: 1 } },
  'reconnect-storm': { ...SILENT_ALONE, reconnects: 0, faults: { crashes: 1 } },
  'slow-auth-timeout': SILENT,
  'half-open': SILENT_ALONE,
}

const COMPETING_SIZES: Readonly<Record<string, Partial<Size>>> = {
  'cloud-run-burst': { messages: 0, instances: 1 },
}

function sized({ name, options }: CatalogueEntry, size: Size) {
  return { scenario: name, size: inWords(size), options: { ...options, ...size } }
}

export const explorables: readonly Explorable[] = scenarios.flatMap((entry): Explorable[] => {
  const size = { ...(sizesOf(entry, 1)[0] as Size), ...SIZES[entry.name] }
  const held: Explorable = { ...sized(entry, size), coordinator: 'single', broken: [] }
  if (entry.broken.length === 0) return [held]
  const other = { ...competingSizeOf(entry), ...COMPETING_SIZES[entry.name] }
  return [held, { ...sized(entry, other), coordinator: 'competing', broken: entry.broken }]
})

/** The scenario of an explorable, under another coordinator where one is given. */
export function explorableScenario(entry: Explorable, coordinator?: Coordinator): Scenario {
  const used = coordinator ?? (entry.coordinator === 'single' ? single() : competing)
  return lifecycle(entry.scenario, { ...entry.options, coordinator: used, properties: untimedProperties })
}
