// For tests only: small programs over shared variables whose numbers of Mazurkiewicz traces are known from the
// literature on optimal partial-order reduction. Each access to a variable is a step, with its footprint declared.

import type { Scenario } from '../scenario.ts'
import { type TaskHandle, type World, world } from '../world/world.ts'

type Memory = Map<string, number>

/** A thread that reads, writes and locks named variables, one access a step. */
class Thread {
  readonly #task: TaskHandle
  readonly #memory: Memory

  constructor(task: TaskHandle, memory: Memory) {
    this.#task = task
    this.#memory = memory
  }

  async read(name: string): Promise<number> {
    await this.#task.operation(`read ${name}`, { reads: [name] })
    return this.#memory.get(name) ?? 0
  }

  async write(name: string, value: number): Promise<void> {
    await this.#task.operation(`write ${name}`, { writes: [name] })
    this.#memory.set(name, value)
  }

  /** Compare and set; one that fails counts as a write, too. */
  async swap(name: string, from: number, to: number): Promise<boolean> {
    await this.#task.operation(`swap ${name}`, { writes: [name] })
    if ((this.#memory.get(name) ?? 0) !== from) return false
    this.#memory.set(name, to)
    return true
  }

  async lock(name: string): Promise<void> {
    const when = () => this.#memory.get(name) !== 1
    await this.#task.operation(`lock ${name}`, { writes: [name], when })
    this.#memory.set(name, 1)
  }

  async unlock(name: string): Promise<void> {
    await this.write(name, 0)
  }
}

type Body = (thread: Thread) => Promise<void>

function program(name: string, bodies: readonly Body[]): Scenario {
  return world(name, ({ task }: World) => {
    const memory: Memory = new Map()
    for (const [index, body] of bodies.entries()) task(`t${index}`, (self) => body(new Thread(self, memory)))
  })
}

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

/** One writes x, and each of the others reads it. */
export function readers(count: number): Scenario {
  const reader: Body = async (thread) => void (await thread.read('x'))
  return program(`readers ${count}`, [(thread) => thread.write('x', 42), ...times(count, () => reader)])
}

/** Each writer sets its cell to one more than the cell before; a reader looks for the last cell that is zero. */
export function lastZero(count: number): Scenario {
  const reader: Body = async (thread) => {
    for (let cell = count; (await thread.read(`a${cell}`)) !== 0; cell--);
  }
  const writer = (cell: number): Body => {
    return async (thread) => thread.write(`a${cell}`, (await thread.read(`a${cell - 1}`)) + 1)
  }
  return program(`last zero ${count}`, [reader, ...times(count, (index) => writer(index + 1))])
}

/** Threads that enter four values each into a hash table, where they meet only from the twelfth thread on. */
export function indexer(count: number): Scenario {
  const size = 128
  const thread = (index: number): Body => {
    return async (self) => {
      for (let value = 1; value <= 4; value++) {
        const word = 11 * value + index
        let place = (7 * word) % size
        while (!(await self.swap(`table ${place}`, 0, word))) place = (place + 1) % size
      }
    }
  }
  return program(`indexer ${count}`, times(count, thread))
}

/** Threads that give their file a block under locks, where they meet only from the fourteenth thread on. */
export function filesystem(count: number): Scenario {
  const [inodes, blocks] = [32, 26]
  const thread = (index: number): Body => {
    return async (self) => {
      const inode = index % inodes
      await self.lock(`inode lock ${inode}`)
      if ((await self.read(`inode ${inode}`)) === 0) {
        for (let block = (2 * inode) % blocks, found = false; !found; block = (block + 1) % blocks) {
          await self.lock(`block lock ${block}`)
          found = (await self.read(`busy ${block}`)) === 0
          if (found) {
            await self.write(`busy ${block}`, 1)
            await self.write(`inode ${inode}`, block + 1)
          }
          await self.unlock(`block lock ${block}`)
        }
      }
      await self.unlock(`inode lock ${inode}`)
    }
  }
  return program(`filesystem ${count}`, times(count, thread))
}

/** Threads that each write the same variable so many times. */
export function writers(count: number, each: number): Scenario {
  const writer: Body = async (thread) => {
    for (let value = 0; value < each; value++) await thread.write('x', value)
  }
  return program(
    `writers ${count} of ${each}`,
    times(count, () => writer),
  )
}

export function storeBuffering(): Scenario {
  const side =
    (own: string, other: string): Body =>
    async (thread) => {
      await thread.write(own, 1)
      await thread.read(other)
    }
  return program('store buffering', [side('x', 'y'), side('y', 'x')])
}

/** The example of Abdulla, Aronis, Jonsson and Sagonas (POPL 2014) in which control depends on races. */
export function controlled(): Scenario {
  return program('control depends on races', [
    (thread) => thread.write('x', 1),
    (thread) => thread.write('y', 1),
    async (thread) => {
      if ((await thread.read('y')) === 0) await thread.write('z', 1)
    },
    async (thread) => {
      if ((await thread.read('z')) === 1 && (await thread.read('y')) === 0) await thread.write('x', 2)
    },
  ])
}
