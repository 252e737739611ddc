import { describe, expect, it } from 'vitest'
import { random } from '../sim/index.ts'
import { settingsOf } from './options.ts'

describe('the settings of a test', () => {
  it('are the same in each run, unless something else is asked for', () => {
    expect(settingsOf({}, {})).toMatchObject({
      runs: 100,
      seed: 1,
      strategy: { name: 'portfolio' },
      timing: 'sampled',
      exhaustive: false,
      timeoutMs: 30_000,
      out: '.heddle',
      checkDeterminism: false,
      replay: undefined,
    })
  })

  it('take a strategy, or its name', () => {
    expect(settingsOf({ strategy: random }, {}).strategy).toBe(random)
    expect(settingsOf({ strategy: 'pct:4' }, {}).strategy.name).toBe('pct(4)')
  })

  it('take what the environment says before what the test says', () => {
    const environment = {
      HEDDLE_RUNS: '7',
      HEDDLE_SEED: '0',
      HEDDLE_CHECK_DETERMINISM: 'true',
      HEDDLE_REPLAY: 'a.replay',
      HEDDLE_OUT: 'found',
    }
    expect(settingsOf({ runs: 5, seed: 3, out: 'elsewhere' }, environment)).toMatchObject({
      runs: 7,
      seed: 0,
      checkDeterminism: true,
      replay: 'a.replay',
      out: 'found',
    })
  })

  it('take an empty variable for one that is not there', () => {
    const empty = { HEDDLE_RUNS: '', HEDDLE_SEED: '', HEDDLE_CHECK_DETERMINISM: '', HEDDLE_REPLAY: '' }
    expect(settingsOf({ runs: 5 }, empty)).toMatchObject({ runs: 5, seed: 1, checkDeterminism: false })
    expect(settingsOf({}, empty).replay).toBeUndefined()
  })

  it.each([
    [{ runs: 0 }, 'Expected "runs" of test.sim() to be an integer from 1 to 1000000, found 0.'],
    [{ runs: '100' }, 'Expected "runs" of test.sim() to be an integer from 1 to 1000000, found "100".'],
    [{ runs: 1.5 }, 'found 1.5.'],
    [{ runs: Number.NaN }, 'found NaN.'],
    [{ seed: -1 }, 'Expected "seed" of test.sim() to be an integer from 0 to'],
    [
      { strategy: 'quick' },
      'Expected "strategy" of test.sim() to be a strategy, or one of portfolio, random,',
    ],
    [{ strategy: {} }, 'found an object.'],
    [{ timing: 'exact' }, 'Expected "timing" of test.sim() to be one of sampled, untimed, found "exact".'],
    [{ exhaustive: 'yes' }, 'Expected "exhaustive" of test.sim() to be true or false, found "yes".'],
    [{ timeoutMs: 0 }, 'Expected "timeoutMs" of test.sim() to be an integer from 1 to 2147483647, found 0.'],
    [
      { properties: [1] },
      'Expected "properties" of test.sim() to be an array of properties, found an array.',
    ],
    [{ allowUnreached: 1 }, 'Expected "allowUnreached" of test.sim() to be true or false, found 1.'],
    [{ out: '' }, 'Expected "out" of test.sim() to be a folder, found "".'],
    [{ timeout: 5 }, 'Expected the options of test.sim() to be among runs, seed, strategy, '],
    [{ timeout: 5 }, 'found "timeout".'],
    [[], 'Expected the options of test.sim() to be an object, found an array.'],
    [null, 'Expected the options of test.sim() to be an object, found null.'],
    [7, 'Expected the options of test.sim() to be an object, found 7.'],
    [{ exhaustive: true, runs: 5 }, 'Expected no "runs" of test.sim() beside "exhaustive"'],
  ])('are refused in a line that says what was expected: %j', (options, message) => {
    expect(() => settingsOf(options, {})).toThrow(message)
    expect(() => settingsOf(options, {})).toThrow(/^[^\n]*$/)
  })

  it.each([
    [
      { HEDDLE_RUNS: 'many' },
      'the environment variable HEDDLE_RUNS to be an integer from 1 to 1000000, found "many".',
    ],
    [{ HEDDLE_RUNS: '0' }, 'HEDDLE_RUNS'],
    [{ HEDDLE_RUNS: '1e3' }, 'found "1e3".'],
    [{ HEDDLE_SEED: '-4' }, 'HEDDLE_SEED to be an integer from 0 to'],
    [{ HEDDLE_SEED: '99999999999999999999' }, 'HEDDLE_SEED'],
    [{ HEDDLE_CHECK_DETERMINISM: 'yes' }, 'HEDDLE_CHECK_DETERMINISM to be 1 or 0, found "yes".'],
    [{ HEDDLE_SEED: 'a\u001b[31m' }, 'found "a\\u{1b}[31m".'],
  ])('are refused where the environment says nothing that fits: %j', (environment, message) => {
    expect(() => settingsOf({}, environment)).toThrow(message)
  })
})
