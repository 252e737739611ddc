// What is wrong with a user's coordinator is said with the name of its file.

import { describe, expect, it } from 'vitest'
import { type Commands, type Identity, type Machine, single } from '../model/index.ts'
import { kept } from './contract.ts'

const { machines, ...rest } = single()
const session = machines.session as Machine
const withSession = (changed: Record<string, unknown>) => ({
  ...rest,
  name: 'mine',
  machines: { ...machines, session: { ...session, ...changed } },
})
const machine = (changed: Record<string, unknown>) =>
  kept(withSession(changed), 'mine.ts').machines.session as Machine

describe('the shape of a coordinator', () => {
  it.each([
    [undefined, 'a coordinator, found none.'],
    [null, 'a coordinator, found null.'],
    [5, 'a coordinator, found 5.'],
    [{ ...rest }, 'a coordinator with machines.'],
    [{ ...rest, name: '', machines }, 'a coordinator whose name is a name, found an empty one.'],
    [{ ...rest, machines: { session: 5 } }, 'whose machines.session is a machine, found 5.'],
    [withSession({ per: 'tab' }), 'whose machines.session.per is "connection" or "user", found "tab".'],
    [withSession({ initial: undefined }), 'whose machines.session.initial is a function, found undefined.'],
    [withSession({ receive: 'x' }), 'whose machines.session.receive is a function, found "x".'],
    [withSession({ show: 5 }), 'whose machines.session.show is a function, found 5.'],
  ])('%# is named', (value, expected) => {
    expect(() => kept(value, 'mine.ts')).toThrow(expected)
    expect(() => kept(value, 'mine.ts')).toThrow('the default export of mine.ts')
  })

  it('keeps what else a machine has, and reads it from wherever it is', () => {
    class Own {
      readonly per = 'connection'
      readonly extra = 1
      initial() {
        return this.extra
      }
      receive() {}
    }
    const own = kept({ ...rest, machines: { session: Object.freeze(new Own()) } }, 'mine.ts').machines.session
    expect(own?.initial({} as Identity)).toBe(1)
    expect(own).toMatchObject({ per: 'connection', extra: 1 })
    expect(own?.holds).toBeUndefined()
  })
})

describe('a machine', () => {
  const boom = () => {
    throw new Error('boom')
  }
  const commands = {} as Commands
  it.each([
    [
      'initial that throws',
      () => machine({ initial: boom }).initial({} as Identity),
      'initial of machine "session" in mine.ts threw Error: boom',
    ],
    [
      'show that throws',
      () => machine({ show: boom }).show?.({}),
      'show of machine "session" in mine.ts threw Error: boom',
    ],
    [
      'show that gives no text',
      () => machine({ show: () => ({}) }).show?.({}),
      'mine.ts to give a text, found an object',
    ],
    [
      'holds that gives no list',
      () => machine({ holds: () => 5 }).holds?.({}),
      'mine.ts to give a list of connections, found 5',
    ],
    [
      'receive that gives a promise',
      () => machine({ receive: () => Promise.reject(new Error('late')) }).receive({}, {}, commands),
      'receive of machine "session" in mine.ts gives a promise',
    ],
  ])('with %s is a mistake', (_, call, expected) => {
    expect(call).toThrow(
      expect.objectContaining({ code: 'HEDDLE_COORDINATOR', message: expect.stringContaining(expected) }),
    )
  })

  it('may move a connection only to a state that there is', () => {
    const moves = machine({
      receive: (_: unknown, __: unknown, { moved }: Commands) => moved('tab-1', 'NONSENSE' as never),
    })
    expect(() => moves.receive({}, {}, commands)).toThrow(
      'moved got "NONSENSE": expected one of CONNECTING, ',
    )
  })

  it('may set a timer only with a unit', () => {
    const waits = machine({
      receive: (_: unknown, __: unknown, { setTimer }: Commands) =>
        setTimer('t', Number.POSITIVE_INFINITY as never),
    })
    expect(() => waits.receive({}, {}, commands)).toThrow('setTimer got Infinity as its window')
  })
})
