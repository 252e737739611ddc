// A corpus makes a test for each of its files, and a test that fails where there are none.

import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { formatTrace, hunt, parseTrace, record, replay, type Scenario, shrink, world } from 'heddle'
import { competing, lifecycle } from 'heddle/model'
import { oneOwnerPerUser } from 'heddle/properties'
import { beforeAll, describe, expect, it } from 'vitest'
import { acceptedTrace } from '../sim/index.ts'
import { project, type Ran, SPAWNS } from './project.fixture.ts'
import { IMPORTS } from './samples.fixture.ts'

const tabs = (name: string) =>
  lifecycle(name, { connections: 3, coordinator: competing, properties: [oneOwnerPerUser] })

const napping = (name: string, hold: boolean, nap: '1ms' | '2ms' = '1ms') =>
  world(name, async ({ sleep, check }) => {
    check.eventually('it holds', () => hold)
    await sleep(nap)
  })

/** A failing record of a scenario. */
async function failing(scenario: Scenario, isShrunk = false): Promise<string> {
  const { properties } = await hunt(scenario, { seeds: { first: 1, count: 20 } })
  const { property, firstSeed } = properties.find(({ violated }) => violated > 0) ?? {
    property: '',
    firstSeed: 0,
  }
  const text = await record(scenario, { seed: firstSeed ?? 0, property })
  return isShrunk ? (await shrink(parseTrace(text), scenario)).trace : text
}

/** A record that expects that what it violated holds. */
async function accepted(text: string, mended: Scenario): Promise<string> {
  const { header } = parseTrace(text)
  const { run } = await replay(parseTrace(text), mended)
  return formatTrace(acceptedTrace(header, run, header.expect.property))
}

const CORPUS = `${IMPORTS}
import { replays } from 'heddle/vitest'
const napping = (name, hold, nap = '1ms') => world(name, async ({ sleep, check }) => {
  check.eventually('it holds', () => hold)
  await sleep(nap)
})
const tabs = (name, coordinator = competing) =>
  lifecycle(name, { connections: 3, coordinator, properties: [oneOwnerPerUser] })
const scenarios = [
  tabs('tabs', single()), tabs('tabs'),
  napping('fails', false), napping('fixed', true), napping('kept', true), napping('kept and edited', true, '2ms'),
  napping('fails again', false), napping('edited', false, '2ms'),
]
replays('replays', { scenarios })
replays('replays/nested/', { scenarios: ({ scenario }) => (scenario === 'fails' ? napping('fails', false) : undefined) })
replays(new URL('./replays/nested/deep', import.meta.url), { scenarios: [] })
replays('empty', { scenarios })
replays('nowhere', { scenarios })
replays('corpus.test.ts', { scenarios })
`

const app = project({ 'corpus.test.ts': CORPUS, 'empty/README.md': 'Nothing yet.' })
let ran: Ran

beforeAll(async () => {
  const fails = await failing(napping('fails', false))
  const kept = async (name: string) => accepted(await failing(napping(name, false)), napping(name, true))
  app.write('replays/tabs.replay', await failing(tabs('tabs')))
  app.write('replays/tabs-shrunk.replay', await failing(tabs('tabs'), true))
  app.write('replays/fails.replay', fails)
  app.write('replays/fixed.replay', await failing(napping('fixed', false)))
  app.write('replays/kept.replay', await kept('kept'))
  app.write('replays/kept-edited.replay', await kept('kept and edited'))
  app.write('replays/fails-again.replay', await kept('fails again'))
  app.write('replays/edited.replay', await failing(napping('edited', false)))
  app.write('replays/unknown.replay', await failing(napping('nobody knows', false)))
  app.write('replays/damaged.replay', fails.replace('"at":1000', '"at":1001'))
  app.write('replays/binary.replay', new Uint8Array([0, 255, 1, 254]))
  app.write('replays/notes.txt', 'not a replay file')
  app.write('replays/nested/deep/fails.replay', fails)
  cpSync(join(app.path, 'replays/tabs.replay'), join(app.path, 'replays/odd \u001b[31mname.replay'))
  symlinkSync('/etc/hostname', join(app.path, 'replays/link.replay'))
  for (const name of ['here', 'here-too']) symlinkSync('.', join(app.path, 'replays', name))
  ran = await app.run()
}, SPAWNS.timeout)

const NAME = 'replays replays '

describe('a corpus', () => {
  it.each([
    'tabs.replay',
    'tabs-shrunk.replay',
    'fails.replay',
    'kept.replay',
    'kept-edited.replay',
    'nested/deep/fails.replay',
    'odd \\u{1b}[31mname.replay',
  ])('passes where a file comes out as it says: %s', (file) => {
    expect(ran.failure(NAME + file)).toBe('')
    expect(ran.status(NAME + file)).toBe('passed')
  })

  it.each([
    [
      'fixed.replay',
      'Expected "it holds" to be violated, as replays/fixed.replay says, found that it holds now. Keep it as one that is to hold (heddle replay replays/fixed.replay --accept), or delete it.',
    ],
    [
      'fails-again.replay',
      'Expected "it holds" to hold, as replays/fails-again.replay says, found that it fails again: it does not hold.',
    ],
    [
      'edited.replay',
      'Expected the run that is in replays/edited.replay, found that the code was changed; with the schedule realigned, "it holds" is still violated. Accept it',
    ],
    [
      'unknown.replay',
      'Expected a record of a scenario that replays() is given, found one of "nobody knows", which is not among "scenarios".',
    ],
    ['damaged.replay', 'HeddleError: replays/damaged.replay: Expected SHA-256 '],
    ['binary.replay', 'HeddleError: replays/binary.replay: Expected a replay file, '],
    ['link.replay', 'HeddleError: replays/link.replay: Expected a replay file, '],
  ])('fails where it does not, and says why in a line: %s', (file, message) => {
    expect(ran.status(NAME + file)).toBe('failed')
    expect(ran.failure(NAME + file).split('\n')[0]).toContain(message)
  })

  it('has a test for each replay file, and for nothing else', () => {
    const own = ran.tests.filter(({ fullName }) => fullName.startsWith(NAME))
    expect(own).toHaveLength(14)
    expect(ran.output).not.toContain('notes.txt')
  })

  it('asks for a scenario by the header of a record', () => {
    expect(ran.status('replays replays/nested deep/fails.replay')).toBe('passed')
    expect(ran.failure('replays replays/nested/deep fails.replay')).toContain(
      'which is not among "scenarios".',
    )
  })

  it.each([
    ['empty', 'Expected replay files (*.replay) in empty, found none.'],
    ['nowhere', 'Expected replay files (*.replay) in nowhere, found no such folder.'],
    [
      'corpus.test.ts',
      'Expected replay files (*.replay) in corpus.test.ts, found something that is no folder.',
    ],
  ])('fails where there are no files: %s', (folder, message) => {
    expect(ran.failure(`replays ${folder} has replay files`).split('\n')[0]).toBe(`HeddleError: ${message}`)
    const line = CORPUS.split('\n').findIndex((text) => text.includes(`replays('${folder}'`)) + 1
    expect(ran.output).toContain(`❯ corpus.test.ts:${line}:1`)
  })
})
