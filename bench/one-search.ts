// One process of `npm run bench:check` or `bench:growth`: searches one subject, and prints what it found and what
// it took as one line of JSON. The oracles and the plain search are samples of the tests and stand behind no door, so they
// are loaded by their paths.

import { fileURLToPath } from 'node:url'
import { check, type Scenario } from '../sim/index.ts'
import type { HeddleOptions, Maker, Searched, Subject } from './subject.ts'

/** Those of the command, which nothing may import. */
const THREADS = '../cli/threads.ts'
const PLAIN_SEARCH = '../sim/explore/plain-search.fixture.ts'

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const searched = await search(JSON.parse(process.argv[2] ?? '') as Subject)
  // In kilobytes and microseconds.
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6
  console.log(JSON.stringify({ ...searched, peakBytes: maxRSS * 1_024, cpuSeconds }))
}

async function search(subject: Subject): Promise<Searched> {
  switch (subject.by) {
    case 'heddle':
      return checked(await made(subject.scenario), subject.options)
    case 'plain search':
      return searchedPlainly(await made(subject.scenario))
    case '@xstate/graph': {
      const { searchByPaths } = await import('./xstate-graph.ts')
      return searchByPaths(subject.size)
    }
  }
}

async function checked(scenario: Scenario, { threads, ...options }: HeddleOptions = {}): Promise<Searched> {
  const host = { nowMs: () => performance.now(), memoryBytes: () => process.memoryUsage.rss() }
  const pool = threads === undefined ? undefined : new (await load(THREADS)).Threads(() => threads)
  const report = await check(scenario, { ...options, host, ...(pool === undefined ? {} : { pool }) })
  await pool?.close()
  const { verdict, states, transitions, localTransitions, claimsJudged } = report
  return { verdict, states, transitions, calls: { actors: localTransitions, claims: claimsJudged } }
}

/** With the texts that JSON.stringify writes, which are equal for equal states of the samples. */
async function searchedPlainly(scenario: Scenario): Promise<Searched> {
  const { plainSearch } = await load(PLAIN_SEARCH)
  const { isWhole, states, transitions, violations, calls } = plainSearch(scenario, { write: JSON.stringify })
  const verdict = violations.size > 0 ? 'violated' : isWhole ? 'holds' : 'bounded'
  return { verdict, states, transitions, calls: { actors: calls } }
}

async function made({ module, name, given }: Maker): Promise<Scenario> {
  return (await load(module))[name](given)
}

function load(module: string): Promise<any> {
  return import(new URL(module, import.meta.url).href)
}
