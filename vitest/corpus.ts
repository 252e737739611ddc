// `replays(folder, …)`: a test for each replay file of a folder, which passes where the outcome is what the file expects.
// The files may come from anybody: they are data, and are replayed on scenarios that are named here.

import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, test } from 'vitest'
import {
  isOf,
  isToHold,
  plain,
  REPLAY_EXTENSION,
  type Replayed,
  readTrace,
  replayFilesIn,
  replayOn,
  replayText,
  scenarioOf,
} from '../failures/index.ts'
import { HeddleError, type Scenario, type Trace, type TraceHeader } from '../sim/index.ts'
import { TIMEOUT_MS } from './options.ts'
import { stackBelow } from './stack.ts'
import { atSite } from './violation.ts'

export interface Corpus {
  /** The scenarios that files may be of, found by name and parameters; or what finds one, undefined for none. */
  readonly scenarios: readonly Scenario[] | ((header: TraceHeader) => Scenario | undefined)
  /** How long one file may take; 30,000 unless given. */
  readonly timeoutMs?: number
}

/**
 * A test for each replay file in a folder and those within it. One that expects a violation must come out to the byte;
 * one that expects that a property holds must hold. A folder without replay files is a test that fails.
 */
export function replays(folder: string | URL, { scenarios, timeoutMs = TIMEOUT_MS }: Corpus): void {
  const site = stackBelow(replays)
  const path = folder instanceof URL ? fileURLToPath(folder) : folder
  const shown = relative(process.cwd(), path).replaceAll('\\', '/') || '.'
  describe(`replays ${shown}`, () => {
    const files = filesIn(path)
    if (typeof files === 'string' || files.length === 0) {
      test('has replay files', () => {
        const found = typeof files === 'string' ? files : 'none'
        throw atSite(
          new HeddleError(
            'HEDDLE_FILE',
            `Expected replay files (*${REPLAY_EXTENSION}) in ${plain(shown)}, found ${found}.`,
          ),
          site,
        )
      })
      return
    }
    for (const file of files) {
      test(plain(file), { timeout: timeoutMs }, async () => {
        try {
          await checkFile(join(path, file), scenarios)
        } catch (error) {
          throw atSite(error, site)
        }
      })
    }
  })
}

/** The replay files in a folder and those within it, sorted; a sentence that says why there can be none. */
function filesIn(folder: string): readonly string[] | string {
  try {
    return replayFilesIn(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return 'no such folder'
    return code === 'ENOTDIR' ? 'something that is no folder' : `one that cannot be read (${code})`
  }
}

async function checkFile(path: string, scenarios: Corpus['scenarios']): Promise<void> {
  const trace = await readTrace(relative(process.cwd(), path) || path)
  const replayed = await replayOn(trace, scenarioFor(trace, scenarios))
  const { outcome } = replayed
  if (outcome === 'exact' || (outcome === 'fixed' && isToHold(replayed))) return
  throw new HeddleError('HEDDLE_REPLAY', `${complaint(replayed, path)}\n\n${replayText(replayed)}\n`)
}

function complaint({ outcome, expected, found, divergence }: Replayed, path: string): string {
  const file = plain(relative(process.cwd(), path))
  const property = `"${plain(expected.property ?? 'nothing', 120)}"`
  switch (outcome) {
    case 'fixed':
      return `Expected ${property} to be violated, as ${file} says, found that it holds now. Keep it as one that is to hold (heddle replay ${file} --accept), or delete it.`
    case 'adapted':
      return expected.verdict === 'no violation found'
        ? `Expected ${property} to hold, as ${file} says, found that it fails again: ${plain(found.message ?? '')}.`
        : `Expected the run that is in ${file}, found that the code was changed; with the schedule realigned, ${property} is still violated. Accept it (heddle replay ${file} --accept), or delete it.`
    case 'diverged':
      return `${file} is not deterministic. ${divergence?.message ?? ''}`
    default:
      return `${file} is stale. ${divergence?.message ?? ''}`
  }
}

function scenarioFor(trace: Trace, scenarios: Corpus['scenarios']): Scenario {
  const { header } = trace
  if (typeof scenarios === 'function') {
    const found = scenarios(header)
    if (found === undefined) throw unknown(header, 'of which "scenarios" makes nothing')
    return scenarioOf(trace, found)
  }
  const named = scenarios.filter((one) => isOf(trace, one))
  if (named.length === 0) throw unknown(header, 'which is not among "scenarios"')
  let complaint: unknown
  for (const one of named) {
    try {
      return scenarioOf(trace, one)
    } catch (error) {
      complaint ??= error
    }
  }
  throw complaint
}

function unknown({ scenario }: TraceHeader, found: string): HeddleError {
  return new HeddleError(
    'HEDDLE_UNKNOWN_SCENARIO',
    `Expected a record of a scenario that replays() is given, found one of "${plain(scenario, 80)}", ${found}.`,
  )
}
