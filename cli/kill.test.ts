import { expect, it } from 'vitest'
import { SPAWNS } from './heddle.fixture.ts'
import { killHunts } from './kill.fixture.ts'

it('leaves no half-written replay file, and loses none, whenever it is killed', SPAWNS, async () => {
  const { complaints, survived, files } = await killHunts(10, 7)
  expect(complaints).toEqual([])
  expect(files).toBeGreaterThan(3)
  expect(survived).toBeLessThan(10)
})
