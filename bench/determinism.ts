// `npm run determinism`: the same seeds of every scenario in separate processes, of several Node versions where
// asked, and a digest of every trace. One byte of difference anywhere is an error that names the seed.
//
//   npm run determinism -- --seeds 1000 --node 22,24 /path/to/another/node

import { spawn } from 'node:child_process'
import { access } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import Table from 'cli-table3'
import { Command, InvalidArgumentError } from 'commander'
import type { Digested } from './digests.ts'
import { fetchNode } from './node-version.ts'

const DIGESTS = fileURLToPath(new URL('./digests.ts', import.meta.url))
const TSX = import.meta.resolve('tsx')

interface Options {
  readonly seeds: number
  readonly node: readonly string[]
}

interface Outcome {
  readonly version: string
  readonly digests: readonly Digested[]
  readonly seconds: number
}

const command = new Command('determinism')
  .description('compare the traces of every scenario between processes and Node versions')
  .argument('[binaries...]', 'other Node binaries, by path')
  .option('--seeds <n>', 'seeds of each scenario', seedsOf, 1_000)
  .option('--node <majors>', 'other Node versions, which npm fetches: 22,24', versionsOf, [])
  .action(async (binaries: string[], options: Options) => {
    process.exitCode = await compareAll(binaries, options)
  })
await command.parseAsync().catch((error: Error) => {
  console.error(`determinism: ${error.message}`)
  process.exitCode = 2
})

function seedsOf(text: string): number {
  const seeds = /^\d{1,7}$/.test(text) ? Number(text) : 0
  if (seeds < 1) throw new InvalidArgumentError('Expected a whole number from 1.')
  return seeds
}

function versionsOf(text: string): readonly string[] {
  const versions = text.split(',')
  if (versions.every((version) => /^\d+(\.\d+){0,2}$/.test(version))) return versions
  throw new InvalidArgumentError('Expected versions such as 22,24.')
}

async function compareAll(paths: readonly string[], { seeds, node }: Options): Promise<number> {
  for (const path of paths) await access(path)
  const fetched: string[] = []
  for (const version of node) fetched.push(await fetchNode(version))
  const others = [...paths, ...fetched]
  // This Node stands for itself in a second process where there is no other to compare it with.
  const binaries = [process.execPath, ...(others.length > 0 ? others : [process.execPath])]
  const outcomes = await runAll(binaries, seeds)
  printTable(outcomes, seeds)
  const differences = outcomes.slice(1).flatMap((other) => compare(outcomes[0] as Outcome, other))
  for (const difference of differences) console.log(difference)
  if (differences.length === 0) console.log('✓ The same bytes everywhere.')
  return differences.length === 0 ? 0 : 1
}

async function runAll(binaries: readonly string[], seeds: number): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  let next = 0
  const lane = async () => {
    while (next < binaries.length) {
      const index = next++
      outcomes[index] = await digestsBy(binaries[index] as string, seeds)
    }
  }
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, lane))
  return outcomes
}

async function digestsBy(binary: string, seeds: number): Promise<Outcome> {
  const began = performance.now()
  const child = spawn(binary, ['--import', TSX, DIGESTS, String(seeds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve)
  })
  if (code !== 0) throw new Error(`${binary} ended with ${code}.`)
  const [version, ...digests] = text.trimEnd().split('\n')
  return {
    version: version ?? '',
    digests: digests.map((line) => JSON.parse(line) as Digested),
    seconds: (performance.now() - began) / 1_000,
  }
}

/** One line for each scenario that differs, with its first seed that does. */
function compare(one: Outcome, other: Outcome): readonly string[] {
  return one.digests.flatMap((digested, index) => {
    const again = other.digests[index]
    if (again?.digest === digested.digest) return []
    const seed = digested.seeds.findIndex((digest, at) => digest !== again?.seeds[at]) + 1
    const where = `${digested.scenario} · ${digested.coordinator}`
    return [`✗ ${where}: Node ${other.version} differs from Node ${one.version}, first at seed ${seed}.`]
  })
}

function printTable(outcomes: readonly Outcome[], seeds: number): void {
  const first = outcomes[0] as Outcome
  const table = new Table({
    head: ['scenario', 'coordinator', 'traces', ...outcomes.map(({ version }) => version)],
    style: { head: [], border: [], compact: true },
  })
  for (const [index, { scenario, coordinator }] of first.digests.entries()) {
    const digests = outcomes.map(({ digests }) => digests[index]?.digest.slice(0, 12) ?? '–')
    table.push([scenario, coordinator, seeds, ...digests])
  }
  table.push(['', 'seconds', '', ...outcomes.map(({ seconds }) => seconds.toFixed(0))])
  console.log(table.toString())
}
