// `npm run bench`: measures heddle beside its peers, as it is built and shipped, and prints a table and a ratio for each part.

import { availableParallelism } from 'node:os'
import Table from 'cli-table3'
import { withCommands } from './command.ts'
import { fiveTabsContenders } from './five-tabs.ts'
import { exploreContenders, huntContenders, otherContenders, peer } from './four-tasks.ts'
import { type Contender, type Measured, measure, type Rounds } from './rounds.ts'

const ROUNDS: Rounds = { warmUp: 20, measured: 81 }
/** Of what takes seconds. */
const LONG_ROUNDS: Rounds = { warmUp: 1, measured: 7 }

await main()

async function main(): Promise<void> {
  console.log(
    `Node ${process.version}, ${availableParallelism()} CPUs, medians of ${ROUNDS.measured} alternating rounds, or ${LONG_ROUNDS.measured} of the command`,
  )
  await part('four tasks of five awaits each', huntContenders)
  await part('the same, one run for each order', exploreContenders)
  await withCommands(async ([explore, hunt]) => {
    const title = 'the same, by the command on every core'
    await part(title, [explore as Contender, peer], LONG_ROUNDS)
    await part(title, [hunt as Contender, peer], LONG_ROUNDS)
  })
  await part('four tasks, hunted in other ways', otherContenders)
  await part('five-tabs on the actor model', fiveTabsContenders)
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
