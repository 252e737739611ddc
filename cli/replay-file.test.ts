// A replay file comes from a bug report, and is not believed: whatever is wrong with one gets one line, and
// nothing in it is run, followed or printed raw.

import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, truncateSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { replayFileName, writeReplayFile } from '../failures/index.ts'
import { competing, scenarios } from '../model/index.ts'
import { catalogueScenario } from '../properties/index.ts'
import { formatTrace, parseTrace, random, record, type Trace } from '../sim/index.ts'
import { folder, SPAWNS } from './heddle.fixture.ts'

const { path, heddle, write } = folder()
let text: string

beforeAll(async () => {
  const entry = scenarios.find(({ name }) => name === 'two-machines') as (typeof scenarios)[number]
  text = await record(catalogueScenario(entry, competing), { seed: 1, strategy: random, timing: 'sampled' })
})

/** The recorded file, changed and signed again, as somebody who means harm would. */
function forged(change: (trace: Trace) => Trace): string {
  return formatTrace(change(parseTrace(text)))
}

const withHeader = (header: Partial<Trace['header']>) =>
  forged((trace) => ({ ...trace, header: { ...trace.header, ...header } }))
const withParameters = (parameters: Trace['header']['parameters']) =>
  forged(({ header, ...trace }) => ({
    ...trace,
    header: { ...header, parameters: { ...header.parameters, ...parameters } },
  }))

describe('a replay file that cannot be used', () => {
  const cases: readonly (readonly [what: string, make: () => string | Uint8Array, expected: string])[] = [
    ['is empty', () => '', 'found an empty one'],
    ['is cut short', () => text.slice(0, text.length / 2), 'is-cut-short.replay: Expected a footer'],
    ['was edited', () => text.replace('"seed":1', '"seed":2'), 'edited or damaged'],
    ['is binary', () => new Uint8Array(4_096).map((_, index) => index * 7), 'Expected a replay file'],
    ['is nested deeply', () => `{"heddle":${'['.repeat(100_000)}`, 'Expected'],
    ['is not JSON', () => '{"heddle":1,\u001b[2J', 'Expected'],
    [
      'names an unknown scenario',
      () => withHeader({ scenario: '../../etc/\u001b[31mpasswd' }),
      'No scenario',
    ],
    [
      'names a file as its coordinator',
      () => withParameters({ coordinator: './harm.mjs' }),
      "none of heddle's own",
    ],
    ['has parameters out of bounds', () => withParameters({ connections: 1_000_000 }), 'connections'],
    [
      'has parameters of its own',
      () => withParameters({ toString: 'x', constructor: 1 }),
      'Bad scenario option',
    ],
  ]
  it.concurrent.each(cases)('because it %s gets one line', SPAWNS, async (what, make, expected) => {
    write('harm.mjs', 'import { writeFileSync } from "node:fs"; writeFileSync("harmed", "")')
    const file = write(`${what.replaceAll(' ', '-')}.replay`, make())
    const { code, stdout, stderr } = await heddle('replay', file)
    expect(stderr).toContain(expected)
    expect(stderr).toMatch(/^heddle: [^\n]+\n$/)
    expect(stderr).not.toContain('\u001b')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(() => readFileSync(join(path, 'harmed'))).toThrow('ENOENT')
  })

  it.concurrent('because it is not there, a directory, or too long gets one line', SPAWNS, async () => {
    mkdirSync(join(path, 'folder.replay'))
    truncateSync(join(path, write('long.replay', '')), 17 * 2 ** 20)
    const ends = await Promise.all(
      ['missing', 'folder', 'long'].map((name) => heddle('replay', `${name}.replay`)),
    )
    const found = ['no such file', 'a directory', String(17 * 2 ** 20)]
    for (const [index, { code, stderr }] of ends.entries()) {
      expect(code).toBe(2)
      expect(stderr).toMatch(/^heddle: [^\n]+\n$/)
      expect(stderr).toContain(found[index])
    }
  })

  it('because it is a FIFO is not waited for', SPAWNS, async () => {
    if (process.platform === 'win32') return
    execFileSync('mkfifo', [join(path, 'fifo.replay')])
    const { code, stderr } = await heddle('replay', 'fifo.replay')
    expect(stderr).toContain('found something that is no regular file')
    expect(code).toBe(2)
  })
})

describe('a replay file whose schedule cannot be followed as it is', () => {
  const withStep = (index: number, change: Partial<Trace['steps'][number]>) =>
    forged((trace) => ({
      ...trace,
      steps: trace.steps.map((step, at) => (at === index ? { ...step, ...change } : step)),
    }))

  it.concurrent('is realigned, and still fails', SPAWNS, async () => {
    const file = write('adapted.replay', withStep(1, { event: 'tab-9/\u001b[2Jboo#1' }))
    const { code, stdout } = await heddle('replay', file)
    expect(code).toBe(1)
    expect(stdout).toContain('Adapted: the code was changed since it was recorded.')
    expect(stdout).toMatch(/3 of 4 recorded steps happened again; new: tab-\d\/ask#1; gone: tab-9\//)
    expect(stdout).not.toContain('\u001b')
    expect(stdout).not.toContain('✓')
  })
})

describe('the name of a replay file', () => {
  it('is made of the scenario and the property', () => {
    expect(replayFileName('five-tabs', 'one owner per user')).toBe('five-tabs.one-owner-per-user.replay')
  })

  it('keeps nothing of a property that could lead elsewhere', () => {
    expect(replayFileName('a', '../../etc/passwd\0')).toBe('a.etc-passwd.replay')
    expect(replayFileName('a', '…')).toBe('a.unnamed.replay')
  })
})

describe('a replay file that is written', () => {
  it('makes the folders that are missing', async () => {
    const written = await writeReplayFile(join(path, 'a', 'b', 'c'), 'x.replay', 'text')
    expect(readFileSync(written, 'utf8')).toBe('text')
  })

  it.each(process.platform === 'linux' ? ['file', 'file/below', '/proc/nowhere'] : ['file', 'file/below'])(
    'is refused in one line where %s cannot be a folder',
    async (name) => {
      write('file', '')
      const folder = resolve(path, name)
      await expect(writeReplayFile(folder, 'x.replay', 'text')).rejects.toThrow(/^Writing .* failed: [^\n]+$/)
    },
  )
})
