// From a hunt to a file to a replay of the same bytes, whoever runs it and however it is cut short.

import { readdirSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { coordinator, folder, SPAWNS } from './heddle.fixture.ts'
import { inbox, project } from './project.fixture.ts'

const { path, heddle, start, write } = folder()
const filesIn = (name: string) => readdirSync(join(path, name)).sort()
const textOf = (...names: readonly string[]) => readFileSync(join(path, ...names), 'utf8')

describe('a hunt that finds something', () => {
  it.concurrent('writes a file for each violated property, which replays to the byte', SPAWNS, async () => {
    const hunted = await heddle(
      'hunt',
      'five-tabs',
      '--coordinator',
      'competing',
      '--seeds',
      '30',
      '--out',
      'found',
    )
    expect(hunted.code).toBe(1)
    expect(hunted.stderr).toBe('')
    expect(hunted.stdout).toContain(
      '✗ five-tabs · competing   one owner per user   seed 1, schedule 1 of 30; ',
    )
    const file = 'found/five-tabs.one-owner-per-user.replay'
    expect(hunted.stdout).toContain(`  Replay     npx heddle replay ${file}\n`)

    const replayed = await heddle('replay', file)
    expect(replayed.code).toBe(1)
    expect(replayed.stdout).toMatch(/✗ one owner per user: .* both act for user-1 \(step \d+, [\d.]+ms\)\n/)
    expect(replayed.stdout).toContain('Reproduced to the byte.')
  })

  it.concurrent('has no colour and no cursor movement where there is no terminal', SPAWNS, async () => {
    const { stdout, stderr } = await heddle(
      'hunt',
      'two-machines',
      '--coordinator',
      'competing',
      '--seeds',
      '5',
    )
    expect(stdout).not.toContain('\u001b')
    expect(stderr).toBe('')
  })

  it.concurrent('finds the same with one worker as with two', SPAWNS, async () => {
    const args = [
      'hunt',
      'owner-drops',
      'split-brain',
      '--coordinator',
      'competing',
      '--seeds',
      '60',
      '--json',
    ]
    const [one, two] = await Promise.all([
      heddle(...args, '--workers', '1', '--out', 'one'),
      heddle(...args, '--workers', '2', '--out', 'two'),
    ])
    expect(one.code).toBe(1)
    expect(two.stdout.replaceAll('two/', 'one/')).toBe(one.stdout)
    expect(filesIn('two')).toEqual(filesIn('one'))
    for (const name of filesIn('one')) expect(textOf('two', name)).toBe(textOf('one', name))
  })
})

describe('a hunt that finds nothing', () => {
  it.concurrent('says within what bound, and writes no file', SPAWNS, async () => {
    const { code, stdout } = await heddle(
      'hunt',
      'takeover',
      '--seeds',
      '5',
      '--seed',
      '7',
      '--out',
      'nothing',
    )
    expect(code).toBe(0)
    expect(stdout).toMatch(/takeover +single:takeover +no violation found +5 +0/)
    expect(stdout).toContain('seeds 7 to 11, strategy portfolio, timing sampled.')
    expect(readdirSync(path)).not.toContain('nothing')
  })
})

describe('a hunt of a scenario that loops for ever, beside another', () => {
  const own = project({
    'loops.sim.mjs': `import { world } from 'heddle'
export default world('a loop', ({ task }) => {
  task('a', async (self) => {
    await self.operation('go')
    for (;;) {}
  })
})`,
    'inbox.sim.ts': inbox('inbox', 'loses'),
  })
  const args = ['hunt', '--seeds', '60', '--timeout', '8'] as const

  it('names its seeds, and tells what it found in the other', SPAWNS, async () => {
    const { code, stdout } = await own.heddle(...args)
    expect(stdout).toMatch(/^a loop +✗ came to no end +0/m)
    expect(stdout).toMatch(/^inbox +✗ violated +60/m)
    expect(stdout).toContain('✗ a loop, seeds 1 to 25, never settled: no end after 8 s.')
    expect(stdout).toContain('npx heddle replay .heddle/inbox.hello-is-processed.replay')
    expect(code).toBe(1)
  })

  it('says the same with one worker, and in JSON', SPAWNS, async () => {
    const { stdout } = await own.heddle(...args, '--workers', '1', '--json')
    const { neverSettled, scenarios } = JSON.parse(stdout)
    expect(neverSettled).toEqual([expect.stringContaining('a loop, seeds 1 to 25, never settled')])
    expect(scenarios.map(({ report }: any) => report?.seeds ?? null)).toEqual([{ first: 1, count: 60 }, null])
  })
})

/** Ends its thread in one order of seven tasks: in about one run of five thousand. */
const RARE = `import { world } from 'heddle'

export const rare = world('rare', ({ task }) => {
  let steps = 0
  let inOrder = 0
  for (let place = 0; place < 7; place++) {
    task('task-' + place, async (self) => {
      await self.operation('step')
      if (steps++ === 6 - place) inOrder++
      if (steps === 6 && inOrder === 6) process.exit(0)
    })
  }
})`

describe('a hunt of many seeds, one of which ends its thread', () => {
  const own = project({ 'rare.sim.ts': RARE })
  const args = [
    'hunt',
    'rare',
    '--strategy',
    'random',
    '--timing',
    'untimed',
    '--seeds',
    '20000',
    '--json',
  ] as const

  it(
    'looks closer, and reports what came before the same way for any number of workers',
    SPAWNS,
    async () => {
      const one = await own.heddle(...args, '--workers', '1')
      const two = await own.heddle(...args, '--workers', '2')
      expect(one.code).toBe(1)
      const { neverSettled, scenarios } = JSON.parse(one.stdout)
      const [, from, to] = /^rare, seeds (\d+) to (\d+), ended its thread/.exec(neverSettled[0]) ?? []
      expect(Number(to) - Number(from)).toBe(24)
      expect(scenarios[0].report.seeds).toEqual({ first: 1, count: Number(from) - 1 })
      expect(JSON.parse(two.stdout)).toMatchObject({ neverSettled, scenarios })
    },
  )
})

// Windows has no SIGINT for another process, which ends there at once.
const SIGNALS = process.platform !== 'win32'

describe('a hunt that is interrupted', () => {
  const other = folder()

  it('reports what it found until then', SPAWNS, async () => {
    const before =
      "if (calls++ === 20_000) console.log('under way'); if (calls % 9 === 0) throw new Error('no')"
    const args = ['--coordinator', `./${write('fails.ts', coordinator('fails', before))}`]
    const hunt = start(
      'hunt',
      'ordered-progress',
      ...args,
      '--seeds',
      '1000000',
      '--out',
      'interrupted',
      '--json',
    )
    hunt.child.stderr?.once('data', () => hunt.child.kill('SIGINT'))
    const { code, stdout } = await hunt.ended
    if (!SIGNALS) return
    expect(code).toBe(130)
    const { interrupted, scenarios } = JSON.parse(stdout)
    expect(interrupted).toBe(true)
    expect(scenarios[0].report.seeds.count).toBeGreaterThan(0)
    expect(scenarios[0].report.seeds.count).toBeLessThan(1_000_000)
  })

  it('says by its exit code which signal it was, however early', SPAWNS, async () => {
    if (!SIGNALS) return
    const { child, ended } = start('hunt', '--seeds', '100000')
    setTimeout(() => child.kill('SIGTERM'), 300)
    const { code, stderr } = await ended
    expect(stderr).not.toContain('    at ')
    // Before Node itself listens, the signal ends the process, which a shell reports as 143 too.
    expect([143, null]).toContain(code)
  })

  it('writes each file whole or not at all', SPAWNS, async () => {
    const { child, ended } = other.start('hunt', '--coordinator', 'competing', '--seeds', '30', '--out', '.')
    const watcher = watch(other.path).once('change', () => child.kill('SIGINT'))
    const { code } = await ended
    watcher.close()
    if (SIGNALS) expect(code).toBe(130)
    const files = readdirSync(other.path)
    expect(files.length).toBeGreaterThan(0)
    for (const name of files) {
      expect(readFileSync(join(other.path, name), 'utf8')).toMatch(/"sha256":"[0-9a-f]{64}"\}\n$/)
    }
  })
})

describe('a seed', () => {
  it.concurrent('is shown in one column a place, with what changed', SPAWNS, async () => {
    const { code, stdout } = await heddle(
      'replay',
      'two-machines',
      '--seed',
      '3',
      '--coordinator',
      'competing',
    )
    expect(code).toBe(1)
    expect(stdout).toMatch(/^ +time {2}tab-1 +tab-2/m)
    expect(stdout).toContain('✗ exactly one grant for concurrent requests: ')
    expect(stdout).toContain('Reproduced to the byte.')
  })

  it.concurrent('is shown as one event a line where the columns would be too narrow', SPAWNS, async () => {
    const { code, stdout } = await heddle('replay', 'cloud-run-burst', '--seed', '3')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ +time {2}event +state$/m)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })
})

describe('what a hunt has covered', () => {
  it.concurrent('is told in a line, and in detail where it is asked for', SPAWNS, async () => {
    const args = ['hunt', 'two-machines', 'owner-drops', '--seeds', '30', '--out', 'covered']
    const [line, detail] = await Promise.all([heddle(...args), heddle(...args, '--coverage')])
    expect(line.stdout).toMatch(
      /\nDifferent orders of dependent steps: \d+ in 60 runs; another run has a new one with a chance of [\d.]+ %; \d+ of 22 transitions of the lifecycle taken\.\n/,
    )
    expect(line.stdout).not.toContain('never taken')
    expect(detail.stdout).toMatch(/\nscenario +runs +different orders +met once +the next is new\n/)
    expect(detail.stdout).toMatch(/\ntwo-machines +30 +2 +0 +0 %\n/)
    expect(detail.stdout).toMatch(
      /\nsingle takes \d+ of the 22 transitions of the lifecycle\.\n {2}taken +CONN/,
    )
  })

  it.concurrent('is the same for any number of workers, and in JSON', SPAWNS, async () => {
    const args = ['hunt', 'owner-drops', '--seeds', '60', '--out', 'covered', '--json']
    const [one, two] = await Promise.all([
      heddle(...args, '--workers', '1'),
      heddle(...args, '--workers', '2'),
    ])
    expect(two.stdout).toBe(one.stdout)
    const [{ report, coverage }] = JSON.parse(one.stdout).scenarios
    expect(report.orders).toBeUndefined()
    expect(coverage).toMatchObject({ runs: 60, exact: true })
    expect(coverage.distinct).toBeGreaterThan(coverage.once)
    expect(coverage.moves).toContainEqual(['CONNECTING', 'ACCEPTED'])
  })
})

describe('a hunt of the whole catalogue', () => {
  it('fails where a hard case was never reached', SPAWNS, async () => {
    const { code, stdout } = await heddle('hunt', '--seeds', '1', '--out', 'catalogue', '--json')
    const { unreached, silentCanaries, scenarios } = JSON.parse(stdout)
    expect(scenarios.every(({ report }: { report: { failures: number } }) => report.failures === 0)).toBe(
      true,
    )
    expect(unreached.length).toBeGreaterThan(0)
    expect(silentCanaries).toEqual([])
    expect(code).toBe(1)
  })
})
