// The command that a failure prints replays it, in its own test, also after the code was edited; and a record that no
// test is of, or that is none, is told from one that passes.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { project, type Ran, SPAWNS } from './project.fixture.ts'
import { IMPORTS, INBOX, MENDED, tabs } from './samples.fixture.ts'

const ODD = `${IMPORTS}
describe("it's (a) \\\\ $HOME \`group\`", () => {
  test.sim('says "hello"? *.* [a-z] | {1,2} ^$\\nand goes on', async ({ sleep }) => {
    await sleep('1ms')
    expect('hello').toBe('bye')
  })
  test.sim('another', ({ check }) => check.always('it holds', () => true))
})
`

const TABS = `${IMPORTS}
test.sim('tabs under two machines', ${tabs('competing')}, { strategy: 'random' })
`

const files = { 'inbox.test.ts': INBOX, "what's odd (really).test.ts": ODD, 'tabs.test.ts': TABS }
const app = project(files)
let ran: Ran

const labelled = (label: string, text: string) =>
  new RegExp(`^  ${label} +(.*)$`, 'm').exec(text)?.[1] ?? `no line ${label}`

const inboxFile = '.heddle/inbox.test.ts/keeps-the-first-message.hello-is-processed.replay'

beforeAll(async () => {
  ran = await app.run()
  const text = readFileSync(join(app.path, inboxFile), 'utf8')
  app.write('edited.replay', text.replace('"at":1000', '"at":1001'))
}, SPAWNS.timeout)

const inbox = (environment: Record<string, string>, args = ['inbox.test.ts']) => app.run(args, environment)

describe('the command that a failure prints', SPAWNS, () => {
  it.each([
    ['keeps the first message', 'Violation: hello is processed: it does not hold'],
    [
      'it\'s (a) \\ $HOME `group` says "hello"? *.* [a-z] | {1,2} ^$\nand goes on',
      "expected 'hello' to be 'bye'",
    ],
    ['tabs under two machines', 'Violation: one owner per user: tab-1 and tab-2 both act for user-1'],
  ])('replays it to the byte, in its test alone: %j', async (name, message) => {
    const command = labelled('Replay', ran.failure(name))
    const { code, output } = await app.shell(command)
    expect(code).toBe(1)
    expect(output).toContain(message)
    expect(output).toContain('Reproduced to the byte.')
    expect(output).toMatch(/Tests {2}1 failed( \| \d skipped)? \(\d\)/)
  })

  it('works with the token in the place of the file', async () => {
    const { failure } = await inbox({
      HEDDLE_REPLAY: labelled('Paste', ran.failure('keeps the first message')),
    })
    expect(failure('keeps the first message')).toContain('Reproduced to the byte.')
    expect(failure('keeps the first message')).toContain(
      'The race: tab-1/sleep#1 before server/services.ready#1. The other way round, it holds.',
    )
  })
})

describe('HEDDLE_REPLAY', SPAWNS, () => {
  it('replays in the test that the record is of, and has the others run', async () => {
    const { output, failure, code } = await app.run([], { HEDDLE_REPLAY: inboxFile })
    expect(code).toBe(1)
    expect(failure('keeps the first message')).toContain('Reproduced to the byte.')
    expect(failure('tabs under two machines')).toContain('Found      seed ')
    expect(output).toContain(
      `HEDDLE_REPLAY: ${inboxFile} is of the scenario "keeps the first message", and no test.sim() that ran here is of it: they ran as usual, and nothing was replayed.`,
    )
  })

  it('says nothing of the kind where the test was found', async () => {
    const { output } = await inbox({ HEDDLE_REPLAY: inboxFile })
    expect(output).not.toContain('nothing was replayed')
  })

  it('passes where what failed is fixed, and says so', async () => {
    app.write('inbox.test.ts', MENDED)
    const { code, output } = await inbox({ HEDDLE_REPLAY: inboxFile })
    app.write('inbox.test.ts', INBOX)
    expect(output).toContain('✓ Fixed: the same schedule can be followed, and what it violated now holds.')
    expect(code).toBe(0)
  })

  it('fails where the code was changed and still fails', async () => {
    app.write('inbox.test.ts', INBOX.replace("await sleep(['1ms', '50ms'])", "await sleep(['2ms', '50ms'])"))
    const { code, failure } = await inbox({ HEDDLE_REPLAY: inboxFile })
    app.write('inbox.test.ts', INBOX)
    expect(failure('keeps the first message')).toContain(
      'Adapted: the code was changed since it was recorded.',
    )
    expect(code).toBe(1)
  })

  it('fails where the schedule can no longer be followed', async () => {
    app.write(
      'inbox.test.ts',
      INBOX.replace('services.ready', 'all.up').replace("task('tab-1'", "task('tab-9'"),
    )
    const { code, failure } = await inbox({ HEDDLE_REPLAY: inboxFile })
    app.write('inbox.test.ts', INBOX)
    expect(failure('keeps the first message')).toContain('✗ Stale: the schedule can no longer be followed')
    expect(code).toBe(1)
  })

  it.each([
    ['nowhere.replay', 'HeddleError: Expected a replay file at nowhere.replay, found no such file.'],
    [
      'inbox.test.ts',
      'HeddleError: inbox.test.ts: Expected a replay file, which begins with {"heddle":, found "',
    ],
    ['edited.replay', 'HeddleError: edited.replay: Expected SHA-256 '],
    ['heddle1:abcd', 'HeddleError: The token is cut short. Copy all of it, and paste it again.'],
    ['heddle9:abcd', 'HeddleError: The token was made by a newer heddle'],
  ])('fails in a line where it names no record: %s', async (asked, message) => {
    const { code, failure } = await inbox({ HEDDLE_REPLAY: asked })
    expect(failure('keeps the first message').split('\n')[0]).toContain(message)
    expect(code).toBe(1)
  })

  it('fails in a line where the record is of the same name and other parameters', async () => {
    const tabsFile = '.heddle/tabs.test.ts/tabs-under-two-machines.one-owner-per-user.replay'
    app.write('tabs.test.ts', TABS.replace('coordinator: competing', 'coordinator: single()'))
    const { failure } = await app.run(['tabs.test.ts'], { HEDDLE_REPLAY: tabsFile })
    app.write('tabs.test.ts', TABS)
    expect(failure('tabs under two machines').split('\n')[0]).toBe(
      'HeddleError: Expected parameters of the coordinator "single", found those of "competing". A schedule can only be followed on the one that it was recorded with.',
    )
  })
})
