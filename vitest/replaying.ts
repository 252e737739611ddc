// HEDDLE_REPLAY: a replay file or a token, followed by the test that it is of, in the place of its runs. The record is
// from a stranger: it is read within bounds, and names no code.

import {
  decisionLine,
  isOf,
  plain,
  type Replayed,
  readToken,
  readTrace,
  replayOn,
  replayText,
  scenarioOf,
  shownOn,
} from '../failures/index.ts'
import {
  formatTrace,
  HeddleError,
  isToken,
  parseTrace,
  replayToken,
  type Scenario,
  type Token,
  type Trace,
} from '../sim/index.ts'
import { decisionOf, told } from './finding.ts'
import { inTime, type Job } from './job.ts'
import { noteReplay } from './unmatched.ts'
import { violation } from './violation.ts'

/** Replays the record if it is of this test's scenario, and says whether it did. Throws what the test fails with. */
export async function replayAsked(job: Job, asked: string): Promise<boolean> {
  const record = isToken(asked) ? readToken(asked) : await readTrace(asked)
  const isOurs = isOf(record, job.scenario)
  noteReplay({ asked, of: record.header.scenario, isOurs })
  if (!isOurs) return false
  const scenario = scenarioOf(record, job.scenario)
  const { replayed, text } = await inTime(job, scenario, (checked) => followed(record, checked))
  await judged(job, scenario, { replayed, text })
  return true
}

interface Followed {
  readonly replayed: Replayed
  /** The trace that the run makes, where it makes one. */
  readonly text: string | null
}

async function followed(record: Trace | Token, scenario: Scenario): Promise<Followed> {
  if (!('digest' in record)) {
    const replayed = await replayOn(record, scenario)
    return { replayed, text: replayed.outcome === 'exact' ? formatTrace(record) : replayed.renewed }
  }
  const { trace, ...rest } = await replayToken(record, scenario)
  const replayed = await shownOn(trace, scenario, rest)
  return { replayed, text: replayed.outcome === 'exact' ? formatTrace(trace) : replayed.renewed }
}

/** Throws unless the record's property holds now. */
async function judged(job: Job, scenario: Scenario, { replayed, text }: Followed): Promise<void> {
  const { outcome, found, divergence } = replayed
  const shown = replayText(replayed)
  if (outcome === 'diverged') {
    throw new HeddleError(
      'HEDDLE_NOT_DETERMINISTIC',
      `"${scenario.name}" is not deterministic. ${divergence?.message ?? ''}`,
    )
  }
  if (outcome === 'stale') {
    throw new HeddleError('HEDDLE_REPLAY_STALE', `${plain(divergence?.message ?? '', 500)}\n\n${shown}\n`)
  }
  if (found.property === null || text === null) {
    console.log(shown)
    return
  }
  const trace = parseTrace(text)
  const decides = await decisionOf(job, trace, scenario)
  const detail = decides === undefined ? shown : `${shown}\n${decisionLine(decides).join(': ')}`
  throw violation({ ...(await told(job, trace, scenario)), detail })
}
