// The tests of the chat room: as one writes them, in the order that comes to mind; and simulated, in the
// orders that do not.

import { expect, replays, test } from 'heddle/vitest'
import { changingNetworks, slowLogin } from './chat.sim.ts'
import { Chat, type Message, type Needs } from './chat.ts'

const hi: Message = { id: 1, from: 'bob', text: 'hi' }
const bye: Message = { id: 2, from: 'bob', text: 'bye' }

/** A chat whose dependencies answer at once. */
function chatWith(history: Needs['history'] = async () => []): Chat {
  return new Chat({
    authenticate: async (token) => (token === 'forged' ? undefined : token),
    history,
    append: async () => {},
    setTimer: () => () => {},
  })
}

function connection() {
  const frames: unknown[] = []
  return {
    frames,
    send: (data: string) => frames.push(JSON.parse(data)),
    close: (code: number) => frames.push(code),
  }
}

test('what is said while the history loads comes after it', async () => {
  const chat = chatWith(async () => {
    chat.deliver(bye)
    return [hi]
  })
  const tab = connection()
  await chat.join(tab, 'ann')
  expect(tab.frames).toEqual([
    { type: 'history', messages: [hi] },
    { type: 'message', message: bye },
  ])
})

test('a newer connection takes over', async () => {
  const chat = chatWith()
  const [older, newer] = [connection(), connection()]
  await chat.join(older, 'ann')
  await chat.join(newer, 'ann')
  chat.leave(older)
  chat.deliver(hi)
  expect(older.frames).toEqual([{ type: 'history', messages: [] }, 4408])
  expect(newer.frames).toEqual([
    { type: 'history', messages: [] },
    { type: 'message', message: hi },
  ])
})

test('a connection that has left gets nothing more', async () => {
  const chat = chatWith()
  const tab = connection()
  await chat.join(tab, 'ann')
  chat.leave(tab)
  chat.deliver(hi)
  expect(tab.frames).toEqual([{ type: 'history', messages: [] }])
})

test('a forged token gets a close', async () => {
  const tab = connection()
  await chatWith().join(tab, 'forged')
  expect(tab.frames).toEqual([4401])
})

test.sim('a phone changes networks', changingNetworks)

test.sim('a phone changes networks, in any order there is', { exhaustive: true }, changingNetworks)

test.sim('a login takes too long', slowLogin)

replays('replays', { scenarios: [changingNetworks, slowLogin] })
