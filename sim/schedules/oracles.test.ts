// The numbers of executions that an optimal exploration runs, as the literature gives them: one for each Mazurkiewicz
// trace, and none that is blocked (Abdulla, Aronis, Jonsson and Sagonas, POPL 2014 and JACM 2017; the programs are
// also in the regression suites of Nidhugg and Concuerror).

import { expect, test } from 'vitest'
import type { Scenario } from '../scenario.ts'
import { explore } from './explore.ts'
import * as programs from './programs.fixture.ts'

const { readers, lastZero, indexer, filesystem, writers } = programs

test.each<readonly [Scenario, traces: number]>([
  ...([2, 6, 8, 10] as const).map((count) => [readers(count), 2 ** count] as const),
  ...[2, 5, 12, 28, 64, 144, 320, 704].map((traces, index) => [lastZero(index + 1), traces] as const),
  [indexer(11), 1],
  [indexer(12), 8],
  [indexer(13), 64],
  [filesystem(13), 1],
  [filesystem(14), 2],
  [filesystem(15), 4],
  [filesystem(16), 8],
  [writers(2, 2), 6],
  [writers(3, 2), 90],
  [writers(3, 3), 1_680],
  [programs.storeBuffering(), 3],
  [programs.controlled(), 5],
])('runs each trace of $name once', async (scenario, executions) => {
  expect(await explore(scenario)).toMatchObject({ executions, blocked: 0, verdict: 'holds', resume: null })
})
