// The machine of a user by itself: what each policy answers, and what a lease that comes late does.

import { describe, expect, it } from 'vitest'
import type { Commands } from './coordinator.ts'
import { initialUserMachine, type Policy, receiveInUserMachine, type UserMachine } from './user-machine.ts'

/** A machine of one of two instances, and what it told whom. */
function machine(policy: Policy, instances = 2) {
  const told: string[] = []
  const timers = { count: 0 }
  const ignore = () => {}
  const commands = {
    coordinates: ignore,
    cancelTimer: ignore,
    setTimer: () => void timers.count++,
    renewLease: (token: number) => void told.push(`renew ${token}`),
    releaseLease: (token: number) => void told.push(`release ${token}`),
    acquireLease: (mode: string) => void told.push(`acquire by ${mode}`),
    tell: (_: string, of: string, message: { type: string; outcome?: string }) =>
      void told.push(`${of}: ${message.outcome ?? message.type}`),
  } as unknown as Commands
  const identity = { connection: undefined, user: 'user-1', instance: 'a', instances, tokensFrom: 0 }
  const state: UserMachine = initialUserMachine(identity, policy)
  const hear = (input: Parameters<typeof receiveInUserMachine>[1]) => {
    told.length = 0
    receiveInUserMachine(state, input, commands)
    return [...told]
  }
  const ask = (connection: string) => hear({ type: 'ask', connection, from: 'ACCEPTED', to: 'AUTHENTICATED' })
  return { state, hear, ask, timers }
}

describe('with a store', () => {
  it('asks for the lease once, and grants the first who waits under standby', () => {
    const { state, hear, ask } = machine('standby')
    expect(ask('tab-1')).toEqual(['tab-1: queued', 'acquire by wait'])
    expect(ask('tab-2')).toEqual(['tab-2: queued'])
    expect(hear({ type: 'lease-granted', token: 7 })).toEqual(['tab-1: granted'])
    expect(state).toMatchObject({ owner: 'tab-1', token: 7, lease: 'held' })
  })

  it('makes the newest of all the owner under takeover, whoever came while the lease was seized', () => {
    const { state, hear, ask } = machine('takeover')
    ask('tab-1')
    ask('tab-2')
    ask('tab-3')
    expect(hear({ type: 'lease-granted', token: 1 })).toEqual([
      'tab-1: superseded',
      'tab-2: superseded',
      'tab-3: granted',
    ])
    expect(ask('tab-4')).toEqual(['tab-4: queued', 'acquire by seize'])
    expect(hear({ type: 'lease-granted', token: 2 })).toEqual(['tab-3: superseded', 'tab-4: granted'])
    expect(state).toMatchObject({ owner: 'tab-4', waiting: [] })
  })

  it('keeps its owner, and goes on renewing, when somebody else is refused', () => {
    const { state, hear, ask } = machine('takeover')
    ask('tab-1')
    hear({ type: 'lease-granted', token: 1 })
    ask('tab-2')
    expect(hear({ type: 'lease-refused' })).toEqual(['tab-2: denied'])
    expect(state).toMatchObject({ owner: 'tab-1', lease: 'held' })
    expect(hear({ type: 'timer', timer: 'renew' })).toEqual(['renew 1'])
  })

  it('renews again only when the last renewal was answered, and for the token that it has', () => {
    const { hear, ask, timers } = machine('standby')
    ask('tab-1')
    hear({ type: 'lease-granted', token: 3 })
    expect(timers.count).toBe(1)
    hear({ type: 'timer', timer: 'renew' })
    hear({ type: 'lease-renewed', token: 2 })
    expect(timers.count).toBe(1)
    hear({ type: 'lease-renewed', token: 3 })
    expect(timers.count).toBe(2)
  })

  it('closes its owner when the lease is lost, and gives a lease back that nobody waits for', () => {
    const { hear, ask } = machine('standby')
    ask('tab-1')
    hear({ type: 'lease-granted', token: 1 })
    expect(hear({ type: 'lease-lost', token: 1 })).toEqual(['tab-1: superseded'])
    expect(hear({ type: 'lease-granted', token: 2 })).toEqual(['release 2'])
  })

  it('is not disturbed by a second grant under standby', () => {
    const { state, hear, ask } = machine('standby')
    ask('tab-1')
    hear({ type: 'lease-granted', token: 1 })
    ask('tab-2')
    expect(hear({ type: 'lease-granted', token: 2 })).toEqual([])
    expect(state).toMatchObject({ owner: 'tab-1', token: 2, waiting: [{ connection: 'tab-2' }] })
  })
})

describe('without a store', () => {
  it('answers the last that was asked for when a connection asks again while it waits', () => {
    const { state, hear } = machine('standby', 1)
    hear({ type: 'ask', connection: 'tab-1', from: 'CONNECTING', to: 'ACCEPTED' })
    hear({ type: 'ask', connection: 'tab-2', from: 'CONNECTING', to: 'ACCEPTED' })
    hear({ type: 'ask', connection: 'tab-2', from: 'ACCEPTED', to: 'AUTHENTICATED' })
    expect(state.waiting).toEqual([{ connection: 'tab-2', to: 'AUTHENTICATED' }])
  })
})
