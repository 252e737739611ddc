// Test files of a user, as text.

/** An inbox that loses what comes too early: its test fails in most schedules. */
export const INBOX = `import { test } from 'heddle/vitest'

class Inbox {
  processed: string[] = []
  isOpen: boolean = false
  deliver(message: string) {
    if (this.isOpen) this.processed.push(message)
  }
}

test.sim('keeps the first message', ({ task, sleep, operation, check }) => {
  const inbox = new Inbox()
  task('server', async () => {
    await operation('services.ready', { window: ['10ms', '500ms'] })
    inbox.isOpen = true
  })
  task('tab-1', async () => {
    await sleep(['1ms', '50ms'])
    inbox.deliver('hello')
  })
  check.eventually('hello is processed', () => inbox.processed.includes('hello'))
})
`

/** The same mended. */
export const MENDED = INBOX.replace(
  'if (this.isOpen) this.processed.push(message)',
  'this.processed.push(message)',
)

/** Tabs of one user under a coordinator. */
export const tabs = (coordinator: 'competing' | 'single()', name = 'tabs') => `
  lifecycle('${name}', {
    connections: 3,
    coordinator: ${coordinator},
    delays: { accept: ['1ms', '20ms'], auth: ['5ms', '200ms'], services: ['10ms', '500ms'] },
    properties: [oneOwnerPerUser],
  })`

export const IMPORTS = `
import { competing, lifecycle, single } from 'heddle/model'
import { oneOwnerPerUser } from 'heddle/properties'
import { always, sometimes, world } from 'heddle'
import { describe } from 'vitest'
import { expect, test } from 'heddle/vitest'
`
