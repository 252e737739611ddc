// `heddle gate`: what a merge has to pass. Runs the canaries, replays the corpus, searches exhaustively what is small
// enough, and hunts with what is left of the budget. It decides in which order, and nothing of what these do.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { checkFolder, counted, thousands } from '../../failures/index.ts'
import { silentCanaries } from '../canaries.ts'
import { allMoves } from '../check-coverage.ts'
import { DEFAULTS } from '../config.ts'
import type { ExitCode } from '../exit.ts'
import { Interrupted, loadCoordinator, Pool } from '../pool.ts'
import type { Project } from '../project.ts'
import { isOwn, type Named, named, type Subject, subjectsOf } from '../subjects.ts'
import { type Progress, progress } from '../terminal.ts'
import { nameOfFile } from '../user-file.ts'
import { Budget } from './budget.ts'
import { scenarioCase } from './cases.ts'
import type { GateOptions } from './command.ts'
import { corpusFiles, replayCorpus } from './corpus.ts'
import type { Gathered } from './gathering.ts'
import { type Missing, reachedElsewhere } from './goals.ts'
import { type HuntsOptions, huntChunks } from './hunts.ts'
import { chunksOf, partOf, seedOf } from './plan.ts'
import { recordAll, violatedIn } from './recording.ts'
import { checkReporters, report } from './reporters.ts'
import { type CorpusCase, exitCodeOf, type GateResult, type Origin } from './result.ts'
import { type Search, searchAll } from './searches.ts'
import { seconds } from './text.ts'

/** Of what is left of a budget when they begin, so that hunts have the larger part. */
const SEARCHES_SHARE = 0.4

/** What every part of a gate works with. */
interface Gate {
  readonly options: GateOptions
  readonly project: Project
  readonly signal: AbortSignal
  readonly pool: Pool
  readonly line: Progress
  readonly budget: Budget
}

export async function gateCommand(
  options: GateOptions,
  project: Project,
  signal: AbortSignal,
): Promise<ExitCode> {
  await checkFolder(options.out) // now, rather than once the budget is spent
  await checkReporters(options.reporter)
  const pool = new Pool(options.workers)
  const line = progress('gate')
  const budget = new Budget(options.budget ?? null)
  try {
    const result = await resultOf({ options, project, signal, pool, line, budget })
    line.stop()
    await report(options.reporter, result, process.env)
    return exitCodeOf(result)
  } finally {
    line.stop()
    await pool.close()
  }
}

async function resultOf(gate: Gate): Promise<GateResult> {
  const { options, project, signal, pool, line, budget } = gate
  const wanted = named([], project)
  const subjects = await subjectsOf(wanted, options.coordinator)
  const origin = await originOf(options.seed)
  await loadCoordinator(pool, subjects[0]?.coordinator, limits(gate))
  const silent = await canaries(gate)
  const corpus = await replayed(gate)
  const searches = await searched(gate, { wanted, subjects })
  const gathered = await hunted(gate, { subjects, origin, searches })
  const missing = subjects.map((subject, index): Missing => {
    return { subject, search: searches[index], gathered: gathered[index] as Gathered }
  })
  const { seeds: seedsMax, shard } = options
  const plan = { known: missing, seed: origin.seed, seedsMax, shard }
  const looking = huntsOptions(gate, { what: 'looking for goals', findings: violatedIn(missing) })
  const elsewhere = await reachedElsewhere(pool, plan, looking)
  line.update('recording what was found')
  const known = await recordAll(pool, missing, { ...options, timeoutMs: options.timeout, signal, budget })
  const moves = allMoves(missing.flatMap((one) => [one.gathered.moves, one.search?.moves ?? null]))
  const { settings } = project
  return {
    config: settings === undefined ? null : nameOfFile(settings.file),
    origin,
    shard,
    budgetMs: budget.totalMs,
    elapsedMs: budget.elapsedMs(),
    interrupted: signal.aborted,
    silent,
    corpus,
    scenarios: known.map((one, index) => scenarioCase({ ...one, elsewhere: elsewhere[index] ?? new Set() })),
    moves: moves && { taken: moves.taken.length, all: moves.taken.length + moves.neverTaken.length },
  }
}

/** The commit that is checked out says which seeds a gate hunts: the same everywhere, and others for the next one. */
async function originOf(seed: number | undefined): Promise<Origin> {
  if (seed !== undefined) return { seed, commit: null }
  const git = await promisify(execFile)('git', ['rev-parse', 'HEAD']).catch(() => undefined)
  const commit = git?.stdout.trim() ?? ''
  return commit === '' ? { seed: 1, commit: null } : { seed: seedOf(commit), commit }
}

/** Until the budget is over, and not for longer than the command allows for one task. */
function limits({ options, signal, budget }: Gate) {
  return { timeoutMs: Math.max(1, Math.min(options.timeout, budget.leftMs())), signal }
}

async function canaries(gate: Gate): Promise<readonly string[] | null> {
  gate.line.update('canaries')
  const silent = await silentCanaries(gate.pool, limits(gate)).catch((error: unknown) => {
    if (error instanceof Interrupted) return null
    throw error
  })
  // What the budget cuts off is not silent.
  return gate.budget.leftMs() === 0 ? null : silent
}

async function replayed(gate: Gate): Promise<readonly CorpusCase[]> {
  const { pool, line, options, project, signal, budget } = gate
  const files = partOf(corpusFiles(project.settings?.replays ?? DEFAULTS.replays), options.shard)
  line.update(`replaying ${counted(files.length, 'file')}`)
  return replayCorpus(pool, { files, own: project.own }, { timeoutMs: options.timeout, signal, budget })
}

async function searched(
  { pool, line, options, signal, budget }: Gate,
  { wanted, subjects }: { wanted: readonly Named[]; subjects: readonly Subject[] },
): Promise<readonly (Search | undefined)[]> {
  line.update('searching what is small enough')
  const places = partOf([...subjects.keys()], options.shard)
  const own = places.map((place) => {
    const one = wanted[place] as Named
    return isOwn(one) ? one : (subjects[place] as Subject)
  })
  const timeMaxMs = budget.leftMs() * SEARCHES_SHARE
  const silentMaxMs = Math.min(options.timeout, timeMaxMs)
  const found = await searchAll(pool, own, { timeMaxMs, silentMaxMs, signal })
  return subjects.map((_, place) => found[places.indexOf(place)])
}

async function hunted(
  gate: Gate,
  {
    subjects,
    origin: { seed },
    searches,
  }: { subjects: readonly Subject[]; origin: Origin; searches: readonly (Search | undefined)[] },
): Promise<readonly Gathered[]> {
  const { options, pool } = gate
  const chunks = chunksOf({ scenarios: subjects.length, seed, seedsMax: options.seeds }, options.shard)
  const findings = violatedIn(searches.map((search) => ({ search })))
  return huntChunks(pool, { subjects, chunks }, huntsOptions(gate, { what: 'hunting', findings, searches }))
}

function huntsOptions(
  { options, line, signal, budget }: Gate,
  {
    what,
    findings,
    searches = [],
  }: { what: string; findings: number; searches?: readonly (Search | undefined)[] },
): HuntsOptions {
  const { strategy, timing, checkDeterminism, timeout: timeoutMs } = options
  const began = budget.elapsedMs()
  return {
    strategy,
    timing,
    checkDeterminism,
    timeoutMs,
    signal,
    budget,
    findings,
    endsFamiliar: options.seeds === undefined,
    covered: new Set(
      [...searches.entries()].flatMap(([index, search]) =>
        search?.case.verdict === 'holds' && search.case.size === undefined ? [index] : [],
      ),
    ),
    onProgress({ runs, failures }) {
      const perSecond = Math.round((runs * 1_000) / (budget.elapsedMs() - began))
      const left =
        budget.totalMs === null ? '' : `, ${seconds(Math.round(budget.leftMs() / 1_000) * 1_000)} left`
      line.update(
        `${what}: ${counted(runs, 'run')}, ${thousands(perSecond)}/s, ${thousands(failures)} failing${left}`,
      )
    },
  }
}
