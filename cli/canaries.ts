// The canaries that go with the whole catalogue: planted faults that must be found, as a command that finds nothing
// anywhere may be one that checks nothing. Runs them, and says which are silent.

import { thousands } from '../failures/index.ts'
import type { Song } from '../sim/index.ts'
import { type Limits, type Pool, ThreadEnded, TimedOut } from './pool.ts'

/** One sentence for each canary that was not found; none where all is well. */
export async function silentCanaries(pool: Pool, limits: Limits): Promise<readonly string[]> {
  try {
    const songs = await pool.run({ kind: 'canaries' }, limits)
    return songs.filter(({ runs }) => runs === null).map(silence)
  } catch (error) {
    if (!(error instanceof TimedOut || error instanceof ThreadEnded)) throw error
    return ['The canaries came to no end.']
  }
}

function silence({ canary, timing, runsMax }: Song): string {
  return `The canary "${canary}" was not found in ${thousands(runsMax)} runs, timing ${timing}.`
}

/** What it means, for a person. */
export function silenceText(silent: readonly string[]): string {
  return [
    ...silent,
    "Nothing that was not found here counts: a planted fault was missed. This is a bug of heddle's own.",
  ].join(' ')
}
