import { describe, expect, test } from 'vitest'
import { actor } from './actor.ts'
import { HeddleError } from './error.ts'
import { hunt, record } from './hunt.ts'
import { parseTrace } from './replay/parse.ts'
import { replay } from './replay/replay.ts'
import { scenario } from './scenario.ts'
import { run, runSync } from './scheduler.ts'
import { listed } from './source.ts'
import { System } from './system.ts'
import { type World, world } from './world/world.ts'

const napping = () => world('napping', ({ sleep }: World) => sleep(['1ms', '5ms']))
const source = listed([])
/** As somebody calls it who has no type checker. */
const loose = (value: unknown) => value as never

describe('a mistake is told in one line', () => {
  const mistakes: Readonly<Record<string, () => unknown>> = {
    'Expected a scenario, as world() or scenario() make one, found undefined.': () => hunt(loose(undefined)),
    'Expected a scenario, as world() or scenario() make one, found "napping".': () =>
      record(loose('napping'), { seed: 1 }),
    'Expected a scenario, as world() or scenario() make one, found null.': () => run(loose(null), { source }),
    'Expected a scenario, as world() or scenario() make one, found an array.': () =>
      runSync(loose([]), { source }),
    'Expected "begin" of a scenario to be a function, found null.': () => hunt(loose({ name: 'x' })),
    'Expected "name" of a scenario to be a name, found "".': () => world('', () => {}),
    'Expected "stepsMax" of a scenario to be a non-negative integer, found 0.5.': () =>
      scenario({ ...napping(), stepsMax: 0.5 }),
    'Expected the body of a world to be a function, found undefined.': () => world('x', loose(undefined)),
    'Expected "budgets" of world() to be an object of non-negative integers, found an object.': () =>
      world('x', () => {}, { budgets: { drops: -1 } }),
    'Expected "budgets" of a system to be an object of non-negative integers, found an object.': () =>
      new System({ actors: { a: actor({ initial: {}, receive() {} }) }, budgets: { drops: 0.5 } }),
    'Expected "budgets" of a system to be an object of non-negative integers, found 3.': () =>
      new System({ actors: { a: actor({ initial: {}, receive() {} }) }, budgets: loose(3) }),
    'Expected the options of hunt() to be an object, found 7.': () => hunt(napping(), loose(7)),
    'Expected "strategy" of hunt() to be a strategy such as random, found "random".': () =>
      hunt(napping(), loose({ strategy: 'random' })),
    'Expected "timing" of record() to be one of sampled, untimed, found "soon".': () =>
      record(napping(), loose({ seed: 1, timing: 'soon' })),
    'Expected the options of hunt() to be among strategy, timing, seeds, selfCheckEvery, coverage, failuresMax, measure, onProgress, signal, found "seed".':
      () => hunt(napping(), loose({ seed: 1 })),
    'Expected "seeds" of hunt() to be { first, count }, found 200.': () =>
      hunt(napping(), loose({ seeds: 200 })),
    'Expected a trace, as parseTrace() reads one, found a string. Parse the text first.': () =>
      replay(loose('text'), napping()),
  }

  test.each(Object.entries(mistakes))('%s', async (message, make) => {
    const made = await Promise.resolve()
      .then(make)
      .catch((error: unknown) => error)
    expect(made).toBeInstanceOf(HeddleError)
    expect((made as HeddleError).message).toBe(message)
  })
})

test('a recording has the strategy and the timing of a hunt unless given', async () => {
  const { header } = parseTrace(await record(napping(), { seed: 1 }))
  expect(header).toMatchObject({ strategy: 'portfolio', timing: 'sampled' })
})

test('an option may be undefined, as if it were not given', async () => {
  const { seeds } = await hunt(napping(), loose({ seeds: undefined, measure: undefined }))
  expect(seeds).toEqual({ first: 1, count: 200 })
})

test('seeds beyond the last one that a number can be are refused', async () => {
  const first = Number.MAX_SAFE_INTEGER
  expect((await hunt(napping(), { seeds: { first, count: 1 } })).seeds).toEqual({ first, count: 1 })
  // Rounded, the sum of both is a number that can be.
  const refused = expect.objectContaining({ code: 'HEDDLE_SEEDS' })
  await expect(hunt(napping(), { seeds: { first, count: 2 } })).rejects.toThrowError(refused)
})
