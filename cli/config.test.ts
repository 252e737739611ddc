// A project's configuration: where it is looked for, what it settles, and the one line that a mistake in it gets.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findConfig, settingsFrom } from './config.ts'
import { folder } from './heddle.fixture.ts'

const FILE = join(process.cwd(), 'heddle.config.ts')

describe('what a configuration settles', () => {
  it('has defaults, and paths from its own folder', () => {
    expect(settingsFrom({ out: 'found', budget: '1.5s', seeds: 50 }, '/a/project/heddle.config.ts')).toEqual({
      file: '/a/project/heddle.config.ts',
      folder: '/a/project',
      scenarios: ['**/*.sim.{ts,mts,js,mjs}'],
      replays: '/a/project/replays',
      out: '/a/project/found',
      budgetMs: 1_500,
      seeds: 50,
    })
  })

  it.each([
    [undefined, 'expected defineConfig({ … }) as the default export, found no default export.'],
    [5, 'expected defineConfig({ … }) as the default export, found 5.'],
    [() => ({}), 'expected defineConfig({ … }) as the default export, found Function.'],
    [[], 'expected defineConfig({ … }) as the default export, found "a list".'],
    [
      { seed: 5 },
      'expected fields among scenarios, replays, out, budget, seeds, strategy, workers, timeoutMs, found seed.',
    ],
    [{ '\u001b[2J\n': 5 }, 'found \\u{1b}[2J\\u{a}.'],
    [{ scenarios: 'a.ts' }, 'expected scenarios to be a list of patterns, found "a.ts".'],
    [{ scenarios: [] }, 'expected scenarios to be a list of patterns, found an empty one.'],
    [{ scenarios: ['a.ts', 5] }, 'expected scenarios.1 to be a pattern, found 5.'],
    [{ replays: '' }, 'expected replays to be a folder, found "".'],
    [{ budget: 60 }, "expected budget to be a time from 1s on, such as '60s', found 60."],
    [{ budget: '5ms' }, 'expected budget to be a time from 1s on, such as \'60s\', found "5ms".'],
    [{ seeds: 'many' }, 'expected seeds to be a whole number from 1 to 10000000, found "many".'],
    [{ workers: 1.5 }, 'expected workers to be a whole number from 1 to 64, found 1.5.'],
    [{ strategy: 'magic' }, 'expected strategy to be a strategy such as \'pct:4\', found "magic".'],
  ])('is refused for %j in one line', (given, expected) => {
    const refused = () => settingsFrom(given, FILE)
    expect(refused).toThrow(expected)
    expect(refused).toThrow(/^heddle\.config\.ts: [^\n]+$/)
  })
})

describe('a configuration is found', () => {
  const { path, write } = folder()
  const inner = join(path, 'project', 'src', 'deep')
  mkdirSync(inner, { recursive: true })
  write('heddle.config.ts', '')
  write('project/package.json', '{}')

  it('in the folder, and in one above it', async () => {
    expect(await findConfig(path)).toBe(join(path, 'heddle.config.ts'))
    write('project/src/heddle.config.mjs', '')
    expect(await findConfig(inner)).toBe(join(path, 'project/src/heddle.config.mjs'))
  })

  it('no further up than the project goes', async () => {
    expect(await findConfig(join(path, 'project'))).toBeUndefined()
  })
})
