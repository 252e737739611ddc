// The report over the whole catalogue, with few seeds; `npm start` runs it with more.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { scenarios } from '../model/index.ts'
import { folder, SPAWNS } from './heddle.fixture.ts'

const { path, heddle } = folder()

it(
  'reproduces what the competing machines break, holds under single, and replays to the byte',
  SPAWNS,
  async () => {
    const { code, stdout } = await heddle('report', '--seeds', '30', '--json')
    const { metrics, scenarios: rows, replays } = JSON.parse(stdout)
    expect(rows.map(({ scenario }: { scenario: string }) => scenario)).toEqual(
      scenarios.map(({ name }) => name),
    )
    expect(metrics.solved).toEqual({ count: scenarios.length, of: scenarios.length })
    expect(metrics.reproduced.count).toBeGreaterThan(0)
    expect(metrics.closed1011.single.count).toBe(0)
    expect(metrics.replayedExactly).toBe(replays.length)
    for (const { file } of replays) expect(existsSync(join(path, file))).toBe(true)
    expect(code).toBe(metrics.unmet.length === 0 ? 0 : 1)
  },
)
