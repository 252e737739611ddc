// What the paper promises: the schedules are those that a queue gives when so many of its turns are put back, no
// others, and each of them can come up.

import { describe, expect, test } from 'vitest'
import { delayBounded } from './delay-bounded.ts'
import { fifo } from './fifo.ts'
import { allOrders, orders, program, threads } from './program.fixture.ts'

/** The orders of a queue in which up to so many are put back, by trying each way to do that. */
function queued(programOf: Readonly<Record<string, number>>, delays: number): Set<string> {
  const found = new Set<string>()
  const visit = (queue: readonly string[], done: readonly string[], left: number) => {
    const [first, ...rest] = queue
    if (first === undefined) {
      found.add(done.join(' '))
      return
    }
    if (left > 0 && rest.length > 0) visit([...rest, first], done, left - 1)
    const [thread, number] = [first[0] as string, Number(first.slice(1))]
    const next = number < (programOf[thread] as number) ? [`${thread}${number + 1}`] : []
    visit([...rest, ...next], [...done, first], left)
  }
  visit(
    Object.keys(programOf).map((thread) => `${thread}1`),
    [],
    delays,
  )
  return found
}

describe('delay-bounded', () => {
  test('makes the fifo order without a delay', async () => {
    const of = threads({ a: 3, b: 3 })
    expect(await orders(of, delayBounded(0), 50)).toEqual(await orders(of, fifo, 50))
  })

  test.each([
    [1, { a: 2, b: 2, c: 2 }],
    [2, { a: 2, b: 2, c: 2 }],
    [2, { a: 1, b: 1, c: 1, d: 1 }],
    [3, { a: 4, b: 2 }],
  ])('makes exactly the schedules that take %i delays at the most, of %j', async (delays, lengths) => {
    const found = new Set(
      await orders(threads(lengths as Record<string, number>), delayBounded(delays), 4_000),
    )
    expect([...found].sort(byText)).toEqual(
      [...queued(lengths as Record<string, number>, delays)].sort(byText),
    )
  })

  test('makes every order where there are delays enough', async () => {
    const of = program({ a: 'x', b: 'x', c: 'x' })
    expect(new Set(await orders(of, delayBounded(4), 4_000))).toEqual(new Set(allOrders(of)))
  })
})

function byText(a: string, b: string): number {
  return a < b ? -1 : 1
}
