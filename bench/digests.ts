// One process of `npm run determinism`: runs the seeds of every scenario under both coordinators, and prints
// one line of digests for each. The traces themselves are kept nowhere.

import { createHash } from 'node:crypto'
import { type Coordinator, competing, scenarios, single } from '../model/index.ts'
import { catalogueScenario } from '../properties/index.ts'
import { encodeTrace, random, runAll, type Scenario, type Schedulable, seeded } from '../sim/index.ts'

export interface Digested {
  readonly scenario: string
  readonly coordinator: string
  /** SHA-256 over the text of every trace, in the order of their seeds. */
  readonly digest: string
  /** Of each seed from 1, the beginning of its own. */
  readonly seeds: readonly string[]
}

const SEED_CHARS = 12

if (process.argv[1]?.endsWith('digests.ts')) await printAll(Number(process.argv[2]))

async function printAll(seeds: number): Promise<void> {
  console.log(process.version)
  for (const entry of scenarios) {
    for (const coordinator of [entry.single ?? single(), competing]) {
      console.log(JSON.stringify(await digestsOf(catalogueScenario(entry, coordinator), coordinator, seeds)))
    }
  }
}

async function digestsOf(scenario: Scenario, coordinator: Coordinator, seeds: number): Promise<Digested> {
  const whole = createHash('sha256')
  const begin = (index: number) => {
    const source = ({ budgets }: Schedulable) =>
      seeded({ seed: index + 1, strategy: random, timing: 'sampled', budgets })
    return [scenario, { source }] as const
  }
  const each = await runAll(seeds, begin, (run, index) => {
    const text = encodeTrace(run, { seed: index + 1, strategy: random.name, timing: 'sampled' })
    whole.update(text)
    return createHash('sha256').update(text).digest('hex').slice(0, SEED_CHARS)
  })
  return { scenario: scenario.name, coordinator: coordinator.name, digest: whole.digest('hex'), seeds: each }
}
