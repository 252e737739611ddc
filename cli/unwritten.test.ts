// A finding that cannot be written is told all the same, with the word that replays it.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { SPAWNS } from './heddle.fixture.ts'
import { inbox, project } from './project.fixture.ts'

it('tells of a finding whose file cannot be written, and how to replay it', SPAWNS, async () => {
  const { path, heddle } = project({ 'inbox.sim.ts': inbox('early message', 'loses') })
  const file = '.heddle/early-message.hello-is-processed.replay'
  mkdirSync(join(path, file), { recursive: true })
  const { code, stdout, stderr } = await heddle('hunt', '--seeds', '5')
  expect(stdout).toMatch(/^ {2}Written {4}nothing\. Writing \S+\.replay failed: EISDIR/m)
  const [, token = ''] = /^ {2}Replay {5}npx heddle replay (heddle1:\S+)$/m.exec(stdout) ?? []
  expect((await heddle('replay', token)).stdout).toContain('Reproduced to the byte.')
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
})
