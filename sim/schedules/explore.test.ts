import { describe, expect, test } from 'vitest'
import { race } from '../race.fixture.ts'
import { parseTrace } from '../replay/parse.ts'
import { replay } from '../replay/replay.ts'
import type { Scenario } from '../scenario.ts'
import { NOT_STUCK } from '../scheduler.ts'
import { world } from '../world/world.ts'
import { finalStateOf } from './brute-force.fixture.ts'
import { explore } from './explore.ts'
import { filesystem, lastZero, writers } from './programs.fixture.ts'
import type { ExploreOptions, ExploreReport } from './report.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('a violation', () => {
  test('ends the exploration with a replay file', async () => {
    const scenario = race()
    const { verdict, bound, failures } = await explore(scenario)
    expect({ verdict, bound }).toEqual({ verdict: 'violated', bound: 'failures' })
    const trace = parseTrace(bytes(failures[0]?.trace ?? ''))
    expect((await replay(trace, scenario)).outcome).toBe('exact')
  })

  test('need not end it', async () => {
    const report = await explore(race(), { failuresMax: 100 })
    expect(report).toMatchObject({ verdict: 'violated', bound: null, executions: 6, resume: null })
    expect(report.failures.map(({ property }) => property).sort()).toEqual([
      'b is not first',
      'never c, a, b',
      NOT_STUCK,
    ])
    expect(report.sometimes).toEqual([
      { property: 'a wins', reached: true },
      { property: 'd wins', reached: false },
    ])
  })

  test('in which locks are taken in two orders leaves both stuck', async () => {
    const scenario = world('two locks', ({ task, shared }) => {
      const held = shared('held', { left: false, right: false })
      const sides = ['left', 'right'] as const
      for (const [name, order] of [['ann', sides] as const, ['bob', [...sides].reverse()] as const]) {
        task(name, async (self) => {
          for (const side of order) {
            await self.operation(`lock ${side}`, { reads: [], when: () => !held[side] })
            held[side] = true
          }
          for (const side of order) held[side] = false
        })
      }
    })
    const { verdict, failures } = await explore(scenario)
    expect(verdict).toBe('stuck')
    expect(failures[0]?.message).toContain('ann waits for ann/lock right#1')
  })
})

describe('a bound', () => {
  const many = writers(3, 3)

  test.each<[string, ExploreOptions]>([
    ['executions', { executionsMax: 100 }],
    ['time', { timeMaxMs: 0, host: { nowMs: () => 0 } }],
    ['interrupted', { signal: { aborted: true } }],
    ['preemptions', { preemptionsMax: 1 }],
  ])('of %s never says that the scenario holds', async (bound, options) => {
    expect(await explore(many, options)).toMatchObject({ verdict: 'bounded', bound, blocked: 0 })
  })

  test('of preemptions leaves the schedules with fewer', async () => {
    const executions = async (preemptionsMax: number) => (await explore(many, { preemptionsMax })).executions
    expect(await executions(0)).toBe(6)
    expect(await executions(1)).toBeGreaterThan(6)
    expect(await executions(9)).toBe(1_680)
  })

  test('of a run that goes on for ever is that of its length', async () => {
    const endless = world('endless', async ({ sleep }) => {
      for (;;) await sleep('1ms')
    })
    expect(await explore({ ...endless, stepsMax: 20 })).toMatchObject({ verdict: 'bounded', bound: 'length' })
  })
})

describe('an exploration that was ended', () => {
  const asJson = (value: unknown) => JSON.parse(JSON.stringify(value))

  async function inPieces(scenario: Scenario, each: number, options: ExploreOptions = {}) {
    let report: ExploreReport = await explore(scenario, { ...options, executionsMax: each })
    for (let max = 2 * each; report.resume !== null; max += each) {
      report = await explore(scenario, { ...options, executionsMax: max, resume: asJson(report.resume) })
    }
    return report
  }

  test.each([
    [lastZero(5), 7],
    [writers(3, 2), 1],
    [filesystem(15), 1],
    [race(), 1],
  ] as const)('goes on with exactly what was left: %#', async (scenario, each) => {
    const options = { finalState: finalStateOf, failuresMax: 1_000 }
    const { probes: _, ...whole } = await explore(scenario, options)
    const { probes: __, ...pieces } = await inPieces(scenario, each, options)
    expect(pieces).toEqual(whole)
  })

  test('refuses what is no state, or not its own', async () => {
    const { resume } = await explore(lastZero(3), { executionsMax: 3 })
    const state = asJson(resume)
    const going = (value: unknown, scenario = lastZero(3)) => explore(scenario, { resume: value })
    await expect(going(state, lastZero(4))).rejects.toThrow('found one of another scenario')
    await expect(going({ ...state, counts: { ...state.counts, steps: -1 } })).rejects.toThrow('counts.steps')
    const [piece] = state.queue
    const { tree } = piece
    const having = (changed: object) => going({ ...state, queue: [{ ...piece, ...changed }] })
    await expect(having({ tree: tree.slice(0, 1) })).rejects.toThrow('something left to run')
    await expect(having({ tree: [{ ...tree[0], depth: 7 }] })).rejects.toThrow('follow their parents')
    await expect(having({ at: 0 })).rejects.toThrow('begins behind a fork')
    const fork = { parent: 0, way: 0, isOpen: false, sleep: [], ways: [tree[0].touch] }
    await expect(going({ ...state, forks: [fork] })).rejects.toThrow('follow their parents')
    const elsewhere = tree.map((branch: any) => ({ ...branch, touch: { ...branch.touch, event: 'x/y#1' } }))
    await expect(having({ tree: elsewhere })).rejects.toThrow('Expected x/y#1 to be enabled')
    for (const none of [null, 7, 'state', [], {}]) {
      await expect(going(none)).rejects.toMatchObject({ code: 'HEDDLE_RESUME' })
    }
  })
})

test('takes a footprint that leaves something out for a mistake, and says so', async () => {
  const scenario = world('hidden', ({ task }) => {
    let isOpen = false
    task('a', async (self) => {
      await self.operation('open', { writes: ['key'] })
      isOpen = true
    })
    task('b', async (self) => {
      await self.operation('look', { reads: ['door'] })
      if (isOpen) await self.operation('enter', { writes: ['room'] })
    })
    task('c', (self) => self.operation('copy', { writes: ['key'] }))
  })
  await expect(explore(scenario)).rejects.toMatchObject({ code: 'HEDDLE_SCHEDULE' })
})

test('says that code is not deterministic, and not that it holds', async () => {
  let runs = 0
  const scenario = world('counting', ({ task, observe }) => {
    task('a', async (self) => {
      await self.operation('count')
      observe({ type: 'counted', runs: ++runs })
    })
  })
  await expect(explore(scenario)).rejects.toMatchObject({
    code: 'HEDDLE_NON_DETERMINISTIC',
    message: expect.stringMatching(/^One order, run twice, diverged at step 1.*counted/),
  })
})

test('says where a step that runs have in common is gone from a later one', async () => {
  let runs = 0
  const scenario = world('fading', ({ task }) => {
    const isWhole = ++runs < 6
    for (const name of ['a', 'b', 'c']) {
      task(name, async (self) => {
        if (isWhole || name !== 'a') await self.operation('step')
        await self.operation('step')
      })
    }
  })
  await expect(explore(scenario)).rejects.toMatchObject({
    code: 'HEDDLE_SCHEDULE',
    message: expect.stringMatching(/^Expected .+#\d to be enabled at step \d of fading/),
  })
})

test('tells the orders of a few steps apart that stand behind many others', async () => {
  const scenario = world('a long way', ({ task }) => {
    for (const name of ['a', 'b']) {
      task(name, async (self) => {
        for (let i = 0; i < 50; i++) await self.operation('alone', { writes: [name] })
        for (let i = 0; i < 2; i++) await self.operation('meets', { writes: ['both'] })
      })
    }
  })
  // Two of four places for the two of a.
  expect(await explore(scenario)).toMatchObject({ verdict: 'holds', executions: 6, steps: 6 * 104 })
})

test('counts senders to different receivers as one trace, and those to one as two', async () => {
  const senders = (receivers: readonly string[]) =>
    world('senders', ({ task, shared }) => {
      const inboxes = shared('inboxes', { left: [] as string[], right: [] as string[] } as Record<
        string,
        string[]
      >)
      for (const [index, to] of receivers.entries()) {
        task(`sender-${index}`, async (self) => {
          await self.operation('send', { reads: [] })
          inboxes[to]?.push(self.name)
        })
      }
    })
  expect((await explore(senders(['left', 'right']))).executions).toBe(1)
  expect((await explore(senders(['left', 'left']))).executions).toBe(2)
})
