// The agent of a user: for each message it emits five events, each after a delay. It is the resource that
// fencing protects (Kleppmann, "How to do distributed locking", 2016): it remembers the highest token that
// it has seen, refuses a lower one, and stops what still runs under a lower one.

import { actor, type Context, type WindowInput } from '../sim/index.ts'
import { AGENT_EVENTS, type AgentEvent } from './states.ts'

interface AgentRun {
  readonly connection: string
  readonly instance: string
  readonly to: string
  /** The life of the machine that asked, as its answers carry it back. */
  readonly incarnation: number
  readonly message: number
  readonly token: number
  /** False if the services it needs were not up when it began: it stops after two events. */
  readonly complete: boolean
  emitted: number
}

interface Agent {
  highestToken: number
  runs: AgentRun[]
}

type AgentMessage =
  | ({ readonly type: 'run' } & Omit<AgentRun, 'emitted'>)
  | { readonly type: 'emit'; readonly connection: string }

export function agent(user: string, delays: { readonly agent: WindowInput; readonly network: WindowInput }) {
  const timerOf = (connection: string) => `emit.${connection}`

  function begin(state: Agent, run: Omit<AgentRun, 'emitted'>, context: Context): void {
    if (run.token < state.highestToken) return refuse(run, context)
    state.highestToken = run.token
    for (const older of state.runs.filter((other) => other.token < run.token)) {
      context.cancelTimer(timerOf(older.connection))
      refuse(older, context)
    }
    state.runs = state.runs.filter((other) => other.token >= run.token && other.connection !== run.connection)
    state.runs.push({ ...run, emitted: 0 })
    context.setTimer(timerOf(run.connection), delays.agent, { type: 'emit', connection: run.connection })
  }

  function refuse(run: Omit<AgentRun, 'emitted'>, { send }: Context): void {
    const { to, connection, incarnation } = run
    send(to, { type: 'fenced', connection, incarnation }, { window: delays.network, channel: connection })
  }

  function emit(state: Agent, connection: string, context: Context): void {
    const run = state.runs.find((other) => other.connection === connection)
    if (run === undefined) return
    const event = AGENT_EVENTS[run.emitted] as AgentEvent
    const { message, token, instance, to, incarnation } = run
    run.emitted++
    context.observe({ type: 'effect', user, connection, instance, message, event, token })
    context.send(
      to,
      { type: 'agent-event', connection, message, event, incarnation },
      { window: delays.network, label: event, channel: connection },
    )
    const last = run.complete ? AGENT_EVENTS.length : 2
    if (run.emitted < last) context.setTimer(timerOf(connection), delays.agent, { type: 'emit', connection })
    else state.runs = state.runs.filter((other) => other.connection !== connection)
  }

  return actor<Agent, AgentMessage>({
    initial: { highestToken: 0, runs: [] },
    host: 'agent',
    show: ({ runs }) =>
      runs.length === 0 ? 'idle' : runs.map((run) => `${run.connection}: message ${run.message}`).join(', '),
    receive(state, message, context) {
      if (message.type === 'emit') return emit(state, message.connection, context)
      const { type: _, ...run } = message
      return begin(state, run, context)
    },
  })
}
