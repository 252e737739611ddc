import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Clock, timing } from './clock.ts'
import { toWindow, type WindowInput } from './duration.ts'
import type { Event } from './event.ts'
import { REPEATABLE } from './generated.fixture.ts'
import { type Draw, RandomStreams } from './random.ts'

const event = (id: string, sequence: number, window: WindowInput, createdAtStep = 0): Event => ({
  id,
  hash: 0,
  place: id.split('/')[0] as string,
  sequence,
  createdAtStep,
  window: toWindow(window),
  footprint: { reads: [], writes: [] },
  fault: undefined,
})

const sampled = (seed = '7', log?: Draw[]) => timing('sampled', new RandomStreams(seed, log))
const ids = (events: readonly Event[]) => events.map(({ id }) => id)

describe('the clock', () => {
  test('never goes back', () => {
    const clock = new Clock()
    clock.advance(5_000)
    clock.advance(3_000)
    expect(clock.nowUs).toBe(5_000)
  })

  test('knows when an event was created by the step that created it', () => {
    const clock = new Clock()
    clock.advance(5_000)
    clock.advance(9_000)
    expect(clock.createdAtUs(event('a/x#1', 1, 0, 1))).toBe(5_000)
  })
})

describe('sampled time', () => {
  test('offers the earliest event alone', () => {
    const enabled = [event('a/late#1', 1, '9ms'), event('b/early#1', 2, '3ms')]
    expect(ids(sampled().candidates(enabled, new Clock()))).toEqual(['b/early#1'])
  })

  test('leaves a tie to the strategy', () => {
    const enabled = [event('a/x#1', 1, '3ms'), event('b/y#1', 2, '9ms'), event('c/z#1', 3, '3ms')]
    expect(ids(sampled().candidates(enabled, new Clock()))).toEqual(['a/x#1', 'c/z#1'])
  })

  test('draws a delay within the window, once for each event', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(20), fc.nat(20), (seed, min, more) => {
        const log: Draw[] = []
        const time = sampled(String(seed), log)
        const late = event('a/x#1', 1, [`${min}ms`, `${min + more}ms`])
        const dueUs = time.timeUs(late, new Clock())
        expect(dueUs).toBeGreaterThanOrEqual(min * 1_000)
        expect(dueUs).toBeLessThanOrEqual((min + more) * 1_000)
        expect(time.timeUs(late, new Clock())).toBe(dueUs)
        expect(log).toHaveLength(more === 0 ? 0 : 1)
      }),
      REPEATABLE,
    )
  })

  test('draws the delays of one place apart from those of another', () => {
    const alone = sampled().timeUs(event('b/y#1', 2, ['1ms', '500ms']), new Clock())
    const time = sampled()
    time.timeUs(event('a/x#1', 1, ['1ms', '500ms']), new Clock())
    expect(time.timeUs(event('b/y#1', 2, ['1ms', '500ms']), new Clock())).toBe(alone)
  })

  test('fires at once what became due while it waited behind another', () => {
    const clock = new Clock()
    clock.advance(10_000)
    expect(sampled().timeUs(event('a/x#1', 1, '3ms'), clock)).toBe(10_000)
  })
})

describe('untimed exploration', () => {
  test('offers every event, whatever the windows say', () => {
    const enabled = [event('a/late#1', 1, '9ms'), event('b/early#1', 2, '3ms')]
    expect(timing('untimed', new RandomStreams('7')).candidates(enabled, new Clock())).toBe(enabled)
  })

  test('lets each event take its shortest delay', () => {
    const time = timing('untimed', new RandomStreams('7'))
    expect(time.timeUs(event('a/x#1', 1, ['3ms', '9ms']), new Clock())).toBe(3_000)
  })
})
