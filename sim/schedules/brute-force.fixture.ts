// For tests only: every order of a scenario, one run for each, and the trace that each run belongs to, worked out from
// its steps by definition. Knows nothing of the explorer.

import { dependent, type Event, type Footprint, type Schedulable } from '../event.ts'
import type { Run } from '../run.ts'
import type { Scenario } from '../scenario.ts'
import type { Happened } from '../scheduler.ts'
import { type RunOptions, runAll } from '../scheduler.ts'

export interface AllOrders {
  readonly runs: number
  /** Canonical forms: which steps there are, and the order of those that are dependent. */
  readonly traces: ReadonlySet<string>
  readonly finalStates: ReadonlySet<string>
}

/** What a run shows besides its steps. */
interface Followed {
  readonly step: Happened
  readonly owner: string | undefined
  /** Steps that created what this one took back, and channels that it sent into. */
  readonly cancelledFrom: readonly number[]
  readonly sentInto: readonly string[]
}

/** All that happened and can be told by whoever looks at each task apart, and what the properties made of it. */
export function finalStateOf(schedulable: Schedulable, run: Run): string {
  const { steps, verdict, violations, ending, waiting, reached } = run
  const logs: Record<string, unknown[]> = {}
  for (const { by = '', what } of steps.flatMap(({ observations }) => observations)) {
    const log = logs[String(by)] ?? []
    if (what !== undefined) logs[String(by)] = [...log, what]
  }
  const ids = steps.map(({ event }) => event.id)
  const violated = violations.map(({ property, message }) => `${property}: ${message}`)
  return JSON.stringify([
    sorted(Object.entries(logs).map((entry) => JSON.stringify(entry))),
    [verdict, ending, waiting],
    [sorted(violated), sorted([...reached])],
    sorted(ids),
    schedulable.situation?.(),
  ])
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...texts].sort((a, b) => (a < b ? -1 : 1))
}

/** Undefined where there are more runs than so many, or one that does not come to rest. */
export async function allOrders(
  scenario: Scenario,
  runsMax: number,
  finalState: (schedulable: Schedulable, run: Run) => string = finalStateOf,
): Promise<AllOrders | undefined> {
  const traces = new Set<string>()
  const finalStates = new Set<string>()
  // The choices of the last run, and among how many each was made.
  let choices: { pick: number; of: number }[] = []
  let runs = 0
  let isOver = false
  let isCut = false
  const next = () => {
    if (isOver || isCut || runs >= runsMax) return undefined
    let depth = 0
    let begun: Schedulable | undefined
    const followed: Followed[] = []
    let pending: readonly Event[] = []
    let owner: string | undefined
    const options: RunOptions = {
      source: (schedulable) => {
        begun = schedulable
        return {
          untimed: true,
          choose(enabled) {
            const mayEnd = enabled.every(({ fault }) => fault !== undefined)
            choices[depth] ??= { pick: 0, of: enabled.length + (mayEnd ? 1 : 0) }
            const event = enabled[(choices[depth++] as { pick: number }).pick]
            pending = [...(schedulable.pending?.() ?? [])]
            owner = event?.owner
            return event === undefined ? undefined : { event, timeUs: 0 }
          },
        }
      },
      onStep(step, schedulable) {
        const after = schedulable.pending?.() ?? []
        const lost = pending.filter((event) => event !== step.event && !after.includes(event))
        const made = after.filter(({ createdAtStep }) => createdAtStep === step.number)
        followed.push({
          step,
          owner,
          cancelledFrom: lost.map(({ createdAtStep }) => createdAtStep),
          sentInto: made.flatMap(({ channel }) => channel ?? []),
        })
      },
    }
    return [scenario, { ...options, each: (run: Run) => done(run, begun as Schedulable, followed) }] as const
  }
  const done = (run: Run, schedulable: Schedulable, followed: readonly Followed[]) => {
    runs++
    if (run.ending === 'steps') isCut = true
    traces.add(canonical(followed, run))
    finalStates.add(finalState(schedulable, run))
    while (
      choices.length > 0 &&
      (choices.at(-1) as { pick: number; of: number }).pick + 1 >= (choices.at(-1)?.of ?? 0)
    ) {
      choices = choices.slice(0, -1)
    }
    const last = choices.at(-1)
    if (last === undefined) isOver = true
    else last.pick++
  }
  let each: (run: Run) => void = () => {}
  await runAll(
    Number.POSITIVE_INFINITY,
    () => {
      const made = next()
      if (made === undefined) return undefined
      each = made[1].each
      return [made[0], made[1]]
    },
    (run) => each(run),
  )
  return isOver && !isCut ? { runs, traces, finalStates } : undefined
}

function canonical(followed: readonly Followed[], { ending }: Run): string {
  const pairs: string[] = []
  for (const [later, b] of followed.entries()) {
    for (const a of followed.slice(0, later)) {
      // After an exception nothing comes.
      const threw = ending === 'violation' && later === followed.length - 1
      if (threw || isOrdered(a, b)) pairs.push(`${a.step.event.id}<${b.step.event.id}`)
    }
  }
  const ids = followed.map(({ step }) => step.event.id)
  return [...pairs, ...ids, ending].sort((a, b) => (a < b ? -1 : 1)).join(' ')
}

function isOrdered(a: Followed, b: Followed): boolean {
  if (b.step.event.createdAtStep === a.step.number || b.cancelledFrom.includes(a.step.number)) return true
  if (a.sentInto.some((channel) => b.sentInto.includes(channel))) return true
  const { channel } = a.step.event
  if (channel !== undefined && channel === b.step.event.channel) return true
  return dependent(touched(a), touched(b))
}

/** The footprint, and the task itself, which every step of it changes. */
function touched({ step, owner }: Followed): Footprint {
  const { reads, writes } = step.footprint
  return owner === undefined ? step.footprint : { reads, writes: [...writes, owner] }
}
