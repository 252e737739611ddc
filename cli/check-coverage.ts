// What checks have covered: which transitions of the lifecycle's table were taken, what no actor showed or received,
// and which hard cases nobody reached. The figures, and their text.

import { colours, plain, width, wrapped } from '../failures/index.ts'
import { STATES } from '../model/index.ts'
import { type Move, type Moves, movesOf } from './check-moves.ts'
import type { Checked } from './check-verdict.ts'
import { isLost } from './checking.ts'
import type { CoordinatorRef } from './coordinators.ts'
import { coordinatorOf } from './subjects.ts'

/** One coordinator's runs together, as what one scenario leaves out another may do; or those of a user's scenario. */
export interface Covered {
  /** The name of that coordinator, or of that scenario. */
  readonly of: string
  /** Null where there are no connections. */
  readonly moves: Moves | null
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
  return grouped(checked, ({ subject }) => ({ ...subject, scenario: subject.entry.scenario })).map(
    ([of, own]) => covered(of, own),
  )
}

/** Those of one coordinator together, and those of each scenario of the user's own. */
export function grouped<T>(
  all: readonly T[],
  subjectOf: (one: T) => { readonly scenario: string; readonly coordinator?: CoordinatorRef | undefined },
): readonly (readonly [of: string, own: readonly T[]])[] {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const subject = subjectOf(one)
    const name = coordinatorOf(subject) ?? plain(subject.scenario)
    groups.set(name, [...(groups.get(name) ?? []), one])
  }
  return [...groups]
}

/** What all of them took; null where none of them has connections. */
export function allMoves(all: readonly (readonly Move[] | null)[]): Moves | null {
  const some = all.filter((moves) => moves !== null)
  return some.length === 0 ? null : movesOf(some)
}

function covered(of: string, checked: readonly Checked[]): Covered {
  const all = checked.flatMap(({ subject, result }) => {
    if (result === undefined || isLost(result)) return []
    const { scenario, size } = subject.entry
    return [{ where: size === undefined ? plain(scenario) : `${scenario}, ${size}`, ...result }]
  })
  const claims = all.flatMap(({ report }) => report.sometimes)
  const reached = new Set(claims.filter((claim) => claim.reached).map(({ property }) => property))
  return {
    of,
    moves: allMoves(all.map(({ moves }) => moves)),
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
  return coveredTexts(coverageOf(checked))
}

export function coveredTexts(all: readonly Covered[]): string {
  return all.map(coveredText).join('\n\n')
}

function coveredText({ of, moves, neverShown, idle, unreached }: Covered): string {
  const left = neverShown.length + idle.length + unreached.length
  return [
    ...(moves === null
      ? [`${colours.bold(of)}${left === 0 ? ' leaves nothing out.' : ''}`]
      : movesLines(of, moves)),
    ...neverShown.flatMap(({ where, actor, shows }) =>
      paragraph('never shown', `${plain(actor)}: ${shows.map((show) => plain(show)).join(', ')} (${where})`),
    ),
    ...idle.flatMap(({ where, actors }) =>
      paragraph('idle', `${actors.map((actor) => plain(actor)).join(', ')} (${where})`),
    ),
    ...paragraph('not reached', unreached.map((claim) => plain(claim)).join('; ')),
  ].join('\n')
}

function movesLines(of: string, { taken, neverTaken, illegal }: Moves): readonly string[] {
  const legal = taken.length + neverTaken.length
  return [
    `${colours.bold(of)} takes ${taken.length} of the ${legal} transitions of the lifecycle.`,
    ...paragraph('taken', movesText(taken)),
    ...paragraph('never taken', movesText(neverTaken)),
    ...paragraph('not legal', movesText(illegal)),
  ]
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
  return coverageOf(checked).map(({ moves, ...rest }) => ({ ...rest, ...moves }))
}
