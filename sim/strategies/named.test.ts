import { describe, expect, test } from 'vitest'
import { STRATEGY_NAMES, strategyNamed } from './named.ts'

const nameOf = (name: string) => {
  const strategy = strategyNamed(name)
  return typeof strategy === 'string' ? strategy : strategy.name
}

describe('a strategy by its name', () => {
  test.each([...STRATEGY_NAMES, 'pct(1)', 'pct(12)', 'delay-bounded(0)'])(
    '%s has that name itself, as it stands in a trace',
    (name) => {
      expect(nameOf(name)).toBe(name)
    },
  )

  test.each([
    ['pct', 'pct(3)'],
    ['pct:5', 'pct(5)'],
    ['pct(05)', 'pct(5)'],
    ['delay-bounded', 'delay-bounded(2)'],
    ['delay-bounded:1', 'delay-bounded(1)'],
  ])('%s stands for %s', (short, whole) => {
    expect(nameOf(short)).toBe(whole)
  })

  test.each([
    '',
    'PCT',
    'pct()',
    'pct(-1)',
    'pct(1',
    'pct(3) ',
    'pct(1.5)',
    'pos(1)',
    'random:2',
    'constructor',
    'toString(1)',
  ])('%j is none, and what there is is said', (name) => {
    expect(strategyNamed(name)).toBe(
      'Expected one of portfolio, random, pos, pct(3), delay-bounded(2), fifo.',
    )
  })

  test('a parameter out of bounds is told with its bounds', () => {
    expect(strategyNamed('pct(0)')).toBe('Expected pct(n) with n from 1 to 99.')
    expect(strategyNamed('delay-bounded:100')).toBe('Expected delay-bounded(n) with n from 0 to 99.')
  })
})
