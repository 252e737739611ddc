// What becomes of what was found when there is little time: with a clock that is handed in, and threads that are none.

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { replayOn } from '../../failures/index.ts'
import { hunt, parseTrace, record, world } from '../../sim/index.ts'
import type { Report } from '../hunting.ts'
import { Interrupted, type Limits, type Pool } from '../pool.ts'
import type { Task } from '../tasks.ts'
import { Budget } from './budget.ts'
import type { Missing } from './goals.ts'
import { recordAll } from './recording.ts'

const out = mkdtempSync(join(tmpdir(), 'heddle-recording-'))
afterAll(() => rmSync(out, { recursive: true, force: true }))

const inbox = world('inbox', ({ task, check }) => {
  let isOpen = false
  let lost = 0
  task('server', async (self) => {
    await self.operation('ready', { window: ['2ms', '4ms'] })
    isOpen = true
  })
  task('tab', async (self) => {
    await self.sleep('1ms')
    if (!isOpen) lost++
  })
  check.eventually('no message is lost', () => lost === 0)
  check.eventually('all is well', () => lost === 0)
})

const report = (await hunt(inbox, { seeds: { first: 1, count: 20 } })) as unknown as Report

/** Two scenarios, with two findings each. */
const found = ['inbox', 'outbox'].map((scenario): Missing => {
  const gathered = { report, seeds: [report.seeds], moves: null, lost: [] }
  return { subject: { scenario, file: `/${scenario}.ts` }, search: undefined, gathered }
})

const timeline = { actors: [], steps: [], violations: [], cycleFrom: null, timeUs: 0 }
const SIZE = {
  steps: 1,
  deviations: 1,
  faults: 0,
  actors: undefined,
  connections: undefined,
  messages: undefined,
}

/** Does what a thread would, at once; making something small comes to `shrinking`. */
function pool(shrinking: 'done' | 'called off') {
  const ran: { readonly kind: string; readonly timeoutMs: number }[] = []
  const run = async (task: Task, { timeoutMs }: Limits) => {
    ran.push({ kind: task.kind, timeoutMs })
    if (task.kind === 'token') return 'heddle1:abc'
    if (task.kind === 'shrink' && shrinking === 'called off') throw new Interrupted()
    const { seed, property } = task as Task & { kind: 'record' }
    const text = task.kind === 'shrink' ? task.text : await record(inbox, { seed, property: property ?? '' })
    const recorded = { text, ...(await replayOn(parseTrace(text), inbox)), timeline }
    const decides = { kind: 'nothing', tried: 0, bounded: true } as const
    return task.kind === 'shrink' ? { recorded, before: SIZE, after: SIZE, why: 'runs', decides } : recorded
  }
  return { ran, pool: { workers: 1, run } as unknown as Pool }
}

async function recorded(nowMs: number, shrinking: 'done' | 'called off' = 'done') {
  const { ran, pool: threads } = pool(shrinking)
  const all = await recordAll(threads, found, {
    strategy: 'portfolio',
    timing: 'sampled',
    out,
    budget: new Budget(100_000, () => nowMs),
    timeoutMs: 60_000,
    signal: new AbortController().signal,
  })
  return { ran, failures: all.map(({ failures }) => failures), kinds: ran.map(({ kind }) => kind) }
}

const RECORDS = ['record', 'record', 'record', 'record']

describe('what a gate found', () => {
  it('is all recorded before anything is made small, which each has its share of time for', async () => {
    const { ran, kinds, failures } = await recorded(40_000)
    expect(kinds).toEqual([...RECORDS, ...found.flatMap(() => ['shrink', 'token', 'shrink', 'token'])])
    // Of the 60 s that are left, 0.5 s and 4 ms each are for writing it.
    const shares = ran.filter(({ kind }) => kind === 'shrink').map(({ timeoutMs }) => timeoutMs - 1_000)
    expect(shares).toEqual([14_871, 19_828, 29_742, 59_484])
    expect(failures.map((own) => own.map(({ smaller }) => smaller?.why))).toEqual(
      found.map(() => ['runs', 'runs']),
    )
  })

  it('is shown as it was found where there is no time to make it small', async () => {
    const { kinds, failures } = await recorded(99_990)
    expect(kinds).toEqual([...RECORDS, 'token', 'token', 'token', 'token'])
    for (const { file, command, smaller, timeline: shown, token } of failures.flat()) {
      expect(existsSync(file)).toBe(true)
      expect(command).toContain(file)
      expect({ smaller, shown, token }).toEqual({ smaller: undefined, shown: timeline, token: 'heddle1:abc' })
    }
    expect(failures.map(({ length }) => length)).toEqual([2, 2])
  })

  it('is shown as it was found where making it small is called off', async () => {
    const { kinds, failures } = await recorded(40_000, 'called off')
    expect(kinds.filter((kind) => kind === 'shrink')).toHaveLength(4)
    expect(failures.flat().map(({ smaller, token }) => ({ smaller, token }))).toEqual(
      Array.from({ length: 4 }, () => ({ smaller: undefined, token: 'heddle1:abc' })),
    )
  })
})
