// The command that explains, and what the commands around it say of a failure: the real processes.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseTrace } from '../sim/index.ts'
import { folder, SPAWNS } from './heddle.fixture.ts'

const HUNT = ['hunt', 'five-tabs', '--coordinator', 'competing', '--seeds', '25'] as const
const FILE = '.heddle/five-tabs.no-1011-without-a-fault.replay'
const RACE = 'tab-1/auth.resolve#1 before tab-1/transport.accepted#1. The other way round, it holds.'

const traceIn = (path: string, file = FILE) => parseTrace(readFileSync(join(path, file)))

describe('a failure', SPAWNS, () => {
  it('is shrunk before anyone sees it, explained in a line, and written so', async () => {
    const { path, heddle } = folder()
    const { code, stdout } = await heddle(...HUNT)
    expect(code).toBe(1)
    expect(stdout).toMatch(/Shrunk {5}5 connections → 1, 5 messages → 0, \d+ steps → 6\n/)
    expect(stdout).toContain(`The race   ${RACE}`)
    const { header, steps } = traceIn(path)
    expect(steps).toHaveLength(6)
    expect(header.parameters).toMatchObject({ users: 1, connections: 1, messages: 0 })
    const owners = traceIn(path, '.heddle/five-tabs.one-owner-per-user.replay')
    expect(owners.header.parameters).toMatchObject({ users: 1, connections: 2 })
  })

  it('is written as it was found where that is asked for', async () => {
    const { path, heddle } = folder()
    const { stdout } = await heddle(...HUNT, '--no-shrink')
    expect(stdout).not.toMatch(/Shrunk|The race/)
    expect(traceIn(path).header.parameters).toMatchObject({ connections: 5 })
  })

  it('is the same for any number of workers', async () => {
    const [one, two] = [folder(), folder()]
    await Promise.all([one.heddle(...HUNT, '--workers', '1'), two.heddle(...HUNT, '--workers', '3')])
    const files = (path: string) => readdirSync(join(path, '.heddle')).sort()
    expect(files(one.path)).toEqual(files(two.path))
    for (const file of files(one.path)) {
      const text = (path: string) => readFileSync(join(path, '.heddle', file), 'utf8')
      expect(text(one.path)).toBe(text(two.path))
    }
  })

  it('can be told by a program, too', async () => {
    const { heddle } = folder()
    const { stdout } = await heddle(...HUNT, '--json')
    const { replays } = JSON.parse(stdout).scenarios[0]
    const one = replays.find(({ property }: { property: string }) => property === 'no 1011 without a fault')
    expect(one.shrunk).toMatchObject({
      before: { connections: 5 },
      after: { connections: 1, steps: 6, deviations: 1, faults: 0 },
      decides: { kind: 'race', first: 'tab-1/auth.resolve#1', second: 'tab-1/transport.accepted#1' },
    })
  })
})

describe('a replay file', SPAWNS, () => {
  it('is explained in full, in short beside its replay, and as data', async () => {
    const { heddle } = folder()
    await heddle(...HUNT)
    const token = (await heddle('replay', FILE, '--token')).stdout.trim()
    const [explained, replayed, data, ofToken] = await Promise.all([
      heddle('explain', FILE),
      heddle('replay', FILE),
      heddle('explain', FILE, '--json'),
      heddle('explain', token),
    ])
    expect(ofToken).toEqual(explained)
    expect(explained.code).toBe(1)
    expect(explained.stdout).toContain(`The race   ${RACE}`)
    expect(explained.stdout).toContain('From step 3 on, it fails')
    expect(explained.stdout).toContain('What led to it: 6 of 6 steps')
    expect(replayed.stdout).toContain(`The race: ${RACE}`)
    expect(JSON.parse(data.stdout).explanation).toMatchObject({ common: 2, isTheTraces: true })
  })

  it('that is not shrunk is explained on a smaller schedule', async () => {
    const { heddle } = folder()
    await heddle(...HUNT, '--no-shrink')
    const { stdout } = await heddle('explain', FILE)
    expect(stdout).toContain('This is a smaller schedule than that of the file')
    expect(stdout).toMatch(/The race {3}tab-\d\/auth\.resolve#1 before tab-\d\/transport\.accepted#1\./)
  })

  it('that cannot be read, or that names nothing known, is refused in a line', async () => {
    const { heddle, write } = folder()
    write('bad.replay', '{"heddle":')
    for (const [file, complaint] of [
      ['bad.replay', /^heddle: bad\.replay: Expected a footer/],
      ['none.replay', /^heddle: .*none\.replay/],
      ['heddle1:AAAA', /^heddle: [^\n]*token[^\n]*\n$/],
    ] as const) {
      const { code, stderr } = await heddle('explain', file)
      expect(code).toBe(2)
      expect(stderr).toMatch(complaint)
    }
  })
})
