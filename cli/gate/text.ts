// What a gate came to, for a person at a terminal or in a log: what was done, what is wrong in full, and the verdicts.

import { colours, counted, failureText, plain, table, thousands } from '../../failures/index.ts'
import { silenceText } from '../canaries.ts'
import { seedsText } from '../tasks.ts'
import {
  type CorpusCase,
  type GateResult,
  isFine,
  type PropertyCase,
  type PropertyVerdict,
  type ScenarioCase,
  wasRun,
} from './result.ts'

/** Of a sentence on what is wrong. */
const TROUBLE_CHARS_MAX = 1_000

export function gateText(result: GateResult): string {
  const { corpus, scenarios, silent } = result
  const failures = scenarios.flatMap(({ properties }) => properties.flatMap(({ failure }) => failure ?? []))
  const wrong = [
    ...corpus.filter((one) => !one.isFine).map(corpusText),
    ...scenarios.flatMap(troublesOf),
    ...((silent ?? []).length > 0
      ? [`${cross()} ${plain(silenceText(silent ?? []), TROUBLE_CHARS_MAX)}`]
      : []),
  ]
  return [
    headLine(result),
    '',
    ...failures.map(failureText),
    ...wrong.flatMap((text) => [text, '']),
    scenarioTable(scenarios),
    '',
    ...(scenarios.length === 0 ? [] : [propertyTable(scenarios), '']),
    ...summaryLines(result),
  ].join('\n')
}

const cross = () => colours.red('✗')

/** What is gated, where the seed comes from, and what part of the whole this is. */
export function headLine({ config, origin, shard, budgetMs }: GateResult): string {
  const from = origin.commit === null ? '' : `, of commit ${origin.commit.slice(0, 12)}`
  const part = shard.count === 1 ? '' : `; shard ${shard.index} of ${shard.count}`
  const bound = budgetMs === null ? '' : `; budget ${seconds(budgetMs)}`
  const what =
    config === null ? "Gate of heddle's own catalogue, as there is no heddle.config.ts here," : 'Gate'
  return `${what} from seed ${origin.seed}${from}${part}${bound}.`
}

function corpusText({ file, about, command }: CorpusCase): string {
  return `${cross()} ${plain(file)}   ${plain(about)}\n  Replay     ${plain(command)}`
}

function troublesOf(one: ScenarioCase): readonly string[] {
  const { title, search, unreached, divergences, troubles } = one
  const lines = [
    ...one.properties.filter(isUnrecorded).map(unrecordedText),
    ...divergences.map((what) => `is not deterministic. ${what}`),
    ...troubles,
    ...unreached.map(
      (claim) => `never reached "${plain(claim)}", so what holds may hold only for want of it.`,
    ),
    ...(search?.verdict === 'diverged' ? [`is not deterministic, as its search saw. ${search.about}`] : []),
  ]
  return lines.map((line) => `${cross()} ${plain(title)}: ${plain(line, TROUBLE_CHARS_MAX)}`)
}

/** Where the budget was over before it could be. */
function isUnrecorded({ verdict, failure }: PropertyCase): boolean {
  return verdict === 'violated' && failure === undefined
}

function unrecordedText({ property, message, firstSeed }: PropertyCase): string {
  const seed =
    firstSeed === null ? '' : `. Not recorded, as the budget was over; hunt from --seed ${firstSeed}.`
  return `violated: ${property}: ${message ?? ''}${seed}`
}

function scenarioTable(scenarios: readonly ScenarioCase[]): string {
  const rows = scenarios.map((one) => {
    const { title, search, hunted } = one
    const states = search?.kind === 'check' ? thousands(search.covered) : ''
    return [
      plain(title),
      verdictText(one),
      states,
      thousands(schedulesOf(one)),
      share(hunted.unseen, hunted.runs),
    ]
  })
  const aligns = ['left', 'left', 'right', 'right', 'right'] as const
  return table(['scenario', 'verdict', 'states', 'schedules', 'the next is new'], rows, { aligns })
}

/** In how many scenarios each property came out how, in the order in which the scenarios name them. */
function propertyTable(scenarios: readonly ScenarioCase[]): string {
  const all = scenarios.flatMap(({ properties }) => properties)
  const rows = [...new Set(all.map(({ property }) => property))].map((name) => {
    const own = all.filter(({ property }) => property === name)
    const count = (verdict: PropertyVerdict) => {
      const found = own.filter((one) => one.verdict === verdict).length
      return found === 0 ? '' : thousands(found)
    }
    const isViolated = own.some(({ verdict }) => verdict === 'violated')
    const shown = isViolated ? colours.red(plain(name)) : plain(name)
    return [shown, count('holds'), count('no violation found'), count('violated')]
  })
  const aligns = ['left', 'right', 'right', 'right'] as const
  return table(['property, in so many scenarios', 'holds', 'no violation found', 'violated'], rows, {
    aligns,
  })
}

/** Those that were run: by a hunt, and by an exploration. */
export function schedulesOf({ search, hunted }: ScenarioCase): number {
  return hunted.runs + (search?.kind === 'explore' ? search.covered : 0)
}

export function verdictText(one: ScenarioCase): string {
  if (!isFine(one)) {
    const violated = one.properties.filter(({ verdict }) => verdict === 'violated').length
    return colours.red(violated === 0 ? '✗' : `✗ ${violated} violated`)
  }
  const { search } = one
  if (search?.verdict === 'holds') {
    return `holds, every schedule${search.size === undefined ? '' : ` of ${search.size}`}`
  }
  return wasRun(one) ? 'no violation found' : colours.yellow('not run')
}

/** The figures of all of it together. */
export function summaryLines(result: GateResult): readonly string[] {
  const { corpus, scenarios, silent, moves, elapsedMs, budgetMs, interrupted } = result
  const properties = scenarios.flatMap((one) => one.properties)
  const count = (verdict: string) => properties.filter((one) => one.verdict === verdict).length
  const sum = (of: (one: ScenarioCase) => number) => scenarios.reduce((total, one) => total + of(one), 0)
  const states = sum(({ search }) => (search?.kind === 'check' ? search.covered : 0))
  const fine = corpus.filter(({ isFine }) => isFine).length
  return [
    `Properties: ${count('holds')} ${count('holds') === 1 ? 'holds' : 'hold'} in every schedule, ${count('no violation found')} without a violation found, ${count('violated')} violated.`,
    `Corpus: ${corpus.length === 0 ? 'no files' : `${fine} of ${corpus.length} files as they expect`}. Canaries: ${silent === null ? 'did not come to their turn' : silent.length === 0 ? 'all found' : 'missed'}.`,
    ...corpus.filter(({ isNews }) => isNews).map(({ file, about }) => `  ${plain(file)}: ${about}.`),
    `${counted(sum(schedulesOf), 'schedule')}, ${counted(states, 'state')}, ${counted(
      sum(({ hunted }) => hunted.steps),
      'step',
    )} hunted${moves === null ? '' : `; ${moves.taken} of ${moves.all} transitions of the lifecycle taken`}; ${seconds(elapsedMs)}${budgetMs === null ? '' : ` of ${seconds(budgetMs)}`}.`,
    ...seedLines(scenarios),
    ...(interrupted ? ['Interrupted: this is what was found until then.'] : []),
  ]
}

/** Which seeds ran, once where they are the same everywhere. */
function seedLines(scenarios: readonly ScenarioCase[]): readonly string[] {
  const hunted = scenarios.filter(({ hunted }) => hunted.runs > 0)
  const of = ({ hunted }: ScenarioCase) => hunted.seeds.map(seedsText).join(', ')
  const [first] = hunted
  if (first === undefined) return []
  if (hunted.every((one) => of(one) === of(first))) return [`Hunted ${of(first)} of each scenario.`]
  const fewest = Math.min(...hunted.map((one) => one.hunted.runs))
  const most = Math.max(...hunted.map((one) => one.hunted.runs))
  return [
    `Hunted ${thousands(fewest)} to ${thousands(most)} seeds of each scenario; --reporter json says which.`,
  ]
}

function share(unseen: number, runs: number): string {
  return runs === 0 ? '' : `${(100 * unseen).toFixed(unseen > 0 && unseen < 0.1 ? 1 : 0)} %`
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms % 1_000 === 0 ? 0 : 1)} s`
}
