// From an exhaustive check to a verdict, a file, and a replay of the same bytes; and what is left where a bound, a
// person or a coordinator without end comes between.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { coordinator, folder, SPAWNS } from './heddle.fixture.ts'

const { path, heddle, start, write } = folder()
const textOf = (...names: readonly string[]) => readFileSync(join(path, ...names), 'utf8')

describe('a check of the catalogue', () => {
  it.concurrent('holds under one machine, and breaks what it must under two', SPAWNS, async () => {
    const { code, stdout, stderr } = await heddle('check', 'phase-overlap', '--out', 'both')
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^ {2}single +holds, every schedule +\d/m)
    expect(stdout).toMatch(/^ {2}competing +✗ phases in sequence/m)
    expect(stdout).toContain('✓ Every check came out as expected')
    expect(code).toBe(0)
  })

  it.concurrent('finds the same with one worker as with two', SPAWNS, async () => {
    const check = (...args: readonly string[]) =>
      heddle('check', 'phase-overlap', 'stripped-header', '--json', ...args)
    const [one, two] = await Promise.all([
      check('--workers', '1', '--out', 'one'),
      check('--workers', '2', '--out', 'two'),
    ])
    const told = ({ stdout }: { stdout: string }) => {
      const { bounds: _, ...rest } = JSON.parse(stdout.replaceAll('two/', 'one/'))
      return JSON.parse(JSON.stringify(rest, (key, value) => (key === 'elapsedMs' ? 0 : value)))
    }
    expect(told(two)).toEqual(told(one))
    expect(readdirSync(join(path, 'two'))).toEqual(readdirSync(join(path, 'one')))
    for (const name of readdirSync(join(path, 'one'))) expect(textOf('two', name)).toBe(textOf('one', name))
  })
})

describe('a check of one coordinator', () => {
  it.concurrent('shows a counterexample, in a file that replays to the byte', SPAWNS, async () => {
    const args = ['check', 'two-machines', '--coordinator', 'competing', '--out', 'found']
    const { code, stdout } = await heddle(...args)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^✗ two-machines · competing {3}.*\n.*; \d+ steps, as few as there can be$/m)
    expect(stdout).toMatch(/^ +time {2}tab-1 +tab-2/m)
    expect(stdout).toContain('✗ 1 of 1 failed.')
    const file = 'found/two-machines.exactly-one-grant-for-concurrent-requests.replay'
    expect(stdout).toContain(`  Replay     npx heddle replay ${file}\n`)
    const replayed = await heddle('replay', file)
    expect(replayed.stdout).toContain('Reproduced to the byte.')
    expect(replayed.code).toBe(1)
  })

  it.concurrent('takes one of your own, and names it in the command that replays', SPAWNS, async () => {
    const own = write('hasty.ts', coordinator('hasty', "if (input.type === 'request') throw new Error('no')"))
    const { code, stdout } = await heddle(
      'check',
      'two-machines',
      '--coordinator',
      `./${own}`,
      '--out',
      'own',
    )
    expect(stdout).toMatch(/Replay +npx heddle replay own\/\S+\.replay --coordinator hasty\.ts$/m)
    expect(code).toBe(1)
    const [, command = ''] = /npx heddle (replay .*)$/m.exec(stdout) ?? []
    expect((await heddle(...command.split(' '))).stdout).toContain('Reproduced to the byte.')
  })
})

describe('a check that does not come to its end', () => {
  it.concurrent.each([
    [['--memory', '1'], 'bounded (memory)'],
    [['--states', '1'], 'bounded (states)'],
  ])('because of %j is bounded, which has an exit code of its own', SPAWNS, async (bound, said) => {
    const { code, stdout } = await heddle('check', 'ordered-progress', '--coordinator', 'single', ...bound)
    expect(stdout).toContain(said)
    expect(stdout).toContain('2 of 2 bounded: nothing found, and not everything covered.')
    expect(code).toBe(4)
  })

  it.concurrent('because a transition never does is given up', SPAWNS, async () => {
    const own = write('endless.ts', coordinator('endless', 'for (;;) {}'))
    const args = ['--coordinator', `./${own}`, '--timeout', '8']
    const { code, stdout } = await heddle('check', 'ordered-progress', ...args)
    expect(stdout).toContain('did not do anything for 8 s.')
    expect(code).toBe(1)
  })

  it.concurrent('because it was called off says what was found until then', SPAWNS, async () => {
    const before = "if (calls++ === 0) console.log('under way'); for (;;) {}"
    const own = write('slow.ts', coordinator('slow', before))
    const args = ['two-machines', 'ordered-progress', '--workers', '1', '--coordinator', `./${own}`, '--json']
    const { child, ended } = start('check', ...args)
    child.stderr?.once('data', () => child.kill('SIGINT'))
    const { code, stdout } = await ended
    if (process.platform === 'win32') return
    expect(code).toBe(130)
    const { interrupted, checks } = JSON.parse(stdout)
    expect(interrupted).toBe(true)
    expect(checks.at(-1).verdict).toBe('not run')
  })
})

describe('what a check shows besides', () => {
  it.concurrent('is what was covered', SPAWNS, async () => {
    const { stdout } = await heddle('check', 'ordered-progress', '--coverage')
    expect(stdout).toMatch(/^single takes \d+ of the 22 transitions of the lifecycle\.$/m)
    expect(stdout).toMatch(/^ {2}taken +CONNECTING → ACCEPTED/m)
    expect(stdout).toMatch(/^ {2}never taken +.*DEGRADED/m)
  })

  it.concurrent('is a drawing of all states', SPAWNS, async () => {
    const { code, stdout } = await heddle(
      'check',
      'two-machines',
      '--coordinator',
      'competing',
      '--graph',
      'drawn/two.svg',
    )
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^Drawn in drawn\/two\.svg: two-machines · competing, .*: \d+ states, \d+ events\./,
    )
    expect(textOf('drawn', 'two.svg')).toContain('</svg>')
  })

  it.concurrent('is no file where nothing is violated', SPAWNS, async () => {
    const { code } = await heddle('check', 'ordered-progress', '--coordinator', 'single', '--out', 'nothing')
    expect(code).toBe(0)
    expect(existsSync(join(path, 'nothing'))).toBe(false)
  })
})
