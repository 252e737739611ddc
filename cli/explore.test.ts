// From an exploration to a verdict, a file, and a replay of the same bytes; and what can be resumed where a bound or a
// person comes between.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folder, SPAWNS } from './heddle.fixture.ts'
import { project } from './project.fixture.ts'

const MODEL = new URL('../model/index.ts', import.meta.url).href
const { path, heddle, start, write } = folder()

it.concurrent('holds under one machine, and breaks what it must under two', SPAWNS, async () => {
  const { code, stdout, stderr } = await heddle('explore', 'two-machines', 'phase-overlap', '--out', 'both')
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^ {2}single +holds, every schedule +\d/m)
  expect(stdout).toMatch(/^ {2}competing +✗ phases in sequence/m)
  expect(stdout).toContain('✓ All came out as they must.')
  expect(code).toBe(0)
})

it.concurrent(
  'shows the first failure of a coordinator, in a file that replays to the byte',
  SPAWNS,
  async () => {
    const { code, stdout } = await heddle(
      'explore',
      'two-machines',
      '--coordinator',
      'competing',
      '--out',
      'found',
    )
    expect(code).toBe(1)
    expect(stdout).toMatch(/^✗ two-machines · competing {3}one machine per user/m)
    const file = 'found/two-machines.one-machine-per-user.replay'
    expect(stdout).toContain(`  Replay     npx heddle replay ${file}\n`)
    expect((await heddle('replay', file)).stdout).toContain('Reproduced to the byte.')
  },
)

it.concurrent('says bounded where a bound came first, and resumes to the same count', SPAWNS, async () => {
  const args = ['explore', 'phase-overlap', '--coordinator', 'single', '--resume', 'left.json', '--json']
  const first = await heddle(...args, '--executions', '25')
  expect(first.code).toBe(4)
  const counts = ({ stdout }: { stdout: string }) => JSON.parse(stdout).explorations[0]
  expect(counts(first)).toMatchObject({ verdict: 'bounded', bound: 'executions', executions: 25 })
  const second = await heddle(...args)
  expect(second.code).toBe(0)
  expect(counts(second)).toMatchObject({ verdict: 'holds', bound: null, executions: 60, blocked: 0 })
})

it.concurrent('refuses a file to resume from that is none', SPAWNS, async () => {
  const resume = (file: string) =>
    heddle('explore', 'phase-overlap', '--coordinator', 'single', '--resume', file)
  write('text.json', 'not JSON')
  write('other.json', '{"explore":1}')
  for (const [file, said] of [
    ['text.json', 'Expected JSON, as --resume wrote it, in text.json, found none.'],
    ['other.json', 'Expected a state that explore() gave'],
    ['.', 'Expected a file of at most'],
  ] as const) {
    const { code, stderr } = await resume(file)
    expect(stderr).toContain(said)
    expect(code).toBe(2)
  }
  const several = await heddle('explore', 'phase-overlap', 'five-tabs', '--resume', 'left-2.json')
  expect(several.stderr).toContain('Expected one exploration beside --resume, found 4.')
})

it.concurrent.each([
  ['loops for ever', 'for (;;) {}', /spins did nothing for 8 s\./, 1],
  ['ends its thread', 'process.exit(0)', /spins ended its thread: /, 1],
  ['is not deterministic', 'observe({ type: "drawn", n: Math.random() })', /spins: One order, run twice/, 3],
] as const)('gives up code that %s, and says so', SPAWNS, async (_, statement, said, exits) => {
  const own = project({
    'spins.sim.mjs': `import { world } from 'heddle'
export default world('spins', ({ task, observe }) => {
  task('a', async (self) => {
    await self.operation('go')
    ${statement}
  })
})`,
  })
  const { code, stdout, stderr } = await own.heddle('explore', '--timeout', '8')
  expect(stderr).toBe('')
  expect(stdout).toMatch(said)
  expect(code).toBe(exits)
})

it.concurrent('tells what was found until it was interrupted, and keeps the rest', SPAWNS, async () => {
  const own = write(
    'told.ts',
    `import { single } from ${JSON.stringify(MODEL)}
let calls = 0
const told = (machine) => ({ ...machine, receive(...all) {
  if (++calls === 500) console.log('under way')
  return machine.receive(...all)
} })
const { machines, ...rest } = single()
export default { ...rest, name: 'told', machines: Object.fromEntries(Object.entries(machines).map(([name, one]) => [name, told(one)])) }
`,
  )
  const args = ['--coordinator', `./${own}`, '--resume', 'rest.json', '--json']
  const { child, ended } = start('explore', 'get-or-create', ...args)
  child.stderr?.once('data', () => child.kill('SIGINT'))
  const { code, stdout, stderr } = await ended
  if (process.platform === 'win32') return
  expect({ code, stderr }).toMatchObject({ code: 130 })
  const [exploration] = JSON.parse(stdout).explorations
  expect(exploration).toMatchObject({ bound: 'interrupted', verdict: 'bounded' })
  const state = JSON.parse(readFileSync(join(path, 'rest.json'), 'utf8'))
  expect(state.counts.executions).toBe(exploration.executions)
})
