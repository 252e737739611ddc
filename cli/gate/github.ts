// A gate for GitHub Actions: an annotation for each thing that is wrong, as a workflow command on stdout, and a summary
// of the job in Markdown. The commands are those of "Workflow commands for GitHub Actions" in GitHub's documentation.

import { plain, thousands } from '../../failures/index.ts'
import {
  type CorpusCase,
  type GateResult,
  isFine,
  type PropertyCase,
  type ScenarioCase,
  wasRun,
} from './result.ts'
import { headLine, schedulesOf, summaryLines } from './text.ts'

/** One line for each finding, and for what is new of the corpus; none where all is as it was. */
export function annotations(result: GateResult): readonly string[] {
  const { corpus, scenarios, silent } = result
  return [
    ...corpus.filter((one) => !one.isFine).map((one) => annotation('error', ofFile(one), textOf(one))),
    ...corpus.filter(({ isNews }) => isNews).map((one) => annotation('notice', ofFile(one), textOf(one))),
    ...scenarios.flatMap(ofScenario),
    ...(silent ?? []).map((sentence) => error({ title: 'heddle: a canary is silent' }, sentence)),
  ]
}

function ofFile({ file }: CorpusCase) {
  return { title: `heddle: ${file}`, file }
}

function textOf({ about, command }: CorpusCase): string {
  return `${about}\n${command}`
}

function ofScenario(scenario: ScenarioCase): readonly string[] {
  const { title, file, properties, unreached, divergences, troubles, search } = scenario
  const where = (what: string) => ({
    title: `heddle: ${title}: ${what}`,
    ...(file === undefined ? {} : { file }),
  })
  return [
    ...properties
      .filter(({ verdict }) => verdict === 'violated')
      .map((one) => error(where(one.property), violationText(one))),
    ...unreached.map((claim) => error(where('never reached'), claim)),
    ...divergences.map((what) => error(where('not deterministic'), what)),
    ...(search?.verdict === 'diverged' ? [error(where('not deterministic'), search.about)] : []),
    ...troubles.map((what) => error(where('trouble'), what)),
  ]
}

function violationText({ message, failure, firstSeed }: PropertyCase): string {
  const lines = [message ?? '']
  if (failure !== undefined) {
    lines.push(failure.command)
    if (failure.token !== undefined) lines.push(`npx heddle replay ${failure.token}`)
  } else if (firstSeed !== null) lines.push(`seed ${firstSeed}`)
  return lines.join('\n')
}

function error(properties: Properties, message: string): string {
  return annotation('error', properties, message)
}

/** Of a line or a property, as names and messages are whatever the code under test says. */
const CHARS_MAX = 1_000

type Properties = Readonly<Record<string, string>>

function annotation(level: 'error' | 'notice', properties: Properties, message: string): string {
  const all = Object.entries(properties).map(
    ([name, value]) => `${name}=${escapedProperty(plain(value, CHARS_MAX))}`,
  )
  const lines = message.split('\n').map((line) => plain(line, CHARS_MAX))
  return `::${level} ${all.join(',')}::${escaped(lines.join('\n'))}`
}

/** What ends a line would end the command; what begins an escape is one itself. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** Markdown for the summary of a job. */
export function summary(result: GateResult): string {
  const { scenarios, corpus } = result
  const rows = scenarios.map((one) => {
    const states = one.search?.kind === 'check' ? thousands(one.search.covered) : ''
    return row([one.title, verdictOf(one), states, thousands(schedulesOf(one))])
  })
  return [
    '## heddle gate',
    '',
    markdown(headLine(result)),
    '',
    row(['scenario', 'verdict', 'states', 'schedules']),
    '|---|---|--:|--:|',
    ...rows,
    '',
    ...scenarios.flatMap(findingsOf),
    ...corpus
      .filter((one) => !one.isFine)
      .flatMap(({ file, about, command }) => [`- ${markdown(`${file}: ${about}`)}`, ...code(command)]),
    ...summaryLines(result).map((line) => `${markdown(line)}  `),
    '',
  ].join('\n')
}

function verdictOf(one: ScenarioCase): string {
  if (!isFine(one)) return '❌ violated'
  const { search } = one
  if (search?.verdict === 'holds') {
    return `✅ holds, every schedule${search.size === undefined ? '' : ` of ${search.size}`}`
  }
  return wasRun(one) ? '✅ no violation found' : 'not run'
}

function findingsOf({
  title,
  properties,
  unreached,
  divergences,
  troubles,
}: ScenarioCase): readonly string[] {
  return [
    ...properties
      .filter(({ verdict }) => verdict === 'violated')
      .flatMap(({ property, message, failure }) => [
        `- **${markdown(title)}: ${markdown(property)}**  `,
        `  ${markdown(message ?? '')}`,
        ...code(failure?.token === undefined ? failure?.command : `npx heddle replay ${failure.token}`),
      ]),
    ...[...unreached.map((claim) => `never reached: ${claim}`), ...divergences, ...troubles].map(
      (what) => `- **${markdown(title)}**: ${markdown(what)}`,
    ),
  ]
}

function code(command: string | undefined): readonly string[] {
  return command === undefined ? [] : ['', '  ```sh', `  ${plain(command, 1_000)}`, '  ```', '']
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(markdown).join(' | ')} |`
}

/** Text from code under test is text in Markdown, too. */
function markdown(text: string): string {
  return plain(text, 1_000).replace(/[\\`*_[\]<>|]/g, '\\$&')
}
