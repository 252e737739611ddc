// What a hunt has covered: how many different orders of dependent steps its runs had, how likely the next run has a
// new one, and which transitions of the lifecycle were taken. The figures, and their text.

import { counted, plain, table, thousands } from '../failures/index.ts'
import { type Saturation, saturationOf } from '../sim/index.ts'
import { allMoves, coveredTexts, grouped } from './check-coverage.ts'
import type { Hunted } from './hunting.ts'

/** One line for all scenarios together. */
export function coverageLine(hunted: readonly Hunted[]): string {
  const all = hunted.flatMap((one) => saturation(one) ?? [])
  const sum = (of: (one: Saturation) => number) => all.reduce((total, one) => total + of(one), 0)
  const runs = sum((one) => one.runs)
  const moves = allMoves(hunted.map((one) => one.moves))
  const said = [
    `Different orders of dependent steps: ${thousands(sum((one) => one.distinct))} in ${counted(runs, 'run')}`,
    `another run has a new one with a chance of ${percent(runs === 0 ? 1 : sum((one) => one.once) / runs)}`,
    ...(moves === null
      ? []
      : [
          `${moves.taken.length} of ${moves.taken.length + moves.neverTaken.length} transitions of the lifecycle taken`,
        ]),
  ]
  return `${said.join('; ')}.`
}

/** The same by scenario, and by coordinator. */
export function coverageDetail(hunted: readonly Hunted[]): string {
  const rows = hunted.flatMap((one) => {
    const found = saturation(one)
    if (found === undefined) return []
    const { runs, distinct, once, exact, unseen } = found
    const about = (count: number) => `${exact ? '' : '~'}${thousands(count)}`
    return [[plain(one.subject.scenario), thousands(runs), about(distinct), about(once), percent(unseen)]]
  })
  const aligns = ['left', 'right', 'right', 'right', 'right'] as const
  const orders = table(['scenario', 'runs', 'different orders', 'met once', 'the next is new'], rows, {
    aligns,
  })
  const groups = grouped(hunted, ({ subject }) => subject)
  return [orders, coveredTexts(groups.map(([of, own]) => coveredBy(of, own)))].join('\n\n')
}

function coveredBy(of: string, own: readonly Hunted[]) {
  const claims = own.flatMap(({ report }) => report?.sometimes ?? [])
  const reached = new Set(claims.filter((claim) => claim.reached > 0).map(({ property }) => property))
  return {
    of,
    moves: allMoves(own.map(({ moves }) => moves)),
    neverShown: [],
    idle: [],
    unreached: [...new Set(claims.map(({ property }) => property))].filter((claim) => !reached.has(claim)),
  }
}

export function saturation({ report }: Pick<Hunted, 'report'>): Saturation | undefined {
  return report?.orders == null ? undefined : saturationOf(report.orders)
}

/** Never rounded down to 0 %, nor up to 100 %. */
function percent(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`
  return `${Math.min(99.9, Math.max(0.1, 100 * share)).toFixed(1)} %`
}
