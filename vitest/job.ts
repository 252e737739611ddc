// One simulated test, prepared: what it is about, how it is to be run, who it is; and the bounds of its time. It decides
// nothing about what is found.

import type { TestContext } from 'vitest'
import { HeddleError, type Scenario } from '../sim/index.ts'
import { type Prepared, prepared } from './body.ts'
import { stemOf, type TestIdentity } from './command.ts'
import { type Settings, settingsOf } from './options.ts'

export interface Job extends Prepared {
  readonly settings: Settings
  readonly test: TestIdentity
  /** The frames under the user's call that made the test. */
  readonly site: string
  /** Aborted when the runner gives the test up. */
  readonly signal: AbortSignal
  /** Tells whoever reads the report of a test that passes. */
  readonly annotate: (text: string) => Promise<unknown>
}

/** What a test was made with. */
export interface Asked {
  readonly subject: unknown
  readonly options: unknown
  readonly site: string
}

/** Throws HEDDLE_OPTIONS, HEDDLE_ENVIRONMENT and HEDDLE_SCENARIO for what does not fit. */
export function jobOf({ subject, options, site }: Asked, { task, signal, annotate }: TestContext): Job {
  const settings = settingsOf(options, process.env)
  const test = identityOf(task)
  return {
    ...prepared(test.names.join(' > '), subject, settings.properties),
    settings,
    test,
    site,
    signal,
    annotate,
  }
}

type Task = TestContext['task']

function identityOf(task: Task): TestIdentity {
  const names = namesOf(task)
  return { file: task.file.filepath, names, twin: twinsBefore(task, names) + 1 }
}

function namesOf({ name, suite }: Pick<Task, 'name' | 'suite'>): readonly string[] {
  return suite === undefined ? [name] : [...namesOf(suite), name]
}

/** How many tests whose files would be named the same stand before this one, whatever order they run in. */
function twinsBefore(task: Task, names: readonly string[]): number {
  const all: Task[] = []
  const collect = (tasks: Task['file']['tasks']) => {
    for (const one of tasks) {
      if (one.type === 'test') all.push(one)
      else collect(one.tasks)
    }
  }
  collect(task.file.tasks)
  const stem = stemOf(names)
  return all.slice(0, all.indexOf(task)).filter((one) => stemOf(namesOf(one)) === stem).length
}

// Taken once when heddle loads, so that fake timers which a test installs do not stop them.
const { setTimeout, clearTimeout } = globalThis
const now = performance.now.bind(performance)

/** A clock that no fake timers stop, in milliseconds. */
export const nowMs = (): number => now()

/** Whether it is for lack of time that something was given up. */
export function isTimeout(error: unknown): boolean {
  return error instanceof HeddleError && error.code === 'HEDDLE_TIMEOUT'
}

/**
 * Does something with the runs of a scenario, for `timeoutMs` at the most, and begins no run after that. Throws
 * HEDDLE_TIMEOUT.
 */
export async function inTime<T>(
  { settings: { timeoutMs }, signal }: Pick<Job, 'settings' | 'signal'>,
  scenario: Scenario,
  work: (scenario: Scenario) => Promise<T>,
): Promise<T> {
  const untilMs = nowMs() + timeoutMs
  const late = () =>
    new HeddleError(
      'HEDDLE_TIMEOUT',
      `Expected the runs of "${scenario.name}" to be over within ${timeoutMs} ms, found that they are not. Ask for fewer "runs", let a run end sooner, or raise "timeoutMs".`,
    )
  const checked = (one: Scenario): Scenario => ({
    ...one,
    *simpler() {
      for (const less of one.simpler?.() ?? []) yield checked(less)
    },
    begin: () => {
      if (signal.aborted || nowMs() >= untilMs) throw late()
      return one.begin()
    },
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  const time = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), timeoutMs)
  })
  try {
    return await Promise.race([work(checked(scenario)), time])
  } finally {
    clearTimeout(timer)
  }
}
