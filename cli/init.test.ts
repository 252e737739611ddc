// `heddle init` in folders as people have them: what it writes holds at once, and what is there stays as it is.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { folder, SPAWNS } from './heddle.fixture.ts'
import { installed } from './project.fixture.ts'

const RUNNER = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
// So that no configuration further up is found.
const RUNNER_CONFIG = { 'vitest.config.mjs': 'export default {}' }

const PROJECTS = [
  {
    of: 'ES modules',
    here: installed({ 'package.json': '{ "type": "module" }', ...RUNNER_CONFIG }),
    files: ['heddle.config.ts', 'sim/inbox.sim.ts', 'sim/inbox.test.ts'],
  },
  {
    of: 'CommonJS',
    here: installed({ 'package.json': '{}', '.gitignore': 'node_modules\n', ...RUNNER_CONFIG }),
    files: ['heddle.config.mts', 'sim/inbox.sim.mts', 'sim/inbox.test.mts'],
  },
]

describe.each(PROJECTS)('in a project of $of', ({ here, files }) => {
  const read = (name: string) => readFileSync(join(here.path, name), 'utf8')

  it('writes a scenario that holds, and a test of it that passes', SPAWNS, async () => {
    const { stdout, stderr, code } = await here.heddle('init')
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    for (const file of files) expect(stdout).toMatch(new RegExp(`^  written  ${file} `, 'm'))
    expect(stdout).toContain('  npm install --save-dev heddle vitest ')

    const explored = await here.heddle('explore')
    expect(explored.stdout).toMatch(/^an inbox keeps what comes early +holds, every schedule /m)
    const hunted = await here.heddle('hunt', '--seeds', '50')
    expect(hunted.stdout).not.toContain('never reached')
    expect(hunted.code).toBe(0)
    const tested = spawnSync(process.execPath, [RUNNER, 'run'], { cwd: here.path, encoding: 'utf8' })
    expect(tested.stdout).toContain('1 passed')
    expect(tested.status).toBe(0)
  })

  it('shows in a comment what works when it is none', SPAWNS, async () => {
    const text = read(files[1] as string)
    const comment = text.slice(text.indexOf('// import '))
    here.write('sim/tabs.sim.mts', comment.replace(/^\/\/ ?/gm, ''))
    const { stdout, code } = await here.heddle('check')
    expect(stdout).toMatch(/^two-tabs +holds, every schedule /m)
    expect(code).toBe(0)
  })

  it('leaves everything alone the second time', SPAWNS, async () => {
    const before = files.map((file) => here.write(file, `${read(file)}// mine\n`))
    const { stdout, code } = await here.heddle('init')
    for (const file of before) {
      expect(stdout).toMatch(new RegExp(`^  left alone  ${file} +is there already$`, 'm'))
      expect(read(file)).toMatch(/\/\/ mine\n$/)
    }
    expect(code).toBe(0)
  })
})

describe('elsewhere', () => {
  const empty = folder()

  it('writes into an empty folder, too, and says what is to be run first', SPAWNS, async () => {
    const { stdout, code } = await empty.heddle('init')
    expect(stdout).toMatch(/^ {2}written +heddle\.config\.mts/m)
    expect(stdout).toContain('  npm init -y ')
    expect(code).toBe(0)
  })

  const other = installed({
    'package.json': '{ "type": "module", "devDependencies": { "heddle": "*", "vitest": "*" } }',
    '.gitignore': '/.heddle/\n',
    'heddle.config.js': 'export default {}',
    'sim/mine.ts': '',
  })

  it('takes another ending for the same file, a link to nowhere as well', SPAWNS, async () => {
    symlinkSync('nowhere', join(other.path, 'sim', 'inbox.test.ts'))
    const { stdout } = await other.heddle('init')
    expect(stdout).toMatch(/^ {2}left alone +heddle\.config\.js /m)
    expect(stdout).toMatch(/^ {2}left alone +sim\/inbox\.test\.ts /m)
    expect(stdout).toMatch(/^ {2}written +sim\/inbox\.sim\.ts /m)
    expect(stdout).not.toMatch(/npm install|gitignore/)
    expect(readdirSync(join(other.path, 'sim')).sort()).toEqual(['inbox.sim.ts', 'inbox.test.ts', 'mine.ts'])
  })

  const refusing = [
    {
      here: installed({ 'package.json': '{' }),
      expected: 'Expected JSON in package.json, found something else.',
    },
    {
      here: installed({ sim: '' }),
      expected: 'Expected a folder that may be read at sim, found none (ENOTDIR).',
    },
  ]

  it.each(refusing)('says in one line that $expected', SPAWNS, async ({ here, expected }) => {
    const { stderr, code } = await here.heddle('init')
    expect(stderr).toContain(expected)
    expect(stderr).toMatch(/^heddle: [^\n]+\n$/)
    expect(code).toBe(2)
    expect(readdirSync(here.path)).not.toContain('heddle.config.mts')
  })
})
