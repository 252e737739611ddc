// `heddle hunt`: many seeds of the scenarios asked for; every violated property gets a replay file.

import type { Command } from 'commander'
import {
  checkFolder,
  colours,
  type Failure,
  failureLines,
  failureText,
  thousands,
} from '../failures/index.ts'
import { scenarios } from '../model/index.ts'
import type { TimingName } from '../sim/index.ts'
import { silenceText, silentCanaries } from './canaries.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { type Findings, recordFindings } from './findings.ts'
import { coverageDetail } from './hunt-coverage.ts'
import { CHUNK_SEEDS, huntAll, neverRests, type Outcome } from './hunting.ts'
import { loadCoordinator, Pool } from './pool.ts'
import { openProject, type Project } from './project.ts'
import * as shared from './shared-options.ts'
import { named, type Subject, subjectsOf, titleOf } from './subjects.ts'
import { huntJson, huntSummary, lostLine } from './summary.ts'
import { print, printError, progress } from './terminal.ts'

export interface HuntCommand {
  /** Of scenarios of the catalogue: single unless given. */
  readonly coordinator?: string
  readonly seeds: number
  readonly seed: number
  readonly strategy: string
  readonly timing: TimingName
  readonly out: string
  /** Whether failures are made small before they are written. */
  readonly shrink: boolean
  readonly workers: number
  readonly timeout: number
  readonly config?: string
  /** Whether every seed is run twice. */
  readonly checkDeterminism: boolean
  /** Whether what was covered is told in detail. */
  readonly coverage: boolean
  readonly json: boolean
}

const SEEDS = 200

export function addHunt(heddle: Command, { signal, ends }: shared.Edge): void {
  heddle
    .command('hunt')
    .description('run many seeds; write a replay file for each violated property')
    .argument('[scenario...]', "scenarios by name; unless given, all of the project's, or of the catalogue")
    .addOption(shared.coordinator())
    .addOption(shared.seeds(SEEDS))
    .addOption(shared.seed('the first seed').default(1))
    .addOption(shared.strategy())
    .addOption(shared.timing())
    .option('--no-shrink', 'write failures as they were found')
    .option('--check-determinism', 'run every seed twice, and compare; without it, a share of them', false)
    .option('--coverage', 'say in detail what was covered: orders, transitions of the lifecycle', false)
    .addOption(shared.out())
    .addOption(shared.workers())
    .addOption(shared.timeout())
    .addOption(shared.config())
    .addOption(shared.json())
    .addHelpText('after', HELP)
    .action(async (names: string[], { config, timeout: timeoutMs }: HuntCommand, command: Command) => {
      const project = await openProject({ config, isWhole: names.length === 0 }, { timeoutMs, signal })
      const options = shared.settled<HuntCommand>(command, project.settings, [
        'out',
        'seeds',
        'strategy',
        'workers',
        'timeout',
      ])
      ends(await huntCommand(names, options, project, signal))
    })
}

const HELP = `
With --coordinator single or class, a scenario that is made for another policy gets that one; single unless given.
--out replays puts a replay file into a corpus that is kept; .heddle is for those of the day.
pct and delay-bounded take a number: pct:5, delay-bounded:1. Another run is likely a new one as long as many orders
of dependent steps were met only once (Good and Turing).
Without a scenario, the whole project or catalogue is hunted, and with it planted faults that must be found (else exit
code 70).
Exit code: 3 where a run was not deterministic, else 1 where anything was violated, stuck or never settled,
no run of a scenario came to rest, or a hard case of the whole was never reached, else 0.`

/** Everything that a hunt came to. */
export interface HuntResult {
  readonly outcome: Outcome
  readonly findings: Findings
  readonly interrupted: boolean
  readonly elapsedMs: number
  /** Hard cases that no run reached, where that is a failure: in the whole catalogue or project. */
  readonly unreached: readonly string[]
  /** What to say of each canary that was not found, in the whole catalogue or project. */
  readonly silent: readonly string[]
}

export async function huntCommand(
  names: readonly string[],
  command: HuntCommand,
  project: Project,
  signal: AbortSignal,
): Promise<ExitCode> {
  const subjects = await subjectsOf(named(names, project), command.coordinator)
  await checkFolder(command.out) // now, rather than once hours of runs have found something
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

/** The coordinators under which every hard case that the catalogue names can be reached. */
const REACHING: readonly string[] = ['single', 'class']

function unreachedIn({ hunted, lost, interrupted }: Outcome, coordinator = 'single'): readonly string[] {
  if (!REACHING.includes(coordinator) || interrupted) return []
  const whole = hunted.filter(({ subject }) => lost.every((one) => one.subject !== subject))
  return whole.flatMap(({ subject, report }) =>
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
      measures: false,
      timeoutMs,
      signal,
      onProgress({ runs, failures }) {
        const all = seeds * subjects.length
        const perSecond = runs / ((performance.now() - began) / 1_000)
        const left = `${Math.round((all - runs) / perSecond)} s left`
        line.update(
          `${thousands(runs)} of ${thousands(all)} runs, ${Math.round(perSecond)}/s, ${failures} failing, ${left}`,
        )
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
    print(`\n${colours.red('✗')} ${titleOf(subject)} is not deterministic. ${report.nonDeterminism.message}`)
  }
  for (const divergence of findings.divergences)
    print(`\n${colours.red('✗')} not deterministic: ${divergence}`)
  for (const lost of outcome.lost) print(`\n${colours.red('✗')} ${lostLine(lost)}`)
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
    outcome.lost.length > 0 ||
    unreached.length > 0 ||
    reports.some((one) => one.failures > 0 || neverRests(one))
  return found ? EXIT.violated : EXIT.nothingFound
}
