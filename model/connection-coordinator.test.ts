// The class for real servers as section 4 of the test plan asks for it, with dependencies that answer at once.

import { describe, expect, it } from 'vitest'
import { ConnectionCoordinator } from './connection-coordinator.ts'
import type { Dependencies } from './dependencies.ts'
import { AGENT_EVENTS, InvalidTransition } from './states.ts'

/** Dependencies that do what they are asked, and write it down. */
function server(overrides: Partial<Dependencies> = {}) {
  const log: string[] = []
  const dependencies: Dependencies = {
    accept: async () => {},
    receive: () => {},
    authenticate: async () => true,
    startServices: async () => {},
    runAgent: async (_, emit) => {
      for (const event of AGENT_EVENTS) emit(event)
      return true
    },
    send: (connection, frame) => void log.push(`${connection} ← ${frame.type}`),
    close: (connection, code) => void log.push(`${connection} closed ${code}`),
    setTimer: () => () => {},
    ...overrides,
  }
  return { log, dependencies }
}

/** Lets every promise that can settle do so. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('getOrCreate', () => {
  it('returns the same machine for a second connection of a user, and another one for another user', () => {
    const coordinator = new ConnectionCoordinator(server().dependencies)
    const first = coordinator.getOrCreate('test-user', 'conn-1')
    expect(coordinator.getOrCreate('test-user', 'conn-2')).toBe(first)
    expect(first.user).toBe('test-user')
    expect(coordinator.getOrCreate('other-user', 'conn-3')).not.toBe(first)
  })
})

describe('requestTransition', () => {
  it('grants exactly one of five requests for ACCEPTED, and queues the others', () => {
    const coordinator = new ConnectionCoordinator(server().dependencies)
    const machine = coordinator.getOrCreate('test-user', 'conn-0')
    const outcomes = [0, 1, 2, 3, 4].map(
      (i) => machine.requestTransition('ACCEPTED', `conn-${i}`, `connection ${i} requests it`).outcome,
    )
    expect(outcomes).toEqual(['granted', 'queued', 'queued', 'queued', 'queued'])
    expect(machine.owner).toBe('conn-0')
  })

  it('denies the others under the policy reject', () => {
    const coordinator = new ConnectionCoordinator(server().dependencies, { policy: 'reject' })
    const machine = coordinator.getOrCreate('test-user', 'conn-0')
    const outcomes = [0, 1, 2].map((i) => machine.requestTransition('ACCEPTED', `conn-${i}`, '').outcome)
    expect(outcomes).toEqual(['granted', 'denied', 'denied'])
  })

  it('hands the grant to the newer one under the policy takeover, and closes the older', () => {
    const { dependencies, log } = server()
    const coordinator = new ConnectionCoordinator(dependencies, { policy: 'takeover' })
    const machine = coordinator.getOrCreate('test-user', 'conn-0')
    expect(machine.requestTransition('ACCEPTED', 'conn-0', '').outcome).toBe('granted')
    expect(machine.requestTransition('ACCEPTED', 'conn-1', '').outcome).toBe('granted')
    expect(machine.owner).toBe('conn-1')
    expect(log).toEqual(['conn-0 closed 4408'])
  })

  it('grants the owner every state in order', () => {
    const coordinator = new ConnectionCoordinator(
      server({ startServices: () => new Promise(() => {}) }).dependencies,
    )
    const machine = coordinator.getOrCreate('test-user', 'conn-1')
    for (const state of ['ACCEPTED', 'AUTHENTICATED', 'SERVICES_READY', 'PROCESSING_READY'] as const) {
      expect(machine.requestTransition(state, 'conn-1', '').outcome).toBe('granted')
      expect(coordinator.stateOf('conn-1')).toBe(state)
    }
  })

  it('refuses to skip states with an InvalidTransition that names both', () => {
    const coordinator = new ConnectionCoordinator(server().dependencies)
    const machine = coordinator.getOrCreate('test-user', 'conn-1')
    const { outcome, error } = machine.requestTransition('SERVICES_READY', 'conn-1', 'skipping')
    expect(outcome).toBe('refused')
    expect(error).toBeInstanceOf(InvalidTransition)
    expect(error?.message).toContain('CONNECTING → SERVICES_READY')
    expect(coordinator.stateOf('conn-1')).toBe('CONNECTING')
  })
})

describe('a connection', () => {
  it('goes from its upgrade to an answered message', async () => {
    const { dependencies, log } = server()
    const coordinator = new ConnectionCoordinator(dependencies)
    coordinator.connect('conn-1', 'test-user')
    await settled()
    expect(coordinator.stateOf('conn-1')).toBe('PROCESSING_READY')
    coordinator.message('conn-1', 1)
    await settled()
    expect(log).toEqual(['connection_ready', ...AGENT_EVENTS].map((event) => `conn-1 ← ${event}`))
  })

  it('keeps a message that comes while services start, and processes it when they are up', async () => {
    let up = () => {}
    const { dependencies, log } = server({ startServices: () => new Promise((resolve) => (up = resolve)) })
    const coordinator = new ConnectionCoordinator(dependencies)
    coordinator.connect('conn-1', 'test-user')
    await settled()
    coordinator.message('conn-1', 1)
    expect(log).toEqual([])
    up()
    await settled()
    expect(log.at(0)).toBe('conn-1 ← connection_ready')
    expect(log.at(-1)).toBe('conn-1 ← agent_completed')
  })

  it('is promoted from standby when the owner goes', async () => {
    const coordinator = new ConnectionCoordinator(server().dependencies)
    coordinator.connect('conn-1', 'test-user')
    await settled()
    coordinator.connect('conn-2', 'test-user')
    await settled()
    expect(coordinator.stateOf('conn-2')).toBe('ACCEPTED')
    coordinator.disconnected('conn-1', 1006)
    await settled()
    expect(coordinator.stateOf('conn-2')).toBe('PROCESSING_READY')
    expect(coordinator.stateOf('conn-1')).toBe('CLOSED')
  })

  it('is closed with 4401 when its credentials are bad, or cannot be looked at', async () => {
    for (const authenticate of [async () => false, () => Promise.reject(new Error('unreachable'))]) {
      const { dependencies, log } = server({ authenticate })
      new ConnectionCoordinator(dependencies).connect('conn-1', 'test-user')
      await settled()
      expect(log).toEqual(['conn-1 closed 4401'])
    }
  })

  it('is closed with 1013 when its services fail', async () => {
    const { dependencies, log } = server({ startServices: () => Promise.reject(new Error('no database')) })
    const coordinator = new ConnectionCoordinator(dependencies)
    coordinator.connect('conn-1', 'test-user')
    await settled()
    expect(log).toEqual(['conn-1 closed 1013'])
    expect(coordinator.stateOf('conn-1')).toBe('FAILED')
  })

  it('is held by nothing once it has ended, and can be forgotten', async () => {
    const coordinator = new ConnectionCoordinator(server().dependencies)
    coordinator.connect('conn-1', 'test-user')
    await settled()
    expect(coordinator.holding()).toHaveLength(2)
    coordinator.disconnected('conn-1', 1000)
    expect(coordinator.holding()).toEqual([])
    coordinator.forget('conn-1')
    expect(coordinator.stateOf('conn-1')).toBeUndefined()
  })
})

describe('a dependency that fails', () => {
  it('closes the connection when it starts no services, however it says so', async () => {
    const fails = () => {
      throw new Error('no pool')
    }
    const { dependencies, log } = server({ startServices: fails })
    const coordinator = new ConnectionCoordinator(dependencies)
    coordinator.connect('conn-1', 'test-user')
    await settled()
    expect(log).toEqual(['conn-1 closed 1013'])
    expect(coordinator.getOrCreate('test-user', 'conn-2').owner).toBeNull()
  })

  it('closes the connection when a frame cannot be sent', async () => {
    const { dependencies, log } = server({
      send: () => {
        throw new Error('not open')
      },
    })
    new ConnectionCoordinator(dependencies).connect('conn-1', 'test-user')
    await settled()
    expect(log).toEqual(['conn-1 closed 1011'])
  })

  it('undoes no transition when it is the observer, and is heard of', () => {
    const { dependencies } = server({
      observe: () => {
        throw new Error('the log is full')
      },
    })
    const coordinator = new ConnectionCoordinator(dependencies)
    coordinator.getOrCreate('test-user', 'conn-1')
    expect(() => coordinator.disconnected('conn-1', 1006)).toThrow('the log is full')
    expect(coordinator.stateOf('conn-1')).toBe('CLOSED')
  })
})

describe('hostile and careless callers', () => {
  it('cannot fill the memory with messages before they are authenticated', async () => {
    const { dependencies, log } = server({ authenticate: () => new Promise(() => {}) })
    const coordinator = new ConnectionCoordinator(dependencies)
    coordinator.connect('conn-1', 'test-user')
    await settled()
    for (let message = 1; message <= 10_000; message++) coordinator.message('conn-1', message)
    expect(log).toEqual(['conn-1 closed 1008'])
  })

  it('are told when an id is connected twice, or a transition is requested from within', () => {
    const coordinator: ConnectionCoordinator = new ConnectionCoordinator(
      server({
        observe: () =>
          void coordinator.getOrCreate('test-user', 'conn-1').requestTransition('ACCEPTED', 'conn-1', ''),
      }).dependencies,
    )
    coordinator.connect('conn-1', 'test-user')
    expect(() => coordinator.connect('conn-1', 'test-user')).toThrow('found "conn-1" again')
    expect(() => coordinator.disconnected('conn-1', 1000)).toThrow('from within a dependency')
  })

  it('cannot ask for an end, and leave nobody behind', () => {
    const coordinator = new ConnectionCoordinator(server().dependencies)
    const machine = coordinator.getOrCreate('test-user', 'conn-1')
    for (const end of ['CLOSING', 'CLOSED', 'FAILED'] as const) {
      expect(machine.requestTransition(end, 'conn-1', '').outcome).toBe('refused')
    }
    expect(coordinator.stateOf('conn-1')).toBe('CONNECTING')
  })
})

describe('tokens', () => {
  it('grow from one owner to the next, over a forgotten user and from where a restart begins', async () => {
    const tokens: number[] = []
    const { dependencies } = server({
      runAgent: async ({ token }) => {
        tokens.push(token)
        return true
      },
    })
    const coordinator = new ConnectionCoordinator(dependencies, { tokensFrom: 1_000 })
    for (const connection of ['conn-1', 'conn-2', 'conn-3']) {
      coordinator.connect(connection, 'test-user')
      await settled()
      coordinator.message(connection, 1)
      coordinator.disconnected(connection, 1000)
      coordinator.forget(connection)
    }
    expect(tokens).toEqual([1_001, 1_002, 1_003])
    expect(coordinator.holding()).toEqual([])
  })
})

describe('stop', () => {
  it('takes every timer back, and hears of nothing more', async () => {
    let timers = 0
    const { dependencies, log } = server({
      accept: () => new Promise(() => {}),
      setTimer: () => {
        timers++
        return () => timers--
      },
    })
    const coordinator = new ConnectionCoordinator(dependencies)
    coordinator.connect('conn-1', 'test-user')
    expect(timers).toBe(1)
    coordinator.stop()
    expect(timers).toBe(0)
    coordinator.disconnected('conn-1', 1006)
    expect(log).toEqual([])
    expect(coordinator.stateOf('conn-1')).toBe('CONNECTING')
  })
})
