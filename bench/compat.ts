// `npm run compat`: the tests on each supported version of Node.js, and then the traces of 200 seeds of every scenario on
// all of them together, byte for byte. Fetches the versions that it does not run on itself.

import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Table from 'cli-table3'
import { Command, InvalidArgumentError } from 'commander'
import { fetchNode } from './node-version.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const VITEST = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
const DETERMINISM = fileURLToPath(new URL('./determinism.ts', import.meta.url))
const TSX = import.meta.resolve('tsx')
const SUPPORTED = ['20', '22', '24', '26']
const PARTS = ['tests', 'traces'] as const

interface Options {
  readonly node: readonly string[]
  readonly seeds: string
  readonly only?: (typeof PARTS)[number]
}

interface Tested {
  readonly version: string
  readonly passed: number
  readonly failed: number
  readonly isFine: boolean
}

const command = new Command('compat')
  .description('run the tests on each supported version of Node.js, and compare the traces of all of them')
  .option('--node <versions>', 'the versions', (text) => text.split(','), SUPPORTED)
  .option('--seeds <n>', 'seeds of each scenario', '200')
  .option('--only <part>', `${PARTS.join(' or ')} alone`, partOf)
  .argument('[tests...]', 'the tests to run, by path; all of them unless given')
  .action(async (tests: readonly string[], options: Options) => {
    process.exitCode = await compat(tests, options)
  })
await command.parseAsync()

function partOf(text: string): (typeof PARTS)[number] {
  const part = PARTS.find((one) => one === text)
  if (part === undefined) throw new InvalidArgumentError(`Expected one of ${PARTS.join(', ')}.`)
  return part
}

async function compat(tests: readonly string[], { node, seeds, only }: Options): Promise<number> {
  const own = process.versions.node.split('.')[0]
  const binaries: string[] = []
  for (const version of node) binaries.push(version === own ? process.execPath : await fetchNode(version))
  const tested: Tested[] = []
  if (only !== 'traces') for (const binary of binaries) tested.push(await testOn(binary, tests))
  const isSame = only === 'tests' || (await compareTraces(binaries, seeds))
  if (tested.length > 0) print(tested)
  const isFine = isSame && tested.every((one) => one.isFine)
  console.log(isFine ? '✓ Every version does the same.' : '✗ Versions differ, or tests fail.')
  return isFine ? 0 : 1
}

/** What a person sees goes on being seen; the counts are from the runner's own report. */
async function testOn(binary: string, tests: readonly string[]): Promise<Tested> {
  const folder = await mkdtemp(join(tmpdir(), 'heddle-compat-'))
  try {
    const file = join(folder, 'tests.json')
    const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${file}`]
    const version = await printed(binary, ['--version'])
    console.log(`\n── the tests on Node ${version}`)
    const code = await ended(binary, [VITEST, 'run', ...reporters, ...tests])
    const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(await readFile(file, 'utf8'))
    return { version, passed, failed, isFine: code === 0 && passed > 0 && failed === 0 }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function compareTraces([first = '', ...others]: readonly string[], seeds: string): Promise<boolean> {
  console.log('\n── the traces of all of them')
  return (await ended(first, ['--import', TSX, DETERMINISM, '--seeds', seeds, ...others])) === 0
}

/** Whatever is started in turn by its name is the same version, too. */
function ended(binary: string, args: readonly string[]): Promise<number | null> {
  const env = { ...process.env, PATH: `${dirname(binary)}${delimiter}${process.env.PATH ?? ''}` }
  const child = spawn(binary, args, { cwd: ROOT, stdio: 'inherit', env })
  return new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
}

async function printed(binary: string, args: readonly string[]): Promise<string> {
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  for await (const chunk of child.stdout.setEncoding('utf8')) text += chunk
  return text.trim()
}

function print(tested: readonly Tested[]): void {
  const table = new Table({
    head: ['Node', 'passed', 'failed'],
    style: { head: [], border: [], compact: true },
  })
  for (const { version, passed, failed } of tested) table.push([version, passed, failed])
  console.log(`\n${table.toString()}`)
}
