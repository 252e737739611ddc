// A failure that was thrown says which line of the user's threw it, at the terminal and nowhere else.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SPAWNS } from './heddle.fixture.ts'
import { project } from './project.fixture.ts'

const INBOX = `
export class Inbox {
  isOpen = false
  deliver(message: string) {
    if (!this.isOpen) throw new TypeError('closed to ' + message)
  }
}`

const SIM = `
import { world } from 'heddle'
import { Inbox } from './lib/my inbox.ts'

interface OnlyTypes { readonly a: string }
export const thrown = world('thrown', ({ task, sleep }) => {
  const inbox = new Inbox()
  task('server', async () => { await sleep(['1ms', '50ms']); inbox.isOpen = true })
  task('tab-1', async () => { await sleep(['1ms', '50ms']); inbox.deliver('hello') })
})
export const claimed = world('claimed', ({ sleep, check }) => {
  check.always('it can be told', () => [].reduce((sum) => sum) === 0)
  return sleep('1ms')
})`

const mine = project({ 'src/lib/my inbox.ts': INBOX, 'src/a.sim.ts': SIM })

const FILE = '.heddle/thrown.the-code-under-test-throws-nothing.replay'

describe('a failure that was thrown', () => {
  it('says which line threw it, by a path from here', SPAWNS, async () => {
    const hunted = await mine.heddle('hunt', '--seeds', '5')
    expect(hunted.stdout).toMatch(
      /TypeError: closed to hello \(step \d, 1ms\)\n {2}Thrown at {2}src\/lib\/my inbox\.ts:5:29\n/,
    )
    expect(hunted.stdout).toMatch(/TypeError: Reduce of .*\n {2}Thrown at {2}src\/a\.sim\.ts:12:43\n/)
    const json = await mine.heddle('hunt', 'claimed', '--seeds', '5', '--json')
    expect(JSON.parse(json.stdout).scenarios[0].replays[0].thrownAt).toBe('src/a.sim.ts:12:43')
    const replayed = await mine.heddle('replay', FILE)
    expect(replayed.stdout).toContain('\nThrown at src/lib/my inbox.ts:5:29.\n')
    expect(readFileSync(join(mine.path, FILE), 'utf8')).not.toContain('inbox.ts')
  })
})
