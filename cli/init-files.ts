// What `heddle init` writes: a configuration, a scenario that holds, and a test of it. Text alone. A project of ES modules
// gets `.ts`, any other `.mts`, so that each file is an ES module for every loader, and for the compiler.

export interface InitFile {
  readonly path: string
  readonly about: string
  readonly content: string
  /** Where the same may be already, under another name; the path itself is one of them. */
  readonly likes: readonly string[]
}

const ENDS = ['ts', 'mts', 'js', 'mjs']

export function initFiles(isModule: boolean): readonly InitFile[] {
  const [end, output] = isModule ? ['ts', 'js'] : ['mts', 'mjs']
  const file = (stem: string, about: string, content: string): InitFile => ({
    path: `${stem}.${end}`,
    about,
    content,
    likes: ENDS.map((one) => `${stem}.${one}`),
  })
  return [
    file('heddle.config', 'which files hold scenarios, and how long a gate may take', CONFIG),
    file('sim/inbox.sim', 'a scenario, which holds', SCENARIO),
    file('sim/inbox.test', 'a test of it', TEST.replace('OUTPUT', output as string)),
  ]
}

const CONFIG = `import { defineConfig } from 'heddle'

// Paths begin at this folder. What is left out is as said here.
export default defineConfig({
  scenarios: ['**/*.sim.{ts,mts,js,mjs}'],
  replays: 'replays', // failing schedules that are kept: each gate replays them
  out: '.heddle', // those of the day
  budget: '60s', // of one gate
})
`

const SCENARIO = `import { world } from 'heddle'

// The code under test: import your own in its place. What comes before it is open is kept.
// Take the line with "early" out of deliver, and heddle shows which order loses the message.
class Inbox {
  readonly processed: string[] = []
  readonly early: string[] = []
  isOpen = false

  open(): void {
    this.isOpen = true
    this.processed.push(...this.early.splice(0))
  }

  deliver(message: string): void {
    if (this.isOpen) this.processed.push(message)
    else this.early.push(message)
  }
}

// Who does what. Tasks are ordinary async functions; at each sleep and operation, heddle decides whose turn it is.
export default world('an inbox keeps what comes early', ({ task, sleep, operation, check }) => {
  const inbox = new Inbox()

  task('server', async () => {
    await operation('services.ready', { window: ['10ms', '500ms'] })
    inbox.open()
  })
  task('tab-1', async () => {
    await sleep(['1ms', '50ms'])
    inbox.deliver('hello')
  })

  check.eventually('hello is processed', () => inbox.processed.includes('hello'))
  check.sometimes('a message comes early', () => inbox.early.length > 0)
})

// Connections that are accepted, authenticated, served and dropped are a scenario as well. This one needs no code of
// yours; with a coordinator of your own in the place of single(), it checks that one.
//
// import { lifecycle, single } from 'heddle/model'
// import { nothingBeforeReady, oneOwnerPerUser } from 'heddle/properties'
//
// export const twoTabs = lifecycle('two-tabs', {
//   coordinator: single(),
//   connections: 2,
//   stagger: '1ms',
//   delays: { accept: ['1ms', '20ms'], auth: ['5ms', '200ms'], services: ['10ms', '500ms'] },
//   faults: { drops: 1 },
//   properties: [oneOwnerPerUser, nothingBeforeReady],
// })
`

const TEST = `import { test } from 'heddle/vitest'
import inbox from './inbox.sim.OUTPUT'

test.sim('an inbox keeps what comes early', inbox)
`
