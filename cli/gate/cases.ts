// Puts together what a gate found of each scenario: by its search, by its hunts, and what was recorded of both. Runs
// nothing.

import type { Failure } from '../../failures/index.ts'
import { type PropertyReport, saturationOf } from '../../sim/index.ts'
import { neverRests } from '../hunting.ts'
import { type Subject, titleOf } from '../subjects.ts'
import { nameOfFile } from '../user-file.ts'
import type { Gathered } from './gathering.ts'
import type { PropertyCase, PropertyVerdict, ScenarioCase, SearchCase } from './result.ts'
import type { Search } from './searches.ts'

/** Everything that is known of one scenario. */
export interface Known {
  readonly subject: Subject
  readonly search: Search | undefined
  readonly gathered: Gathered
  /** `sometimes` claims that were reached in the parts of other shards. */
  readonly elsewhere: ReadonlySet<string>
  readonly failures: readonly Failure[]
  /** What did not come out again when it was recorded. */
  readonly divergences: readonly string[]
}

export function scenarioCase({ subject, search, gathered, ...known }: Known): ScenarioCase {
  const { report, seeds, lost } = gathered
  const orders = report?.orders == null ? undefined : saturationOf(report.orders)
  const reached = new Set([...(search?.reached ?? []), ...known.elsewhere])
  return {
    name: subject.scenario,
    title: titleOf(subject),
    file: subject.file === undefined ? undefined : nameOfFile(subject.file),
    search: search?.case,
    hunted: {
      runs: report?.seeds.count ?? 0,
      steps: report?.steps ?? 0,
      failing: report?.failures ?? 0,
      seeds,
      orders: orders?.distinct ?? 0,
      unseen: orders?.unseen ?? 1,
    },
    properties: propertyCases({ subject, search, gathered, ...known }),
    unreached: unreachedIn(gathered).filter((claim) => !reached.has(claim)),
    divergences: [
      ...(report?.nonDeterminism == null ? [] : [report.nonDeterminism.message]),
      ...known.divergences,
    ],
    troubles: [
      ...lost,
      ...(search?.case.verdict === 'lost' ? [`its search ${search.case.about}.`] : []),
      ...(report !== undefined && neverRests(report)
        ? ['it never comes to rest: each run ended at a bound. Does something start again for ever?']
        : []),
    ],
  }
}

/** `sometimes` claims that no run of its hunts reached; none where nothing was hunted. */
export function unreachedIn({ report }: Gathered): readonly string[] {
  return (report?.sometimes ?? []).filter(({ reached }) => reached === 0).map(({ property }) => property)
}

function propertyCases({ search, gathered, failures }: Known): readonly PropertyCase[] {
  const hunted = gathered.report?.properties ?? []
  const names = new Set(hunted.map(({ property }) => property))
  const others = (search?.violated ?? []).filter(({ property }) => !names.has(property))
  const only = others.map(({ property, message }): PropertyReport => {
    return { property, timed: false, violated: 0, firstSeed: null, message }
  })
  return [...hunted, ...only].map((one) => {
    const { property, violated, firstSeed } = one
    const counterexample = search?.violated.find((other) => other.property === property)
    return {
      property,
      verdict: verdictOf(one, { search: search?.case, isBroken: counterexample !== undefined }),
      violated,
      firstSeed,
      message: one.message ?? counterexample?.message ?? null,
      failure: failures.find((failure) => failure.property === property),
    }
  })
}

/** A search of a smaller size says nothing for certain of the whole, nor one of every order of times. */
function verdictOf(
  { violated, timed }: PropertyReport,
  { search, isBroken }: { search: SearchCase | undefined; isBroken: boolean },
): PropertyVerdict {
  if (violated > 0 || isBroken) return 'violated'
  return search?.verdict === 'holds' && search.size === undefined && !timed ? 'holds' : 'no violation found'
}
