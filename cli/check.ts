// `heddle check`: every schedule of the scenarios asked for, at the sizes that can be exhausted. Every
// counterexample gets a replay file.

import { type Command, Option } from 'commander'
import { checkFolder, counted, plain, writeWhole } from '../failures/index.ts'
import type { CatalogueEntry } from '../model/index.ts'
import { exhaustibles } from '../properties/index.ts'
import { type CheckOutcome, recordCounterexamples } from './check-findings.ts'
import { progressText } from './check-progress.ts'
import { type Bounds, type CheckManner, notAModel, notOfActors } from './check-task.ts'
import { checkJson, checkText } from './check-text.ts'
import { isOpen, judged, mustBreak, placeOf, type Subject } from './check-verdict.ts'
import { checkAll, isLost } from './checking.ts'
import { BUILT_IN, type CoordinatorRef, chosen, forEntry, nameOf } from './coordinators.ts'
import { EXIT, type ExitCode, UsageError } from './exit.ts'
import { depthOption, find, graphOption, memoryOption, statesOption, timeoutOption } from './options.ts'
import { type Limits, loadCoordinator, Pool, ThreadEnded, TimedOut } from './pool.ts'
import { openProject, type Project } from './project.ts'
import * as shared from './shared-options.ts'
import { isOwn, type Named, named, type OwnScenario, refuseCoordinator } from './subjects.ts'
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
  readonly config?: string
  readonly json: boolean
}

const SILENT_MS = 300_000

export function addCheck(heddle: Command, { signal, ends }: shared.Edge): void {
  heddle
    .command('check')
    .description('cover every schedule, at sizes that can be exhausted')
    .argument('[scenario...]', "scenarios by name; unless given, all of the project's, or of the catalogue")
    .addOption(shared.coordinator())
    .option('--no-reduction', 'search every state and every order, for raw counts')
    .option('--depth-first', 'the deepest state first: a counterexample need not be a shortest one', false)
    .option('--every-property', 'go on after the first violation, for those of other properties', false)
    .addOption(new Option('--states <n>', 'states of one check at the most').argParser(statesOption))
    .addOption(new Option('--depth <n>', 'steps from the beginning at the most').argParser(depthOption))
    .addOption(new Option('--memory <MB>', MEMORY).argParser(memoryOption))
    .addOption(new Option('--time <seconds>', 'time of one check at the most').argParser(timeoutOption))
    .option('--coverage', 'say what was covered: transitions of the lifecycle, states, hard cases', false)
    .addOption(new Option('--graph <file>', GRAPH).argParser(graphOption))
    .addOption(shared.out())
    .addOption(shared.workers())
    .addOption(
      new Option('--timeout <seconds>', 'after which a check that does nothing counts as never settling')
        .argParser(timeoutOption)
        .default(SILENT_MS, String(SILENT_MS / 1_000)),
    )
    .addOption(shared.config())
    .addOption(shared.json())
    .addHelpText('after', HELP)
    .action(async (names: string[], { config, timeout: timeoutMs }: CheckCommand, command: Command) => {
      const project = await openProject({ config, isWhole: names.length === 0 }, { timeoutMs, signal })
      const options = shared.settled<CheckCommand>(command, project.settings, ['out', 'workers'])
      ends(await checkCommand(names, options, project, signal))
    })
}

const MEMORY = 'memory of one check at the most; three quarters of what is free unless given'
const GRAPH = 'draw all states of one scenario, the counterexample marked: .svg, or .dot for Graphviz'

const HELP = `
Every order that causes allow is covered, whatever the delays. A scenario of your own must hold; it must be made of
actors. Of the catalogue, and without --coordinator, each scenario is checked at its sizes under the single coordinator,
which must hold, and under the competing machines, which must break what the catalogue says. With it, each must hold.
Exit code: 1 where anything came out otherwise, 4 where a bound came before that could be said, else 0.`

export async function checkCommand(
  names: readonly string[],
  command: CheckCommand,
  project: Project,
  signal: AbortSignal,
): Promise<ExitCode> {
  const wanted = named(names, project)
  const subjects = await subjectsOf(wanted, { ...command, isNamed: names.length > 0 })
  if (command.graph !== undefined && new Set(subjects.map(({ entry }) => entry.scenario)).size > 1) {
    throw new UsageError('Expected one scenario beside --graph: heddle check <scenario> --graph <file>.')
  }
  await checkFolder(command.out)
  const workers = Math.min(command.workers, subjects.length)
  const manner = mannerOf(command, workers)
  const pool = new Pool(workers, { heapMaxMb: heapMaxMb(manner) })
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
      const others = wanted.filter(isCode).map(({ scenario }) => plain(scenario, 60))
      if (others.length > 0)
        print(`Not checked, as it runs as code: ${others.join(', ')}. See heddle explore.`)
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
  const { isExpected, entry, everyProperty, ...searched } = subject
  const where = placeOf(subject)
  const format = file.endsWith('.svg') ? 'svg' : 'dot'
  const drawn = await pool.run({ kind: 'graph', ...searched, format }, limits).catch((error: unknown) => {
    if (error instanceof UsageError) throw new UsageError(`${where}: ${error.message}`)
    const isEnded = error instanceof TimedOut || error instanceof ThreadEnded
    throw isEnded ? new UsageError(`Drawing ${where} came to no end.`) : error
  })
  await writeWhole(file, drawn.text)
  const counts = `${counted(drawn.states, 'state')}, ${counted(drawn.events, 'event')}`
  return `Drawn in ${plain(file)}: ${where}: ${counts}.`
}

/** Those that cannot be checked are a mistake where they were named, and left out where all are wanted. */
async function subjectsOf(
  wanted: readonly Named[],
  { coordinator: word, everyProperty, isNamed }: CheckCommand & { readonly isNamed: boolean },
): Promise<readonly Subject[]> {
  refuseCoordinator(wanted, word)
  const ref = word === undefined ? undefined : await chosen(word)
  if (ref?.kind === 'built-in' && isAsynchronous(ref)) throw notAModel(ref.name)
  const codes = wanted.filter(isCode)
  if (codes.length > 0 && (isNamed || codes.length === wanted.length)) {
    throw notOfActors(codes.map(({ scenario }) => scenario))
  }
  const subjects = wanted.flatMap((one) => {
    if (isOwn(one)) return isCode(one) ? [] : [own(one, everyProperty)]
    return ref === undefined ? expected(one) : given(one, forEntry(ref, one), everyProperty)
  })
  if (subjects.length > 0) return subjects
  const names = wanted.map((one) => (isOwn(one) ? one.scenario : one.name))
  throw new UsageError(
    `Expected a scenario with a size that can be exhausted, found none of ${names.join(', ')}.`,
  )
}

function isCode(named: Named): named is OwnScenario {
  return isOwn(named) && named.kind === 'code'
}

function isAsynchronous({ name }: { readonly name: string }): boolean {
  return find('coordinator', name, BUILT_IN).coordinator.asynchronous !== undefined
}

function own({ scenario, file, config }: OwnScenario, everyProperty: boolean): Subject {
  const entry = { scenario, expected: 'holds', broken: [] } as const
  return { scenario, file, config, entry, everyProperty, isExpected: false }
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
  everyProperty: boolean,
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
