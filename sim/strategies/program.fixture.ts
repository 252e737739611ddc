// For tests only: programs of threads that write to shared objects, one after the other, and what a strategy makes of
// them. An order is a text such as `a1 b1 a2`: the first write of thread a, the first of b, the second of a.

import { actor, type Context } from '../actor.ts'
import { choicesOf } from '../course.ts'
import { type Scenario, scenario } from '../scenario.ts'
import { runSync } from '../scheduler.ts'
import { listed, seeded } from '../source.ts'
import { System } from '../system.ts'
import type { Strategy } from './strategy.ts'

interface Write {
  readonly type: 'write'
  readonly thread: string
  readonly number: number
}

/** Which objects each thread writes to, in its order: `{ a: 'xy', b: 'x' }`. */
export function program(threads: Readonly<Record<string, string>>): Scenario {
  const next = (thread: string, number: number, { send }: Context) => {
    const object = threads[thread]?.[number - 1]
    if (object === undefined) return
    const message: Write = { type: 'write', thread, number }
    send(object, message, { label: `${thread}${number}`, window: '1ms', unordered: true })
  }
  const object = actor({
    initial: null,
    receive: (_: null, { thread, number }: Write, context: Context) => next(thread, number + 1, context),
  })
  const start = actor({
    initial: null,
    start(_: null, context: Context) {
      for (const thread of Object.keys(threads)) next(thread, 1, context)
    },
    receive() {},
  })
  const objects = [...new Set(Object.values(threads).join(''))]
  const system = new System({
    actors: { start, ...Object.fromEntries(objects.map((name) => [name, object])) },
  })
  return scenario({ name: 'program', system })
}

/** As many threads, each of which writes so often to an object that they all share. */
export function threads(lengths: Readonly<Record<string, number>>): Scenario {
  return program(
    Object.fromEntries(Object.entries(lengths).map(([name, length]) => [name, 'x'.repeat(length)])),
  )
}

/** The order that each seed from 1 on makes under a strategy. */
export async function orders(of: Scenario, strategy: Strategy, seeds: number): Promise<string[]> {
  const choices = await choicesOf(of, { strategy, timing: 'untimed' })
  return Array.from({ length: seeds }, (_, index) =>
    orderOf(of, seeded({ seed: index + 1, strategy, timing: 'untimed', choices, budgets: {} })),
  )
}

/** Every order that there is. */
export function allOrders(of: Scenario): string[] {
  const found = new Set<string>()
  const numbers: number[] = []
  for (;;) {
    const sizes: number[] = []
    const source = listed(numbers)
    const choosing: typeof source = {
      untimed: true,
      choose(enabled, clock) {
        if (enabled.length > 1) sizes.push(enabled.length)
        return source.choose(enabled, clock)
      },
    }
    found.add(orderOf(of, choosing))
    while (numbers.length < sizes.length) numbers.push(0)
    while (numbers.length > 0 && (numbers.at(-1) as number) + 1 === sizes[numbers.length - 1]) numbers.pop()
    if (numbers.length === 0) return [...found]
    numbers[numbers.length - 1] = (numbers.at(-1) as number) + 1
  }
}

function orderOf(of: Scenario, source: ReturnType<typeof seeded>): string {
  return runSync(of, { source })
    .steps.map(({ event }) => event.id.replace(/^.*\/|#.*$/g, ''))
    .join(' ')
}

/** What share of them fulfils it. */
export function share(all: readonly string[], fulfils: (order: string) => boolean): number {
  return all.filter(fulfils).length / all.length
}
