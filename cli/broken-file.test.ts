// A scenario file of a project that cannot be loaded: what needs the others goes on without it, and says so; what needs
// all of them does not.

import { describe, expect, it } from 'vitest'
import { SPAWNS } from './heddle.fixture.ts'
import { inbox, project } from './project.fixture.ts'

const SYNTAX = "import { world } from 'heddle'\nexport default world('x', ( => {})\n"

/** A project in which `early message` can be loaded, before and behind files that cannot. */
const beside = (files: Readonly<Record<string, string>>) =>
  project({ 'inbox.sim.ts': inbox('early message', 'loses'), ...files })

describe('a scenario file that cannot be loaded', () => {
  it.concurrent.each([
    ['has a mistake in it', beside({ 'a.sim.ts': SYNTAX }), /^a\.sim\.ts:2:28: ERROR: Unexpected "=>"$/],
    ['is a module', beside({ 'a.sim.mts': SYNTAX }), /^a\.sim\.mts:2:28: ERROR: Unexpected "=>"$/],
    ['throws', beside({ 'a.sim.ts': 'throw new Error("boom")' }), /^Error: boom \(a\.sim\.ts:1:7\)$/],
  ])('which %s is named, and the others are listed', SPAWNS, async (_, { heddle }, why) => {
    const { code, stdout, stderr } = await heddle('list')
    expect(stdout).toMatch(/^early message +code: heddle explore +inbox\.sim\.ts$/m)
    expect(stderr).toMatch(/^heddle: Going on without one file\. Loading a\.sim\.m?ts failed: [^\n]+\n$/)
    expect(stderr.trimEnd().replace(/^.* failed: (TransformError: .*? error: )?/, '')).toMatch(why)
    expect(code).toBe(0)
  })

  it.concurrent.each([
    ['exits', 'process.exit(0)', 'Loading a.sim.ts ended its thread: '],
    [
      'never comes to an end',
      'await new Promise(() => {})',
      'Loading a.sim.ts did not come to an end within 3 s.',
    ],
    [
      'throws late',
      `setTimeout(() => { throw new Error('late') })\n${SYNTAX.replace('( =>', '() =>')}`,
      'a.sim.ts: Error: late',
    ],
    ['exports nothing', 'const x = 1', 'Expected a scenario in a.sim.ts, found no export: '],
  ])('which %s is left out of a hunt of others', SPAWNS, async (_, text, why) => {
    const { heddle } = beside({ 'a.sim.ts': text })
    const { code, stdout, stderr } = await heddle('hunt', 'early message', '--seeds', '5', '--timeout', '3')
    expect(stdout).toMatch(/^early message +✗ violated +5 /m)
    expect(stderr).toContain(`heddle: Going on without one file. ${why}`)
    expect(stderr).toMatch(/^[^\n]+\n$/)
    expect(code).toBe(1)
  })

  it.concurrent('leaves the replay files of others alone', SPAWNS, async () => {
    const { heddle, write } = beside({})
    await heddle('hunt', '--seeds', '5')
    write('a.sim.ts', SYNTAX)
    const file = '.heddle/early-message.hello-is-processed.replay'
    for (const command of ['replay', 'explain']) {
      const { code, stderr, stdout } = await heddle(command, file)
      expect(stderr).toContain('heddle: Going on without one file. Loading a.sim.ts failed: ')
      expect(stdout).toContain('The race')
      expect(code).toBe(1)
    }
  })

  it.concurrent.each([[['hunt']], [['check']], [['gate', '--seeds', '2']]])(
    'stops %j, which is of all',
    SPAWNS,
    async (args) => {
      const { code, stdout, stderr } = await beside({ 'z.sim.ts': SYNTAX }).heddle(...args)
      expect(stderr).toMatch(/^heddle: Loading z\.sim\.ts failed: [^\n]+\n$/)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    },
  )
})
