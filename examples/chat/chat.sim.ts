// The chat room among phones, networks and a store that answer when they like: heddle decides when, and
// otherwise in each run. The command finds these scenarios by the name of this file; chat.test.ts runs them
// as tests.

import { type Duration, type World, world } from 'heddle'
import type { LifecycleObservation } from 'heddle/model'
import { oneOwnerPerUser } from 'heddle/properties'
import { Chat, CLOSE, type Frame, type Message, type Socket } from './chat.ts'

/** A chat with its store. What each `operation` stands for takes a time within its window. */
function room({ operation }: World, loginMax: Duration = '50ms') {
  const log: Message[] = []
  const chat: Chat = new Chat({
    async authenticate(token) {
      await operation('auth', { window: ['5ms', loginMax] })
      return token === 'forged' ? undefined : token
    },
    async history(after) {
      await operation('history', { window: ['5ms', '200ms'] })
      return log.filter(({ id }) => id > after)
    },
    async append(from, text) {
      await operation('append', { window: ['1ms', '10ms'], channel: 'append' })
      const message = { id: log.length + 1, from, text }
      log.push(message)
      operation('feed', { window: ['1ms', '20ms'], channel: 'feed' }).then(() => chat.deliver(message))
    },
    setTimer(ms, then) {
      // A fault: explore looks at no times, and would have every login take too long. Now a budget is needed.
      const timer = new AbortController()
      operation('timer', { window: `${ms}ms`, fault: 'timeouts', signal: timer.signal }).then(then, () => {})
      return () => timer.abort()
    },
  })
  return { chat, log }
}

/** A connection, with what has come over it. */
class Connection implements Socket {
  readonly received: number[] = []
  isReady = false
  closedWith: number | undefined
  /** How much was sent once it was closed. */
  sentInVain = 0
  /** Whether its client can still hear it. The server does not know. */
  isHeard = true
  readonly #moved: (to: 'PROCESSING_READY' | 'CLOSED') => void

  /** It says when it acts for its user, in the words that the properties of heddle's own look at. */
  constructor({ observe }: World, connection: string, user: string) {
    const common = { type: 'moved', connection, user, instance: 'room', token: 0 } as const
    this.#moved = (to) => observe({ ...common, to } satisfies LifecycleObservation)
  }

  send(data: string): void {
    if (this.closedWith !== undefined) {
      this.sentInVain++
      return
    }
    const frame: Frame = JSON.parse(data)
    if (frame.type === 'history') {
      this.isReady = true
      this.#moved('PROCESSING_READY')
    }
    const messages = frame.type === 'history' ? frame.messages : [frame.message]
    if (this.isHeard) this.received.push(...messages.map(({ id }) => id))
  }

  close(code: number): void {
    this.closedWith = code
    this.#moved('CLOSED')
  }
}

/** Ann's phone leaves her wifi, and comes back over the mobile network. Nobody tells the server. Bob writes. */
export const changingNetworks = world(
  'a phone changes networks',
  async (simulation) => {
    const { task, sleep, check } = simulation
    const { chat, log } = room(simulation)
    const wifi = new Connection(simulation, 'wifi', 'ann')
    const mobile = new Connection(simulation, 'mobile', 'ann')
    const received = () => [...wifi.received, ...mobile.received]
    check.always('each message comes once, in order', () => {
      return received().every((id, index) => id === index + 1) || `ann got ${received().join(', ')}`
    })
    check.eventually('every message comes', () => log.every(({ id }) => received().includes(id)))
    check.sometimes('the network changes before the history has come', () => {
      return wifi.closedWith === CLOSE.takenOver && !wifi.isReady
    })

    const bob = new Connection(simulation, 'bob', 'bob')
    await chat.join(bob, 'bob')
    task('wifi', () => chat.join(wifi, 'ann'))
    task('mobile', async () => {
      await sleep(['1ms', '200ms'])
      wifi.isHeard = false
      await chat.join(mobile, 'ann', wifi.received.at(-1))
    })
    await sleep(['1ms', '200ms'])
    await chat.say(bob, 'hi ann')
    await chat.say(bob, 'are you there?')
  },
  { properties: [oneOwnerPerUser] },
)

/** Ann's login may take too long, and eve's token is nobody's. */
export const slowLogin = world(
  'a login takes too long',
  async (simulation) => {
    const { task, check } = simulation
    const { chat, log } = room(simulation, '20s')
    const ann = new Connection(simulation, 'tab', 'ann')
    const eve = new Connection(simulation, 'eve', 'eve')
    const wasClosed = () => ann.closedWith === CLOSE.unauthenticated
    check.eventually('ann is in, or hears why not', () => ann.isReady !== wasClosed())
    check.eventually(
      'what ann says meanwhile counts if she is in',
      () => log.length === (ann.isReady ? 1 : 0),
    )
    check.eventually('eve hears why not', () => eve.closedWith === CLOSE.unauthenticated)
    check.always('eve gets nothing else', () => !eve.isReady && eve.received.length === 0)
    check.always('nobody is served once it is too late', () => ann.sentInVain === 0)
    check.sometimes('a login takes too long', wasClosed)

    task('ann', () => chat.join(ann, 'ann'))
    task('eve', () => chat.join(eve, 'forged'))
    await chat.say(ann, 'hello?')
  },
  { budgets: { timeouts: 1 } },
)
