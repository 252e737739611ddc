import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REPEATABLE } from '../generated.fixture.ts'
import { SharedValues } from './shared.ts'

/** What an act on a shared value touches. */
function touched<T extends object>(value: T, act: (shared: T) => unknown) {
  const values = new SharedValues()
  const shared = values.share('it', value)
  values.record()
  act(shared)
  values.pause()
  return values.touched() ?? { reads: [], writes: [] }
}

describe('a shared object', () => {
  test('notes properties by their path', () => {
    const act = (it: { owner: { name: string }; open?: boolean }) => {
      it.owner.name = `${it.owner.name}!`
      it.open = true
      delete it.open
    }
    expect(touched({ owner: { name: 'tab-1' } }, act)).toEqual({
      reads: ['it.owner', 'it.owner.name'],
      writes: ['it.owner.name', 'it.*', 'it.open'],
    })
  })

  test('reads which properties there are when they are listed or looked for', () => {
    expect(touched({ a: 1 }, (it) => Object.keys(it)).reads).toContain('it.*')
    expect(touched({ a: 1 }, (it) => 'b' in it).reads).toEqual(['it.b'])
  })

  test('follows the methods, getters and setters of a class', () => {
    class Door {
      #ignored = 0
      opened = 0
      open() {
        this.opened++
      }
      set wide(times: number) {
        this.opened = times
      }
      static count(door: Door) {
        return door.#ignored
      }
    }
    expect(touched(new Door(), (door) => door.open())).toEqual({
      reads: ['it.opened'],
      writes: ['it.opened'],
    })
    expect(
      touched(new Door(), (door) => {
        door.wide = 2
      }).writes,
    ).toContain('it.opened')
  })

  test('leaves dates, promises and functions as they are', async () => {
    const value = {
      at: new Date(0),
      later: Promise.resolve(1),
      act: () => 2,
      fixed: Object.freeze({ a: { b: 1 } }),
    }
    const shared = new SharedValues().share('it', value)
    expect(shared.at.getTime()).toBe(0)
    expect(await shared.later).toBe(1)
    expect(shared.act()).toBe(2)
    expect(shared.fixed.a.b).toBe(1)
  })

  test('keeps identity, and stores no proxy', () => {
    const value: { first: object; second?: object } = { first: {} }
    const shared = new SharedValues().share('it', value)
    shared.second = shared.first
    expect(shared.first).toBe(shared.first)
    expect(shared.second).toBe(shared.first)
    expect(value.second).toBe(value.first)
  })
})

describe('a shared array', () => {
  test('notes elements and its length', () => {
    expect(touched(['a'], (it) => it.push('b'))).toEqual({
      reads: ['it.length'],
      writes: ['it.*', 'it.1', 'it.length'],
    })
    expect(touched(['a', 'b'], (it) => it[1])).toEqual({ reads: ['it.1'], writes: [] })
  })

  test('finds an element by what it gave out, and by what was put in', () => {
    const letter = {}
    const shared = new SharedValues().share('it', [letter])
    expect(shared.includes(shared[0] as object)).toBe(true)
    expect(shared.indexOf(letter)).toBe(0)
    expect(touched([letter], (it) => it.includes({})).reads).toEqual(['it.length', 'it.0'])
  })
})

describe('a shared Map or Set', () => {
  test('notes entries, and which there are', () => {
    expect(touched(new Map([['a', 1]]), (it) => it.get('a'))).toEqual({ reads: ['it.a'], writes: [] })
    expect(touched(new Map([['a', 1]]), (it) => it.set('a', 2))).toEqual({ reads: [], writes: ['it.a'] })
    expect(touched(new Map([['a', 1]]), (it) => it.set('b', 2)).writes).toEqual(['it.*', 'it.b'])
    expect(touched(new Map([['a', 1]]), (it) => [...it])).toEqual({ reads: ['it.*', 'it.a'], writes: [] })
    expect(touched(new Set(['a']), (it) => it.add('a').add('b')).writes).toEqual(['it.a', 'it.*', 'it.b'])
    expect(touched(new Set(['a']), (it) => it.size).reads).toEqual(['it.*'])
    expect(touched(new Set(['a']), (it) => it.delete('a')).writes).toEqual(['it.*', 'it.a'])
    expect(touched(new Set(['a']), (it) => it.clear()).writes).toEqual(['it.*', 'it.a'])
  })

  test('follows the values in it', () => {
    const users = new Map([['ann', { owner: '' }]])
    const act = (it: typeof users) => {
      for (const user of it.values()) user.owner = 'tab-1'
      it.forEach((user) => void user.owner)
    }
    expect(touched(users, act)).toEqual({
      reads: ['it.*', 'it.ann', 'it.ann.owner'],
      writes: ['it.ann.owner'],
    })
    expect(users.get('ann')).toEqual({ owner: 'tab-1' })
  })

  test('behaves as it does without a proxy', () => {
    const key = fc.constantFrom('a', 'b', 'c')
    const act = fc.oneof(
      fc.tuple(fc.constant('set' as const), key),
      fc.tuple(fc.constant('delete' as const), key),
      fc.tuple(fc.constantFrom('get' as const, 'has' as const), key),
      fc.tuple(fc.constant('clear' as const)),
    )
    fc.assert(
      fc.property(fc.array(act), (acts) => {
        const play = (map: Map<string, number>) => {
          const seen: unknown[] = acts.map(([method, name = ''], index) =>
            method === 'set'
              ? map.set(name, index).size
              : method === 'clear'
                ? map.clear()
                : map[method](name),
          )
          return [...seen, ...map, ...map.keys(), ...map.values(), ...map.entries(), map.size, `${map}`]
        }
        expect(play(new SharedValues().share('it', new Map<string, number>()))).toEqual(play(new Map()))
      }),
      REPEATABLE,
    )
  })
})
