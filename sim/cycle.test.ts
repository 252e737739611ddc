import { describe, expect, test } from 'vitest'
import { actor, type Context } from './actor.ts'
import { cycleText } from './cycle.ts'
import { Judge } from './judge.ts'
import { always, eventually, leadsTo, monitor, type Property } from './property.ts'
import { playing, rally, serveLeadsToEnd, theEnd } from './rally.fixture.ts'
import { scenario } from './scenario.ts'
import { run, runSync } from './scheduler.ts'
import { System } from './system.ts'
import { world } from './world/world.ts'

const ended = (steps: number, cycleFrom?: number, variation?: Parameters<typeof rally>[0]) =>
  runSync(rally(variation), { source: playing(steps, cycleFrom) })

const NOT_A_CYCLE = { ending: 'source', cycleFrom: null, violations: [], verdict: 'no violation found' }

describe('a run ends in a cycle', () => {
  test('where its source says that steps repeat for ever, and they lead back to where they began', () => {
    expect(ended(8, 4)).toMatchObject({ ending: 'cycle', cycleFrom: 4, verdict: 'violated', timeUs: 8_000 })
  })

  test('of several rounds, or of one that begins later, as well as of the first', () => {
    for (const [steps, cycleFrom] of [
      [12, 4],
      [9, 5],
      [11, 7],
    ] as const) {
      expect(ended(steps, cycleFrom)).toMatchObject({ ending: 'cycle', cycleFrom })
    }
  })

  test('from its start, where the first step leads back to it', () => {
    const ticker = actor({
      initial: null,
      start: (_state: null, { setTimer }: Context) => setTimer('tick', '1ms', { type: 'tick' }),
      receive: (_state: null, _message, { setTimer }) => setTimer('tick', '1ms', { type: 'tick' }),
    })
    const ticking = scenario({ name: 'ticking', system: new System({ actors: { ticker } }) })
    const source = { ...playing(1, 0), choose: oldestOnce() }
    expect(runSync(ticking, { source })).toMatchObject({ ending: 'cycle', cycleFrom: 0 })
  })

  test('even where a fault may happen all the while, or a timer that is set anew with each step', () => {
    expect(ended(8, 4, { whistle: 'as a fault' }).ending).toBe('cycle')
    expect(ended(8, 4, { whistle: 'anew with each hit' }).ending).toBe('cycle')
  })

  test('after the violation of a claim about states, which it keeps', () => {
    const properties = [theEnd, { ...theEnd, kind: 'always' as const, name: 'it is over at once' }]
    const { violations } = runSync(rally({}, { properties }), { source: playing(8, 4) })
    expect(violations).toMatchObject([{ property: 'it is over at once', step: 0 }, { step: 8 }])
  })
})

/** The oldest event, and then the end. */
function oldestOnce(): ReturnType<typeof playing>['choose'] {
  let taken = 0
  return ([event], clock) =>
    event === undefined || taken++ > 0 ? undefined : { event, timeUs: clock.nowUs + event.window.minUs }
}

describe('a run ends where its source ends it, with no violation', () => {
  test('where nobody says that it is in a cycle', () => {
    expect(ended(8)).toMatchObject(NOT_A_CYCLE)
  })

  test.each([
    ['what is said to repeat leads elsewhere', 6, 4],
    ['it begins too early', 8, 3],
    ['there is no step in it', 8, 8],
    ['it would begin after the end', 8, 9],
    ['it would begin before the start', 8, -1],
    ['it begins between two steps', 8, 3.5],
    ['it begins nowhere', 8, Number.NaN],
  ])('where %s', (_what, steps, cycleFrom) => {
    expect(ended(steps, cycleFrom)).toMatchObject(NOT_A_CYCLE)
  })

  test('where an actor counts on, so that no state comes again', () => {
    expect(ended(8, 4, { hitsMax: 9 })).toMatchObject(NOT_A_CYCLE)
  })

  test('where something that must happen waits all the while, as no fair schedule passes it over for ever', () => {
    expect(ended(8, 4, { whistle: 'from the start' })).toMatchObject(NOT_A_CYCLE)
  })

  test('where time rules, as the windows may forbid what the order allows', () => {
    expect(runSync(rally(), { source: playing(8, 4, false) })).toMatchObject(NOT_A_CYCLE)
  })

  test('where nobody can tell what its future depends on, as in plain asynchronous code', async () => {
    const napping = world('napping', async ({ sleep }) => {
      for (;;) await sleep('1ms')
    })
    const source = { ...playing(1, 0), choose: oldestOnce() }
    expect(await run(napping, { source })).toMatchObject({ ending: 'source', cycleFrom: null })
  })
})

test('a run at rest is at rest, whatever its source says of a cycle', () => {
  const still = scenario({
    name: 'still',
    system: new System({ actors: { still: actor({ initial: null, receive() {} }) } }),
  })
  expect(runSync(still, { source: playing(0, 0) })).toMatchObject({ ending: 'rest', cycleFrom: null })
})

describe('the judge of a cycle', () => {
  /** The violations of a run whose states these are, and whose steps after `cycleFrom` repeat for ever. */
  const inCycle = (claim: Property, cycleFrom: number, views: readonly unknown[]) => {
    const judge = new Judge([claim], { cycleFrom })
    for (const [step, view] of views.entries()) {
      judge.step([{ type: 'seen' }], () => view, { step, timeUs: 0 })
    }
    judge.inCycle({ step: views.length - 1, timeUs: 0 })
    return judge.violations
  }

  describe('an eventually', () => {
    const arrives = eventually<boolean>('arrives', (view) => view)

    test('is violated where it holds in no state of it, whatever was before', () => {
      expect(inCycle(arrives, 1, [true, false, false, false])).toEqual([
        {
          property: 'arrives',
          message: 'it never holds again: steps 2 to 3 repeat for ever',
          step: 3,
          timeUs: 0,
        },
      ])
    })

    test('holds where it holds in some state of it, the first one included', () => {
      expect(inCycle(arrives, 1, [false, false, true, false])).toEqual([])
      expect(inCycle(arrives, 1, [false, true, false])).toEqual([])
    })

    test('is not judged where it is about a time', () => {
      const soon = eventually<boolean>('arrives soon', (view) => view, { within: '5ms' })
      expect(inCycle(soon, 0, [false, false])).toEqual([])
    })

    test('does not hold where it throws', () => {
      const fails = eventually('fails', () => {
        throw new RangeError('out of range')
      })
      expect(inCycle(fails, 0, [null, null])).toMatchObject([
        { message: 'it never holds again: step 1 repeats for ever' },
      ])
    })
  })

  describe('a leads to', () => {
    const answered = leadsTo<string>(
      'a question is answered',
      (view) => view.includes('?'),
      (view) => view.includes('!'),
    )

    test('is violated by what is open all through it, and says since when', () => {
      expect(inCycle(answered, 1, ['?', '', ''])).toMatchObject([
        { message: 'nothing ever comes of what held at step 0: step 2 repeats for ever', step: 2 },
      ])
    })

    test('is violated by what opens in it and is not answered the next time round either', () => {
      expect(inCycle(answered, 1, ['!', '', '?', ''])).toHaveLength(1)
    })

    test('holds where what opens in it was answered before, as it is again the next time round', () => {
      expect(inCycle(answered, 0, ['', '!', '?', ''])).toEqual([])
    })

    test('holds where nothing is open, or what was is answered', () => {
      expect(inCycle(answered, 1, ['', '', ''])).toEqual([])
      expect(inCycle(answered, 1, ['?', '', '!', ''])).toEqual([])
    })

    test('may throw in a state that calls for nothing', () => {
      const fails = leadsTo<string>(
        'fails',
        () => false,
        () => {
          throw new RangeError('out of range')
        },
      )
      expect(inCycle(fails, 0, ['', ''])).toEqual([])
    })
  })

  test('a monitor is not asked what it says at rest, and an always not again', () => {
    const open = { name: 'open', on: ['seen'], initial: null, observe: () => {}, atRest: () => 'left open' }
    expect(inCycle(monitor(open), 0, [null, null])).toEqual([])
    expect(
      inCycle(
        always('holds', () => true),
        0,
        [null, null],
      ),
    ).toEqual([])
  })
})

test('a cycle says which claims it breaks, and which steps repeat', () => {
  expect(ended(8, 4).violations).toEqual([
    {
      property: theEnd.name,
      message: 'it never holds again: steps 5 to 8 repeat for ever',
      step: 8,
      timeUs: 8_000,
    },
    {
      property: serveLeadsToEnd.name,
      message: 'nothing ever comes of what held at step 1: steps 5 to 8 repeat for ever',
      step: 8,
      timeUs: 8_000,
    },
  ])
})

test('one step that repeats is said as one', () => {
  expect(cycleText({ cycleFrom: 8, steps: 9 })).toBe('step 9 repeats for ever')
})
