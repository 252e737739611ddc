// Says where HEDDLE_REPLAY was asked for and no test of a file is what it is of: otherwise the tests would pass without
// having replayed anything. One line for each file, on standard error.

import { afterAll } from 'vitest'
import { plain } from '../failures/index.ts'

interface Note {
  readonly asked: string
  /** The scenario that the record says it is of. */
  readonly of: string
  /** Whether the test at hand is of it. */
  readonly isOurs: boolean
}

let unmatched: Note | undefined
let isMatched = false

/** Called by each test that was run with HEDDLE_REPLAY. */
export function noteReplay(note: Note): void {
  if (note.isOurs) isMatched = true
  else unmatched = note
}

/** To be called while a test file is being collected. */
export function watchForUnmatched(): void {
  if ((process.env.HEDDLE_REPLAY ?? '') === '') return
  afterAll(() => {
    if (unmatched !== undefined && !isMatched) {
      const { asked, of } = unmatched
      console.warn(
        `HEDDLE_REPLAY: ${plain(asked, 80)} is of the scenario "${plain(of, 80)}", and no test.sim() that ran here is of it: they ran as usual, and nothing was replayed.`,
      )
    }
    unmatched = undefined
    isMatched = false
  })
}
