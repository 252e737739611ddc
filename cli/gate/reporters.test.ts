import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import { EXIT } from '../exit.ts'
import { annotations, summary } from './github.ts'
import { junitXml } from './junit.ts'
import { report, reportersOption } from './reporters.ts'
import { corpusCase, fine, scenario, violated, wrong } from './result.fixture.ts'
import { exitCodeOf, type GateResult } from './result.ts'
import { gateText } from './text.ts'

const folder = mkdtempSync(join(tmpdir(), 'heddle-reporters-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const mended = {
  ...corpusCase,
  file: 'replays/b.replay',
  outcome: 'fixed',
  isNews: true,
  about: 'fixed: it holds now',
} as const

describe('the XML for JUnit', () => {
  const schema = readFileSync(new URL('./junit.xsd', import.meta.url), 'utf8')
  const validated = (contents: string) =>
    validateXML({ xml: [{ fileName: 'report.xml', contents }], schema: [schema] })

  it.each([
    ['nothing found', fine],
    ['everything wrong', wrong],
    ['nothing run', { ...fine, corpus: [], scenarios: [], silent: null }],
  ] as const)('is valid with %s', async (_, result) => {
    expect((await validated(junitXml(result))).errors).toEqual([])
  })

  it('would not be valid with an element that no reader knows', async () => {
    const xml = junitXml(fine).replace('<testcase', '<testcase flavour="x"')
    expect((await validated(xml)).valid).toBe(false)
  })

  it('counts a failure for each finding, and a case for each property', () => {
    expect(junitXml(fine)).toMatch(/<testsuites name="[^"]*" tests="3" failures="0" errors="0">/)
    // The stale file, the silent canary, the violated property, the goal and the rest.
    expect(junitXml(wrong)).toMatch(/<testsuites name="[^"]*" tests="8" failures="5" errors="0">/)
  })

  it('says which files of the corpus are fine for another reason than before', async () => {
    const xml = junitXml({ ...fine, corpus: [corpusCase, mended] })
    expect((await validated(xml)).errors).toEqual([])
    expect(xml).toContain('<property name="replays/b.replay" value="fixed: it holds now"/>')
    expect(xml).not.toContain('<property name="replays/a.replay"')
    expect(xml).toContain('failures="0"')
  })

  it('says which property, how to replay it, and the token', () => {
    const xml = junitXml({ ...fine, scenarios: [{ ...scenario, properties: [violated] }] })
    expect(xml).toContain('classname="heddle.five-tabs.mine" name="one owner per user"')
    expect(xml).toContain('npx heddle replay .heddle/five-tabs.one-owner-per-user.replay')
    expect(xml).toContain('heddle1:abc')
  })
})

describe('annotations for GitHub', () => {
  /** As the runner reads a line: a command, its properties, and its message. */
  const parsed = (line: string) => {
    const [, command, list = '', message = ''] = /^::(\w+) ([^:]*)::(.*)$/.exec(line) ?? []
    const plain = (text: string) =>
      text
        .replaceAll('%0D', '\r')
        .replaceAll('%0A', '\n')
        .replaceAll('%3A', ':')
        .replaceAll('%2C', ',')
        .replaceAll('%25', '%')
    const properties = Object.fromEntries(
      list.split(',').map((pair) => {
        const [name = '', value = ''] = pair.split('=')
        return [name, plain(value)]
      }),
    )
    return { command, properties, message: plain(message) }
  }

  it('are none where nothing is wrong', () => {
    expect(annotations(fine)).toEqual([])
  })

  it('are one line for each finding, whatever stands in its texts', () => {
    const lines = annotations(wrong)
    expect(lines).toHaveLength(6)
    for (const line of lines) {
      expect(line).not.toMatch(/[\r\n]/)
      expect(parsed(line)).toMatchObject({ command: 'error', properties: { title: /^heddle: / } })
    }
  })

  it('tell of what was mended as a notice', () => {
    const lines = annotations({ ...fine, corpus: [corpusCase, mended] })
    expect(lines.map(parsed)).toEqual([
      {
        command: 'notice',
        properties: { title: 'heddle: replays/b.replay', file: 'replays/b.replay' },
        message: 'fixed: it holds now\nnpx heddle replay replays/a.replay',
      },
    ])
  })

  it('name the file, the property and the token', () => {
    const [line = ''] = annotations({ ...fine, scenarios: [{ ...scenario, properties: [violated] }] })
    const { properties, message } = parsed(line)
    expect(properties).toEqual({
      title: 'heddle: five-tabs · mine: one owner per user',
      file: 'sim/five-tabs.sim.ts',
    })
    expect(message.split('\n').slice(-1)).toEqual(['npx heddle replay heddle1:abc'])
  })

  it('come with a summary in which texts are no Markdown', () => {
    const markdown = summary(wrong)
    expect(markdown).toContain('npx heddle replay heddle1:abc')
    expect(markdown).not.toMatch(/[^\\]<b>/)
    expect(markdown).not.toContain('\u001b')
  })
})

describe('the text', () => {
  it('says what was done, and the verdicts', () => {
    const text = gateText(fine)
    expect(text).toContain('Gate from seed 1; budget 60 s.')
    expect(gateText({ ...fine, corpus: [mended] })).toContain(`  ${mended.file}: fixed: it holds now.\n`)
    expect(gateText({ ...fine, config: null })).toContain("Gate of heddle's own catalogue, as there is no")
    expect(text).toMatch(/one owner per user +1 *$/m)
    expect(text).toContain('Properties: 0 hold in every schedule, 1 without a violation found, 0 violated.')
    expect(text).toContain('Corpus: 1 of 1 files as they expect. Canaries: all found.')
    expect(text).toContain('25 schedules, 0 states, 1,000 steps hunted; 59.5 s of 60 s.')
    expect(text).toContain('Hunted seeds 1 to 25 of each scenario.')
  })

  it('shows a failure in full, and lets no text act on the terminal', () => {
    const text = gateText(wrong)
    expect(text).toContain('  Paste      heddle1:abc')
    expect(text).not.toContain('\u001b')
  })
})

describe('reporters', () => {
  it('are named, with files or without', () => {
    expect(reportersOption('default,junit=a.xml,github,json=b=c.json')).toEqual([
      { name: 'default', file: undefined },
      { name: 'junit', file: 'a.xml' },
      { name: 'github', file: undefined },
      { name: 'json', file: 'b=c.json' },
    ])
  })

  it.each([
    ['dot', 'Expected names of default, junit, github, json'],
    ['junit=', 'Expected names of default'],
    ['default,junit', 'Expected junit to be alone on stdout. Give it a file: junit=<file>.'],
    ['json,github', 'Expected json to be alone on stdout.'],
  ])('refuse %s', (text, message) => {
    expect(() => reportersOption(text)).toThrow(message)
  })

  it('write whole files, and the summary where GitHub wants it', async () => {
    const xml = join(folder, 'report.xml')
    const json = join(folder, 'new', 'report.json')
    const step = join(folder, 'summary.md')
    await report(reportersOption(`junit=${xml},json=${json},github=${join(folder, 'lines')}`), wrong, {
      GITHUB_STEP_SUMMARY: step,
    })
    expect(readFileSync(xml, 'utf8')).toContain('</testsuites>')
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ exitCode: 70, corpus: [{}, {}] })
    expect(readFileSync(step, 'utf8')).toBe(summary(wrong))
    expect(readFileSync(join(folder, 'lines'), 'utf8').trim().split('\n')).toHaveLength(6)
  })
})

describe('the exit code', () => {
  const NOT_RUN = { ...scenario.hunted, runs: 0, seeds: [] }
  const bad = { ...corpusCase, isFine: false }
  it.each<[string, Partial<GateResult>, number]>([
    ['nothing found', {}, EXIT.nothingFound],
    ['interrupted', { interrupted: true, silent: ['x'] }, EXIT.interrupted],
    ['a silent canary', { silent: ['x'], scenarios: wrong.scenarios }, EXIT.ownBug],
    ['a run that differs', { scenarios: [{ ...scenario, divergences: ['x'] }] }, EXIT.diverged],
    ['a file that differs', { corpus: [{ ...bad, outcome: 'diverged' }] }, EXIT.diverged],
    ['a violation', { scenarios: [{ ...scenario, properties: [violated] }] }, EXIT.violated],
    ['a goal not reached', { scenarios: [{ ...scenario, unreached: ['x'] }] }, EXIT.violated],
    ['a failure that is back', { corpus: [{ ...bad, outcome: 'adapted' }] }, EXIT.violated],
    ['a scenario that was not run', { scenarios: [{ ...scenario, hunted: NOT_RUN }] }, EXIT.bounded],
    [
      'the same in a shard',
      { scenarios: [{ ...scenario, hunted: NOT_RUN }], shard: { index: 1, count: 2 } },
      0,
    ],
    ['a stale file', { corpus: [{ ...bad, outcome: 'stale' }] }, EXIT.stale],
  ])('says what matters most: %s', (_, part, code) => {
    expect(exitCodeOf({ ...fine, ...part })).toBe(code)
  })
})
