// Where a failure is written: in the place of the last one of its property, or beside one that must not be lost.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acceptedTrace, formatTrace, parseTrace, record, replay, world } from '../sim/index.ts'
import { writeReplayFile } from './replay-file.ts'

/** A world whose failure comes after so many steps. */
const failing = (steps: number, holds = false) =>
  world('nap', async ({ sleep, check }) => {
    let taken = 0
    check.always('it holds', () => holds || taken < steps)
    for (; taken < steps; taken++) await sleep('1ms')
    await sleep('1ms')
  })

const recorded = (steps: number, seed = 1) => record(failing(steps), { seed, property: 'it holds' })

const NAME = 'nap.it-holds.replay'
let folder: string
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const written = async (text: string, options?: { readonly isShrunk: boolean }) =>
  (await writeReplayFile(folder, NAME, text, options)).slice(folder.length + 1)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('the file of a failure', () => {
  it('takes the place of one that is as large, or larger, or none', async () => {
    for (const text of [await recorded(4), await recorded(2), await recorded(2, 7)]) {
      expect(await written(text)).toBe(NAME)
      expect(read(NAME)).toBe(text)
    }
    writeFileSync(join(folder, NAME), 'not a replay file')
    expect(await written(await recorded(4))).toBe(NAME)
    expect(readdirSync(folder)).toEqual([NAME])
  })

  it('stands beside a smaller one, unless it was shrunk itself', async () => {
    const [small, large] = [await recorded(2), await recorded(4)]
    await written(small)
    expect(await written(large)).toBe('nap.it-holds.unshrunk.replay')
    expect([read(NAME), read('nap.it-holds.unshrunk.replay')]).toEqual([small, large])
    const larger = await recorded(6)
    expect(await written(larger)).toBe('nap.it-holds.unshrunk.replay')
    expect([read(NAME), read('nap.it-holds.unshrunk.replay')]).toEqual([small, larger])
    expect(await written(large, { isShrunk: true })).toBe(NAME)
    expect(read(NAME)).toBe(large)
  })

  it('stands beside one that is to hold, which a corpus keeps', async () => {
    const trace = parseTrace(await recorded(2))
    const { run } = await replay(trace, failing(2, true))
    const accepted = formatTrace(acceptedTrace(trace.header, run, 'it holds'))
    await written(accepted)
    const again = await recorded(2)
    expect(await written(again, { isShrunk: true })).toBe('nap.it-holds.again.replay')
    expect([read(NAME), read('nap.it-holds.again.replay')]).toEqual([accepted, again])
    expect(await written(await recorded(4))).toBe('nap.it-holds.again.unshrunk.replay')
  })

  it('takes the place of a smaller one of something else', async () => {
    await written(
      await record(
        world('other', ({ check }) => check.always('it holds', () => false)),
        { seed: 1, property: 'it holds' },
      ),
    )
    expect(await written(await recorded(4))).toBe(NAME)
  })
})
