// The two services that a connection needs, the supervisor and the thread service, started side by side.
// They are ready when both are up. Faults: the supervisor fails, or the thread service comes up late, so
// that services are up in part first. A message is only worked on in full once both are up.

import { actor, type Context, type WindowInput } from '../sim/index.ts'
import { type Connection, hostOf } from './topology.ts'

type Service = 'supervisor' | 'thread'

interface Services {
  supervisor: 'down' | 'starting' | 'late' | 'up' | 'failed'
  thread: 'down' | 'starting' | 'late' | 'up' | 'failed'
}

type ServicesMessage =
  | { readonly type: 'start'; readonly from: string }
  | { readonly type: 'up'; readonly service: Service; readonly to: string }
  | { readonly type: 'fail'; readonly to: string }
  | { readonly type: 'late'; readonly to: string }
  | {
      readonly type: 'run'
      readonly from: string
      readonly incarnation: number
      readonly message: number
      readonly token: number
    }

export interface ServicesOptions {
  readonly window: WindowInput
  readonly faults: WindowInput
  readonly network: WindowInput
  readonly mayFail: boolean
  readonly mayBeLate: boolean
}

export function services({ name, user, instance }: Connection, options: ServicesOptions) {
  function start(state: Services, to: string, { setTimer, observe }: Context): void {
    state.supervisor = 'starting'
    state.thread = 'starting'
    observe({ type: 'began', connection: name, what: 'services' })
    setTimer('supervisor', options.window, { type: 'up', service: 'supervisor', to })
    setTimer('thread', options.window, { type: 'up', service: 'thread', to })
    if (options.mayFail) setTimer('fail', options.faults, { type: 'fail', to }, { fault: 'serviceFailures' })
    if (options.mayBeLate)
      setTimer('late', options.faults, { type: 'late', to }, { fault: 'partialServices' })
  }

  function up(state: Services, service: Service, to: string, context: Context): void {
    const wasLate = state[service] === 'late'
    state[service] = 'up'
    if (service === 'thread') context.cancelTimer('late')
    if (state.supervisor === 'up' && state.thread === 'up') {
      context.cancelTimer('fail')
      context.observe({ type: 'ended', connection: name, what: 'services', outcome: 'ready' })
      context.send(to, { type: 'services-ready', connection: name })
    } else if (state.thread === 'late' && !wasLate) {
      context.send(to, { type: 'services-degraded', connection: name })
    }
  }

  function strike(fault: string, { observe }: Context): void {
    observe({ type: 'fault', fault, connection: name })
  }

  return actor<Services, ServicesMessage>({
    initial: { supervisor: 'down', thread: 'down' },
    host: hostOf(instance),
    receive(state, message, context) {
      switch (message.type) {
        case 'start':
          return start(state, message.from, context)
        case 'up':
          return up(state, message.service, message.to, context)
        case 'fail':
          strike('service-failure', context)
          state.supervisor = 'failed'
          for (const timer of ['supervisor', 'thread', 'late']) context.cancelTimer(timer)
          context.observe({ type: 'ended', connection: name, what: 'services', outcome: 'failed' })
          context.send(message.to, { type: 'services-failed', connection: name })
          return
        case 'late':
          strike('partial-services', context)
          state.thread = 'late'
          context.setTimer('thread', ['500ms', '1s'], { type: 'up', service: 'thread', to: message.to })
          if (state.supervisor === 'up') {
            context.send(message.to, { type: 'services-degraded', connection: name })
          }
          return
        case 'run': {
          const { from, incarnation, message: number, token } = message
          // Without its services an agent starts and thinks, and finds no tool to execute.
          const complete = state.supervisor === 'up' && state.thread === 'up'
          context.send(
            `agent/${user}`,
            {
              type: 'run',
              connection: name,
              instance,
              to: from,
              incarnation,
              message: number,
              token,
              complete,
            },
            { window: options.network, label: 'run' },
          )
          return
        }
      }
    },
  })
}
