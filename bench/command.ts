// The four tasks as the command runs them: from its start to its end, on a thread for each core, with the orders of
// a hunt counted. In a folder of its own, which is taken away at the end.

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { finish } from './process.ts'
import type { Contender } from './rounds.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const COMMAND = join(ROOT, 'dist', 'heddle.js')
const NAME = 'four tasks'
/** So many that starting takes little of it. */
const RUNS_PER_ROUND = 2_000_000
const STEPS_PER_RUN = 20

const SCENARIO = `import { world } from 'heddle'
export const fourTasks = world('${NAME}', ({ task }) => {
  for (const name of ['tab-1', 'tab-2', 'tab-3', 'tab-4']) {
    task(name, async (self) => {
      for (let i = 0; i < 5; i++) await self.operation('step')
    })
  }
})
`
const CONFIG = `import { defineConfig } from 'heddle'
export default defineConfig({ scenarios: ['*.sim.mjs'] })
`

/** Has an exploration measured. */
export function withExplore(use: (contender: Contender) => Promise<void>): Promise<void> {
  // 4 is its exit code where a bound ends it.
  const args = ['explore', NAME, '--executions', String(RUNS_PER_ROUND)]
  return inFolder((folder) => use(running('heddle explore', args, { folder, code: 4 })))
}

/** Has a hunt measured. */
export function withHunt(use: (contender: Contender) => Promise<void>): Promise<void> {
  const manner = ['--strategy', 'random', '--timing', 'untimed', '--seeds', String(RUNS_PER_ROUND)]
  return inFolder((folder) =>
    use(running('heddle hunt, random', ['hunt', NAME, ...manner], { folder, code: 0 })),
  )
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'heddle-bench-'))
  try {
    await mkdir(join(folder, 'node_modules'))
    await symlink(ROOT, join(folder, 'node_modules', 'heddle'), 'junction')
    await writeFile(join(folder, 'four-tasks.sim.mjs'), SCENARIO)
    await writeFile(join(folder, 'heddle.config.mjs'), CONFIG)
    await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function running(
  name: string,
  args: readonly string[],
  how: { readonly folder: string; readonly code: number },
): Contender {
  return {
    name,
    async round() {
      await finish(process.execPath, [COMMAND, ...args], how)
      return { runs: RUNS_PER_ROUND, steps: RUNS_PER_ROUND * STEPS_PER_RUN }
    },
  }
}
