// Gates that came to something, for the tests of what becomes of it. The texts in them are hostile.

import type { Failure } from '../../failures/index.ts'
import type { CorpusCase, GateResult, PropertyCase, ScenarioCase } from './result.ts'

export const NASTY = '<b> & "two" ]]> 100 %\n::error::x, y: \u001b[31m\u0000 | `z`'

export const failure: Failure = {
  scenario: 'five-tabs',
  coordinator: 'mine',
  property: 'one owner per user',
  which: 'seed 7, schedule 1 of 25; 3 violate it',
  message: NASTY,
  step: 2,
  timeUs: 5_000,
  timeline: {
    actors: ['tab-1'],
    steps: [{ step: 1, timeUs: 1_000, event: 'tab-1/connect#1', changes: [['tab-1', 'CONNECTING']] }],
    violations: [],
    cycleFrom: null,
    timeUs: 5_000,
  },
  file: '.heddle/five-tabs.one-owner-per-user.replay',
  command: 'npx heddle replay .heddle/five-tabs.one-owner-per-user.replay',
  token: 'heddle1:abc',
}

export const property: PropertyCase = {
  property: 'one owner per user',
  verdict: 'no violation found',
  violated: 0,
  firstSeed: null,
  message: null,
  failure: undefined,
}

export const violated: PropertyCase = {
  ...property,
  verdict: 'violated',
  violated: 3,
  firstSeed: 7,
  message: NASTY,
  failure,
}

export const scenario: ScenarioCase = {
  name: 'five-tabs',
  title: 'five-tabs · mine',
  file: 'sim/five-tabs.sim.ts',
  search: undefined,
  hunted: { runs: 25, steps: 1_000, failing: 0, seeds: [{ first: 1, count: 25 }], orders: 20, unseen: 0.6 },
  properties: [property],
  unreached: [],
  divergences: [],
  troubles: [],
}

export const corpusCase: CorpusCase = {
  file: 'replays/a.replay',
  outcome: 'exact',
  isFine: true,
  isNews: false,
  about: 'exact',
  command: 'npx heddle replay replays/a.replay',
}

export const fine: GateResult = {
  config: 'heddle.config.ts',
  origin: { seed: 1, commit: null },
  shard: { index: 1, count: 1 },
  budgetMs: 60_000,
  elapsedMs: 59_500,
  interrupted: false,
  silent: [],
  corpus: [corpusCase],
  scenarios: [scenario],
  moves: null,
}

/** Everything that can be wrong, at once. */
export const wrong: GateResult = {
  ...fine,
  silent: [NASTY],
  corpus: [corpusCase, { ...corpusCase, outcome: 'stale', isFine: false, about: NASTY }],
  scenarios: [
    scenario,
    {
      ...scenario,
      title: NASTY,
      properties: [property, violated],
      unreached: [NASTY],
      divergences: [NASTY],
      troubles: [NASTY],
    },
  ],
}
