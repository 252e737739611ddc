// What a replay came to, for a person: the run, what of the record was found again, and what that means against what
// the record expects. Runs nothing, and decides no exit code.

import { type Alignment, cycleText, type Divergence, formatUs, type Outcome } from '../sim/index.ts'
import type { Replayed } from './replayed.ts'
import { colours, heading, plain, thousands, width, wrapped } from './text.ts'
import { timetable } from './timetable.ts'

export function replayText(replayed: Replayed): string {
  const { scenario, coordinator, seed, timeline } = replayed
  const head = [
    heading(scenario, coordinator),
    ...(seed === null ? [] : [`seed ${seed}`]),
    `${thousands(timeline.steps.length)} ${timeline.steps.length === 1 ? 'step' : 'steps'}, ${formatUs(timeline.timeUs)}`,
  ].join('   ')
  const table = timetable(timeline, { width: width() })
  return [head, '', table, '', ...conclusion(replayed)].join('\n')
}

/** Whether the record is of a failure that was mended, and is to stay so. */
export function isToHold({ expected }: Pick<Replayed, 'expected'>): boolean {
  return expected.verdict === 'no violation found'
}

/** What came of it, what matters most first. */
function conclusion(replayed: Replayed): readonly string[] {
  const { divergence, alignment, found } = replayed
  const aligned = alignment === null ? [] : [...alignmentLines(alignment)]
  switch (replayed.outcome) {
    case 'exact':
      return [...verdictLines(replayed), 'Reproduced to the byte.']
    case 'fixed':
      return [fixedLine(replayed), ...aligned]
    case 'adapted':
      return [...verdictLines(replayed), ...lines(adaptedText(replayed)), ...aligned]
    case 'stale':
      return [...lines(staleText(divergence)).map(colours.red), ...aligned, ...lines(soFar(found))]
    case 'diverged':
      return [...lines(`✗ Not deterministic. ${divergence?.message ?? ''}`).map(colours.red)]
  }
}

function fixedLine({ expected }: Replayed): string {
  if (expected.verdict !== 'no violation found') {
    return `${colours.green('✓ Fixed:')} the same schedule can be followed, and what it violated now holds.`
  }
  const what = expected.property === null ? 'nothing is violated' : `${plain(expected.property)}, as it is to`
  return `${colours.green('✓ Holds:')} ${what}. The code was changed since, and the same schedule can be followed.`
}

function adaptedText(replayed: Replayed): string {
  const again = isToHold(replayed) ? 'it fails again' : 'it still fails'
  return `Adapted: the code was changed since it was recorded. With the schedule realigned by its events, ${again}.`
}

function staleText(divergence: Divergence | null): string {
  if (divergence === null) return '✗ Stale.'
  const { step, timeUs, expected, found } = divergence
  const where = step === 0 ? 'before its first step' : `at step ${step} (t=${formatUs(timeUs)})`
  return `✗ Stale: the schedule can no longer be followed ${where}. The code was changed since: expected ${expected}, ${found}.`
}

function soFar({ property, message }: Outcome): string {
  if (property === null) {
    return 'As far as it could be followed, nothing was violated, which says nothing of the failure: hunt again.'
  }
  return `As far as it could be followed, it violated: ${plain(property)} (${plain(message ?? '')}).`
}

const IDS_MAX = 4

function alignmentLines({ recorded, matched, ...changes }: Alignment): readonly string[] {
  // A token may name no step at all: what it has recorded is that nothing races.
  if (recorded === 0) return []
  const parts = [
    ['new', changes.inserted],
    ['gone', changes.missing],
    ['later', changes.moved],
    ['renamed', changes.renamed.map(({ from, to }) => `${from} → ${to}`)],
  ] as const
  const said = parts
    .filter(([, ids]) => ids.length > 0)
    .map(([what, ids]) => {
      const more = ids.length > IDS_MAX ? ` and ${thousands(ids.length - IDS_MAX)} more` : ''
      return `${what}: ${ids
        .slice(0, IDS_MAX)
        .map((id) => plain(id, 80))
        .join(', ')}${more}`
    })
  const again = `${thousands(matched)} of ${thousands(recorded)} recorded steps happened again`
  return lines(`${[again, ...said].join('; ')}.`)
}

function verdictLines({ found, expected }: Replayed): readonly string[] {
  const { verdict, property, message, cycleFrom, step, at } = found
  // Of a run in which nothing is violated, the step of the outcome is the last.
  const cycle = cycleFrom === undefined ? '' : `; ${cycleText({ cycleFrom, steps: step })}`
  if (property === null) {
    const what = expected.property === null ? verdict : `${plain(expected.property)}: holds, as it is to`
    return [`${colours.green('✓')} ${what}${cycle}`]
  }
  const where = `step ${step}, ${formatUs(at)}`
  return lines(`✗ ${plain(property)}: ${plain(message ?? '')} (${where})`).map(colours.red)
}

function lines(text: string): readonly string[] {
  return wrapped(plain(text, LINES_CHARS_MAX), width(), '  ')
}

const LINES_CHARS_MAX = 2_000
