// What a failing lifecycle scenario may come down to: the same with fewer users, connections, messages, instances and
// faults, or with less in its way. Says which are worth a try, the boldest first; runs none.

import type { LifecycleParameters } from './options.ts'

type Faults = LifecycleParameters['faults']
type Change = Partial<LifecycleParameters>

/**
 * Parameters that make strictly less of a scenario, the boldest first. Each is smaller in one thing at least and larger
 * in none, so that no chain of them goes on for ever.
 */
export function simpler(parameters: LifecycleParameters): readonly LifecycleParameters[] {
  const least = {
    users: 1,
    reconnects: 0,
    messages: 0,
    instances: 1,
    faults: withoutFaults(parameters.faults),
    balancer: 'none',
    stagger: 0,
  } as const
  const few = [1, 2].map((connections) => ({ ...least, connections }))
  const changes: readonly Change[] = [
    ...few,
    ...few.map((change) => ({ ...change, faults: parameters.faults })),
    ...few.map(({ users, connections }) => ({ users, connections })),
    ...less(parameters.users, 1).map((users) => ({ users })),
    ...less(parameters.connections, 1).map((connections) => ({ connections })),
    ...less(parameters.instances, 1).map((instances) => ({ instances })),
    ...less(parameters.messages, 0).map((messages) => ({ messages })),
    ...less(parameters.reconnects, 0).map((reconnects) => ({ reconnects })),
    { faults: least.faults },
    ...fewerFaults(parameters.faults).map((faults) => ({ faults })),
    { balancer: 'none' },
    { token: 'header' },
    { sends: 'on-open' },
    { sends: 'when-ready' },
    { stagger: 0 },
    { delays: { ...parameters.delays, coldStart: 0 } },
  ]
  return changes
    .filter((change) => isLess(change, parameters))
    .map((change) => ({ ...parameters, ...change }))
}

/** Smaller counts: the least, the half, one less. */
function less(count: number, least: number): readonly number[] {
  const candidates = [least, least + 1, Math.floor(count / 2), count - 1]
  return [...new Set(candidates)].filter((other) => other >= least && other < count)
}

function withoutFaults(faults: Faults): Faults {
  return Object.fromEntries(Object.keys(faults).map((fault) => [fault, 0])) as Faults
}

function fewerFaults(faults: Faults): readonly Faults[] {
  return Object.entries(faults).flatMap(([fault, budget]) =>
    less(budget, 0).map((fewer) => ({ ...faults, [fault]: fewer })),
  )
}

const ORDERS: { readonly [Key in 'balancer' | 'token' | 'sends']: readonly LifecycleParameters[Key][] } = {
  balancer: ['none', 'transparent', 'strips-authorization'],
  token: ['header', 'subprotocol', 'missing', 'invalid'],
  sends: ['when-ready', 'on-open', 'pipelined'],
}

/** Whether a change makes something less, and nothing more. */
function isLess(change: Change, parameters: LifecycleParameters): boolean {
  const differences = Object.entries(change).map(([key, value]) =>
    compare(key as keyof LifecycleParameters, value, parameters),
  )
  return differences.some((one) => one < 0) && differences.every((one) => one <= 0)
}

function compare(key: keyof LifecycleParameters, value: unknown, parameters: LifecycleParameters): number {
  const before: unknown = parameters[key]
  if (key === 'faults') return total(value as Faults) - total(before as Faults)
  if (key === 'balancer' || key === 'token' || key === 'sends') {
    const order: readonly unknown[] = ORDERS[key]
    return order.indexOf(value) - order.indexOf(before)
  }
  if (typeof value === 'number' && typeof before === 'number') return value - before
  // What else changes is a delay, which is taken away.
  if (key === 'delays') return parameters.delays.coldStart === 0 ? 0 : -1
  return before === 0 ? 0 : -1
}

function total(faults: Faults): number {
  return Object.values(faults).reduce((sum, budget) => sum + budget, 0)
}
