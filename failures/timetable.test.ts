// What a person sees of a run that never comes to rest: from where on its steps repeat.

import { describe, expect, test } from 'vitest'
import { playing, rally } from '../sim/rally.fixture.ts'
import { runSync } from '../sim/scheduler.ts'
import { watched } from './timeline.ts'
import { timetable } from './timetable.ts'

const { scenario, timeline } = watched(rally())
const cycle = timeline(runSync(scenario, { source: playing(8, 4) }))

describe('a run in a cycle shows from where on it repeats', () => {
  test('in columns', () => {
    expect(timetable(cycle, { width: 100, property: 'the game ends' })).toMatchInlineSnapshot(`
      "      time  ping                              pong
             1ms  ball                              hit 1, right
             2ms  hit 1, right                      ball
             3ms  ball#2                            hit 2, left
             4ms  hit 2, left                       ball#2
                  ↻ from here on, steps 5 to 8 repeat for ever
             5ms  ball#3                            hit 2, right
             6ms  hit 2, right                      ball#3
             7ms  ball#4                            hit 2, left
             8ms  hit 2, left                       ball#4
                  ✗ the game ends: it never holds again: steps 5 to 8 repeat for
                    ever"
    `)
  })

  test('as a list', () => {
    expect(timetable(cycle, { width: 50, property: 'the game ends' })).toMatchInlineSnapshot(`
      "      time  event        state
             1ms  ping/ball#1  pong hit 1, right
             2ms  pong/ball#1  ping hit 1, right
             3ms  ping/ball#2  pong hit 2, left
             4ms  pong/ball#2  ping hit 2, left
                  ↻ from here on, steps 5 to 8 repeat for ever
             5ms  ping/ball#3  pong hit 2, right
             6ms  pong/ball#3  ping hit 2, right
             7ms  ping/ball#4  pong hit 2, left
             8ms  pong/ball#4  ping hit 2, left
                  ✗ the game ends: it never holds again:
                    steps 5 to 8 repeat for ever"
    `)
  })

  test('also where its first steps are left out', () => {
    const text = timetable(cycle, { width: 60, changesOnly: { stepsMax: 2 } })
    expect(text).toMatch(/^… 6 steps before\n.*\n +↻ steps 5 to 8 repeat for ever\n/)
  })
})

test('a run that ends otherwise shows nothing of it', () => {
  const ended = timeline(runSync(scenario, { source: playing(8, undefined) }))
  expect(timetable(ended, { width: 100 })).not.toContain('for ever')
})

describe('a run in short', () => {
  const steps = ['a/go#1', 'b/go#1', 'a/stop#1', 'b/stop#1'].map((event, index) => ({
    step: index + 1,
    timeUs: 1_000 * (index + 1),
    event,
    changes: event === 'a/go#1' ? [['a', 'gone'] as const] : [],
  }))
  const violation = { property: 'p', message: 'm', step: 4, timeUs: 4_000 }
  const timeline = { actors: ['a'], steps, violations: [violation], cycleFrom: null, timeUs: 4_000 }
  const eventsIn = (text: string) => text.split('\n').filter((line) => / (go|stop)/.test(line)).length

  test('leaves out what changed no state, but of those that show none, nothing', () => {
    expect(eventsIn(timetable(timeline, { width: 100, changesOnly: { stepsMax: 24 } }))).toBe(3)
    const silent = { ...timeline, actors: [], steps: steps.map((step) => ({ ...step, changes: [] })) }
    expect(eventsIn(timetable(silent, { width: 100, changesOnly: { stepsMax: 24 } }))).toBe(4)
  })

  test('has columns for four places on a hundred characters', () => {
    const four = steps.map((step, index) => ({ ...step, event: `${'abcd'[index]}/go#1`, changes: [] }))
    const [head = ''] = timetable({ ...timeline, actors: [], steps: four }, { width: 98 }).split('\n')
    expect(head.trim().split(/ +/)).toEqual(['time', 'a', 'b', 'c', 'd'])
  })
})
