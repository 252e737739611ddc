// What a mistake in the command line gets: one line on stderr, nothing on stdout, and exit code 2.

import { describe, expect, it } from 'vitest'
import { folder, SPAWNS } from './heddle.fixture.ts'
import { nearest } from './options.ts'

const { heddle } = folder()

describe('a mistake in the command line', () => {
  it.concurrent.each([
    [[], 'expected a command'],
    [['hnut'], "unknown command 'hnut' (Did you mean hunt?)"],
    [['hunt', '--sedes', '3'], "unknown option '--sedes' (Did you mean --seeds?)"],
    [['hunt', 'five-tab'], 'Unknown scenario "five-tab". Did you mean five-tabs?'],
    [['hunt', '\u001b[2Jtabs'], 'Unknown scenario "\\u001b[2Jtabs"'],
    [['hunt', '--seeds', '0'], 'Expected a whole number from 1 to'],
    [['hunt', '--seed', '1e3'], 'Expected a whole number from 0 to'],
    [['hunt', '--strategy', 'pc'], 'Expected one of portfolio, random, pos, pct(3), delay-bounded(2), fifo.'],
    [['hunt', '--strategy', 'pct(0)'], 'Expected pct(n) with n from 1 to 99.'],
    [['hunt', '--strategy', 'pos(2)'], 'Expected one of portfolio, random, pos'],
    [['replay', 'five-tabs', '--seed', '1', '--strategy', 'delay-bounded:x'], 'Expected one of portfolio'],
    [['hunt', '--timing', 'real'], 'Expected one of sampled, untimed.'],
    [['hunt', '--coordinator', 'singel'], 'Unknown coordinator "singel". Did you mean single?'],
    [['check', 'five-tab'], 'Unknown scenario "five-tab". Did you mean five-tabs?'],
    [['check', '--states', '0'], 'Expected a whole number from 1 to'],
    [['check', '--memory', '-5'], 'Expected a whole number from 1 to'],
    [['check', '--graph', 'states.png'], 'Expected a file that ends in .dot or .svg.'],
    [['check', '--graph', 'states.svg'], 'Expected one scenario beside --graph'],
    [['check', '--coordinator', 'class'], 'heddle hunt --coordinator class.'],
    [['hunt', '--out', '/dev/null/x'], 'Expected a folder for replay files'],
    [['check', '--out', '/dev/null'], 'at /dev/null, found that /dev/null is no folder.'],
    [['explore', '--out', '/dev/null/x'], 'Expected a folder for replay files'],
    [
      ['explore', 'phase-overlap', '--coordinator', 'single', '--resume', '/dev/null/x'],
      'for what is left out',
    ],
    [['gate', '--out', '/dev/null/x'], 'Expected a folder for replay files'],
    [['gate', '--reporter', 'junit=/dev/null/x.xml'], 'Expected a folder for the junit report'],
    [['gate', '--reporter', 'default,json=.'], 'Expected a file for the json report at ., found a folder.'],
    [['replay'], "missing required argument 'file|token|scenario'"],
    [['replay', ''], 'Expected a replay file or a scenario, found an empty word.'],
    [['replay', 'a.replay', '--seed', '3'], 'leave out --seed beside a.replay'],
    [['replay', 'five-tabs'], 'Expected a seed to replay five-tabs from'],
  ])('%j is named on one line', SPAWNS, async (args, expected) => {
    const { code, stdout, stderr } = await heddle(...args)
    expect(stderr).toContain(expected)
    expect(stderr).toMatch(/^heddle: [^\n]+\n$/)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })
})

describe('what there is to know', () => {
  it.concurrent('lists every scenario with its plan section, and every coordinator', SPAWNS, async () => {
    const { code, stdout } = await heddle('list')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^five-tabs +1\.1 +Five connections/m)
    expect(stdout).toMatch(/^competing +the bug/m)
  })

  it.concurrent('documents the exit codes', SPAWNS, async () => {
    const { code, stdout } = await heddle('--help')
    expect(code).toBe(0)
    expect(stdout).toMatch(/130 {2}interrupted/)
  })
})

describe('the nearest names', () => {
  it('are those a few slips away, nearest first', () => {
    expect(nearest('tabs-1', ['takeover', 'tab-12', 'tabs-2'])).toEqual(['tabs-2', 'tab-12'])
  })

  it('are those that hold the word', () => {
    expect(nearest('crash', ['crash-and-restart-of-an-instance'])).toEqual([
      'crash-and-restart-of-an-instance',
    ])
  })

  it('are none for a word that is like nothing', () => {
    expect(nearest('zzzzzzzz', ['five-tabs'])).toEqual([])
  })
})
