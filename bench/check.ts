// `npm run bench:check`: the exhaustive check beside Spin, @xstate/graph and a plain search, on the admission race
// and on two-phase commit, each in a process of its own. Prints a table for each size, and what the check takes
// of Spin's time. A peer that is missing is named, and the rest goes on.

import { availableParallelism } from 'node:os'
import Table from 'cli-table3'
import { Command } from 'commander'
import { searchApart } from './process.ts'
import { missingForSpin, searchBySpin } from './spin.ts'
import type { AdmissionSize, HeddleOptions, Maker, Measured } from './subject.ts'

/** What takes less than this is measured again and again, and its median counts. */
const SHORT_SECONDS = 10
const SHORT_ROUNDS = 3
/** One thread and two alternate, so that what slows the machine down slows both. */
const THREAD_ROUNDS = 5

interface Contender {
  readonly name: string
  measure(): Promise<Measured>
}

interface Row extends Measured {
  readonly name: string
}

const HEDDLE = 'heddle'
const HEDDLE_RAW = 'heddle, no reduction'
const SPIN = 'Spin'
const SPIN_RAW = 'Spin, no reduction'

const command = new Command('bench:check')
  .description('measure the exhaustive check beside its peers')
  .option('--all', 'also the plain search at (2,2,2,2), which takes minutes')
  .option('--threads', 'one thread beside two, and nothing else')
  .action(({ all = false, threads = false }: { all?: boolean; threads?: boolean }) =>
    threads ? oneAndTwo() : main(all),
  )
await command.parseAsync()

async function main(isAll: boolean): Promise<void> {
  const missing = await missingForSpin()
  console.log(
    `Node ${process.version}, ${availableParallelism()} CPUs; each search in a process of its own, the median of ${SHORT_ROUNDS} where it takes less than ${SHORT_SECONDS} s`,
  )
  if (missing.length > 0) {
    console.log(`Without Spin, for want of ${missing.join(' and ')}. On Debian, bench/peers.sh installs it.`)
  }
  const isSpinThere = missing.length === 0
  await race([2, 2, 1, 1], isSpinThere, (size) => [plain(admission(size)), xstate(size)])
  await race([2, 2, 2, 2], isSpinThere, (size) => (isAll ? [plain(admission(size))] : []))
  await race([2, 3, 1, 2], isSpinThere, () => [])
  await oneAndTwo()
  await part('admission (3,2,2,2), 1,259,618,800 states', [heddle(HEDDLE, admission(sizeOf([3, 2, 2, 2])))])
  await part('two-phase commit, 9 managers', [
    heddle(HEDDLE_RAW, twoPhaseCommit(9), { reductions: [] }),
    heddle('heddle, symmetry', twoPhaseCommit(9), { reductions: ['symmetry'] }),
    heddle(HEDDLE, twoPhaseCommit(9)),
  ])
}

/** One search on its own thread, and on two more. */
async function oneAndTwo(): Promise<void> {
  const scenario = admission(sizeOf([2, 3, 1, 2]))
  const contenders = [1, 2].map((threads) =>
    heddle(`${HEDDLE_RAW}, ${threads === 1 ? 'one thread' : 'two threads'}`, scenario, {
      reductions: [],
      ...(threads === 1 ? {} : { threads }),
    }),
  )
  const rounds: Measured[][] = contenders.map(() => [])
  for (let round = 0; round < THREAD_ROUNDS; round++) {
    for (const [index, { measure }] of contenders.entries()) rounds[index]?.push(await measure())
  }
  const rows = contenders.map(({ name }, index) => ({ name, ...middleOf(rounds[index] as Measured[]) }))
  console.log(`\n${tableOf('admission (2,3,1,2)', rows)}`)
  const counts = rounds
    .flat()
    .map(({ verdict, states, transitions, calls }) => JSON.stringify([verdict, states, transitions, calls]))
  if (new Set(counts).size > 1) {
    console.log(`✗ Expected the same counts each time, found ${[...new Set(counts)].join(' and ')}.`)
    process.exitCode = 1
  }
  const ratios = (rounds[1] as Measured[])
    .map(({ seconds }, round) => seconds / (rounds[0]?.[round]?.seconds ?? Number.NaN))
    .sort((a, b) => a - b)
  const [least, median, most] = [0, THREAD_ROUNDS >> 1, THREAD_ROUNDS - 1].map((at) => ratios[at]?.toFixed(2))
  console.log(
    `ratio: two threads take ${median} of the time of one (${least} to ${most} in ${THREAD_ROUNDS} rounds)`,
  )
}

function middleOf(rounds: readonly Measured[]): Measured {
  return rounds.toSorted((a, b) => a.seconds - b.seconds)[rounds.length >> 1] as Measured
}

type Size = readonly [users: number, connections: number, messages: number, drops: number]

async function race(
  size: Size,
  isSpinThere: boolean,
  peers: (size: AdmissionSize) => readonly Contender[],
): Promise<void> {
  const scenario = admission(sizeOf(size))
  const contenders = [
    heddle(HEDDLE_RAW, scenario, { reductions: [] }),
    heddle(HEDDLE, scenario),
    ...(isSpinThere ? [spin(SPIN_RAW, sizeOf(size), false), spin(SPIN, sizeOf(size), true)] : []),
    ...peers(sizeOf(size)),
  ]
  const rows = await part(`admission (${size})`, contenders)
  for (const line of ratioLines(rows)) console.log(line)
}

function sizeOf([users, connections, messages, drops]: Size): AdmissionSize {
  return { users, connections, messages, drops }
}

function admission(given: AdmissionSize): Maker {
  return { module: '../sim/explore/admission.fixture.ts', name: 'admission', given }
}

function twoPhaseCommit(given: number): Maker {
  return { module: '../sim/explore/two-phase-commit.fixture.ts', name: 'twoPhaseCommit', given }
}

function heddle(name: string, scenario: Maker, options: HeddleOptions = {}): Contender {
  return { name, measure: () => searchApart({ by: 'heddle', scenario, options }) }
}

function plain(scenario: Maker): Contender {
  const by = 'plain search'
  return { name: `${by}: immer, JSON.stringify, Set`, measure: () => searchApart({ by, scenario }) }
}

function xstate(size: AdmissionSize): Contender {
  const by = '@xstate/graph'
  return { name: `${by}, shortest paths`, measure: () => searchApart({ by, size }) }
}

function spin(name: string, size: AdmissionSize, reduced: boolean): Contender {
  return { name, measure: () => searchBySpin(size, { reduced }) }
}

/** Measures the contenders one after the other, and prints a table. One that fails is a line beside it. */
async function part(title: string, contenders: readonly Contender[]): Promise<readonly Row[]> {
  const rows: Row[] = []
  const failures: string[] = []
  for (const { name, measure } of contenders) {
    try {
      rows.push({ name, ...(await settled(measure)) })
    } catch (error) {
      failures.push(`✗ ${name}: ${(error as Error).message}`)
      process.exitCode = 1
    }
  }
  console.log(`\n${tableOf(title, rows)}`)
  for (const failure of failures) console.log(failure)
  return rows
}

async function settled(measure: Contender['measure']): Promise<Measured> {
  const first = await measure()
  if (first.seconds >= SHORT_SECONDS) return first
  const rounds = [first]
  while (rounds.length < SHORT_ROUNDS) rounds.push(await measure())
  return middleOf(rounds)
}

function tableOf(title: string, rows: readonly Row[]): string {
  const table = new Table({
    head: [
      title,
      'verdict',
      'states',
      'transitions',
      'seconds',
      'of CPU',
      'states/s',
      'peak MB',
      'user code',
    ],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const { name, verdict, states, transitions, seconds, cpuSeconds, peakBytes, calls } of rows) {
    const { actors, claims } = calls
    table.push([
      name,
      verdict,
      thousands(states),
      thousands(transitions),
      seconds.toFixed(2),
      cpuSeconds.toFixed(2),
      thousands(states / seconds),
      thousands(peakBytes / 1e6),
      actors === 0 ? '–' : thousands(actors) + (claims === undefined ? '' : ` + ${thousands(claims)}`),
    ])
  }
  return table.toString()
}

/** What the check takes of Spin's time, for the same verdict. */
function ratioLines(rows: readonly Row[]): readonly string[] {
  const seconds = (name: string) => rows.find((row) => row.name === name)?.seconds ?? Number.NaN
  const line = (name: string, peer: string, ratio: number) =>
    `ratio: ${name} takes ${ratio.toFixed(3)} of the time of ${peer}`
  const best = Math.min(seconds(SPIN_RAW), seconds(SPIN))
  const lines = [
    line(HEDDLE_RAW, SPIN_RAW, seconds(HEDDLE_RAW) / seconds(SPIN_RAW)),
    line(HEDDLE, 'Spin at its best', seconds(HEDDLE) / best),
  ]
  return lines.filter((text) => !text.includes('NaN'))
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
