// `heddle explore`: every trace of the scenarios asked for, at the sizes at which there are few enough of them. The
// first failure gets a replay file; what was left out can be resumed from a file.

import { open } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import { type Command, Option } from 'commander'
import {
  checkFolder,
  plain,
  replayFileName,
  thousands,
  untaken,
  writeReplayFile,
  writeWhole,
} from '../failures/index.ts'
import { explorables } from '../properties/index.ts'
import { HeddleError, type Json } from '../sim/index.ts'
import { chosen, forEntry, nameOf } from './coordinators.ts'
import { EXIT, type ExitCode, UsageError } from './exit.ts'
import { exploringText } from './explore-progress.ts'
import {
  type ExploreFinding,
  type ExploreOutcome,
  type ExploreSubject,
  entryOf,
  exploreJson,
  exploreText,
  isAsExpected,
  isOpen,
} from './explore-text.ts'
import { type ExploreManner, Exploring } from './exploring.ts'
import { executionsOption, preemptionsOption, timeoutOption } from './options.ts'
import { eachOf, loadCoordinator, Pool } from './pool.ts'
import { openProject, type Project } from './project.ts'
import * as shared from './shared-options.ts'
import { isOwn, type Named, named, refuseCoordinator, replayCommandFor } from './subjects.ts'
import { print, printError, progress } from './terminal.ts'

export interface ExploreCommand {
  readonly coordinator?: string
  readonly executions?: number
  readonly preemptions?: number
  readonly time?: number
  readonly resume?: string
  readonly out: string
  readonly workers: number
  readonly timeout: number
  readonly config?: string
  readonly json: boolean
}

export function addExplore(heddle: Command, { signal, ends }: shared.Edge): void {
  heddle
    .command('explore')
    .description('run every schedule that differs in more than the order of independent steps, each once')
    .argument(
      '[scenario...]',
      "scenarios by name; unless given, the project's that cannot be checked, or all",
    )
    .addOption(shared.coordinator())
    .addOption(new Option('--executions <n>', 'executions at the most').argParser(executionsOption))
    .addOption(
      new Option('--preemptions <n>', 'preemptions in an execution at the most').argParser(preemptionsOption),
    )
    .addOption(new Option('--time <seconds>', 'time of one exploration at the most').argParser(timeoutOption))
    .option('--resume <file>', 'go on from this file where it is there; what is left out is written to it')
    .addOption(shared.out())
    .addOption(shared.workers())
    .addOption(shared.timeout())
    .addOption(shared.config())
    .addOption(shared.json())
    .addHelpText('after', EXPLORE_HELP)
    .action(async (names: string[], { config, timeout: timeoutMs }: ExploreCommand, command: Command) => {
      const project = await openProject({ config, isWhole: names.length === 0 }, { timeoutMs, signal })
      const options = shared.settled<ExploreCommand>(command, project.settings, ['out', 'workers', 'timeout'])
      ends(await exploreCommand(names, options, project, signal))
    })
}

const EXPLORE_HELP = `
Every order that causes allow is covered, whatever the delays. A scenario of your own must hold. Of the catalogue, at
sizes with few enough traces and without --coordinator, the single coordinator must hold, and the competing machines must
break what the catalogue says; with it, each must hold.
Exit code: 1 where anything came out otherwise, 4 where a bound came before that could be said, else 0.`

const LOOK_EVERY_MS = 200
const MESSAGE_MAX = 1_000
const RESUME_BYTES_MAX = 64 * 2 ** 20

export async function exploreCommand(
  names: readonly string[],
  command: ExploreCommand,
  project: Project,
  signal: AbortSignal,
): Promise<ExitCode> {
  const subjects = await subjectsOf(wantedOf(names, project), command.coordinator)
  if (command.resume !== undefined && subjects.length !== 1) {
    throw new UsageError(
      `Expected one exploration beside --resume, found ${subjects.length}. Name one scenario, and a coordinator.`,
    )
  }
  await checkFolder(command.out) // now, rather than once hours of runs have found something
  if (command.resume !== undefined) await checkFolder(dirname(command.resume), 'what is left out')
  const resume = command.resume === undefined ? undefined : await readState(command.resume)
  // Most explorations are over before a second thread is there.
  const pool = new Pool(command.workers, { first: subjects.length })
  try {
    await loadCoordinator(pool, subjects[0]?.coordinator, { timeoutMs: command.timeout, signal })
    const outcomes = await run(pool, { subjects, resume, signal }, command)
    const left = outcomes[0]?.explored?.report.resume
    if (command.resume !== undefined && left != null) await writeWhole(command.resume, JSON.stringify(left))
    const failures = await recorded(outcomes, command.out)
    print(command.json ? exploreJson(outcomes, failures) : exploreText(outcomes, failures))
    if (signal.aborted) printError('Interrupted: this is what was found until then.')
    return exitCode(outcomes, signal)
  } finally {
    await pool.close()
  }
}

/** Where all are wanted, those of actors are left to a check, which stores their states. */
function wantedOf(names: readonly string[], project: Project): readonly Named[] {
  const wanted = named(names, project)
  if (names.length > 0) return wanted
  const codes = wanted.filter((one) => !isOwn(one) || one.kind === 'code')
  if (codes.length > 0) return codes
  throw new UsageError(
    'Expected a scenario that runs as code, found that all are made of actors, which heddle check covers sooner. Name one to explore it all the same.',
  )
}

async function subjectsOf(
  wanted: readonly Named[],
  word: string | undefined,
): Promise<readonly ExploreSubject[]> {
  refuseCoordinator(wanted, word)
  const ref = word === undefined ? undefined : await chosen(word)
  return wanted.flatMap((entry): ExploreSubject[] => {
    if (isOwn(entry)) {
      const { scenario, file, config } = entry
      return [{ scenario, file, config, mustBreak: false }]
    }
    const own = explorables.flatMap(({ scenario, coordinator, broken }, index) => {
      const ref = { kind: 'built-in', name: coordinator } as const
      return scenario === entry.name ? [{ index, coordinator: ref, mustBreak: broken.length > 0 }] : []
    })
    if (ref === undefined) return own
    const coordinator = forEntry(ref, entry)
    const same = own.find((one) => nameOf(one.coordinator) === nameOf(coordinator)) ?? own[0]
    return same === undefined ? [] : [{ ...same, coordinator, mustBreak: false }]
  })
}

async function run(
  pool: Pool,
  {
    subjects,
    resume,
    signal,
  }: { subjects: readonly ExploreSubject[]; resume: Json | undefined; signal: AbortSignal },
  command: ExploreCommand,
): Promise<readonly ExploreOutcome[]> {
  const line = progress('exploring')
  const {
    executions: executionsMax,
    preemptions: preemptionsMax,
    time: timeMaxMs,
    timeout: silentMaxMs,
  } = command
  const explorings = subjects.map((subject) =>
    exploringOf(pool, subject, { executionsMax, preemptionsMax, timeMaxMs, resume, silentMaxMs }),
  )
  const outcomes: ExploreOutcome[] = subjects.map((subject) => ({ ...subject, explored: undefined }))
  let done = 0
  const began = performance.now()
  const timer = setInterval(() => {
    const all = explorings.map(({ standing }) => standing)
    const sum = (of: 'traces' | 'failing') => all.reduce((total, one) => total + one[of], 0)
    const traces = sum('traces')
    line.update(
      exploringText({
        done,
        explorations: all.length,
        traces,
        failing: sum('failing'),
        perSecond: (traces * 1_000) / (performance.now() - began),
        open: all.filter((_, index) => outcomes[index]?.explored === undefined),
        workers: pool.workers,
      }),
    )
  }, LOOK_EVERY_MS)
  // Each its share of the threads, which is more towards the end.
  const atOnce = () => Math.floor(pool.workers / Math.min(pool.workers, subjects.length - done))
  try {
    await eachOf(subjects, pool.workers, async (subject, index) => {
      if (signal.aborted) return
      const explored = await (explorings[index] as Exploring).run({ signal, atOnce })
      outcomes[index] = { ...subject, explored }
      done++
    })
    return outcomes
  } finally {
    clearInterval(timer)
    line.stop()
  }
}

function exploringOf(
  pool: Pool,
  subject: ExploreSubject,
  manner: Omit<ExploreManner, 'mustBreak'>,
): Exploring {
  try {
    return new Exploring(pool, subject, { ...manner, mustBreak: subject.mustBreak })
  } catch (error) {
    if (error instanceof HeddleError) throw new UsageError(plain(error.message, MESSAGE_MAX))
    throw error
  }
}

/** The state in a file; undefined where there is no such file, as before a first exploration. */
async function readState(path: string): Promise<Json | undefined> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new UsageError(`Expected a file to resume from at ${plain(path)}, found ${error.code}.`)
  })
  if (file === undefined) return undefined
  try {
    const stat = await file.stat()
    if (!stat.isFile() || stat.size > RESUME_BYTES_MAX) {
      throw new UsageError(
        `Expected a file of at most ${RESUME_BYTES_MAX} bytes to resume from at ${plain(path)}, found something else.`,
      )
    }
    return JSON.parse(await file.readFile('utf8')) as Json
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`Expected JSON, as --resume wrote it, in ${plain(path)}, found none.`)
  } finally {
    await file.close()
  }
}

async function recorded(
  outcomes: readonly ExploreOutcome[],
  folder: string,
): Promise<readonly ExploreFinding[]> {
  const taken = new Set<string>()
  const written: ExploreFinding[] = []
  for (const of of outcomes) {
    const { scenario, size } = entryOf(of)
    for (const { property, execution, recorded } of of.explored?.failures ?? []) {
      const path = await writeReplayFile(
        folder,
        untaken(replayFileName(scenario, property), taken),
        recorded.text,
      )
      const file = relative(process.cwd(), path) || path
      written.push({
        of,
        scenario,
        coordinator: recorded.coordinator,
        property,
        which: [
          ...(size === undefined ? [] : [size]),
          `trace ${thousands(execution)}`,
          ...(of.mustBreak ? ['expected'] : []),
        ].join('; '),
        message: recorded.found.message ?? '',
        step: recorded.found.step,
        timeUs: recorded.found.at,
        thrownAt: recorded.thrownAt,
        timeline: recorded.timeline,
        file,
        command: replayCommandFor(file, of),
      })
    }
  }
  return written
}

function exitCode(outcomes: readonly ExploreOutcome[], signal: AbortSignal): ExitCode {
  if (signal.aborted) return EXIT.interrupted
  if (outcomes.some(({ explored }) => explored?.divergence !== undefined)) return EXIT.diverged
  if (outcomes.some(({ explored }) => explored?.failures.some((one) => one.recorded.divergence !== null))) {
    return EXIT.diverged
  }
  const others = outcomes.filter((outcome) => !isAsExpected(outcome))
  if (others.some((one) => !isOpen(one))) return EXIT.violated
  return others.length > 0 ? EXIT.bounded : EXIT.nothingFound
}
