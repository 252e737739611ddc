import { describe, expect, test } from 'vitest'
import { HeddleError } from './error.ts'
import type { Observation } from './event.ts'
import { Judge } from './judge.ts'
import { always, eventually, leadsTo, monitor, on, sometimes } from './property.ts'

/** What a step shows: when, what was observed, and the state. */
interface Shown {
  at?: number
  seen?: Observation[]
  view?: unknown
}

function judge(properties: ConstructorParameters<typeof Judge>[0], shown: Shown[], rest = true): Judge {
  const judge = new Judge(properties)
  let last: Shown = {}
  let timeUs = 0
  for (const [index, step] of shown.entries()) {
    last = step
    timeUs = step.at ?? timeUs
    judge.step(step.seen ?? [], () => step.view, { step: index, timeUs })
  }
  if (rest) judge.atRest(() => last.view, { step: shown.length - 1, timeUs })
  return judge
}

const isSmall = always<number>('is small', (view) => view < 3)

describe('always', () => {
  test('is violated at the first state that breaks it, once', () => {
    const { violations } = judge([isSmall], [{ view: 1 }, { view: 3, at: 5 }, { view: 4, at: 6 }])
    expect(violations).toEqual([{ property: 'is small', message: 'it does not hold', step: 1, timeUs: 5 }])
  })

  test('is judged in the opening state too', () => {
    expect(judge([isSmall], [{ view: 9 }]).violations).toMatchObject([{ step: 0 }])
  })

  test('says what the claim says', () => {
    const claim = always<number>('is small', (view) => (view < 3 ? undefined : `it is ${view}`))
    expect(judge([claim], [{ view: 9 }]).violations).toMatchObject([{ message: 'it is 9' }])
  })
})

describe('what a claim throws', () => {
  const fails = (): never => {
    throw new RangeError('out of range')
  }
  const moment = { seen: [{ type: 'seen' }], at: 5 }
  const follows = { name: 'claim', on: ['seen'], initial: null, observe: () => {} }

  test.each([
    ['always', always('claim', fails)],
    ['eventually', eventually('claim', fails)],
    ['sometimes', sometimes('claim', fails)],
    ['leads to, from', leadsTo('claim', fails, () => true)],
    ['leads to, to', leadsTo('claim', () => true, fails)],
    [
      'sometimes that follows a monitor',
      sometimes('claim', monitor({ ...follows, name: 'm', observe: fails })),
    ],
    ['monitor', monitor({ ...follows, observe: fails })],
    ['monitor that tells instances apart', monitor({ ...follows, each: fails })],
    ['monitor at rest', monitor({ ...follows, atRest: fails })],
  ])('is its violation: %s', (_kind, claim) => {
    const { violations, reached } = judge([claim], [moment, moment])
    expect(violations).toMatchObject([{ property: 'claim', message: 'RangeError: out of range', timeUs: 5 }])
    expect(reached.size).toBe(0)
  })

  test('is no violation of an eventually before it must hold', () => {
    let looks = 0
    const arrives = eventually('arrives', () => looks++ > 0 || fails(), { within: '9us' })
    expect(judge([arrives], [moment, moment]).violations).toEqual([])
  })

  test('is thrown on where it is a mistake in using heddle', () => {
    const mistaken = always('claim', () => {
      throw new HeddleError('HEDDLE_DURATION', 'Expected a duration.')
    })
    expect(() => judge([mistaken], [moment])).toThrowError(HeddleError)
  })
})

describe('eventually', () => {
  const arrives = eventually<boolean>('arrives', (view) => view)

  test('holds when it holds at rest', () => {
    expect(judge([arrives], [{ view: false }, { view: true }]).violations).toEqual([])
  })

  test('is violated when it no longer holds at rest', () => {
    const { violations } = judge([arrives], [{ view: true }, { view: false, at: 7 }])
    expect(violations).toMatchObject([{ property: 'arrives', step: 1, timeUs: 7 }])
  })

  test('says nothing of a run that has not come to rest', () => {
    expect(judge([arrives], [{ view: false }], false).violations).toEqual([])
  })

  describe('within a time', () => {
    const soon = eventually<boolean>('arrives soon', (view) => view, { within: '5ms' })

    test('holds once it has held, whatever comes later', () => {
      const shown = [{ view: false }, { view: true, at: 5_000 }, { view: false, at: 9_000 }]
      expect(judge([soon], shown).violations).toEqual([])
    })

    test('is violated at the first step past its time', () => {
      const { violations } = judge([soon], [{ view: false }, { view: true, at: 5_001 }])
      expect(violations).toMatchObject([{ message: 'not within 5ms', step: 1, timeUs: 5_001 }])
    })

    test('is violated by a run that comes to rest before, without it', () => {
      expect(judge([soon], [{ view: false }]).violations).toHaveLength(1)
    })

    test('says nothing where the order is free of time', () => {
      const untimed = new Judge([soon], { untimed: true })
      untimed.step([], () => false, { step: 1, timeUs: 9_000 })
      expect(untimed.violations).toEqual([])
    })
  })
})

describe('leads to', () => {
  const answered = leadsTo<string>(
    'a question is answered',
    (view) => view.includes('?'),
    (view) => view.includes('!'),
  )
  const violations = (views: readonly string[], rest = true) =>
    judge(
      [answered],
      views.map((view) => ({ view })),
      rest,
    ).violations

  test('holds when what is called for comes later, or is there already', () => {
    expect(violations(['?', '', '!'])).toEqual([])
    expect(violations(['?!', ''])).toEqual([])
  })

  test('holds where nothing is called for', () => {
    expect(violations(['', '!'])).toEqual([])
  })

  test('is violated at rest by what was never answered, and says since when', () => {
    expect(violations(['', '?', '?', ''])).toEqual([
      {
        property: 'a question is answered',
        message: 'nothing came of what held at step 1',
        step: 3,
        timeUs: 0,
      },
    ])
  })

  test('is violated when it is called for again after an answer', () => {
    expect(violations(['?', '!', '?'])).toHaveLength(1)
  })

  test('is not fulfilled by what came before', () => {
    expect(violations(['!', '?'])).toHaveLength(1)
  })

  test('says nothing of a run that has not come to rest', () => {
    expect(violations(['?'], false)).toEqual([])
  })
})

describe('sometimes', () => {
  test('is reached by a state', () => {
    const claim = sometimes<number>('grows', (view) => view > 1)
    expect([...judge([claim], [{ view: 1 }, { view: 2 }]).reached]).toEqual(['grows'])
  })

  test('is reached by an observation of its type and fields', () => {
    const claim = sometimes('is refused', on('closed', { code: 4401 }))
    const closed = (code: number) => judge([claim], [{ seen: [{ type: 'closed', code }] }]).reached.size
    expect([closed(1000), closed(4401)]).toEqual([0, 1])
  })

  test('is never a violation', () => {
    expect(judge([sometimes('never', () => false)], [{}]).violations).toEqual([])
  })
})

describe('a monitor', () => {
  interface Opened extends Observation {
    connection: string
  }
  const opensOnce = monitor<{ open: boolean }, Opened>({
    name: 'opens once',
    on: ['opened', 'closed'],
    each: ({ connection }) => connection,
    initial: { open: false },
    observe(state, { type, connection }) {
      if (type === 'opened' && state.open) return `${connection} opens twice`
      state.open = type === 'opened'
    },
    atRest: ({ open }) => (open ? 'it is left open' : undefined),
  })
  const opened = (connection: string) => ({ type: 'opened', connection })
  const closed = (connection: string) => ({ type: 'closed', connection })

  test('follows each key by itself', () => {
    const seen = [opened('tab-1'), opened('tab-2'), closed('tab-1'), closed('tab-2')]
    expect(judge([opensOnce], [{ seen }]).violations).toEqual([])
  })

  test('is violated by a sentence, at the step that showed it', () => {
    const { violations } = judge(
      [opensOnce],
      [{ seen: [opened('tab-1')] }, { seen: [opened('tab-1')], at: 3 }],
    )
    expect(violations).toMatchObject([{ message: 'tab-1 opens twice', step: 1, timeUs: 3 }])
  })

  test('is asked of every key at rest', () => {
    const { violations } = judge([opensOnce], [{ seen: [opened('tab-1'), closed('tab-1'), opened('tab-2')] }])
    expect(violations).toMatchObject([{ message: 'it is left open' }])
  })

  test('begins afresh in each run', () => {
    const run = () => judge([opensOnce], [{ seen: [opened('tab-1'), closed('tab-1')] }])
    run()
    expect(run().violations).toEqual([])
  })

  test('sees nothing of the types it does not follow', () => {
    expect(judge([opensOnce], [{ seen: [{ type: 'moved', connection: 'tab-1' }] }]).violations).toEqual([])
  })

  test('ignores what belongs to no key', () => {
    const keyless = monitor({
      name: 'keyless',
      on: ['opened'],
      each: () => undefined,
      initial: null,
      observe: () => 'it was asked',
    })
    expect(judge([keyless], [{ seen: [opened('tab-1')] }]).violations).toEqual([])
  })
})

test('violations keep the order in which they were found', () => {
  const never = eventually('never', () => false)
  const { violations } = judge([never, isSmall], [{ view: 1 }, { view: 9 }])
  expect(violations.map(({ property }) => property)).toEqual(['is small', 'never'])
})
