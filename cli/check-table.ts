// The table of `heddle check`: a line for each check, below the scenario and the size that it is of.

import { type Align, type Cell, colours, plain, table, thousands, width, wrapped } from '../failures/index.ts'
import { type CheckReport, REDUCTIONS, type Reduction } from '../sim/index.ts'
import type { Searched } from './check-task.ts'
import { brokenIn, type Checked, isOpen, mustBreak } from './check-verdict.ts'
import { isLost } from './checking.ts'
import { coordinatorOf } from './subjects.ts'

/** Of the catalogue; a scenario of the user's own has a line to itself. */
const COORDINATOR = '  coordinator'
const HEAD: readonly string[] = [COORDINATOR, 'verdict', 'states', 'transitions', 'depth', 'time', 'saved by']
const ALIGNS: readonly Align[] = ['left', 'left', 'right', 'right', 'right', 'right', 'left']
const VERDICT = HEAD.indexOf('verdict')
const SAVED_BY = HEAD.indexOf('saved by')
const GAP = 2
const VERDICT_CHARS_MIN = 23
/** Wide enough for the longest reduction with its figure. */
const SAVED_BY_CHARS_MIN = 20
const NAME_CHARS_MAX = 60
/** Broken claims that a verdict names; the others are counted. */
const CLAIMS_MAX = 2

const WORDS: Readonly<Record<Reduction, string>> = {
  composition: 'composition',
  symmetry: 'symmetry',
  'partial order': 'order',
}
const MEANINGS: Readonly<Record<Reduction, string>> = {
  composition: 'what never meets is searched apart',
  symmetry: 'of states that differ by a renaming, one',
  'partial order': 'of the orders of independent events, one',
}

type Colour = (text: string) => string

export function checkTable(checked: readonly Checked[]): string {
  const texts = checked.map(textsOf)
  const columns = columnsFor(texts)
  let group = ''
  const rows = checked.flatMap((one, index): Cell[][] => {
    const { scenario, size } = one.subject.entry
    const cells = (texts[index] ?? []).map((text, column) => {
      if (column === VERDICT) return colourOf(one)(text)
      // A reduction and its figure stay on one line.
      const fits = column !== SAVED_BY || text.length + GAP <= (columns[SAVED_BY] ?? 0)
      return fits ? text : text.replaceAll(', ', ',\n')
    })
    const title = `${scenario} ${size}`
    if (title === group || size === undefined) return [cells]
    group = title
    return [[{ colSpan: HEAD.length, content: `${colours.bold(scenario)}   ${size}` }], cells]
  })
  const isOwn = checked.every(({ subject }) => subject.entry.size === undefined)
  const head = isOwn ? HEAD.with(0, 'scenario') : HEAD
  return table(head, rows, { aligns: ALIGNS, columns })
}

/** What each column needs; where that is too much, what was saved wraps, and then the verdict. */
function columnsFor(rows: readonly (readonly string[])[]): readonly number[] {
  const needs = HEAD.map(
    (name, column) => GAP + Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const isFixed = (column: number) => column !== VERDICT && column !== SAVED_BY
  const left = width() - needs.reduce((sum, chars, column) => (isFixed(column) ? sum + chars : sum), 0)
  const savedBy = Math.min(needs[SAVED_BY] ?? 0, Math.max(SAVED_BY_CHARS_MIN, left - VERDICT_CHARS_MIN))
  const verdict = Math.min(needs[VERDICT] ?? 0, Math.max(VERDICT_CHARS_MIN, left - savedBy))
  return needs.map((chars, column) => (isFixed(column) ? chars : column === VERDICT ? verdict : savedBy))
}

/** What the last column means, of the reductions that stand in it. */
export function reductionsText(checked: readonly Checked[]): readonly string[] {
  const used = new Set(checked.flatMap(reductionsOf))
  const meanings = REDUCTIONS.filter((reduction) => used.has(reduction)).map(
    (reduction) => `${WORDS[reduction]}: ${MEANINGS[reduction]}`,
  )
  if (meanings.length === 0) return []
  const texts = checked.map((one) => textsOf(one)[SAVED_BY] ?? '')
  const figures = [
    ...(texts.some((text) => text.includes('÷'))
      ? ['÷: those searched stand for so many times the states']
      : []),
    ...(texts.some((text) => text.includes('−')) ? ['−: so much of the events that could happen'] : []),
  ]
  const text = [...meanings, ...figures].join('; ')
  return wrapped(`${text}. --no-reduction does without.`, width()).map(colours.dim)
}

function reductionsOf({ result }: Checked): readonly Reduction[] {
  return result === undefined || isLost(result) ? [] : result.report.reductions
}

function textsOf(one: Checked): readonly string[] {
  const { subject, result } = one
  const coordinator = coordinatorOf(subject)
  const name = coordinator === undefined ? plain(subject.entry.scenario, NAME_CHARS_MAX) : `  ${coordinator}`
  const start = [name, verdictText(one)]
  if (result === undefined) return [...start, '', '', '', '', '']
  if (isLost(result)) return [...start, ...counts(result), '', '']
  const { report, elapsedMs } = result
  return [
    ...start,
    ...counts(report),
    seconds(elapsedMs),
    reductionsOf(one)
      .map((reduction) => savedText(reduction, report))
      .join(', '),
  ]
}

/** A reduction and how much it saved, where that was counted, and was anything. */
function savedText(
  reduction: Reduction,
  { states, transitions, saved }: Pick<CheckReport, 'states' | 'transitions' | 'saved'>,
): string {
  const { symmetry, composition, 'partial order': leftOut = 0 } = saved
  switch (reduction) {
    case 'composition':
      return `${WORDS[reduction]}${timesText(composition, symmetry ?? states)}`
    case 'symmetry':
      return `${WORDS[reduction]}${timesText(symmetry, states)}`
    case 'partial order': {
      const percent = Math.round((100 * leftOut) / Math.max(1, leftOut + transitions))
      return percent === 0 ? WORDS[reduction] : `${WORDS[reduction]} −${percent}%`
    }
  }
}

/** How many times as many there would be. Apart, small systems may even be more states than they are together. */
function timesText(without: number | undefined, found: number): string {
  const times = (without ?? 0) / Math.max(1, found)
  if (times < 1.01) return ''
  return ` ÷${times < 1_000 ? String(Number(times.toPrecision(3))) : times.toExponential(1).replace('+', '')}`
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)}s`
}

function counts(of: { states: number; transitions: number; depth: number }): readonly string[] {
  return [thousands(of.states), thousands(of.transitions), thousands(of.depth)]
}

export function verdictText({ subject, result, verdict }: Checked): string {
  if (result === undefined) return 'not run'
  if (isLost(result)) return result.bound === undefined ? '✗ came to no end' : bounded(result.bound)
  const { bound } = result.report
  switch (verdict) {
    case 'holds':
      return 'holds, every schedule'
    case 'bounded':
      return bounded(bound ?? '')
    case 'stuck':
      return '✗ stuck'
    case 'unreached':
      return `not reached: ${unreached(result).map(shortened).join('; ')}`
    default: {
      const broken = `✗ ${claimsText(brokenIn(result), subject.entry.broken)}`
      return bound === null ? broken : `${broken}; ${bounded(bound)}`
    }
  }
}

function bounded(bound: string): string {
  return `bounded (${bound})`
}

export function unreached({ report }: Searched): readonly string[] {
  return report.sometimes.filter(({ reached }) => !reached).map(({ property }) => property)
}

/** Those first that a scenario is in the catalogue for. */
function claimsText(broken: readonly string[], telling: readonly string[]): string {
  const sorted = [
    ...broken.filter((claim) => telling.includes(claim)),
    ...broken.filter((claim) => !telling.includes(claim)),
  ]
  const more = sorted.length - CLAIMS_MAX
  const named = sorted.slice(0, CLAIMS_MAX).map(shortened).join('; ')
  return more > 0 ? `${named}; ${more} more` : named
}

function shortened(claim: string): string {
  return plain(claim, 100)
}

/** What must be broken, and is, is no alarm. */
function colourOf(one: Checked): Colour {
  if (one.verdict === 'not run' || isOpen(one)) return colours.yellow
  if (one.isAsExpected) return mustBreak(one.subject) ? colours.dim : colours.green
  return colours.red
}
