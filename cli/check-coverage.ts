// What checks have covered: which transitions of the lifecycle's table were taken, what no actor showed or received,
// and which hard cases nobody reached. The figures, and their text.

import { colours, plain, width, wrapped } from '../failures/index.ts'
import { STATES } from '../model/index.ts'
import { type Move, type Moves, movesOf } from './check-moves.ts'
import type { Checked } from './check-verdict.ts'
import { isLost } from './checking.ts'
import { nameOf } from './coordinators.ts'

/** One coordinator's checks together, as what one of them leaves out another may do. */
export interface Covered {
  readonly coordinator: string
  readonly moves: Moves
  /** Of each check, what some actor that declares what it may show never showed. */
  readonly neverShown: readonly {
    readonly where: string
    readonly actor: string
    readonly shows: readonly string[]
  }[]
  /** Of each check, the actors that never received anything. */
  readonly idle: readonly { readonly where: string; readonly actors: readonly string[] }[]
  /** Claims that no check reached, of those that name them. */
  readonly unreached: readonly string[]
}

export function coverageOf(checked: readonly Checked[]): readonly Covered[] {
  const names = [...new Set(checked.map(({ subject }) => nameOf(subject.coordinator)))]
  return names.map((coordinator) => {
    const own = checked.filter(({ subject }) => nameOf(subject.coordinator) === coordinator)
    return covered(coordinator, own)
  })
}

function covered(coordinator: string, checked: readonly Checked[]): Covered {
  const all = checked.flatMap(({ subject, result }) => {
    if (result === undefined || isLost(result)) return []
    return [{ where: `${subject.entry.scenario}, ${subject.entry.size}`, ...result }]
  })
  const claims = all.flatMap(({ report }) => report.sometimes)
  const reached = new Set(claims.filter((claim) => claim.reached).map(({ property }) => property))
  return {
    coordinator,
    moves: movesOf(all.map(({ moves }) => moves)),
    neverShown: all.flatMap(({ where, report }) =>
      report.coverage.neverShown.map(({ actor, shows }) => ({ where, actor, shows })),
    ),
    idle: all
      .map(({ where, report }) => ({ where, actors: report.coverage.idle }))
      .filter(({ actors }) => actors.length > 0),
    unreached: [...new Set(claims.map(({ property }) => property))].filter((claim) => !reached.has(claim)),
  }
}

export function coverageText(checked: readonly Checked[]): string {
  return coverageOf(checked).map(coveredText).join('\n\n')
}

export function coveredText({ coordinator, moves, neverShown, idle, unreached }: Covered): string {
  const legal = moves.taken.length + moves.neverTaken.length
  return [
    `${colours.bold(coordinator)} takes ${moves.taken.length} of the ${legal} transitions of the lifecycle.`,
    ...paragraph('taken', movesText(moves.taken)),
    ...paragraph('never taken', movesText(moves.neverTaken)),
    ...paragraph('not legal', movesText(moves.illegal)),
    ...neverShown.flatMap(({ where, actor, shows }) =>
      paragraph('never shown', `${plain(actor)}: ${shows.map((show) => plain(show)).join(', ')} (${where})`),
    ),
    ...idle.flatMap(({ where, actors }) =>
      paragraph('idle', `${actors.map((actor) => plain(actor)).join(', ')} (${where})`),
    ),
    ...paragraph('not reached', unreached.map((claim) => plain(claim)).join('; ')),
  ].join('\n')
}

/** Those from one state together. */
function movesText(moves: readonly Move[]): string {
  return STATES.flatMap((from) => {
    const to = moves.filter((move) => move[0] === from).map((move) => move[1])
    return to.length === 0 ? [] : [`${from} → ${to.join(', ')}`]
  }).join('; ')
}

const LABEL_CHARS = '  never taken  '.length

function paragraph(label: string, text: string): readonly string[] {
  if (text === '') return []
  const [first = '', ...rest] = wrapped(text, width() - LABEL_CHARS)
  return [`  ${label}`.padEnd(LABEL_CHARS) + first, ...rest.map((line) => ' '.repeat(LABEL_CHARS) + line)]
}

export function coverageJson(checked: readonly Checked[]): readonly object[] {
  return coverageOf(checked).map(({ moves, ...rest }) => ({
    ...rest,
    taken: moves.taken,
    neverTaken: moves.neverTaken,
    illegal: moves.illegal,
  }))
}
