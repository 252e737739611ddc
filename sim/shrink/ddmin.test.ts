import fc from 'fast-check'
import { expect, test } from 'vitest'
import { REPEATABLE } from '../generated.fixture.ts'
import { ddmin } from './ddmin.ts'

const items = fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 24 })

test('nothing can be left out of what is left, whatever fails', () =>
  fc.assert(
    fc.asyncProperty(items, fc.func(fc.boolean()), async (all, fails) => {
      const failing = (part: readonly number[]) => part.length === all.length || fails([...part])
      const left = await ddmin(all, async (part) => (failing(part) ? part : undefined))
      expect(failing(left)).toBe(true)
      for (const one of left) {
        const without = left.filter((other) => other !== one)
        if (left.length < all.length || without.length === 0) expect(fails(without)).toBe(false)
      }
    }),
    REPEATABLE,
  ))

test('exactly what it takes is left, where failing takes certain items', () =>
  fc.assert(
    fc.asyncProperty(items, fc.array(fc.nat(23)), async (all, picked) => {
      const needed = new Set(picked.flatMap((index) => all[index] ?? []))
      const left = await ddmin(all, async (part) =>
        [...needed].every((item) => part.includes(item)) ? part : undefined,
      )
      expect(new Set(left)).toEqual(needed)
    }),
    REPEATABLE,
  ))

test('a list with nothing in it is not asked about', async () => {
  expect(await ddmin([], () => Promise.reject(new Error('asked')))).toEqual([])
})

test('what a part comes down to is gone on with', async () => {
  const asked: string[] = []
  const left = await ddmin(['a', 'b', 'c', 'd'], async (part) => {
    asked.push(part.join(''))
    return part.includes('a') && part.includes('b') ? ['a', 'b'] : undefined
  })
  expect(left).toEqual(['a', 'b'])
  expect(asked).toEqual(['', 'ab', 'a', 'b'])
})
