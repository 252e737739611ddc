// The example is a user's project: it installs the package as it is packed, and finds with it what its README tells.

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Ended, INSTALLS, type Installation, installation, packed } from './package.fixture.ts'

const CHAT = fileURLToPath(new URL('examples/chat/', import.meta.url))
const TSC = fileURLToPath(new URL('node_modules/typescript/bin/tsc', import.meta.url))
const SPAWNS = { timeout: 120_000 }
const GATE = ['gate', '--seed', '1', '--seeds', '25']

const read = (name: string) => readFileSync(join(CHAT, name), 'utf8')

/** What is in the example, but for what it has installed and found. */
function files(): Record<string, string> {
  const names = readdirSync(CHAT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(CHAT.length))
    .filter((name) => !/^(node_modules|\.heddle)\b/.test(name))
  return Object.fromEntries(names.map((name) => [name, read(name)]))
}

let chat: Installation

beforeAll(async () => {
  chat = installation(files())
  await chat.install(await packed())
}, INSTALLS.timeout)

/** Another clone, with the same packages. */
function clone(): Installation {
  const another = installation(files())
  symlinkSync(join(chat.path, 'node_modules'), join(another.path, 'node_modules'), 'junction')
  return another
}

function brokenClone(): Installation {
  const another = clone()
  execFileSync('git', ['apply', 'bug.patch'], { cwd: another.path })
  return another
}

/** The blocks of the README in a language. */
function blocks(language: string): readonly string[] {
  return [...read('README.md').matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, found]) => found === language)
    .map(([, , text = '']) => text)
}

/** Without what no one sees at the end of lines. */
function withoutEnds(text: string): string {
  return text.replace(/[^\S\n]+$/gm, '')
}

describe('the chat room', () => {
  it('is right by the types of the package', SPAWNS, async () => {
    expect(await chat.run(process.execPath, TSC, '-p', '.')).toEqual({ code: 0, output: '' })
  })

  it('passes its tests', SPAWNS, async () => {
    const { code, output } = await chat.run('vitest', 'run')
    expect(output).toMatch(/Tests +8 passed \(8\)/)
    expect(code).toBe(0)
  })

  it('passes its gate, which covers every schedule', SPAWNS, async () => {
    const { code, output } = await chat.run('heddle', ...GATE)
    expect(output).toMatch(/^a phone changes networks +holds, every schedule /m)
    expect(output).toContain('Corpus: 1 of 1 files as they expect.')
    expect(code).toBe(0)
  })

  it('is explored in as many schedules as its README says', SPAWNS, async () => {
    const { output } = await chat.run('heddle', 'explore')
    const lines = blocks('text')[1]?.trimEnd().split('\n') ?? []
    expect(lines).toHaveLength(2)
    for (const line of lines) expect(output).toContain(line)
  })
})

describe('the chat room with its bug', () => {
  let broken: Installation
  let gate: Ended
  beforeAll(async () => {
    broken = brokenClone()
    gate = await broken.run('heddle', ...GATE)
  }, SPAWNS.timeout)

  it(
    'fails the simulated tests and the kept schedule, as its README shows, and no other',
    SPAWNS,
    async () => {
      const { code, output } = await broken.run('vitest', 'run')
      expect(withoutEnds(output)).toContain(blocks('text')[0])
      expect(output).toContain('found that it fails again: ann got 1, 2, 1, 2.')
      expect(output).toMatch(/Tests +3 failed \| 5 passed \(8\)/)
      expect(code).toBe(1)
    },
  )

  it('fails in as many seeds as its README says', SPAWNS, async () => {
    const { code, output } = await broken.run('heddle', 'hunt', '--seeds', '1000')
    const [, failing] = /^a phone changes networks +✗ violated +1,000 +(\d+) /m.exec(output) ?? []
    expect(read('README.md')).toContain(`Of 1,000 seeds, ${failing} fail`)
    expect(code).toBe(1)
  })

  it('fails the gate, with a replay file', SPAWNS, async () => {
    const [, file = ''] = /^ {2}Written +(\S+)$/m.exec(gate.output) ?? []
    expect(gate.output).toMatch(/^✗ a phone changes networks +each message comes once, in order$/m)
    expect(gate.code).toBe(1)
    const { code, output } = await broken.run('heddle', 'replay', file)
    expect(output).toContain('Reproduced to the byte.')
    expect(code).toBe(1)
  })

  it('is reproduced to the byte in another clone, by the token that the gate prints', SPAWNS, async () => {
    const [, token = ''] = /^ {2}Paste +(heddle1:\S+)$/m.exec(gate.output) ?? []
    const { code, output } = await brokenClone().run('heddle', 'replay', token)
    expect(output).toContain('Reproduced to the byte.')
    expect(code).toBe(1)
  })

  it('is mended by the fix, and says so of the same token', SPAWNS, async () => {
    const [, token = ''] = /^ {2}Paste +(heddle1:\S+)$/m.exec(gate.output) ?? []
    const { code, output } = await clone().run('heddle', 'replay', token)
    expect(output).toContain('✓ Fixed: the same schedule can be followed')
    expect(code).toBe(0)
  })
})

describe('the README of the chat room', () => {
  it('shows the code as it is, or as it was with the bug', () => {
    const code = ['chat.sim.ts', 'chat.test.ts', 'chat.ts'].map(read).join('\n')
    const patched = read('bug.patch')
      .replace(/^-.*\n/gm, '')
      .replace(/^[+ ]/gm, '')
    expect(blocks('ts')).toHaveLength(4)
    for (const block of blocks('ts')) expect(code + patched).toContain(block)
  })

  it('shows the fix', () => {
    const lines = read('bug.patch').split('\n')
    const [fixed, bug] = lines.filter((line) => /^[+-] /.test(line)).map((line) => line.slice(1))
    expect(blocks('diff')).toEqual([`-${bug}\n+${fixed}\n`])
  })
})
