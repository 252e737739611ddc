// A coordinator of one's own: what is wrong with the file gets one line and exit code 2; what is wrong with the
// coordinator is a finding, also when it never comes back.

import { describe, expect, it } from 'vitest'
import { coordinator, folder, SPAWNS } from './heddle.fixture.ts'

const { heddle, write } = folder()

const hunt = (file: string, ...args: readonly string[]) =>
  heddle(
    'hunt',
    'ordered-progress',
    '--coordinator',
    `./${file}`,
    '--seeds',
    '4',
    '--out',
    `${file}.out`,
    ...args,
  )

describe('a file that is no coordinator', () => {
  it.concurrent.each([
    ['throws.ts', 'throw new Error("boom\\nand more")', 'Loading throws.ts failed: Error: boom and more'],
    ['syntax.ts', 'const x: = 1', 'Loading syntax.ts failed: '],
    ['missing-import.mjs', 'import "./nowhere.mjs"', 'Loading missing-import.mjs failed: '],
    ['exits.mjs', 'process.exit(0)', 'Loading exits.mjs ended its thread'],
    ['none.mjs', 'export const x = 1', 'to be a coordinator, found none.'],
    ['shape.js', 'export default { name: "x", entry: "y" }', 'to be a coordinator with machines.'],
    ['entry.cjs', 'module.exports = { name: "x", entry: "y", machines: {} }', 'a machine "y" (its entry)'],
  ])('%s gets one line', SPAWNS, async (name, content, expected) => {
    const { code, stderr, stdout } = await hunt(write(name, content))
    expect(stderr).toContain(expected)
    expect(stderr).toMatch(/^heddle: [^\n]+\n$/)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it.concurrent.each([
    ['waits.mjs', 'await new Promise(() => {})'],
    ['spins.mjs', 'for (;;) {}'],
  ])('%s is not waited for', SPAWNS, async (name, content) => {
    const { code, stderr, stdout } = await hunt(write(name, content), '--timeout', '3')
    expect(stderr).toBe(`heddle: Loading ${name} did not come to an end within 3 s.\n`)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })
})

describe('a coordinator of one’s own', () => {
  it.concurrent('is hunted, and its failures replayed with it', SPAWNS, async () => {
    const file = write(
      'slips.ts',
      coordinator('slips', "if (input.type === 'services-ready') throw new Error('no')"),
    )
    const hunted = await hunt(file)
    expect(hunted.code).toBe(1)
    expect(hunted.stdout).toContain('the code under test throws nothing')
    const command =
      /npx heddle (replay \S+ --coordinator slips\.ts)\n/.exec(hunted.stdout)?.[1]?.split(' ') ?? []

    const replayed = await heddle(...command)
    expect(replayed.stdout).toContain('Reproduced to the byte.')
    expect(replayed.code).toBe(1)

    const without = await heddle(...command.slice(0, 2))
    expect(without.code).toBe(2)
    expect(without.stderr).toContain('Give its file with --coordinator.')

    const other = await heddle(...command.slice(0, 3), 'competing')
    expect(other.code).toBe(2)
    expect(other.stderr).toContain('recorded with the coordinator "slips", and "competing" is given.')
  })

  it.concurrent('that never comes back is a finding, with its seeds', SPAWNS, async () => {
    const file = write('loops.ts', coordinator('loops', "while (input.type === 'services-ready') calls++"))
    const { code, stdout } = await hunt(file, '--timeout', '8')
    expect(stdout).toContain('✗ ordered-progress · loops.ts, seeds 1 to 4, never settled: no end after 8 s.')
    expect(stdout).toContain('Does it loop without a sleep() or an operation()?')
    expect(stdout).not.toContain('Different orders')
    expect(code).toBe(1)
  })

  it.concurrent.each([
    [
      'strays.ts',
      "commands.accept('tab-99')",
      'strays.ts: tab-1/session sends to "tab-99/transport", and no actor has that name. (scenario ordered-progress, seed 1)',
    ],
    [
      'later.ts',
      "setTimeout(() => commands.close('tab-1', 1000, ''))",
      'In ordered-progress, seeds 1 to 4: later.ts: tab-1/session uses its context after its transition',
    ],
  ])('%s, which misuses heddle, gets one line that says where', SPAWNS, async (name, before, expected) => {
    const { code, stdout, stderr } = await hunt(write(name, coordinator(name, before)))
    expect(stderr).toContain(expected)
    expect(stderr).toMatch(/^heddle: [^\n]+\n$/)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it.concurrent('that never comes to rest has not simply held', SPAWNS, async () => {
    const file = write('forever.ts', coordinator('forever', "commands.setTimer('again', '1s')", 'machine'))
    const { code, stdout } = await hunt(file)
    expect(stdout).toMatch(/✗ never comes to rest +4 +0/)
    expect(stdout).toContain('each run ended at its bound of 3600s of virtual time, the first with seed 1.')
    expect(code).toBe(1)
  })

  it.concurrent('is not taken for one of heddle’s own', SPAWNS, async () => {
    const { code, stderr } = await hunt(write('named.ts', coordinator('competing', '')))
    expect(stderr).toContain('"competing" like one of heddle\'s own')
    expect(code).toBe(2)
  })

  it.concurrent('that remembers an earlier run is not deterministic', SPAWNS, async () => {
    const file = write(
      'drifts.ts',
      coordinator('drifts', "if (input.type === 'frame' && calls++ % 3 === 0) return"),
    )
    const { code, stdout } = await hunt(file)
    expect(stdout).toContain('not deterministic')
    expect(code).toBe(3)
  })

  it.concurrent('may print without getting into what heddle prints', SPAWNS, async () => {
    const { code, stdout } = await hunt(
      write('prints.ts', coordinator('prints', "console.log('here')")),
      '--json',
    )
    expect(JSON.parse(stdout).scenarios[0].report.verdict).toBe('no violation found')
    expect(code).toBe(0)
  })
})
