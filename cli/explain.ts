// `heddle explain`: why a recorded run fails. Replays the file or token, has the order that decides looked for in a worker
// thread, and prints what was found.

import type { Command } from 'commander'
import {
  colours,
  decisionLine,
  explanationText,
  heading,
  plain,
  type Recorded,
  type Replayed,
  readReplayFile,
  width,
  wrapped,
} from '../failures/index.ts'
import { isToken } from '../sim/index.ts'
import { chosen } from './coordinators.ts'
import { EXIT, type ExitCode, UsageError } from './exit.ts'
import type { Explained } from './explaining.ts'
import { type Limits, loadCoordinator, Pool, ThreadEnded, TimedOut } from './pool.ts'
import { openProject, type Project } from './project.ts'
import type { Known } from './replaying.ts'
import * as shared from './shared-options.ts'
import { print } from './terminal.ts'

export interface ExplainCommand {
  readonly coordinator?: string
  readonly timeout: number
  readonly config?: string
  readonly json: boolean
}

export function addExplain(heddle: Command, { signal, ends }: shared.Edge): void {
  heddle
    .command('explain')
    .description('say why a recorded run fails: the order that decides, and what led to it')
    .argument('<file|token>', 'a replay file, or its token')
    .addOption(shared.coordinator())
    .addOption(shared.timeout())
    .addOption(shared.config())
    .addOption(shared.json())
    .addHelpText('after', HELP)
    .action(async (target: string, { config, timeout: timeoutMs }: ExplainCommand, command: Command) => {
      const project = await openProject({ config, isWhole: false }, { timeoutMs, signal })
      const options = shared.settled<ExplainCommand>(command, project.settings, ['timeout'])
      ends(await explainCommand(target, options, project, signal))
    })
}

const HELP = `
One order at a time is turned round, and then several; the rest of the run goes on as it does where nothing races. A
fault is left out. What was found in sampled time stays within its windows. Where orders are few, all are run.
Exit code: 1 where the run violates something, 0 where it does not or no longer does, 5 where the schedule can no
longer be followed, 3 where two runs of it differ.`

export async function explainCommand(
  target: string,
  command: ExplainCommand,
  { own }: Project,
  signal: AbortSignal,
): Promise<ExitCode> {
  const file = isToken(target) ? undefined : await readReplayFile(target)
  const path = file === undefined ? 'The token' : target
  const coordinator = command.coordinator === undefined ? undefined : await chosen(command.coordinator)
  const limits = { timeoutMs: command.timeout, signal }
  const pool = new Pool(1)
  try {
    await loadCoordinator(pool, coordinator, limits)
    const known = { coordinator, own }
    const explained = await bytesOf(file ?? target, { pool, limits, known })
      .then((bytes) => pool.run({ kind: 'explain', bytes, file: file && target, ...known }, limits))
      .catch((error: unknown) => {
        if (error instanceof TimedOut) return `found no end within ${command.timeout / 1_000} s`
        if (error instanceof ThreadEnded) return `ended its thread: ${error.message}`
        throw error
      })
    if (typeof explained === 'string') {
      print(
        `${colours.red('✗')} Explaining ${file === undefined ? 'the token' : plain(target)} ${explained}.`,
      )
      return EXIT.violated
    }
    print(command.json ? json(explained) : text(explained, path))
    return exitCode(explained)
  } finally {
    await pool.close()
  }
}

interface Threads {
  readonly pool: Pool
  readonly limits: Limits
  readonly known: Known
}

/** The bytes of a replay file; a token's are made again, and are the file's only where it is still exact. */
async function bytesOf(record: Uint8Array | string, { pool, limits, known }: Threads): Promise<Uint8Array> {
  if (typeof record !== 'string') return record
  const { text, outcome } = await pool.run({ kind: 'replay', record, ...known }, limits)
  if (text !== undefined) return new TextEncoder().encode(text)
  throw new UsageError(
    `Expected a token of the code as it is, found one that is ${outcome}: its file can no longer be made from it. See what it does now with heddle replay.`,
  )
}

function text({ replayed, explanation }: Explained, path: string): string {
  const head = heading(replayed.scenario, replayed.coordinator)
  if (explanation !== null) {
    return [`${head}   ${colours.red(plain(explanation.property))}`, '', explanationText(explanation)].join(
      '\n',
    )
  }
  const why =
    replayed.recorded?.property == null
      ? `${plain(path)} violates nothing, so there is nothing to explain.`
      : replayed.outcome === 'fixed'
        ? `${plain(path)} is fixed: what it violated now holds, so there is nothing to explain.`
        : `${plain(path)} can no longer be followed to what it violated: see heddle replay.`
  return `${head}\n\n${why}`
}

function json({ replayed: { timeline, ...replayed }, explanation }: Explained): string {
  const { scenario, coordinator, outcome } = replayed
  return JSON.stringify({ scenario, coordinator, outcome, explanation }, null, 2)
}

function exitCode({ replayed: { outcome }, explanation }: Explained): ExitCode {
  if (explanation !== null) return EXIT.violated
  if (outcome === 'stale') return EXIT.stale
  return outcome === 'diverged' ? EXIT.diverged : EXIT.nothingFound
}

/** A replay is not held up for longer than this to be explained, too. */
const IN_SHORT_MS = 10_000

/** What decides a failure that was replayed, in one line; none where nothing was found, or not soon enough. */
export async function inShort(
  pool: Pool,
  { replayed, bytes, known }: Replayable,
  limits: Limits,
): Promise<readonly string[]> {
  const { outcome, found, renewed } = replayed
  if (found.property === null || (outcome !== 'exact' && renewed === null)) return []
  const file = bytes ?? ('text' in replayed ? new TextEncoder().encode(replayed.text) : undefined)
  if (file === undefined) return []
  const timeoutMs = Math.min(limits.timeoutMs, IN_SHORT_MS)
  const explained = await pool
    .run({ kind: 'explain', bytes: file, ...known }, { ...limits, timeoutMs })
    .catch((error: unknown) => {
      if (error instanceof TimedOut || error instanceof ThreadEnded) return undefined
      throw error
    })
  if (explained?.explanation == null) return []
  const [label, text] = decisionLine(explained.explanation.decides)
  return wrapped(`${label}: ${text}`, width(), '  ')
}

interface Replayable {
  readonly replayed: Replayed | Recorded
  /** Of the file; those of what was recorded just now unless given. */
  readonly bytes?: Uint8Array | undefined
  readonly known: Known
}
