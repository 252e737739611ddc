// What a run or a report says of its properties, in one form for the matchers. It judges nothing itself.

import {
  type CheckReport,
  type ExploreReport,
  HeddleError,
  type HuntReport,
  NO_EXCEPTION,
  NOT_STUCK,
  type Run,
} from '../sim/index.ts'

export interface Finding {
  readonly scenario: string
  readonly violated: readonly { readonly property: string; readonly message: string }[]
  /** The `sometimes` that were not reached. */
  readonly unreached: readonly string[]
  /** Why it cannot be said that what is not violated holds; null where it can. */
  readonly undecided: string | null
  /** The names of the properties that it tells of; with `isWhole`, these are all. */
  readonly told: readonly string[]
  readonly isWhole: boolean
  /** Whether it is of one run, which need not reach everything. */
  readonly isOneRun: boolean
}

/** Throws HEDDLE_OPTIONS for what is neither a run nor a report. */
export function findingOf(received: unknown): Finding {
  if (isRun(received)) return ofRun(received)
  if (isObject(received) && 'scenario' in received) {
    if ('seeds' in received) return ofHunt(received as unknown as HuntReport)
    if ('counterexamples' in received) return ofCheck(received as unknown as CheckReport)
    if ('executions' in received) return ofExploration(received as unknown as ExploreReport)
  }
  const found = received === null ? 'null' : Array.isArray(received) ? 'an array' : typeof received
  throw new HeddleError(
    'HEDDLE_OPTIONS',
    `Expected toHold() of a run, or of a report of hunt(), check() or explore(), found ${found}. Await it first.`,
  )
}

export function isRun(received: unknown): received is Run {
  return isObject(received) && 'violations' in received && 'stepCount' in received
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function ofRun(run: Run): Finding {
  const { scenario, violations, waiting, ending, reached } = run
  const claims = [...scenario.properties, ...run.declared]
  const stuck = waiting.length === 0 ? [] : [{ property: NOT_STUCK, message: waiting.join('; ') }]
  return {
    scenario: scenario.name,
    violated: [...violations, ...stuck],
    unreached: claims
      .filter(({ kind, name }) => kind === 'sometimes' && !reached.has(name))
      .map(({ name }) => name),
    undecided:
      ending === 'steps' || ending === 'time'
        ? `the run was cut short after ${run.stepCount} steps, before it came to rest`
        : null,
    told: [...claims.map(({ name }) => name), NO_EXCEPTION, NOT_STUCK],
    isWhole: true,
    isOneRun: true,
  }
}

function ofHunt({ scenario, properties, sometimes, ...report }: HuntReport): Finding {
  const { nonDeterminism, cutShort, seeds } = report
  const isCutShort = cutShort > 0 && cutShort === seeds.count
  return {
    scenario,
    violated: properties.flatMap(({ property, violated, firstSeed, message }) =>
      violated > 0 ? [{ property, message: `${message} (seed ${firstSeed})` }] : [],
    ),
    unreached: sometimes.filter(({ reached }) => reached === 0).map(({ property }) => property),
    undecided: nonDeterminism?.message ?? (isCutShort ? 'no run came to rest' : null),
    told: [...properties, ...sometimes].map(({ property }) => property).concat(NO_EXCEPTION, NOT_STUCK),
    isWhole: true,
    isOneRun: false,
  }
}

function ofCheck({ counterexamples, ...report }: CheckReport): Finding {
  return ofSearch({ ...report, violated: counterexamples })
}

function ofExploration({ failures, ...report }: ExploreReport): Finding {
  return ofSearch({ ...report, violated: failures })
}

function ofSearch({
  scenario,
  violated,
  sometimes,
  bound,
}: Pick<Finding, 'scenario' | 'violated'> &
  Pick<CheckReport, 'sometimes'> & { readonly bound: string | null }): Finding {
  return {
    scenario,
    violated,
    // What was not reached before a bound may come behind it.
    unreached:
      bound === null ? sometimes.filter(({ reached }) => !reached).map(({ property }) => property) : [],
    undecided: bound === null ? null : `not every schedule was covered (bound: ${bound})`,
    told: [...violated, ...sometimes].map(({ property }) => property),
    isWhole: false,
    isOneRun: false,
  }
}
