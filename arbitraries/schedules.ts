// Schedules for fast-check: draws the picks of one, and says which are smaller. What a pick means is in schedule.ts;
// nothing here runs a scenario.

import fc from 'fast-check'
import { checkKeys, refuse } from './refuse.ts'
import { checkTiming, type Schedule, type ScheduleOptions, schedule } from './schedule.ts'

export interface ScheduleConstraints extends ScheduleOptions {
  /** After so many choices at the most, nothing races any more; 100 unless given. */
  readonly maxLength?: number
}

const LENGTH = 100
const LENGTH_MAX = 10_000
/** So many events that can come next are told apart; more than this are seldom enabled at once. */
const EVENTS = 30
const FAULTS = 10

/**
 * Schedules for any scenario, as the source of a run: `run(scenario, { source: schedule })`. They shrink towards the
 * order in which nothing races and no fault strikes, and print as `schedule([0, 2, -1])`. Throws HEDDLE_OPTIONS where
 * a constraint does not fit.
 */
export function schedules(constraints: ScheduleConstraints = {}): fc.Arbitrary<Schedule> {
  checkKeys('the constraints of schedules()', constraints, ['maxLength', 'timing'])
  const { maxLength = LENGTH, timing = 'sampled' } = constraints
  const isLength = Number.isSafeInteger(maxLength) && maxLength >= 0 && maxLength <= LENGTH_MAX
  if (!isLength) refuse('the constraint maxLength', `an integer from 0 to ${LENGTH_MAX}`, maxLength)
  checkTiming(timing)
  return new Schedules(maxLength, { timing })
}

class Schedules extends fc.Arbitrary<Schedule> {
  readonly #picks: fc.Arbitrary<readonly number[]>
  readonly #options: ScheduleOptions

  constructor(maxLength: number, options: ScheduleOptions) {
    super()
    const pick = fc.oneof(
      { weight: 9, arbitrary: fc.nat({ max: EVENTS - 1 }) },
      { weight: 1, arbitrary: fc.integer({ min: -FAULTS, max: -1 }) },
    )
    // Without the size, fast-check would make lists of ten and shorter.
    this.#picks = fc.array(pick, { maxLength, size: 'max' })
    this.#options = options
  }

  generate(random: fc.Random, bias: number | undefined): fc.Value<Schedule> {
    return this.#valueOf(this.#picks.generate(random, bias).value)
  }

  canShrinkWithoutContext(value: unknown): value is Schedule {
    return typeof value === 'function' && 'picks' in value
  }

  shrink({ picks }: Schedule): fc.Stream<fc.Value<Schedule>> {
    return fc.stream(smaller(picks)).map((fewer) => this.#valueOf(fewer))
  }

  #valueOf(picks: readonly number[]): fc.Value<Schedule> {
    return new fc.Value(schedule(withoutTail(picks), this.#options), undefined)
  }
}

/** Zeros at the end say nothing: behind the last pick everything is 0. */
function withoutTail(picks: readonly number[]): readonly number[] {
  return picks.slice(0, picks.findLastIndex((pick) => pick !== 0) + 1)
}

/** Picks that are fewer, or as many of which one or more are nearer to 0; the boldest first. */
function* smaller(picks: readonly number[]): Generator<readonly number[]> {
  const { length } = picks
  if (length > 0) yield []
  for (const size of halves(length)) yield picks.slice(0, length - size)
  for (const size of halves(length)) {
    for (let from = 0; from < length; from += size) {
      const before = picks.slice(0, from)
      const chunk = picks.slice(from, from + size)
      const behind = picks.slice(from + size)
      if (chunk.some((pick) => pick !== 0)) yield [...before, ...chunk.map(() => 0), ...behind]
      if (behind.length > 0) yield [...before, ...behind]
    }
  }
  for (const [index, pick] of picks.entries()) {
    for (const other of nearer(pick)) yield picks.with(index, other)
  }
}

/** Half of a length, a quarter, and so on down to 1. */
function* halves(length: number): Generator<number> {
  for (let size = Math.floor(length / 2); size >= 1; size = Math.floor(size / 2)) yield size
}

/** Of the same sign, as 0 was tried before. */
function* nearer(pick: number): Generator<number> {
  const size = Math.abs(pick)
  for (let other = 1; other < size && other <= EVENTS; other++) yield Math.sign(pick) * other
  if (size > 2 * EVENTS) yield Math.sign(pick) * Math.floor(size / 2)
}
