// One turn of a piece of an exploration: all that comes behind one branch of a state, or as much of it as a turn has
// steps. What it finds depends on its task alone, so that it can run in any thread, and be run again. Shares nothing.

import { canonicalJson } from '../canonical.ts'
import { HeddleError } from '../error.ts'
import type { Schedulable } from '../event.ts'
import type { Scenario } from '../scenario.ts'
import { type Happened, type RunOptions, run, runAll } from '../scheduler.ts'
import { compared, newJournal, watched } from '../selfcheck.ts'
import type { ChoiceSource } from '../source.ts'
import { Explorer } from './explorer.ts'
import type { Escape } from './initials.ts'
import { flat, grown, type PlainTouch, type PlainTree, plain, read, refused } from './plain.ts'
import type { ExploreOptions, ExploreProgress } from './report.ts'
import { type Tallied, Tally } from './tally.ts'
import type { Names } from './touch.ts'
import type { Node } from './wakeup.ts'

/** What an exploration is of: what was found for one scenario says nothing of another. */
export interface About {
  readonly scenario: string
  /** As canonical JSON. */
  readonly parameters: string
}

/** What is still to be run, as plain data. */
export interface Rest {
  /** For the state that it begins in, and for each further one on the way to the next schedule: what sleeps. */
  readonly sleep: readonly (readonly PlainTouch[])[]
  /** The wakeup tree of the first of these states. */
  readonly tree: PlainTree
  /** What the guard of an event was ever seen to look at. */
  readonly looked: readonly { readonly event: string; readonly names: readonly string[] }[]
  /** How many steps of the next schedule others have taken before. */
  readonly known: number
}

export interface PieceTask extends Rest {
  /** Undefined before anything was explored. */
  readonly about: About | undefined
  /** The states on the way to its beginning, from the initial one on: the step that is taken, and what sleeps behind it. */
  readonly above: readonly { readonly touch: PlainTouch; readonly sleep: readonly PlainTouch[] }[]
  /** It ends after the run with which it has so many steps. */
  readonly stepsMax: number
  readonly executionsMax: number
  readonly failuresMax: number
  readonly preemptionsMax: number | undefined
}

export interface PieceResult {
  readonly about: About
  readonly tallied: Tallied
  /** What others are to run. */
  readonly escapes: readonly (Omit<Escape, 'touches'> & { readonly touches: readonly PlainTouch[] })[]
  /** How often each fault may strike. */
  readonly budgets: Readonly<Record<string, number>>
  /** Undefined where nothing is left. */
  readonly rest: Rest | undefined
}

/** What does not go from thread to thread. */
export interface Watch {
  /** Asked between runs: whether to end before anything else says so. */
  isEnding(): boolean
  readonly finalState?: ExploreOptions['finalState']
  readonly onProgress?: (progress: ExploreProgress) => void
}

/** Steps between two reports of progress, but for the rest of the last run. */
const STEPS_PER_ROUND = 5_000

/**
 * Throws HEDDLE_RESUME where the task is another scenario's, and HEDDLE_SCHEDULE and HEDDLE_NON_DETERMINISTIC as `explore`
 * does.
 */
export async function explorePiece(scenario: Scenario, task: PieceTask, watch: Watch): Promise<PieceResult> {
  const about = aboutOf(scenario)
  checkSame(task.about, about)
  if (task.about === undefined && !watch.isEnding()) await checkDeterminism(scenario)
  const floor = task.above.length
  const explorer = new Explorer(scenario, task.preemptionsMax, floor)
  const { names, wakeup, looked } = explorer
  explorer.goOn(nodesOf(task, names), task.known)
  for (const { event, names: read } of task.looked) {
    looked.set(names.event(event), new Set(names.resources(read)))
  }
  const tally = new Tally(scenario.properties, watch.finalState)
  const { counts } = tally
  const isTurnOver = () => counts.steps >= task.stepsMax
  const isStopped = () =>
    isTurnOver() || counts.executions >= task.executionsMax || counts.failing >= task.failuresMax
  const rounds = {
    scenario: untimed(scenario),
    explorer,
    tally,
    keepsSteps: typeof watch.finalState === 'function',
    isStopped,
    watch,
  }
  while (!explorer.isOver && !isStopped() && !watch.isEnding()) {
    await round(rounds)
    watch.onProgress?.(tally.progress)
  }
  if (!explorer.isOver && isTurnOver()) {
    explorer.settle()
    await round(rounds)
  }
  const nodes = wakeup.nodes.slice(floor)
  const rest: Rest = {
    sleep: nodes.map(({ sleep }) => sleep.map((one) => plain(one, names))),
    tree: flat(nodes[0]?.tree ?? [], names),
    looked: [...looked].map(([event, resources]) => ({
      event: names.idOf(event),
      names: [...resources].map((resource) => names.nameOf(resource)),
    })),
    known: counts.executions === 0 ? task.known : wakeup.nodes.length - 1,
  }
  return {
    about,
    tallied: tally.plain(),
    escapes: wakeup.escapes.map(({ touches, ...sequence }) => ({
      ...sequence,
      touches: touches.map((touch) => plain(touch, names)),
    })),
    budgets: explorer.budgets,
    rest: explorer.isOver ? undefined : rest,
  }
}

function aboutOf({ name, parameters }: Scenario): About {
  return { scenario: name, parameters: canonicalJson(parameters, 'parameters') }
}

function checkSame(expected: About | undefined, found: About): void {
  if (expected === undefined) return
  if (expected.scenario !== found.scenario) {
    throw refused(`a state of ${found.scenario}, found one of another scenario`)
  }
  if (expected.parameters !== found.parameters) {
    throw refused(`a state of ${found.scenario} with the same parameters`)
  }
}

/** Runs one order twice: what is covered says something only where an order leads to the same each time. */
async function checkDeterminism(scenario: Scenario): Promise<void> {
  const once = async () => {
    const journal = newJournal()
    const oldest: ChoiceSource = {
      untimed: true,
      choose(enabled, clock) {
        const event = enabled.find(({ fault }) => fault === undefined)
        return event && { event, timeUs: clock.nextUs(event) }
      },
    }
    return { run: await run(untimed(scenario), { source: watched(oldest, journal) }), journal }
  }
  const divergence = compared('One order, run twice,', await once(), await once())
  if (divergence !== undefined) throw new HeddleError('HEDDLE_NON_DETERMINISTIC', divergence.message)
}

/** Where every order is tried, whatever the windows say, time bounds nothing. */
function untimed(scenario: Scenario): Scenario {
  return { ...scenario, timeMaxUs: Number.POSITIVE_INFINITY }
}

/** The nodes on the way to the next schedule, those above its own too. */
function nodesOf({ above, sleep, tree }: Rest & Pick<PieceTask, 'above'>, names: Names): Node[] {
  const nodes: Node[] = above.map(({ touch, sleep }) => ({
    sleep: sleep.map((one) => read(one, names)),
    tree: [{ touch: read(touch, names), children: [] }],
  }))
  let siblings = grown(tree, names)
  for (const [level, sleeping] of sleep.entries()) {
    if (level > 0 && siblings.length === 0) throw refused('a state with something left to run')
    nodes.push({ sleep: sleeping.map((one) => read(one, names)), tree: siblings })
    siblings = siblings[0]?.children ?? []
  }
  return nodes
}

interface Round {
  readonly scenario: Scenario
  readonly explorer: Explorer
  readonly tally: Tally
  readonly keepsSteps: boolean
  readonly watch: Watch
  isStopped(): boolean
}

/** Some runs, and all the probes that they call for. */
async function round({ scenario, explorer, tally, keepsSteps, isStopped, watch }: Round): Promise<void> {
  let begun: Schedulable | undefined
  const { counts } = tally
  const before = counts.steps
  let hasRun = false
  const runOptions: RunOptions = {
    source: (schedulable) => {
      begun = schedulable
      return explorer.begin(schedulable)
    },
    // Whoever names a final state may look at the steps.
    keepsSteps,
    onStep: (step: Happened) => explorer.onStep(step),
  }
  const attempt = [scenario, runOptions] as const
  const next = () => {
    if (explorer.isProbing) return attempt
    if (explorer.isOver || counts.steps - before >= STEPS_PER_ROUND || isStopped()) return undefined
    // Within a round, too, as a run may take long. One run at the least, so that it comes to an end at all.
    if (hasRun && watch.isEnding()) return undefined
    hasRun = true
    return attempt
  }
  await runAll(Number.POSITIVE_INFINITY, next, (finished) => {
    const schedulable = begun as Schedulable
    const schedule = finished.verdict === 'no violation found' ? [] : explorer.schedule
    tally.add(explorer.finish(finished), finished, { schedulable, schedule })
    if (explorer.leavesOut) tally.leftOut = 'preemptions'
  })
}
