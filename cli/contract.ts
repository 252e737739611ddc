// Holds a user's coordinator to its contract: its shape when it is loaded, and what its machines give while they
// run. What is wrong is named with the file, as nobody else is to blame for it. Loads nothing.

import * as v from 'valibot'
import { oneLine, plain } from '../failures/index.ts'
import { type Commands, type Coordinator, type Machine, STATES } from '../model/index.ts'
import { HeddleError } from '../sim/index.ts'
import { UsageError } from './exit.ts'

const aFunction = v.function(({ received }) => `a function, found ${received}`)
const aWord = (what: string) =>
  v.pipe(
    v.string(({ received }) => `${what}, found ${received}`),
    v.nonEmpty(`${what}, found an empty one`),
  )

const SHAPE = v.object(
  {
    name: aWord('a name'),
    entry: aWord('the name of a machine'),
    machines: v.record(
      v.string(),
      v.object(
        {
          per: v.picklist(
            ['connection', 'user'],
            ({ received }) => `"connection" or "user", found ${received}`,
          ),
          initial: aFunction,
          receive: aFunction,
          holds: v.optional(aFunction),
          show: v.optional(aFunction),
        },
        ({ received, expected }) => `${expected === 'Object' ? 'a machine' : expected}, found ${received}`,
      ),
      ({ received }) => `machines by name, found ${received}`,
    ),
  },
  ({ received }) => `an object, found ${received}`,
)

/** The same coordinator, held to its contract. `file` is for messages. Throws a UsageError for what is none. */
export function kept(value: unknown, file: string): Coordinator {
  if (value === undefined) throw notOne(file, 'a coordinator, found none')
  const { issues } = v.safeParse(SHAPE, value, { abortEarly: true })
  if (issues !== undefined) throw notOne(file, complaint(issues[0]))
  const coordinator = value as Coordinator
  const machines = Object.entries(coordinator.machines).map(
    ([name, machine]) => [name, keptMachine(machine, `machine "${plain(name, 60)}" in ${file}`)] as const,
  )
  return {
    name: coordinator.name,
    entry: coordinator.entry,
    machines: Object.fromEntries(machines),
    ...(coordinator.asynchronous === undefined ? {} : { asynchronous: coordinator.asynchronous }),
  }
}

function complaint(issue: v.BaseIssue<unknown>): string {
  const path = plain(v.getDotPath(issue) ?? '', 100)
  const missing = issue.received === 'undefined' && !path.includes('.')
  if (path === '') return `a coordinator, found ${issue.received}`
  return missing ? `a coordinator with ${path}` : `a coordinator whose ${path} is ${plain(issue.message)}`
}

function notOne(file: string, what: string): UsageError {
  return new UsageError(
    `Expected the default export of ${file} to be ${what}. One has a name, an entry and machines: the type Coordinator of heddle/model.`,
  )
}

function keptMachine(machine: Machine, where: string): Machine {
  const checked = new WeakMap<Commands, Commands>()
  const own: Partial<Machine> = {
    initial: (identity) => calling(`initial of ${where}`, () => machine.initial(identity)),
    receive(state, input, commands) {
      const known = checked.get(commands) ?? checkedCommands(commands)
      checked.set(commands, known)
      atOnce(machine.receive(state, input, known), where)
    },
  }
  if (machine.holds !== undefined) own.holds = (state) => held(machine, state, where)
  if (machine.show !== undefined) own.show = (state) => shown(machine, state, where)
  // Whatever else a machine has, it keeps.
  return Object.create(machine, Object.getOwnPropertyDescriptors(own))
}

/** An exception in a transition is a finding; one in what only describes a machine can be a mistake alone. */
function calling<T>(what: string, call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw mistake(`${what} threw ${oneLine(error)}`)
  }
}

function held(machine: Machine, state: unknown, where: string): readonly string[] {
  const given: unknown = calling(`holds of ${where}`, () => machine.holds?.(state))
  if (Array.isArray(given) && given.every((one) => typeof one === 'string')) return given
  throw mistake(`Expected holds of ${where} to give a list of connections, found ${kindOf(given)}.`)
}

function shown(machine: Machine, state: unknown, where: string): string {
  const given: unknown = calling(`show of ${where}`, () => machine.show?.(state))
  if (typeof given === 'string') return given
  throw mistake(`Expected show of ${where} to give a text, found ${kindOf(given)}.`)
}

/** Nothing follows a promise: what comes after its first `await` would be outside of every run. */
function atOnce(given: unknown, where: string): void {
  if (typeof given !== 'object' || given === null || !('then' in given)) return
  Promise.resolve(given).catch(() => {})
  throw mistake(
    `receive of ${where} gives a promise: expected a transition that is over when it returns. Wait with setTimer, or for the answer of a command.`,
  )
}

function checkedCommands(commands: Commands): Commands {
  return {
    ...commands,
    moved(connection, to, token) {
      checkState('moved', to)
      commands.moved(connection, to, token)
    },
    setTimer(timer, window) {
      if (typeof window === 'number' && window !== 0) {
        throw mistake(`setTimer got ${window} as its window: give a unit, such as '5ms', or a range of two.`)
      }
      commands.setTimer(timer, window)
    },
    answered(connection, to, outcome, error) {
      checkState('answered', to)
      commands.answered(connection, to, outcome, error)
    },
  }
}

function checkState(command: string, to: unknown): void {
  if (STATES.some((state) => state === to)) return
  throw new TypeError(
    `${command} got ${plain(JSON.stringify(to) ?? 'undefined', 60)}: expected one of ${STATES.join(', ')}.`,
  )
}

function mistake(message: string): HeddleError {
  return new HeddleError('HEDDLE_COORDINATOR', message)
}

function kindOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'string') return plain(JSON.stringify(value), 60)
  if (typeof value !== 'object' || value === null) return String(value)
  return Array.isArray(value) ? 'a list of something else' : 'an object'
}
