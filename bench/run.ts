// `npm run bench`: measures heddle beside its peers, as it is built and shipped, and prints a table and a ratio for each
// part; `npm run bench -- explore` for one of them.

import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import Table from 'cli-table3'
import { withExplore, withHunt } from './command.ts'
import { fiveTabsContenders } from './five-tabs.ts'
import { exploreContenders, huntContenders, otherContenders, peer } from './four-tasks.ts'
import { finish } from './process.ts'
import { type Contender, type Measured, measure, type Rounds } from './rounds.ts'

const ROUNDS: Rounds = { warmUp: 20, measured: 81 }
/** Of what takes seconds. */
const LONG_ROUNDS: Rounds = { warmUp: 1, measured: 5 }

const COMMAND = 'the same, by the command on every core'

/** Each in a process of its own: what a compiler has learned of one slows another. */
const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  hunt: () => part('four tasks of five awaits each', huntContenders),
  explore: () => part('the same, one run for each order', exploreContenders),
  'heddle explore': () => withExplore((one) => part(COMMAND, [one, peer], LONG_ROUNDS)),
  'heddle hunt': () => withHunt((one) => part(COMMAND, [one, peer], LONG_ROUNDS)),
  others: () => part('four tasks, hunted in other ways', otherContenders),
  'five-tabs': () => part('five-tabs on the actor model', fiveTabsContenders),
}

const [name] = process.argv.slice(2)
if (name === undefined) await all()
else await (PARTS[name] ?? unknown)()

function unknown(): never {
  console.error(`Expected one of ${Object.keys(PARTS).join(', ')}, found ${name}.`)
  process.exit(2)
}

async function all(): Promise<void> {
  const rounds = `${ROUNDS.measured} alternating rounds, or ${LONG_ROUNDS.measured} of the command`
  console.log(`Node ${process.version}, ${availableParallelism()} CPUs, medians of ${rounds}`)
  const self = fileURLToPath(import.meta.url)
  for (const one of Object.keys(PARTS)) {
    const { text } = await finish(process.execPath, ['--import', import.meta.resolve('tsx'), self, one])
    process.stdout.write(text)
  }
}

async function part(title: string, contenders: readonly Contender[], rounds = ROUNDS): Promise<void> {
  const measured = await measure(contenders, rounds)
  const table = new Table({
    head: [title, 'runs/s', 'steps/s'],
    colAligns: ['left', 'right', 'right'],
    style: { head: [], border: [] },
  })
  for (const { name, runsPerSecond, stepsPerSecond } of measured) {
    table.push([name, thousands(runsPerSecond), thousands(stepsPerSecond)])
  }
  console.log(`\n${table.toString()}`)
  console.log(ratioLine(measured))
}

function ratioLine([subject, ...peers]: readonly Measured[]): string {
  return peers
    .map(
      ({ name, firstToThis }) =>
        `ratio: ${subject?.name} makes ${firstToThis.toFixed(1)} times the runs of ${name}`,
    )
    .join('\n')
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
