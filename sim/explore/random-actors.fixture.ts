// For tests only: actors that fast-check generates, with every means an actor has. What is generated is plain
// data, which shrinks and prints; an actor is made of it, and of where it stands among the others. Only faults
// crash hosts, so that what comes to rest does so after every crash.

import fc from 'fast-check'
import { type Actor, actor, type Context } from '../actor.ts'

const TYPES = ['ping', 'pong', 'tick'] as const
const FAULTS = ['drop', 'drop', 'crash', 'unheard of'] as const
const HOWS = ['plain', 'late', 'unordered', 'named'] as const
/** An actor of a system that rests falls silent after so many messages. */
const HANDLED_MAX = 2

type Type = (typeof TYPES)[number]
type Action = { readonly when: number | undefined } & (
  | { do: 'send'; to: number; type: Type; how: (typeof HOWS)[number] }
  | { do: 'timer'; name: string; type: Type; fault: (typeof FAULTS)[number] | undefined }
  | { do: 'cancel'; name: string }
  | { do: 'observe'; note: string }
  | { do: 'crash'; host: number }
  | { do: 'throw' }
)
interface Rule {
  readonly adds: number
  readonly keeps: boolean
  readonly actions: readonly Action[]
}
export interface Behaviour {
  readonly rules: Readonly<Record<Type, Rule>>
  readonly start: readonly Action[]
  readonly survives: 'nothing' | 'all' | 'throws'
  readonly waitsAt: number | undefined
}

export const small = fc.nat(2)
const type = fc.constantFrom(...TYPES)
const name = fc.constantFrom('first', 'second')
const fault = fc.constantFrom(...FAULTS)
const NONE = { nil: undefined }

/** Done at any time, or at one count only. */
function action<Kind extends Action['do'], Rest extends object>(kind: Kind, weight: number, rest: Rest) {
  const fields = { do: fc.constant(kind), when: fc.option(small, { ...NONE, freq: 2 }), ...rest }
  return { weight, arbitrary: fc.record(fields) as unknown as fc.Arbitrary<Action> }
}

const actions = fc.array(
  fc.oneof(
    action('send', 16, { to: fc.nat(3), type, how: fc.constantFrom(...HOWS) }),
    action('timer', 5, { name, type, fault: fc.constant(undefined) }),
    action('timer', 4, { name, type, fault }),
    action('cancel', 1, { name }),
    action('observe', 6, { note: fc.constantFrom('this', 'that') }),
    action('crash', 1, { host: fc.nat(3) }),
    action('throw', 1, { when: fc.constant(2) }),
  ),
  { minLength: 1, maxLength: 2, size: 'max' },
)
const rule: fc.Arbitrary<Rule> = fc.record({ adds: small, keeps: fc.boolean(), actions })
export const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  rules: fc.record({ ping: rule, pong: rule, tick: rule }),
  start: actions,
  survives: fc.constantFrom('nothing', 'nothing', 'nothing', 'all', 'all', 'all', 'throws'),
  waitsAt: fc.option(small, { ...NONE, freq: 3 }),
})

export interface Counted {
  n: number
  last: string
  /** Of those that keep others: who, in order, and what each said last. */
  list?: string[]
  record?: Record<string, string>
}
interface Said {
  readonly type: Type | 'crash'
  readonly from: string
  readonly host?: string
}

/** Where an actor stands among the others. */
export interface Role {
  readonly host: string
  /** The hosts that it may crash. */
  readonly hosts: readonly string[]
  readonly rests: boolean
  readonly initial?: Counted
  /** Whom it means by a number. */
  readonly reach: (to: number, state: Counted, from: string | undefined) => readonly string[]
}

export function randomActor(
  { rules, start, survives, waitsAt }: Behaviour,
  role: Role,
): Actor<Counted, Said> {
  const actAll = (actions: readonly Action[], moment: Moment) => {
    for (const one of actions) if ((one.when ?? moment.state.n) === moment.state.n) act(one, role, moment)
  }
  return actor<Counted, Said>({
    initial: role.initial ?? { n: 0, last: '' },
    host: role.host,
    start: (state, context) => actAll(start, { state, from: undefined, context }),
    receive(state, { type, from, host }, context) {
      if (type === 'crash') return context.crash(host as string)
      if (role.rests && state.n >= HANDLED_MAX) return
      const { adds, keeps, actions } = rules[type]
      state.n = role.rests ? state.n + 1 : (state.n + adds) % 3
      if (keeps) keep(state, type, from)
      actAll(actions, { state, from, context })
    },
    ...(waitsAt === undefined ? {} : { waitsFor: ({ n }) => (n === waitsAt ? 'more' : undefined) }),
    ...(survives === 'nothing' ? {} : { survives: (state) => surviving(state, survives === 'throws') }),
  })
}

function surviving(state: Counted, throws: boolean): Counted {
  if (throws && state.n === 2) throw new Error('nothing survives')
  return state
}

function keep(state: Counted, type: Type, from: string): void {
  state.last = type
  if (state.list === undefined || state.record === undefined) return
  state.list = state.list.includes(from) ? state.list.filter((one) => one !== from) : [...state.list, from]
  state.record[from] = type
}

interface Moment {
  readonly state: Counted
  /** Who sent what is handled. */
  readonly from: string | undefined
  readonly context: Context
}

function act(action: Action, role: Role, { state, from, context }: Moment): void {
  const { self } = context
  switch (action.do) {
    case 'send': {
      const all = role.reach(action.to, state, from)
      // What goes to several at once has no order, as they may be interchangeable.
      const how = all.length > 1 && action.how === 'named' ? 'late' : action.how
      for (const to of all) send({ ...action, how }, role.rests, to, context)
      return
    }
    case 'timer': {
      const { name, type, fault } = action
      return context.setTimer(name, '1ms', { type, from: self }, fault === undefined ? {} : { fault })
    }
    case 'cancel':
      return context.cancelTimer(action.name)
    case 'observe':
      return context.observe({ type: 'noted', note: action.note, by: from ?? self })
    case 'crash': {
      const host = role.hosts[action.host % role.hosts.length] as string
      return context.setTimer('crash', '1ms', { type: 'crash', from: self, host }, { fault: 'crash' })
    }
    case 'throw':
      throw new Error(`${state.n} is too much`)
  }
}

function send(
  { type, how }: Extract<Action, { do: 'send' }>,
  rests: boolean,
  to: string,
  { self, send }: Context,
): void {
  // Of actors that do not rest, only later ones are told within the step, as it would not end.
  const isLate = how === 'late' || how === 'named' || !(rests || to > self)
  send(
    to,
    { type, from: self },
    {
      unordered: how === 'unordered',
      ...(how === 'named' ? { channel: 'main' } : {}),
      ...(isLate ? { window: '1ms' as const } : {}),
    },
  )
}
