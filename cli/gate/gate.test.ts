import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseTrace } from '../../sim/index.ts'
import { built } from '../built.ts'
import { folder, SPAWNS } from '../heddle.fixture.ts'

const HEDDLE = pathToFileURL(built('index.js')).href

/** Code that may lose a message, and a case that is rare: both need some seeds. */
const INBOX = `
  import { on, world } from '${HEDDLE}'
  export default world('inbox', ({ task, check, observe }) => {
    const inbox = { isOpen: false, lost: 0 }
    task('server', async (self) => {
      await self.operation('ready', { window: ['10ms', '20ms'] })
      inbox.isOpen = true
    })
    task('tab', async (self) => {
      await self.sleep(['18ms', '40ms'])
      if (!inbox.isOpen) inbox.lost++
      else observe({ type: 'delivered' })
    })
    check.eventually('no message is lost', () => inbox.lost === 0)
    check.sometimes('a message is delivered', on('delivered'))
  })`

/** Actors, few enough to be covered whole. */
const DOOR = `
  import { actor, always, eventually, scenario, System } from '${HEDDLE}'
  const door = actor({
    initial: { inside: 0 },
    receive(state, { type }) { state.inside += type === 'come' ? 1 : -1 },
  })
  const visitor = actor({
    initial: {},
    start: (_, { send }) => {
      send('door', { type: 'come' }, { window: '1ms' })
      send('door', { type: 'go' }, { window: '1ms' })
    },
    receive() {},
  })
  export const doors = scenario({
    name: 'door',
    system: new System({ actors: { door, ann: visitor, bob: visitor } }),
    properties: [
      always('nobody leaves before coming', ({ door }) => door.inside >= 0),
      eventually('it is empty soon', ({ door }) => door.inside === 0, { within: '1s' }),
    ],
  })`

function project(files: Readonly<Record<string, string>>) {
  const own = folder()
  own.write('heddle.config.mjs', `export default { scenarios: ['*.sim.mjs'], replays: 'corpus' }`)
  for (const [name, text] of Object.entries(files)) own.write(name, text)
  return own
}

async function gate(own: ReturnType<typeof project>, ...args: readonly string[]) {
  const { code, stdout, stderr } = await own.heddle('gate', '--reporter', 'json', ...args)
  return { code, stderr, result: stdout === '' ? undefined : JSON.parse(stdout) }
}

/** What must not depend on how the work was shared out. */
function essence(result: any) {
  return result.scenarios.map(({ name, hunted, properties, unreached }: any) => ({
    name,
    hunted,
    unreached,
    properties: properties.map(({ replay, ...property }: any) => property),
  }))
}

describe('a gate', SPAWNS, () => {
  const both = project({ 'inbox.sim.mjs': INBOX, 'door.sim.mjs': DOOR })
  const seeds = ['--seeds', '130', '--seed', '1'] as const

  it('finds what hunts and searches find, and writes it down', async () => {
    const { code, result } = await gate(both, ...seeds)
    expect(code).toBe(1)
    const [door, inbox] = result.scenarios
    expect(door).toMatchObject({ search: { kind: 'check', verdict: 'holds' }, unreached: [], troubles: [] })
    expect(door.properties.map(({ property, verdict }: any) => [property, verdict])).toEqual([
      ['nobody leaves before coming', 'holds'],
      // Searches cover every order, and no times.
      ['it is empty soon', 'no violation found'],
    ])
    expect(inbox).toMatchObject({ search: { kind: 'explore', verdict: 'violated' }, hunted: { runs: 130 } })
    const [lost] = inbox.properties
    expect(lost).toMatchObject({ property: 'no message is lost', verdict: 'violated', firstSeed: 11 })
    for (const record of [lost.replay.file, lost.replay.token]) {
      const replayed = await both.heddle('replay', record)
      expect(replayed).toMatchObject({ code: 1, stdout: expect.stringContaining('Reproduced to the byte.') })
    }
  })

  it('does the same with one worker and with two', async () => {
    const [one, two] = await Promise.all([
      gate(both, ...seeds, '--workers', '1', '--out', 'one'),
      gate(both, ...seeds, '--workers', '2', '--out', 'two'),
    ])
    const files = ['one', 'two'].map((out) => readdirSync(join(both.path, out)))
    expect(files[0]).toEqual(files[1])
    for (const name of files[0] ?? []) {
      const bytes = ['one', 'two'].map((out) => readFileSync(join(both.path, out, name), 'utf8'))
      expect(bytes[0]).toBe(bytes[1])
    }
    expect(essence(one.result)).toEqual(essence(two.result))
  })

  it('does in four shards what it does in one', async () => {
    const whole = (await gate(both, ...seeds, '--out', 'whole')).result
    const shards = []
    for (const shard of ['1/4', '2/4', '3/4', '4/4']) {
      shards.push((await gate(both, ...seeds, '--shard', shard, '--out', `shard-${shard[0]}`)).result)
    }
    for (const [index, { name, hunted, properties, unreached }] of whole.scenarios.entries()) {
      const parts = shards.map(({ scenarios }) => scenarios[index])
      const sum = (of: (part: any) => number) => parts.reduce((total, part) => total + of(part), 0)
      expect(parts.map((part) => part.name)).toEqual(parts.map(() => name))
      expect(sum((part) => part.hunted.runs)).toBe(hunted.runs)
      expect(sum((part) => part.hunted.steps)).toBe(hunted.steps)
      expect(seedsOf(parts.flatMap((part) => part.hunted.seeds))).toEqual(seedsOf(hunted.seeds))
      expect(parts.filter((part) => part.search !== undefined)).toHaveLength(1)
      // What one run reaches, each shard knows to be reached.
      expect(parts.map((part) => part.unreached)).toEqual(parts.map(() => unreached))
      for (const { property, violated, firstSeed, message } of properties) {
        const own = parts.map((part) => part.properties.find((one: any) => one.property === property))
        const firsts = own.flatMap((one) => (one.firstSeed === null ? [] : [one.firstSeed]))
        expect(own.reduce((total, one) => total + one.violated, 0)).toBe(violated)
        expect(firsts.length === 0 ? null : Math.min(...firsts)).toBe(firstSeed)
        expect(own.map((one) => one.message)).toContain(message)
      }
    }
  })

  it('fails where a case is never reached, and says which', async () => {
    const text = INBOX.replace("['18ms', '40ms']", "['1ms', '2ms']")
    const { code, result } = await gate(project({ 'inbox.sim.mjs': text }), ...seeds, '--shard', '2/3')
    expect(code).toBe(1)
    expect(result.scenarios[0].unreached).toEqual(['a message is delivered'])
  })

  it('replays the corpus, and is fine with what is as it expects or is mended', async () => {
    const own = project({ 'inbox.sim.mjs': INBOX })
    await gate(own, ...seeds, '--out', 'corpus')
    own.write('inbox.sim.mjs', INBOX.replace('if (!inbox.isOpen) inbox.lost++', 'if (false) inbox.lost++'))
    const mended = await gate(own, ...seeds)
    expect(mended.result.corpus).toMatchObject([{ outcome: 'fixed', isFine: true, isNews: true }])
    expect(mended.code).toBe(0)
    await own.heddle('replay', 'corpus/inbox.no-message-is-lost.replay', '--accept')
    own.write('inbox.sim.mjs', INBOX)
    const back = await gate(own, ...seeds)
    expect(back.result.corpus).toMatchObject([
      { isFine: false, about: expect.stringContaining('fails again') },
    ])
    expect(back.code).toBe(1)
    own.write(
      'corpus/cut.replay',
      readFileSync(join(own.path, 'corpus/inbox.no-message-is-lost.replay')).subarray(0, 90),
    )
    const cut = await gate(own, ...seeds)
    expect(cut.result.corpus[0]).toMatchObject({ file: 'corpus/cut.replay', isFine: false })
  })

  it('says what it found until it was interrupted, and leaves no half of a file', async () => {
    const own = project({ 'inbox.sim.mjs': INBOX, 'door.sim.mjs': DOOR })
    const { child, ended } = own.start('gate', '--seeds', '10000000', '--reporter', 'json,junit=gate.xml')
    setTimeout(() => child.kill('SIGTERM'), 4_000)
    const { code, stdout } = await ended
    expect(code).toBe(143)
    const { interrupted, scenarios } = JSON.parse(stdout)
    expect(interrupted).toBe(true)
    expect(scenarios.map(({ name }: any) => name)).toEqual(['door', 'inbox'])
    expect(readFileSync(join(own.path, 'gate.xml'), 'utf8')).toContain('</testsuites>')
    for (const name of readdirSync(join(own.path, '.heddle'))) {
      expect(() => parseTrace(readFileSync(join(own.path, '.heddle', name)))).not.toThrow()
    }
  })

  it('leaves a scenario alone that has nothing new any more, long before its budget is over', async () => {
    const { result } = await gate(project({ 'door.sim.mjs': DOOR }), '--budget', '60min')
    expect(result.scenarios[0].hunted.runs).toBeGreaterThanOrEqual(2_000)
    expect(result.interrupted).toBe(false)
  })

  it('gives up what never settles, and ends all the same', async () => {
    const text = INBOX.replace('inbox.isOpen = true', 'for (;;) {}')
    const own = project({ 'inbox.sim.mjs': text, 'door.sim.mjs': DOOR })
    const { code, result } = await gate(own, '--seeds', '50', '--timeout', '1')
    expect(code).toBe(1)
    const [door, inbox] = result.scenarios
    expect(door.hunted.runs).toBe(50)
    expect(inbox.troubles).toEqual([
      expect.stringContaining('never settled: no end after 1 s'),
      'its search did nothing for 1 s.',
    ])
  })

  it.each([
    [['--shard', '5/4'], 'Expected i/n with i from 1 to n'],
    [['--budget', '10'], 'Expected a time from 1s to 24 hours, such as 60s or 5min.'],
    [['--reporter', 'dot'], 'Expected names of default, junit, github, json'],
    [['--coordinator', 'single'], 'Expected no --coordinator beside'],
  ])('refuses %j in one line', async (args, message) => {
    const { code, stdout, stderr } = await both.heddle('gate', ...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr.trim()).not.toContain('\n')
  })
})

/** Each of them. */
function seedsOf(ranges: readonly { first: number; count: number }[]): readonly number[] {
  const all = ranges.flatMap(({ first, count }) => Array.from({ length: count }, (_, index) => first + index))
  return all.sort((a, b) => a - b)
}
