// `heddle hunt`: many seeds of the scenarios asked for; every violated property gets a replay file.

import { colours, type Failure, failureLines, failureText } from '../failures/index.ts'
import { scenarios } from '../model/index.ts'
import type { TimingName } from '../sim/index.ts'
import { silenceText, silentCanaries } from './canaries.ts'
import { chosen, forEntry, nameOf } from './coordinators.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { type Findings, recordFindings } from './findings.ts'
import { coverageDetail } from './hunt-coverage.ts'
import { CHUNK_SEEDS, huntAll, neverRests, type Outcome } from './hunting.ts'
import { find } from './options.ts'
import { loadCoordinator, Pool } from './pool.ts'
import { huntJson, huntSummary, lostLine } from './summary.ts'
import type { Subject } from './tasks.ts'
import { print, printError, progress } from './terminal.ts'

export interface HuntCommand {
  readonly coordinator: string
  readonly seeds: number
  readonly seed: number
  readonly strategy: string
  readonly timing: TimingName
  readonly out: string
  /** Whether failures are made small before they are written. */
  readonly shrink: boolean
  readonly workers: number
  readonly timeout: number
  /** Whether every seed is run twice. */
  readonly checkDeterminism: boolean
  /** Whether what was covered is told in detail. */
  readonly coverage: boolean
  readonly json: boolean
}

/** Everything that a hunt came to. */
export interface HuntResult {
  readonly outcome: Outcome
  readonly findings: Findings
  readonly interrupted: boolean
  readonly elapsedMs: number
  /** Hard cases that no run reached, where that is a failure: in the whole catalogue. */
  readonly unreached: readonly string[]
  /** What to say of each canary that was not found, in the whole catalogue. */
  readonly silent: readonly string[]
}

export async function huntCommand(
  names: readonly string[],
  command: HuntCommand,
  signal: AbortSignal,
): Promise<ExitCode> {
  const subjects = await subjectsOf(names, command.coordinator)
  const chunks = subjects.length * Math.ceil(command.seeds / CHUNK_SEEDS)
  const pool = new Pool(Math.min(command.workers, chunks))
  try {
    await loadCoordinator(pool, subjects[0]?.coordinator, { timeoutMs: command.timeout, signal })
    const limits = { timeoutMs: command.timeout, signal }
    const silent = names.length === 0 ? await silentCanaries(pool, limits) : []
    const hunted = await huntAndRecord(pool, { subjects, signal }, command)
    const unreached = names.length === 0 ? unreachedIn(hunted.outcome, command.coordinator) : []
    const result = { ...hunted, unreached, silent }
    if (command.json) print(huntJson(command, result))
    else report(command, result)
    return exitCode(result)
  } finally {
    await pool.close()
  }
}

async function subjectsOf(names: readonly string[], coordinator: string): Promise<readonly Subject[]> {
  const wanted =
    names.length === 0 ? scenarios : [...new Set(names)].map((name) => find('scenario', name, scenarios))
  const ref = await chosen(coordinator)
  return wanted.map((entry) => ({ scenario: entry.name, coordinator: forEntry(ref, entry) }))
}

/** The coordinators under which every hard case that the catalogue names can be reached. */
const REACHING: readonly string[] = ['single', 'class']

function unreachedIn({ hunted, lost, interrupted }: Outcome, coordinator: string): readonly string[] {
  if (!REACHING.includes(coordinator) || lost !== undefined || interrupted) return []
  return hunted.flatMap(({ subject, report }) =>
    (report?.sometimes ?? [])
      .filter(({ reached }) => reached === 0)
      .map(({ property }) => `${subject.scenario}: ${property}`),
  )
}

/** How long a hunt that was called off may still take to write down what it has found. */
const AFTERMATH_MS = 5_000

async function huntAndRecord(
  pool: Pool,
  { subjects, signal }: { subjects: readonly Subject[]; signal: AbortSignal },
  command: HuntCommand,
): Promise<Omit<HuntResult, 'unreached' | 'silent'>> {
  const { seed, seeds, strategy, timing, timeout: timeoutMs, out: folder, checkDeterminism } = command
  const line = progress('hunting')
  const began = performance.now()
  try {
    const outcome = await huntAll(pool, subjects, {
      seeds: { first: seed, count: seeds },
      strategy,
      timing,
      checkDeterminism,
      coverage: true,
      timeoutMs,
      signal,
      onProgress({ runs, failures }) {
        const perSecond = Math.round(runs / ((performance.now() - began) / 1_000))
        line.update(`${runs} of ${seeds * subjects.length} runs, ${perSecond}/s, ${failures} failing`)
      },
    })
    const elapsedMs = performance.now() - began
    line.update('recording what was found')
    const findings = await recordFindings(pool, outcome.hunted, {
      strategy,
      timing,
      folder,
      pastes: true,
      shrinks: () => command.shrink,
      timeoutMs,
      signal: outcome.interrupted ? AbortSignal.timeout(AFTERMATH_MS) : signal,
    })
    return { outcome, findings, interrupted: outcome.interrupted || findings.interrupted, elapsedMs }
  } finally {
    line.stop()
  }
}

function report(command: HuntCommand, result: HuntResult): void {
  const { outcome, findings } = result
  const inFull = mostTelling(findings.failures)
  for (const failure of findings.failures) {
    print(inFull.has(failure) ? failureText(failure) : failureLines(failure))
  }
  print(huntSummary(command, result))
  if (command.coverage) print(`\n${coverageDetail(outcome.hunted)}`)
  for (const { subject, report } of outcome.hunted) {
    if (report?.nonDeterminism == null) continue
    const where = `${subject.scenario} · ${nameOf(subject.coordinator)}`
    print(`\n${colours.red('✗')} ${where} is not deterministic. ${report.nonDeterminism.message}`)
  }
  for (const divergence of findings.divergences)
    print(`\n${colours.red('✗')} not deterministic: ${divergence}`)
  if (outcome.lost !== undefined) print(`\n${colours.red('✗')} ${lostLine(outcome.lost)}`)
  if (result.unreached.length > 0) {
    const cases =
      result.unreached.length === 1 ? 'A hard case was' : `${result.unreached.length} hard cases were`
    print(`\n${colours.red('✗')} ${cases} never reached, so what holds may hold only for want of them.`)
  }
  if (result.silent.length > 0) print(`\n${colours.red('✗')} ${silenceText(result.silent)}`)
  if (result.interrupted) printError('Interrupted: this is what was found until then.')
}

/**
 * The failure of each scenario that tells most: the one it is in the catalogue for, or else the one that is the
 * quickest to read. The others come without their timelines.
 */
function mostTelling(failures: readonly Failure[]): ReadonlySet<Failure> {
  const telling = new Map<string, Failure>()
  for (const failure of failures) {
    const other = telling.get(failure.scenario)
    if (other === undefined || rank(failure) < rank(other)) telling.set(failure.scenario, failure)
  }
  return new Set(telling.values())
}

function rank({ scenario, property, step }: Failure): number {
  const broken = scenarios.find(({ name }) => name === scenario)?.broken.indexOf(property) ?? -1
  return broken >= 0 ? broken : 1_000 + step
}

function exitCode({ outcome, findings, interrupted, unreached, silent }: HuntResult): ExitCode {
  if (interrupted) return EXIT.interrupted
  if (silent.length > 0) return EXIT.ownBug
  const reports = outcome.hunted.flatMap(({ report }) => report ?? [])
  if (findings.divergences.length > 0 || reports.some(({ nonDeterminism }) => nonDeterminism !== null)) {
    return EXIT.diverged
  }
  const found =
    outcome.lost !== undefined ||
    unreached.length > 0 ||
    reports.some((one) => one.failures > 0 || neverRests(one))
  return found ? EXIT.violated : EXIT.nothingFound
}
