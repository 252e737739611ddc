// What an explanation says, for a person: what decides in one line, the two runs from where they part, and the steps
// that led to the violation. Lays out only; what it lays out was found in a worker thread.

import { type Decision, type ExplainedStep, type Explanation, formatUs } from '../sim/index.ts'
import type { Size, Smaller } from './smaller.ts'
import { type Cell, table } from './table.ts'
import { colours, plain, thousands, width, wrapped } from './text.ts'

const NAME_CHARS_MAX = 60
const SEEN_CHARS_MAX = 60
/** Steps of each run behind the one at which they part. */
const STEPS_MAX = 16

/** A label of nine characters at the most, and a sentence. */
export type Line = readonly [label: string, text: string]

/** What decides between a failure and its absence. */
export function decisionLine(decides: Decision): Line {
  switch (decides.kind) {
    case 'race': {
      const [first, second] = [plain(decides.first, NAME_CHARS_MAX), plain(decides.second, NAME_CHARS_MAX)]
      return ['The race', `${first} before ${second}. The other way round, it holds.`]
    }
    case 'races':
      return ['The races', racesDecide(decides.pairs)]
    case 'fault':
      return ['The fault', `${plain(decides.fault, NAME_CHARS_MAX)}. Without it, it holds.`]
    case 'cycle':
      return ['No race', 'It never comes to rest, and no other order was tried.']
    case 'every':
      return ['No race', everyOrderFails(decides)]
    case 'nothing':
      return ['No race', nothingDecides(decides)]
  }
}

function racesDecide(pairs: readonly (readonly [first: string, second: string])[]): string {
  const said = pairs.map(
    ([first, second]) => `${plain(first, NAME_CHARS_MAX)} before ${plain(second, NAME_CHARS_MAX)}`,
  )
  const rest =
    pairs.length === 2
      ? 'Both the other way round, it holds; one alone is not enough.'
      : 'All of them the other way round, it holds; with one less, it does not.'
  return `${said.slice(0, -1).join(', ')}, and ${said.at(-1)}. ${rest}`
}

function everyOrderFails({ orders, impossible }: { orders: number; impossible: number }): string {
  if (orders === 1) return 'It fails in every order, as no order makes a difference to anything.'
  const all = `${thousands(orders)} that differ in more than independent steps`
  return impossible === 0
    ? `It fails in every order: all ${all} were run.`
    : `It fails in every order that is possible: of ${all}, it holds in ${thousands(impossible)}, and no times fit ${impossible === 1 ? 'that' : 'those'}.`
}

function nothingDecides({ tried, together, bounded }: Nothing): string {
  const more = bounded ? '; there are more' : ''
  const several = `${thousands(together)} with several orders changed`
  if (tried > 0) {
    const alone = tried === 1 ? 'the one other that was' : `each of the ${thousands(tried)} others that were`
    const both = together > 0 ? `, and in ${several}` : ''
    return `No single order decides: it fails in ${alone} tried${both}${more}.`
  }
  if (together > 0) return `No single order could be changed; it fails in ${several}${more}.`
  return bounded
    ? 'No other order was tried.'
    : 'No two events that touch each other could come the other way round.'
}

type Nothing = Extract<Decision, { kind: 'nothing' }>

/** What shrinking has left. */
export function shrunkLine({ before, after, why }: Pick<Smaller, 'before' | 'after' | 'why'>): Line {
  const parts = SIZES.flatMap(([what, sizeOf]) => {
    const [from, to] = [sizeOf(before), sizeOf(after)]
    if (from === undefined || to === undefined || from === to) return []
    return [`${thousands(from)} ${from === 1 ? what : `${what}s`} → ${thousands(to)}`]
  })
  const none = `none of its ${thousands(after.steps)} ${after.steps === 1 ? 'step' : 'steps'} could be left out`
  return ['Shrunk', `${parts.join(', ') || none}${WHY[why ?? 'minimal']}`]
}

const SIZES: readonly (readonly [string, (size: Size) => number | undefined])[] = [
  ['connection', ({ connections }) => connections],
  ['message', ({ messages }) => messages],
  ['step', ({ steps }) => steps],
  ['fault', ({ faults }) => faults],
]

const WHY = {
  minimal: '',
  runs: '; more may be possible',
  cycle: ', as it never comes to rest',
  times: '; its times are those that it was found with',
} as const

/** All of it. */
export function explanationText(explanation: Explanation): string {
  const { decides, faults, passing } = explanation
  const [label, text] = decisionLine(decides)
  const others = decides.kind === 'fault' ? faults.filter((fault) => fault !== decides.fault) : faults
  return [
    ...(explanation.isTheTraces
      ? []
      : [...lines('This is a smaller schedule than that of the file, which fails the same way.'), '']),
    ...lines(`${colours.bold(label)}   ${text}`),
    ...others.flatMap((fault) =>
      lines(`Nor does it fail without the fault ${plain(fault, NAME_CHARS_MAX)}.`),
    ),
    ...(passing === null ? [] : ['', sideBySide(explanation, passing)]),
    '',
    chainText(explanation),
  ].join('\n')
}

function lines(text: string): readonly string[] {
  return wrapped(text, width(), '  ')
}

function sideBySide({ failing, common, decides }: Explanation, passing: readonly ExplainedStep[]): string {
  const chars = Math.floor(width() / 2)
  const cell = (step: ExplainedStep | undefined, steps: readonly ExplainedStep[]) => {
    if (step !== undefined) return plain(`${formatUs(step.at).padStart(8)}  ${step.event}`, chars - 2)
    return steps === failing ? colours.red('    ends  ✗') : ''
  }
  const longest = Math.max(failing.length + 1, passing.length)
  const rows = Array.from({ length: Math.min(longest - common, STEPS_MAX) }, (_, index): Cell[] => [
    // The failing run's end is said once, behind its last step.
    common + index > failing.length ? '' : cell(failing[common + index], failing),
    cell(passing[common + index], passing),
  ])
  const left = longest - common - rows.length
  const head = common === 0 ? 'From the start on' : `From step ${common + 1} on`
  const other = decides.kind === 'fault' ? 'without the fault, it holds' : 'the other way round, it holds'
  return [
    table([`${head}, it fails`, other], rows, { columns: [chars, chars] }),
    ...(left > 0 ? [colours.dim(`… ${thousands(left)} more ${left === 1 ? 'step' : 'steps'}`)] : []),
  ].join('\n')
}

function chainText({ failing, chain, property, message }: Explanation): string {
  const rows: Cell[][] = []
  let last = 0
  const fold = (to: number) => {
    const count = to - last - 1
    if (count <= 0) return
    const content = colours.dim(`… ${thousands(count)} ${count === 1 ? 'step' : 'steps'} left out`)
    rows.push(['', { colSpan: 2, content }])
  }
  for (const number of chain) {
    const step = failing[number - 1]
    if (step === undefined) continue
    fold(number)
    last = number
    rows.push([formatUs(step.at), plain(step.event, NAME_CHARS_MAX), seenText(step)])
  }
  fold(failing.length + 1)
  const how = `What led to it: ${thousands(chain.length)} of ${thousands(failing.length)} ${failing.length === 1 ? 'step' : 'steps'}`
  return [
    colours.bold(how),
    table(['time', 'event', 'seen'], rows, { aligns: ['right'], width: width() }),
    ...lines(`✗ ${plain(property)}: ${plain(message)}`).map(colours.red),
  ].join('\n')
}

/** What a step let be seen: the types, and whom or what they are about. */
function seenText({ seen }: ExplainedStep): string {
  return seen
    .map(({ type, ...fields }) => {
      const words = Object.keys(fields)
        .sort()
        .map((key) => fields[key])
        .filter((value) => typeof value === 'string' || typeof value === 'number')
      return plain([type, ...words].join(' '), SEEN_CHARS_MAX)
    })
    .join('; ')
}
