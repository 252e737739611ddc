// The scenarios of a user's project in every command: found, run in worker threads, and found again by the name in a
// replay file or token.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatTrace, parseTrace } from '../sim/index.ts'
import { SPAWNS } from './heddle.fixture.ts'
import { inbox, project, TABS } from './project.fixture.ts'

// As a project is whose package.json does not say "module": its files are CommonJS.
const mine = project({
  'package.json': '{}',
  'heddle.config.ts':
    "import { defineConfig } from 'heddle'\nexport default defineConfig({ seeds: 20, out: 'found', scenarios: ['src/**/*.sim.ts'] })",
  'src/inbox.sim.ts': inbox('early message', 'loses'),
  'src/tabs.sim.ts': TABS,
  'src/node_modules/other/x.sim.ts': 'throw new Error("not ours")',
  'other.sim.ts': 'throw new Error("not named")',
})

describe('a project', () => {
  it.concurrent('has its scenarios listed first, with their files and kinds', SPAWNS, async () => {
    const { stdout, code } = await mine.heddle('list', '--json')
    const { own, scenarios } = JSON.parse(stdout)
    expect(own).toEqual([
      { name: 'early message', kind: 'code', file: 'src/inbox.sim.ts' },
      { name: 'four tabs', kind: 'actors', file: 'src/tabs.sim.ts' },
      { name: 'two tabs', kind: 'actors', file: 'src/tabs.sim.ts' },
    ])
    expect(scenarios.length).toBeGreaterThan(20)
    expect(code).toBe(0)
  })

  it('is hunted as a whole, and its failures are replayed, explained and pasted', SPAWNS, async () => {
    const hunted = await mine.heddle('hunt')
    expect(hunted.stderr).toBe('')
    expect(hunted.stdout).toMatch(/^early message +✗ violated +20 /m)
    expect(hunted.stdout).toMatch(/^two tabs +no violation found +20 /m)
    expect(hunted.stdout).toContain('✗ four tabs · hasty   one owner per user   seed 1, schedule 1 of 20; ')
    expect(hunted.stdout).toContain('Shrunk     4 connections → 2')
    expect(hunted.stdout).toContain('transitions of the lifecycle taken')
    expect(hunted.code).toBe(1)

    const file = 'found/four-tabs.one-owner-per-user.replay'
    expect(hunted.stdout).toContain(`  Replay     npx heddle replay ${file}\n`)
    const [replayed, token] = await Promise.all([
      mine.heddle('replay', file),
      mine.heddle('replay', file, '--token'),
    ])
    expect(replayed.stdout).toContain('Reproduced to the byte.')
    expect(replayed.code).toBe(1)
    expect(hunted.stdout).toContain(`  Paste      ${token.stdout}`)

    const pasted = await mine.heddle('replay', token.stdout.trim())
    expect(pasted.stdout).toContain('Reproduced to the byte.')
    const explained = await mine.heddle('explain', 'found/early-message.hello-is-processed.replay')
    expect(explained.stdout).toContain('The race   tab-1/sleep#1 before server/services.ready#1.')
  })

  it.concurrent('is checked where it is made of actors, and explored where it is code', SPAWNS, async () => {
    const [checked, explored] = await Promise.all([
      mine.heddle('check', '--out', 'checked'),
      mine.heddle('explore', '--out', 'explored'),
    ])
    expect(checked.stdout).toMatch(/^two tabs +holds, every schedule +401 /m)
    expect(checked.stdout).toMatch(/^four tabs +✗ one owner per user /m)
    expect(checked.stdout).toContain('Not checked, as it runs as code: early message. See heddle explore.')
    expect(checked.code).toBe(1)
    expect(explored.stdout).toMatch(/^early message +✗ hello is processed +2 /m)
    expect(explored.stdout).not.toContain('tabs')
    expect(explored.code).toBe(1)
  })

  it.concurrent('is explored to the same report by one thread and by several', SPAWNS, async () => {
    // Several turns of several pieces: 11,550 traces of 11 steps.
    const text = `
      import { world } from 'heddle'
      export const writers = world('writers', ({ task, shared }) => {
        const last = shared('last', { by: '' })
        for (const [name, writes] of [['a', 4], ['b', 4], ['c', 3]]) {
          task(name, async (self) => {
            for (let i = 0; i < writes; i++) {
              await self.operation('write', { reads: [] })
              last.by = name
            }
          })
        }
      })`
    const own = project({ 'writers.sim.mjs': text })
    const explored = async (workers: string, ...args: readonly string[]) => {
      const { code, stdout } = await own.heddle('explore', '--json', '--workers', workers, ...args)
      return { code, ...JSON.parse(stdout).explorations[0] }
    }
    const whole = await explored('1')
    expect(whole).toMatchObject({ code: 0, verdict: 'holds', executions: 11_550, steps: 127_050, blocked: 0 })
    expect(await explored('3')).toEqual(whole)
    const bounded = ['--executions', '9000']
    expect(await explored('3', ...bounded)).toEqual(await explored('1', ...bounded))
  })

  it.concurrent('covers what its scenarios have: transitions of lifecycles alone', SPAWNS, async () => {
    const args = ['hunt', 'early message', 'two tabs', '--seeds', '5', '--json', '--out', 'covered']
    const [own, tabs] = JSON.parse((await mine.heddle(...args)).stdout).scenarios
    expect(own).toMatchObject({ coordinator: null, coverage: { moves: null } })
    expect(tabs.coverage.moves).toContainEqual(['CONNECTING', 'ACCEPTED'])
  })

  it.concurrent('still has the catalogue, where a scenario of it is named', SPAWNS, async () => {
    const { stdout, code } = await mine.heddle('hunt', 'takeover', 'two tabs', '--seeds', '3')
    expect(stdout).toMatch(/^takeover +single:takeover +no violation found +3 /m)
    expect(stdout).toMatch(/^two tabs +no violation found +3 /m)
    expect(code).toBe(0)
  })

  it.concurrent('is found from elsewhere by its configuration', SPAWNS, async () => {
    const elsewhere = ['hunt', 'two tabs', '--seeds', '3', '--config', join(mine.path, 'heddle.config.ts')]
    const { stdout, code } = await mine.heddle(...elsewhere)
    expect(stdout).toMatch(/^two tabs +no violation found +3 /m)
    expect(code).toBe(0)
  })

  it.concurrent.each([
    [
      ['check', 'early message'],
      "states cannot be stored. Run each of its schedules: heddle explore 'early message'.",
    ],
    [['hunt', 'two tabs', '--coordinator', 'single'], 'Expected no --coordinator beside "two tabs" of '],
    [['hunt', 'early massage'], 'Unknown scenario "early massage". Did you mean \'early message\'?'],
    [
      ['replay', 'early message'],
      "Expected a seed to replay early message from: heddle replay 'early message' --seed 1.",
    ],
    [
      ['list', '--config', 'nowhere.ts'],
      'Expected a configuration in nowhere.ts, found no such file (ENOENT).',
    ],
  ])('gets one line for %j', SPAWNS, async (args, expected) => {
    const { code, stdout, stderr } = await mine.heddle(...args)
    expect(stderr).toContain(expected)
    expect(stderr).toMatch(/^heddle: [^\n]+\n$/)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })
})

describe('a scenario that was mended', () => {
  const FILE = 'replays/early-message.hello-is-processed.replay'
  const mended = project({ 'inbox.sim.ts': inbox('early message', 'loses') })

  it('is accepted, and its file expects from then on that it holds', SPAWNS, async () => {
    await mended.heddle('hunt', '--seeds', '5', '--out', 'replays')
    mended.write('inbox.sim.ts', inbox('early message', 'keeps'))
    const accepted = await mended.heddle('replay', FILE, '--accept')
    expect(accepted.stdout).toContain(`Accepted: from now on, ${FILE} expects that it holds`)
    const again = await mended.heddle('replay', FILE)
    expect(again.stdout).toContain('Reproduced to the byte.')
    expect(again.code).toBe(0)

    mended.write('inbox.sim.ts', inbox('early massage', 'keeps'))
    const renamed = await mended.heddle('replay', FILE)
    expect(renamed.stderr).toContain('No scenario is named "early message", which the replay file says')
    expect(renamed.stderr).toContain('Is it early massage by now?')
    expect(renamed.stderr).toContain('--config')
    expect(renamed.code).toBe(2)
  })

  it('has a name in its file that is looked up, and never loaded', SPAWNS, async () => {
    mended.write('harm.mjs', "import { writeFileSync } from 'node:fs'; writeFileSync('harmed', '')")
    const { header, ...trace } = parseTrace(readFileSync(join(mended.path, FILE)))
    const forged = formatTrace({ ...trace, header: { ...header, scenario: './harm.mjs' } })
    const { stderr, code } = await mended.heddle('replay', mended.write('forged.replay', forged))
    expect(stderr).toMatch(/^heddle: No scenario is named "\.\/harm\.mjs"[^\n]+\n$/)
    expect(code).toBe(2)
    expect(existsSync(join(mended.path, 'harmed'))).toBe(false)
  })
})

describe('a scenario that says which are simpler', () => {
  // Each of its tasks but the first can be left out.
  const sized = (again: string) => `
    import { scenario, world } from 'heddle'
    const sized = (tasks) => scenario({
      ...world('sized', ({ task, sleep, check }) => {
        const done = []
        for (let index = 0; index < tasks; index++) {
          task('t-' + index, async () => { await sleep(['1ms', '5ms']); done.push(index) })
        }
        check.always('nothing is done', () => done.length === 0)
      }),
      parameters: { tasks },
      simpler: () => (tasks > 1 ? [sized(1)] : []),
      ${again}
    })
    export default sized(3)`
  const AGAIN = 'withParameters: (parameters) => sized(parameters.tasks),'

  it.concurrent.each([
    ['is made smaller where it can be made again', project({ 'a.sim.mjs': sized(AGAIN) }), '{"tasks":1}'],
    ['stays as it is where it cannot', project({ 'a.sim.mjs': sized('') }), '{"tasks":3}'],
  ])('%s, and replays to the byte', SPAWNS, async (_, { path, heddle }, parameters) => {
    await heddle('hunt', '--seeds', '3', '--out', 'found')
    const file = 'found/sized.nothing-is-done.replay'
    expect(readFileSync(join(path, file), 'utf8')).toContain(`"parameters":${parameters}`)
    const { stdout, code } = await heddle('replay', file)
    expect(stdout).toContain('Reproduced to the byte.')
    expect(code).toBe(1)
  })
})

describe('a project that cannot be used', () => {
  const sim = (content: string) => project({ 'a.sim.ts': content })
  const config = (content: string) => project({ 'heddle.config.ts': content })
  const world = (name: string, body = '() => {}') =>
    `import { world } from 'heddle'\nexport default world('${name}', ${body})`

  it.concurrent.each([
    [
      'a configuration that throws',
      config('throw new Error("boom\\nmore")'),
      'Loading heddle.config.ts failed: Error: boom more',
    ],
    ['one that exits', config('process.exit(0)'), 'Loading heddle.config.ts ended its thread'],
    [
      'one with an unknown field',
      config('export default { seed: 5 }'),
      'heddle.config.ts: expected fields among scenarios, ',
    ],
    [
      'a configuration without scenarios',
      project({}),
      'Expected scenarios in files that match **/*.sim.{ts,mts,js,mjs}',
    ],
    ['a file that throws', sim('throw new Error("boom")'), 'Loading a.sim.ts failed: Error: boom'],
    [
      'one that throws later',
      sim(`setTimeout(() => { throw new Error('late') })\n${world('x')}`),
      'a.sim.ts: Error: late',
    ],
    ['one that exits', sim('process.exit(0)'), 'Loading a.sim.ts ended its thread'],
    [
      'one without a scenario',
      sim('export const x = 1'),
      'Expected a scenario in a.sim.ts, found none among its exports x:',
    ],
    [
      'one with something like it',
      sim('export default { name: "x", begin: 5 }'),
      'a.sim.ts: Expected "begin" of a scenario to be a function, found 5.',
    ],
    [
      'two of one name',
      project({ 'a.sim.ts': world('twice'), 'b.sim.ts': world('twice') }),
      'found a scenario named "twice" in a.sim.ts and in b.sim.ts. Rename one of them, or leave out one of the files',
    ],
  ])('because of %s gets one line', SPAWNS, async (_, { heddle }, expected) => {
    const { code, stdout, stderr } = await heddle('hunt')
    expect(stderr).toContain(expected)
    expect(stderr).toMatch(/^heddle: [^\n]+\n$/)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it.concurrent.each([
    ['heddle.config.ts', config('for (;;) {}')],
    ['a.sim.ts', sim('await new Promise(() => {})')],
  ])('is not waited for: %s', SPAWNS, async (name, { heddle }) => {
    const { code, stdout, stderr } = await heddle('hunt', '--timeout', '3')
    expect(stderr).toBe(`heddle: Loading ${name} did not come to an end within 3 s.\n`)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  const misuses = project({
    'package.json': '{}',
    'a.sim.ts': world('x', "({ task, sleep }) => { task('t', () => sleep('5 parsecs' as never)) }"),
  })

  it.concurrent('is told of a misuse of heddle as such, in CommonJS as well', SPAWNS, async () => {
    const { code, stdout, stderr } = await misuses.heddle('hunt', '--seeds', '3')
    expect(stderr).toContain("Expected a duration such as '250us', '5ms', '1.5s' or 0, found \"5 parsecs\".")
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  const exits = sim(world('x', '() => process.exit(0)'))

  it.concurrent('has a finding where a scenario exits', SPAWNS, async () => {
    const { code, stdout } = await exits.heddle('hunt', '--seeds', '3')
    expect(stdout).toContain('✗ x, seeds 1 to 3, ended its thread')
    expect(code).toBe(1)
  })
})
