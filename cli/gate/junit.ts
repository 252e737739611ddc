// A gate as JUnit's XML, which CI systems read: a suite for the corpus, one for the canaries and one for each
// scenario, and in it a case for each property. The elements and attributes are those that Ant's reporter writes and
// that Jenkins and its like agree on, and no others.

import junit, { type Builder, type TestSuite } from 'junit-report-builder'
import { failureLines } from '../../failures/index.ts'
import type { GateResult, PropertyCase, ScenarioCase } from './result.ts'
import { headLine } from './text.ts'

// Its types are of the module for bundlers, whose default is one level further in.
const root = junit as unknown as Builder

export function junitXml(result: GateResult): string {
  const builder = root.newBuilder()
  const { corpus, scenarios, silent, origin } = result
  if (corpus.length > 0) {
    const suite = builder.testSuite().name('corpus')
    // As a case that passes has no place for a text that all readers know.
    for (const { file, about } of corpus.filter(({ isNews }) => isNews))
      suite.property(text(file), text(about))
    for (const { file, isFine, about, outcome } of corpus) {
      const one = suite.testCase().className('heddle.corpus').name(file)
      if (!isFine) one.failure(text(about), outcome ?? 'unreadable').stacktrace(text(about))
    }
  }
  if (silent !== null) {
    const one = builder.testSuite().name('canaries').testCase()
    one.className('heddle.canaries').name('planted faults are found')
    if (silent.length > 0) one.failure(text(silent.join(' ')), 'missed')
  }
  for (const scenario of scenarios)
    addScenario(builder.testSuite().property('seed', String(origin.seed)), scenario)
  builder.name(text(headLine(result)))
  // Not every schema knows how many were skipped of all suites together.
  return builder.build().replace(/(<testsuites\b[^>]*?) skipped="\d+"/, '$1')
}

function addScenario(suite: TestSuite, scenario: ScenarioCase): void {
  const { title, properties, unreached, divergences, troubles, search } = scenario
  const className = `heddle.${text(title).replace(/[^\w:-]+/g, '.')}`
  suite.name(text(title))
  const add = (name: string) => suite.testCase().className(className).name(text(name))
  for (const property of properties) {
    const one = add(property.property)
    if (property.verdict === 'violated') {
      one.failure(text(property.message ?? 'violated'), 'violated').stacktrace(text(detailOf(property)))
    } else if (!isJudged(scenario)) one.skipped()
  }
  for (const claim of unreached) add(claim).failure('No run reached it.', 'unreached')
  const others = [...divergences, ...troubles, ...(search?.verdict === 'diverged' ? [search.about] : [])]
  if (others.length > 0 || properties.length === 0) {
    const one = add('runs are deterministic and come to rest')
    if (others.length > 0) one.failure(text(others[0] ?? ''), 'trouble').stacktrace(text(others.join('\n')))
    else if (!isJudged(scenario)) one.skipped()
  }
}

function isJudged({ search, hunted }: ScenarioCase): boolean {
  return hunted.runs > 0 || search?.verdict === 'holds'
}

function detailOf({ failure, firstSeed, message }: PropertyCase): string {
  if (failure !== undefined) return failureLines(failure)
  return `${message ?? ''}${firstSeed === null ? '' : ` (seed ${firstSeed})`}`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken out.
const COLOUR = /\x1b\[[0-9;]*m/g
const NOT_IN_XML = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

/** Without colours, and without what no XML can hold, or what would end a part of it. */
function text(from: string): string {
  return from.replace(COLOUR, '').replace(NOT_IN_XML, '�').replaceAll(']]>', ']] >')
}
