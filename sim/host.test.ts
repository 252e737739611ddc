import { afterEach, describe, expect, test } from 'vitest'
import { afterMacrotask, drainSynchronously, enterGuard, leaveGuard, takeEscaped } from './host.ts'

const turn = <T>(act: () => T) => new Promise<T>((resolve) => afterMacrotask(() => resolve(act())))

describe('a synchronous drain', () => {
  test('runs every tick and microtask, and what they lead to, before it returns', async () => {
    const order: string[] = []
    const drained = await turn(() => {
      Promise.resolve()
        .then(() => order.push('microtask'))
        .then(() => process.nextTick(() => order.push('tick of a microtask')))
      process.nextTick(() => Promise.resolve().then(() => order.push('microtask of a tick')))
      const result = drainSynchronously()
      order.push('after')
      return result
    })
    expect(drained).toBe(true)
    expect(order.at(-1)).toBe('after')
    expect(order.slice(0, -1).sort()).toEqual(['microtask', 'microtask of a tick', 'tick of a microtask'])
  })

  test('says so where it is impossible, which is in a microtask', async () => {
    expect(await Promise.resolve().then(drainSynchronously)).toBe(false)
    expect(await turn(drainSynchronously)).toBe(true)
  })
})

describe('a guard', () => {
  const { emit } = process
  afterEach(() => {
    expect(process.emit).toBe(emit)
  })

  test('keeps what escapes, in its order, and lets the rest of the tick queue run', async () => {
    const escaped = await turn(() => {
      enterGuard()
      try {
        process.nextTick(() => {
          throw new Error('first')
        })
        process.nextTick(() => void Promise.reject(new Error('second')))
        drainSynchronously()
        return [...takeEscaped(), ...takeEscaped()]
      } finally {
        leaveGuard()
      }
    })
    expect(escaped.map((error) => (error as Error).message)).toEqual(['first', 'second'])
  })

  test('lets every other event of the process through', () => {
    const heard: unknown[] = []
    const hear = (value: unknown) => heard.push(value)
    process.on('heddle-test', hear)
    enterGuard()
    process.emit('heddle-test' as 'SIGINT', 'SIGINT')
    leaveGuard()
    process.off('heddle-test', hear)
    expect(heard).toEqual(['SIGINT'])
  })

  test('ends with the outermost of its kind', () => {
    enterGuard()
    enterGuard()
    leaveGuard()
    expect(process.emit).not.toBe(emit)
    leaveGuard()
    expect(process.emit).toBe(emit)
  })

  test('leaves a process that has no emit of its own without one', () => {
    Reflect.deleteProperty(process, 'emit')
    enterGuard()
    leaveGuard()
    expect(Object.hasOwn(process, 'emit')).toBe(false)
    process.emit = emit
  })

  test('puts back an emit that somebody else had put in place', () => {
    const other = function (this: NodeJS.Process, ...event: unknown[]) {
      return Reflect.apply(emit, this, event) as boolean
    } as typeof process.emit
    process.emit = other
    enterGuard()
    leaveGuard()
    expect(process.emit).toBe(other)
    process.emit = emit
  })

  test('works again after somebody stayed in front of it', () => {
    enterGuard()
    const inner = process.emit
    const front = function (this: NodeJS.Process, ...event: unknown[]) {
      return Reflect.apply(inner, this, event) as boolean
    } as typeof process.emit
    process.emit = front
    leaveGuard()
    expect(process.emit).toBe(front)
    enterGuard()
    process.emit('unhandledRejection', new Error('kept'), Promise.resolve())
    const escaped = takeEscaped()
    process.emit = inner
    leaveGuard()
    expect(escaped).toMatchObject([{ message: 'kept' }])
  })
})
