// A recorded failure through the life of a coordinator of one's own: it fails, is mended, is kept as a test that is
// to hold, and fails again. All through the command, as a person or a gate would.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { formatTrace, parseTrace } from '../sim/index.ts'
import { folder, SPAWNS } from './heddle.fixture.ts'
import { inbox, project } from './project.fixture.ts'

const { path, heddle, write } = folder()
const MODEL = new URL('../model/index.ts', import.meta.url).href
const FILE = join('.heddle', 'n-requests.exactly-one-grant-for-concurrent-requests.replay')
const PROPERTY = 'exactly one grant for concurrent requests'

const broken = `
  import { mutants } from '${MODEL}'
  const { coordinator } = mutants.find(({ breaks }) => breaks === '${PROPERTY}')
  export default { ...coordinator, name: 'mine' }`
const mended = `
  import { single } from '${MODEL}'
  export default { ...single(), name: 'mine' }`
/** The broken one, whose sessions begin by setting a timer. */
const edited = `
  import { mutants } from '${MODEL}'
  const { coordinator } = mutants.find(({ breaks }) => breaks === '${PROPERTY}')
  const { session } = coordinator.machines
  const receive = (state, input, commands) => {
    if (input.type === 'request') commands.setTimer('log', '1ms')
    return session.receive(state, input, commands)
  }
  export default { ...coordinator, name: 'mine', machines: { ...coordinator.machines, session: { ...session, receive } } }`
const own = (code: string) => ['--coordinator', write('mine.ts', code)] as const
const replayed = async (code: string, ...options: readonly string[]) =>
  heddle('replay', FILE, ...own(code), ...options)
const text = () => readFileSync(join(path, FILE), 'utf8')

describe('a recorded failure', () => {
  let recorded: string

  beforeAll(async () => {
    const { code } = await heddle('hunt', 'n-requests', '--seeds', '20', ...own(broken))
    expect(code).toBe(1)
    recorded = text()
  }, SPAWNS.timeout)

  it('is exact, and fails, as long as nothing was changed', SPAWNS, async () => {
    const { code, stdout } = await replayed(broken, '--accept')
    expect(stdout).toContain('Reproduced to the byte.')
    expect(stdout).toContain('Nothing to accept: it is as it was recorded.')
    expect(code).toBe(1)
    expect(text()).toBe(recorded)
  })

  it('is adapted to an edit, and still fails', SPAWNS, async () => {
    const { code, stdout } = await replayed(edited)
    expect(stdout).toContain(`✗ ${PROPERTY}: `)
    expect(stdout).toMatch(
      /Adapted: the code was changed since it was recorded\.[\s\S]* recorded steps happened again/,
    )
    expect(code).toBe(1)
  })

  it('says the same as JSON', SPAWNS, async () => {
    const { code, stdout } = await replayed(edited, '--json')
    const { outcome, expected, alignment } = JSON.parse(stdout)
    expect({ code, outcome, expected }).toEqual({
      code: 1,
      outcome: 'adapted',
      expected: { verdict: 'violated', property: PROPERTY },
    })
    expect(alignment.missing).toEqual([])
  })

  it(
    'is stale, and not accepted, where it holds and what raced cannot be told any more',
    SPAWNS,
    async () => {
      const trace = parseTrace(recorded)
      const steps = trace.steps.map((step, index) =>
        index === 0 ? { ...step, event: 'tab-1/once#1' } : step,
      )
      const stale = formatTrace({ ...trace, steps })
      const file = write('stale.replay', stale)
      const { code, stdout } = await heddle('replay', file, ...own(mended), '--accept')
      expect(stdout).toMatch(/✗ Stale: the schedule can no longer be followed at step 1 /)
      expect(stdout).toContain('expected tab-1/once#1, enabled: tab-1/ask#1')
      expect(stdout).toContain('nothing was violated')
      expect(stdout).toContain('Not accepted: the schedule cannot be followed.')
      expect(code).toBe(5)
      expect(readFileSync(join(path, file), 'utf8')).toBe(stale)
    },
  )

  it('is fixed by a mend, kept as a test that is to hold, and fails again without it', SPAWNS, async () => {
    const explained = await heddle('explain', FILE, ...own(mended))
    expect(explained.stdout).toContain(`${FILE} is fixed: what it violated now holds`)
    const fixed = await replayed(mended, '--accept')
    expect(fixed.stdout).toContain('✓ Fixed: ')
    expect(fixed.stdout).toContain(`Accepted: from now on, ${FILE} expects that it holds: ${PROPERTY}.`)
    expect(fixed.code).toBe(0)
    expect(text()).toMatch(
      /^\{"heddle":2,.*"expect":\{"verdict":"no violation found","property":"exactly one grant/,
    )

    const holds = await replayed(mended)
    expect(holds.stdout).toContain(`✓ ${PROPERTY}: holds, as it is to\nReproduced to the byte.`)
    expect(holds.code).toBe(0)

    const kept = text()
    const again = await replayed(broken, '--accept')
    expect(again.stdout).toMatch(/Adapted: [^.]*\. [^.]*fails again\./)
    expect(again.stdout).toContain('Not accepted: what is to hold fails again.')
    expect(again.code).toBe(1)
    expect(text()).toBe(kept)
  })
})

it('--accept needs a file', SPAWNS, async () => {
  const { code, stderr } = await heddle('replay', 'two-machines', '--seed', '1', '--accept')
  expect(stderr).toMatch(/^heddle: Expected a replay file with --accept[^\n]*\n$/)
  expect(code).toBe(2)
})

describe('a token', () => {
  it('is printed by a hunt, and replayed to the byte, as the file is', SPAWNS, async () => {
    const hunted = await heddle('hunt', 'two-machines', '--seeds', '20', '--coordinator', 'competing')
    const file = join('.heddle', 'two-machines.exactly-one-grant-for-concurrent-requests.replay')
    const token = (await heddle('replay', '--token', file)).stdout.trim()
    expect(hunted.stdout).toContain(`  Paste      ${token}\n`)
    expect(token.length).toBeLessThanOrEqual(300)
    const [pasted, read] = [await heddle('replay', token), await heddle('replay', file)]
    expect(pasted.stdout).toContain('Reproduced to the byte.')
    expect(pasted).toEqual(read)
    expect(pasted.code).toBe(1)
  })

  it.each([
    ['of a newer version', ['heddle9:abc'], 'made by a newer heddle'],
    ['with what does not belong', ['heddle1:ab$c'], 'as character 11'],
    ['cut short', ['heddle1:abc'], 'cut short'],
    ['with a seed', ['heddle1:abc', '--seed', '1'], 'leave out --seed'],
    ['to accept', ['heddle1:abc', '--accept'], 'found a token'],
  ])('%s is refused in one line', SPAWNS, async (_what, words, expected) => {
    const { code, stdout, stderr } = await heddle('replay', ...words)
    expect(stderr).toMatch(/^heddle: [^\n]+\n$/)
    expect(stderr).toContain(expected)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })
})

describe('a token of the order in which nothing races', () => {
  it('counts no steps, as it names none', SPAWNS, async () => {
    const mine = project({ 'inbox.sim.ts': inbox('early message', 'loses') })
    await mine.heddle('hunt', '--seeds', '5')
    const file = '.heddle/early-message.hello-is-processed.replay'
    const token = (await mine.heddle('replay', file, '--token')).stdout.trim()
    mine.write('inbox.sim.ts', inbox('early message', 'keeps'))
    const { code, stdout } = await mine.heddle('replay', token)
    expect(stdout).toContain('✓ Fixed: ')
    expect(stdout).not.toContain('recorded steps')
    expect(code).toBe(0)
  })
})
