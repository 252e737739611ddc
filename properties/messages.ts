// What happens to messages: each is processed once and in order, and each brings its five agent events.

import { AGENT_EVENTS, isEnded, type Observed } from '../model/index.ts'
import { type Monitor, monitor } from '../sim/index.ts'

interface Messages {
  /** What was sent and has not been started, in order. */
  open: number[]
  /** The message that was started last; numbers grow. */
  last: number
  over: boolean
}

/**
 * No message lost, duplicated or reordered: what a connection sends is processed in the order in which it was
 * sent, each message once; and all of it, unless the connection ends first.
 */
export const noMessageLostDuplicatedOrReordered: Monitor = monitor<
  Messages,
  | Observed<'connect' | 'ready'>
  | Observed<'sent'>
  | Observed<'effect'>
  | Observed<'moved'>
  | Observed<'gone'>
  | Observed<'crashed'>
  | Observed<'closed'>
>({
  name: 'no message lost, duplicated or reordered',
  on: ['connect', 'sent', 'effect', 'moved', 'gone', 'crashed', 'closed'],
  each: ({ connection }) => connection,
  initial: { open: [], last: 0, over: false },
  observe(state, observation) {
    const { connection } = observation
    switch (observation.type) {
      case 'connect':
        // A crash before there was a connection has ended nothing.
        state.over = false
        return
      case 'sent':
        state.open.push(observation.message)
        return
      case 'effect': {
        if (observation.event !== 'agent_started') return
        const { message } = observation
        if (message <= state.last) return `${connection}: message ${message} is processed again`
        const next = state.open[0]
        state.open = state.open.filter((other) => other !== message)
        state.last = message
        return message === next
          ? undefined
          : `${connection}: message ${message} is processed before message ${next}`
      }
      case 'moved':
        if (observation.to === 'CLOSING' || isEnded(observation.to)) state.over = true
        return
      default:
        state.over = true
    }
  },
  atRest({ open, over }) {
    const [lost] = open
    return over || lost === undefined ? undefined : `message ${lost} was sent, and never processed`
  },
})

interface Events {
  message: number
  /** How many of the five have come. */
  come: number
  sent: number
  answered: number
  over: boolean
}

const NO_EVENTS: Events = { message: 0, come: 0, sent: 0, answered: 0, over: false }

/**
 * All five agent events for each message: they reach the connection that sent it, in order and exactly once;
 * and all of them, unless the connection ends first.
 */
export const allFiveAgentEvents: Monitor = monitor<
  Events,
  | Observed<'connect' | 'ready'>
  | Observed<'sent'>
  | Observed<'received'>
  | Observed<'gone'>
  | Observed<'crashed'>
  | Observed<'closed'>
>({
  name: 'all five agent events for each message',
  on: ['connect', 'sent', 'received', 'gone', 'crashed', 'closed'],
  each: ({ connection }) => connection,
  initial: NO_EVENTS,
  observe(state, observation) {
    switch (observation.type) {
      case 'connect':
        // A crash before there was a connection has ended nothing.
        state.over = false
        return
      case 'sent':
        state.sent++
        if (state.message === 0) state.message = observation.message
        return
      case 'received': {
        const { connection, message, event } = observation
        const due = AGENT_EVENTS[state.come]
        if (message !== state.message || event !== due) {
          return `${connection}: ${event} of message ${message}, where ${due} of message ${state.message} was due`
        }
        state.come = (state.come + 1) % AGENT_EVENTS.length
        if (state.come > 0) return
        state.answered++
        state.message++
        return
      }
      case 'closed':
        // Nothing is due on a connection that its client has seen the end of.
        Object.assign(state, NO_EVENTS, { over: true })
        return
      default:
        state.over = true
    }
  },
  atRest({ over, sent, answered, message, come }) {
    return over || answered >= sent ? undefined : `${AGENT_EVENTS[come]} of message ${message} never came`
  },
})
