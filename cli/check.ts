// `heddle check`: every schedule of the scenarios asked for, at the sizes that can be exhausted. Every
// counterexample gets a replay file.

import { plain, writeWhole } from '../failures/index.ts'
import { type CatalogueEntry, scenarios } from '../model/index.ts'
import { exhaustibles } from '../properties/index.ts'
import { type CheckOutcome, recordCounterexamples } from './check-findings.ts'
import { progressText } from './check-progress.ts'
import { type Bounds, type CheckManner, notAModel } from './check-task.ts'
import { checkJson, checkText } from './check-text.ts'
import { isOpen, judged, mustBreak, type Subject } from './check-verdict.ts'
import { checkAll, isLost } from './checking.ts'
import { BUILT_IN, type CoordinatorRef, chosen, forEntry, nameOf } from './coordinators.ts'
import { EXIT, type ExitCode, UsageError } from './exit.ts'
import { find } from './options.ts'
import { type Limits, loadCoordinator, Pool, ThreadEnded, TimedOut } from './pool.ts'
import { print, printError, progress } from './terminal.ts'

export interface CheckCommand {
  /** Left out: those of the catalogue, and each must come out as it says. */
  readonly coordinator?: string
  /** False for raw counts. */
  readonly reduction: boolean
  readonly depthFirst: boolean
  readonly everyProperty: boolean
  readonly states?: number
  readonly depth?: number
  readonly memory?: number
  readonly time?: number
  readonly coverage: boolean
  readonly graph?: string
  readonly out: string
  readonly workers: number
  readonly timeout: number
  readonly json: boolean
}

export async function checkCommand(
  names: readonly string[],
  command: CheckCommand,
  signal: AbortSignal,
): Promise<ExitCode> {
  const subjects = await subjectsOf(names, command)
  if (command.graph !== undefined && new Set(subjects.map(({ entry }) => entry.scenario)).size > 1) {
    throw new UsageError('Expected one scenario beside --graph: heddle check <scenario> --graph <file>.')
  }
  const workers = Math.min(command.workers, subjects.length)
  const manner = mannerOf(command, workers)
  const pool = new Pool(workers, heapMaxMb(manner))
  try {
    const limits = { timeoutMs: command.timeout, signal }
    await loadCoordinator(pool, subjects[0]?.coordinator, limits)
    const drawn =
      command.graph === undefined ? undefined : await drawGraph(pool, subjects, command.graph, limits)
    const outcome = await run(pool, { subjects, manner, signal }, command)
    if (command.json) print(checkJson(command, outcome))
    else {
      if (drawn !== undefined) print(`${drawn}\n`)
      print(checkText(outcome, { coverage: command.coverage, isBrief: names.length === 0 }))
      if (process.env.HEDDLE_DEBUG) for (const { stack } of bugsIn(outcome)) printError(stack ?? '')
      if (outcome.interrupted) printError('Interrupted: this is what was found until then.')
    }
    return exitCode(outcome)
  } finally {
    await pool.close()
  }
}

/** Draws the first that must break, as a graph is there to show how; else the first. Says what it drew. */
async function drawGraph(
  pool: Pool,
  subjects: readonly Subject[],
  file: string,
  limits: Limits,
): Promise<string> {
  const subject = subjects.find(mustBreak) ?? (subjects[0] as Subject)
  const { index, coordinator, entry } = subject
  const format = file.endsWith('.svg') ? 'svg' : 'dot'
  const drawn = await pool
    .run({ kind: 'graph', index, coordinator, format }, limits)
    .catch((error: unknown) => {
      const where = `${entry.scenario} · ${nameOf(coordinator)}, ${entry.size}`
      if (error instanceof UsageError) throw new UsageError(`${where}: ${error.message}`)
      const isEnded = error instanceof TimedOut || error instanceof ThreadEnded
      throw isEnded ? new UsageError(`Drawing ${where} came to no end.`) : error
    })
  await writeWhole(file, drawn.text)
  const counts = `${drawn.states} states, ${drawn.events} events`
  return `Drawn in ${plain(file)}: ${entry.scenario} · ${nameOf(coordinator)}, ${entry.size}: ${counts}.`
}

async function subjectsOf(names: readonly string[], command: CheckCommand): Promise<readonly Subject[]> {
  const wanted =
    names.length === 0 ? scenarios : [...new Set(names)].map((name) => find('scenario', name, scenarios))
  const word = command.coordinator
  const ref = word === undefined ? undefined : await chosen(word)
  if (ref?.kind === 'built-in' && isCode(ref)) throw notAModel(ref.name)
  const subjects = wanted.flatMap((entry) =>
    ref === undefined ? expected(entry) : given(entry, forEntry(ref, entry), command),
  )
  if (subjects.length > 0) return subjects
  throw new UsageError(
    `Expected a scenario with a size that can be exhausted, found none of ${wanted.map(({ name }) => name).join(', ')}.`,
  )
}

function isCode({ name }: { readonly name: string }): boolean {
  return find('coordinator', name, BUILT_IN).coordinator.asynchronous !== undefined
}

/** Those of a scenario, of one size together. */
function sizesOf({ name }: CatalogueEntry) {
  const all = exhaustibles
    .map((entry, index) => ({ entry, index }))
    .filter(({ entry }) => entry.scenario === name)
  return [...new Set(all.map(({ entry }) => entry.size))].map((size) =>
    all.filter(({ entry }) => entry.size === size),
  )
}

function expected(scenario: CatalogueEntry): readonly Subject[] {
  return sizesOf(scenario)
    .flat()
    .map(({ entry, index }) => ({
      index,
      entry,
      coordinator: { kind: 'built-in', name: entry.coordinator },
      everyProperty: entry.broken.length > 0 && entry.broken,
      isExpected: true,
    }))
}

/** Where the catalogue has it under this coordinator, as the catalogue has it; else every size that it has. */
function given(
  scenario: CatalogueEntry,
  coordinator: CoordinatorRef,
  { everyProperty }: CheckCommand,
): readonly Subject[] {
  const sizes = sizesOf(scenario)
  const same = sizes.flat().filter(({ entry }) => entry.coordinator === nameOf(coordinator))
  const chosen = same.length > 0 ? same : sizes.flatMap((all) => all.slice(0, 1))
  return chosen.map(({ entry, index }) => ({
    index,
    entry,
    coordinator,
    everyProperty,
    isExpected: false,
  }))
}

/** Of the memory that is there, so that the machine keeps some. */
const MEMORY_SHARE = 0.75
const MB = 1_000_000
/** What a thread needs beside what it searches, until it notices that its bound is there. */
const HEAP_SPARE_MB = 512

function mannerOf(command: CheckCommand, workers: number): CheckManner {
  const { states, depth, time } = command
  const memory = command.memory ?? (process.availableMemory() * MEMORY_SHARE) / workers
  const bounds: Bounds = {
    memoryMaxBytes: Math.round(memory),
    ...(states === undefined ? {} : { statesMax: states }),
    ...(depth === undefined ? {} : { depthMax: depth }),
    ...(time === undefined ? {} : { timeMaxMs: time }),
  }
  return {
    ...bounds,
    isReduced: command.reduction,
    order: command.depthFirst ? 'depth first' : 'breadth first',
  }
}

function heapMaxMb({ memoryMaxBytes }: CheckManner): number {
  return Math.ceil(memoryMaxBytes / MB) + HEAP_SPARE_MB
}

async function run(
  pool: Pool,
  { subjects, manner, signal }: { subjects: readonly Subject[]; manner: CheckManner; signal: AbortSignal },
  command: CheckCommand,
): Promise<CheckOutcome> {
  const line = progress('checking')
  const began = performance.now()
  try {
    const { results, interrupted } = await checkAll(pool, subjects, {
      manner,
      silentMaxMs: command.timeout,
      threads: command.workers,
      signal,
      onProgress: (standing) => line.update(progressText(standing)),
    })
    const elapsedMs = performance.now() - began
    const checked = subjects.map((subject, index) => judged(subject, results[index]))
    const findings = await recordCounterexamples(checked, command.out)
    return { checked, findings, manner, interrupted, elapsedMs }
  } finally {
    line.stop()
  }
}

/** What the exit code says is what matters most of all that was found. */
export function exitCode(outcome: CheckOutcome): ExitCode {
  const { checked, findings, interrupted } = outcome
  if (interrupted) return EXIT.interrupted
  if (bugsIn(outcome).length > 0) return EXIT.ownBug
  if (findings.divergences.length > 0) return EXIT.diverged
  const others = checked.filter(({ isAsExpected }) => !isAsExpected)
  if (others.some((one) => !isOpen(one))) return EXIT.violated
  return others.length > 0 ? EXIT.bounded : EXIT.nothingFound
}

function bugsIn({ checked }: CheckOutcome): readonly Error[] {
  return checked.flatMap(({ result }) => (isLost(result) && result.bug !== undefined ? [result.bug] : []))
}
