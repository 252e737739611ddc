// For tests only: small programs that fast-check makes, of tasks that read, write, decide, lock, send, receive, wait
// for each other, set timers and cancel them, while faults may strike. Every access goes through shared values.

import fc from 'fast-check'
import type { Scenario } from '../scenario.ts'
import { type TaskHandle, world } from '../world/world.ts'

const VARIABLES = ['x', 'y', 'z'] as const
type Variable = (typeof VARIABLES)[number]

type Instruction =
  | {
      do: 'read' | 'write' | 'decide' | 'set timer' | 'cancel' | 'send' | 'receive' | 'strike'
      name: Variable
    }
  | { do: 'copy' | 'either' | 'only' | 'both'; name: Variable; other: Variable }
  | { do: 'locked'; name: Variable; other: Variable }
  | { do: 'in order'; name: Variable }

export interface Program {
  readonly tasks: readonly (readonly Instruction[])[]
  readonly strikes: number
}

const variable = fc.constantFrom(...VARIABLES)
const simple = fc.record({
  do: fc.constantFrom(
    ...(['read', 'write', 'decide', 'set timer', 'cancel', 'send', 'receive', 'strike', 'in order'] as const),
  ),
  name: variable,
})
const double = fc.record({
  do: fc.constantFrom(...(['copy', 'either', 'only', 'both', 'locked'] as const)),
  name: variable,
  other: variable,
})
const instruction: fc.Arbitrary<Instruction> = fc.oneof(simple, double)

export const program: fc.Arbitrary<Program> = fc.record({
  tasks: fc.array(fc.array(instruction, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 }),
  strikes: fc.nat(2),
})

export function scenarioOf({ tasks, strikes }: Program): Scenario {
  return world(
    'random program',
    ({ task, shared, observe }) => {
      const memory = shared('m', { x: 0, y: 0, z: 0, lx: 0, ly: 0, lz: 0 })
      const queues = {
        x: shared('qx', [] as string[]),
        y: shared('qy', [] as string[]),
        z: shared('qz', [] as string[]),
      }
      const timers = { x: new AbortController(), y: new AbortController(), z: new AbortController() }
      const log = (by: string, what: unknown) => observe({ type: 'log', by, what })
      const NOTHING = { reads: [] as string[] }
      const perform = async (self: TaskHandle, step: Instruction): Promise<void> => {
        const { name } = step
        const free = (options = {}) => self.operation(step.do, { ...NOTHING, ...options })
        switch (step.do) {
          case 'read':
            await free()
            return log(self.name, memory[name])
          case 'write':
            await free()
            memory[name] = tasks.length + self.name.charCodeAt(0)
            return
          case 'copy':
            await free()
            memory[step.other] = memory[name] + 1
            return
          case 'decide':
            await free()
            if (memory[name] === 0) memory.z++
            else log(self.name, memory.y)
            return
          case 'either':
            await free({ when: () => memory[name] !== 0 || memory[step.other] !== 0 })
            return log(self.name, 'either')
          case 'only':
            await free({ when: () => memory[name] !== 0 && memory[step.other] === 0 })
            return log(self.name, 'only')
          case 'both':
            await free({ when: () => memory[name] !== 0 && memory[step.other] !== 0 })
            return log(self.name, 'both')
          case 'locked':
            await free({ when: () => memory[`l${name}`] === 0 })
            memory[`l${name}`] = 1
            await free()
            memory[`l${name}`] = 0
            return log(self.name, memory[step.other])
          case 'send':
            await free()
            queues[name].push(self.name)
            return
          case 'receive':
            await free({ when: () => queues[name].length > 0 })
            return log(self.name, queues[name].shift())
          case 'set timer':
            await free({ reads: [`timer ${name}`] })
            self.operation('timer', { ...NOTHING, signal: timers[name].signal }).then(
              () => {
                memory[name]++
              },
              () => log(`${self.name} timer`, 'cancelled'),
            )
            return
          case 'cancel':
            await free({ writes: [`timer ${name}`] })
            return timers[name].abort()
          case 'in order':
            await free()
            void self
              .operation('delivery', { ...NOTHING, channel: name })
              .then(() => log(`channel ${name}`, self.name))
            return
          case 'strike':
            await self.operation('strike', { ...NOTHING, fault: 'strike' })
            memory[name] = -1
        }
      }
      for (const [index, steps] of tasks.entries()) {
        task(String.fromCharCode(97 + index), async (self) => {
          for (const step of steps) await perform(self, step)
        })
      }
    },
    { budgets: { strike: strikes } },
  )
}
