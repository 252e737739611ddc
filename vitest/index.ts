// The door of the test runner's integration, `heddle/vitest`: simulated tests, matchers, and a test for each file of a
// corpus. Importing it registers the matchers.

import { watchForUnmatched } from './unmatched.ts'

export { type Corpus, replays } from './corpus.ts'
export { expect } from './matchers.ts'
export {
  type Body,
  type EachSim,
  type Sim,
  type SimOptions,
  type Subject,
  test,
  test as it,
} from './sim-test.ts'

watchForUnmatched()
