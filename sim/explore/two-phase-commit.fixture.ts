// For tests and benchmarks only: two-phase commit, after the specification TwoPhase of Gray and Lamport
// ("Consensus on Transaction Commit", 2006). Messages are a set that only grows: whoever may take one may take
// it again, so its timer is set again when it fires. A step that is not allowed has no timer.

import { actor, type Context } from '../actor.ts'
import { always } from '../property.ts'
import { type Scenario, scenario } from '../scenario.ts'
import { System } from '../system.ts'

type Decision = 'committed' | 'aborted'

export interface TransactionManager {
  phase: 'init' | Decision
  /** The resource managers that it heard are prepared. */
  heard: Record<string, true>
}

export interface ResourceManager {
  phase: 'working' | 'prepared' | Decision
  /** Whether its message that it is prepared is in the set. */
  sent: boolean
}

type ManagerMessage =
  | { type: 'commit' }
  | { type: 'abort' }
  | { type: 'sent'; by: string }
  | { type: 'take'; by: string }

type ResourceMessage =
  | { type: 'prepare' }
  | { type: 'choose to abort' }
  | { type: 'decided'; decision: Decision }
  | { type: 'take'; decision: Decision }

// All on one host, so that a step is one event with everything that follows from it.
const HOST = 'bank'

function transactionManager(names: readonly string[]) {
  const decide = (state: TransactionManager, decision: Decision, context: Context) => {
    state.phase = decision
    for (const name of ['commit', 'abort', ...names]) context.cancelTimer(name)
    for (const name of names) context.send(name, { type: 'decided', decision })
  }
  return actor<TransactionManager, ManagerMessage>({
    initial: { phase: 'init', heard: {} },
    host: HOST,
    start: (_, { setTimer }) => setTimer('abort', '0ms', { type: 'abort' }),
    receive(state, message, context) {
      switch (message.type) {
        case 'commit':
          return decide(state, 'committed', context)
        case 'abort':
          return decide(state, 'aborted', context)
        case 'sent':
          if (state.phase === 'init') context.setTimer(message.by, '0ms', { type: 'take', by: message.by })
          return
        case 'take':
          state.heard[message.by] = true
          context.setTimer(message.by, '0ms', message)
          if (names.every((name) => state.heard[name])) context.setTimer('commit', '0ms', { type: 'commit' })
      }
    },
  })
}

const resourceManager = actor<ResourceManager, ResourceMessage>({
  initial: { phase: 'working', sent: false },
  host: HOST,
  start(_, { setTimer }) {
    setTimer('prepare', '0ms', { type: 'prepare' })
    setTimer('choose', '0ms', { type: 'choose to abort' })
  },
  receive(state, message, { self, send, setTimer, cancelTimer }) {
    if (message.type === 'decided') {
      setTimer('take', '0ms', { type: 'take', decision: message.decision })
      return
    }
    cancelTimer('prepare')
    cancelTimer('choose')
    switch (message.type) {
      case 'prepare':
        state.phase = 'prepared'
        state.sent = true
        send('tm', { type: 'sent', by: self })
        return
      case 'choose to abort':
        state.phase = 'aborted'
        return
      case 'take':
        state.phase = message.decision
        setTimer('take', '0ms', message)
    }
  },
})

type View = Readonly<Record<string, ResourceManager>>

/** `managers` resource managers, interchangeable, and one transaction manager. */
export function twoPhaseCommit(managers: number): Scenario {
  const names = Array.from({ length: managers }, (_, index) => `rm-${index + 1}`)
  const system = new System({
    actors: {
      tm: transactionManager(names),
      ...Object.fromEntries(names.map((name) => [name, resourceManager])),
    },
  })
  return scenario({
    name: 'two-phase-commit',
    parameters: { managers },
    system,
    properties: [
      always('no two managers end apart', (view: View) => {
        const ended = (phase: Decision) => names.filter((name) => view[name]?.phase === phase)
        const [committed, aborted] = [ended('committed'), ended('aborted')]
        if (committed.length === 0 || aborted.length === 0) return undefined
        return `${committed[0]} has committed, and ${aborted[0]} has aborted`
      }),
    ],
    symmetries: [{ blocks: names.map((name) => [name]) }],
  })
}
