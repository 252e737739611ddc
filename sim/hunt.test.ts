import { describe, expect, test } from 'vitest'
import { HeddleError } from './error.ts'
import { hunt, record } from './hunt.ts'
import { race } from './race.fixture.ts'
import { parseTrace } from './replay/parse.ts'
import { mergeReports } from './report.ts'
import type { Scenario } from './scenario.ts'
import { NOT_STUCK } from './scheduler.ts'
import { portfolio } from './strategies/portfolio.ts'
import { random } from './strategies/random.ts'
import { type World, world } from './world/world.ts'

const SAMPLED = { strategy: random, timing: 'sampled' } as const
const seeds = (first: number, count: number) => ({ ...SAMPLED, seeds: { first, count } })
const finishers = (run: { steps: readonly { event: { place: string } }[] }) =>
  run.steps.map(({ event }) => event.place).join('')

describe('a hunt', () => {
  test('counts for each property the seeds that violate it, and names the first', async () => {
    const { measures, ...report } = await hunt(race(), { ...seeds(0, 100), measure: finishers })
    const violating = (matches: (order: string) => boolean) => ({
      violated: measures.filter(matches).length,
      firstSeed: measures.findIndex(matches),
    })
    expect(report).toMatchObject({
      scenario: 'race',
      strategy: 'random',
      timing: 'sampled',
      seeds: { first: 0, count: 100 },
      verdict: 'violated',
      steps: 300,
      cutShort: 0,
      bounds: [],
      properties: [
        { property: 'b is not first', ...violating((order) => order.startsWith('b')) },
        { property: 'never c, a, b', ...violating((order) => order === 'cab'), message: 'c, a, b' },
        { property: 'nothing is wrong', violated: 0, firstSeed: null, message: null },
        {
          property: NOT_STUCK,
          ...violating((order) => order.endsWith('a')),
          message: 'finish waits for a, who is last',
        },
      ],
    })
    expect(report.failures).toBe(measures.filter((order) => /^b|^cab|a$/.test(order)).length)
  })

  test('counts the runs that reach each sometimes, also one that none reaches', async () => {
    const { measures, sometimes } = await hunt(race(), { ...seeds(0, 100), measure: finishers })
    const wins = measures.filter((order) => order.startsWith('a'))
    expect(sometimes).toEqual([
      {
        property: 'a wins',
        reached: wins.length,
        firstSeed: measures.findIndex((order) => order.startsWith('a')),
      },
      { property: 'd wins', reached: 0, firstSeed: null },
    ])
  })

  test('reports what a world claims of itself', async () => {
    const claiming = world('claiming', ({ check }) => {
      check.always('fine', () => true)
      check.sometimes('unreached', () => false)
    })
    const { properties, sometimes } = await hunt(claiming, seeds(1, 3))
    expect(properties).toMatchObject([{ property: 'fine', violated: 0 }])
    expect(sometimes).toMatchObject([{ property: 'unreached', reached: 0 }])
  })

  test('calls a hunt stuck that finds nothing worse, and clean that finds nothing', async () => {
    expect(await hunt(race([]), seeds(0, 50))).toMatchObject({ verdict: 'stuck' })
    const { measures } = await hunt(race([]), { ...seeds(0, 50), measure: finishers })
    const clean = measures.findIndex((order) => !order.endsWith('a'))
    expect(await hunt(race([]), seeds(clean, 1))).toMatchObject({
      verdict: 'no violation found',
      failures: 0,
    })
  })

  test('counts the runs that a bound has cut short', async () => {
    const piece = (first: number, count: number) => hunt({ ...race(), stepsMax: 2 }, seeds(first, count))
    const bounds = [{ bound: 'steps', max: 2, runs: 10, firstSeed: 0 }]
    expect(mergeReports(await piece(0, 4), await piece(4, 6))).toMatchObject({ cutShort: 10, bounds })
  })

  test('ends with the run that makes as many failing ones as it may find', async () => {
    const whole = await hunt(race(), { ...seeds(0, 100), measure: finishers })
    const third = whole.measures.flatMap((order, seed) =>
      /^b|^cab|a$/.test(order) ? [seed] : [],
    )[2] as number
    const cut = await hunt(race(), { ...seeds(0, 100), measure: finishers, failuresMax: 3 })
    expect(cut).toEqual(await hunt(race(), { ...seeds(0, third + 1), measure: finishers }))
  })

  test('ends early when it is told to, with what was done', async () => {
    const signal = { aborted: false }
    const report = await hunt(race(), {
      ...seeds(0, 1_000),
      signal,
      onProgress(runs) {
        signal.aborted = runs >= 100
      },
    })
    expect(report.seeds.count).toBeGreaterThanOrEqual(100)
    expect(report.seeds.count).toBeLessThan(1_000)
    expect(report.steps).toBe(report.seeds.count * 3)
  })

  test.each([
    [-1, 10],
    [0.5, 10],
    [Number.MAX_SAFE_INTEGER, 10],
    [0, -1],
    [0, Number.NaN],
  ])('refuses seeds from %s, %s of them', async (first, count) => {
    await expect(hunt(race(), seeds(first, count))).rejects.toThrowError(
      expect.objectContaining({ code: 'HEDDLE_SEEDS' }),
    )
  })
})

test('a mistake in using heddle names the scenario and the seed that met it', async () => {
  const mistaken = world('mistaken', async ({ sleep, task }) => {
    let done = ''
    for (const name of ['a', 'b']) {
      task(name, async () => {
        await sleep(['1ms', '9ms'])
        done += name
      })
    }
    await sleep('10ms')
    if (done === 'ba') await sleep('soon' as never)
  })
  const hunted = await hunt(mistaken, seeds(1, 50)).catch((error: HeddleError) => error)
  expect(hunted).toBeInstanceOf(HeddleError)
  const { code, message } = hunted as HeddleError
  expect(code).toBe('HEDDLE_DURATION')
  const seed = Number(/ \(scenario mistaken, seed (\d+)\)$/.exec(message)?.[1])
  await expect(record(mistaken, { ...SAMPLED, seed })).rejects.toThrowError(message)
})

describe('reports of pieces', () => {
  const piece = (first: number, count: number) =>
    hunt(race(), { ...seeds(first, count), measure: finishers, selfCheckEvery: 7 })

  test('merge to the report of the whole, however it is cut', async () => {
    const whole = await piece(0, 60)
    for (const cut of [0, 1, 13, 59, 60]) {
      const merged = mergeReports(await piece(0, cut), await piece(cut, 60 - cut))
      expect(merged).toEqual(whole)
    }
  })

  test('survive the way from a worker', async () => {
    const report = await piece(0, 20)
    expect(structuredClone(report)).toEqual(report)
  })

  test('are not merged over a gap, nor out of order', async () => {
    const [one, other, gap] = [await piece(0, 10), await piece(10, 10), await piece(21, 10)]
    const refused = expect.objectContaining({ code: 'HEDDLE_SEEDS' })
    expect(() => mergeReports(other, one)).toThrowError(refused)
    expect(() => mergeReports(one, gap)).toThrowError(refused)
  })
})

describe('the self-check', () => {
  test('runs every so many seeds twice, the same ones whatever the range', async () => {
    expect(await hunt(race(), seeds(1, 200))).toMatchObject({
      selfChecks: 7,
      differing: 0,
      nonDeterminism: null,
    })
    expect(await hunt(race(), seeds(2, 49))).toMatchObject({ selfChecks: 3 })
    expect(await hunt(race(), seeds(5, 46))).toMatchObject({ selfChecks: 0 })
    expect(await hunt(race(), { ...seeds(0, 10), selfCheckEvery: 1 })).toMatchObject({ selfChecks: 10 })
    expect(await hunt(race(), { ...seeds(0, 100), selfCheckEvery: 0 })).toMatchObject({ selfChecks: 0 })
  })

  test('runs the first four seeds twice, also where a hunt has no more', async () => {
    expect(await hunt(race(), seeds(1, 4))).toMatchObject({ selfChecks: 4 })
    expect(await hunt(race(), seeds(0, 5))).toMatchObject({ selfChecks: 4 })
    expect(await hunt(race(), seeds(1, 2))).toMatchObject({ selfChecks: 2 })
  })

  test('counts a seed once, though it ran twice', async () => {
    const [checked, plain] = await Promise.all(
      [1, 0].map((selfCheckEvery) => hunt(race(), { ...seeds(0, 40), measure: finishers, selfCheckEvery })),
    )
    expect({ ...checked, selfChecks: 0 }).toEqual(plain)
  })

  /** A world that leaves its number of runs behind, and does something with it. */
  const impure = (use: (runs: number, given: World) => Promise<void> | void) => {
    let runs = 0
    return world('impure', (given) => use(runs++, given))
  }
  const checkOnce = (scenario: Scenario) => hunt(scenario, seeds(1, 1))

  test('finds an observation that differs', async () => {
    const scenario = impure(async (runs, { sleep, observe }) => {
      await sleep(['1ms', '5ms'])
      observe({ type: 'counted', runs })
    })
    const report = await checkOnce(scenario)
    expect(report).toMatchObject({
      verdict: 'diverged',
      differing: 1,
      nonDeterminism: { seed: 1, step: 1, what: 'observations' },
    })
    expect(report.nonDeterminism?.message).toMatchInlineSnapshot(
      `"Seed 1, run twice, diverged at step 1 (t=4.52ms): expected to observe {"runs":0,"type":"counted"}, the second time observed: {"runs":1,"type":"counted"}. Does the code read a real clock, a random number of its own, or state that another run has left?"`,
    )
  })

  test('finds a draw that differs, before what it leads to', async () => {
    const scenario = impure(async (runs, { sleep }) => sleep(['1ms', `${5 + runs}ms`]))
    const { nonDeterminism } = await checkOnce(scenario)
    expect(nonDeterminism).toMatchObject({ step: 1, what: 'draw' })
    expect(nonDeterminism?.expected).toMatch(/drawn from delay\/main for main\/sleep#1$/)
  })

  test('finds events that differ, and lists them', async () => {
    const scenario = impure(async (runs, { operation }) => operation(`call-${runs}`))
    expect((await checkOnce(scenario)).nonDeterminism).toMatchObject({
      step: 1,
      what: 'enabled',
      expected: 'enabled: main/call-0#1',
      found: 'the second time enabled: main/call-1#1',
    })
  })

  test('finds a time that differs though nothing was drawn', async () => {
    const scenario = impure(async (runs, { sleep }) => sleep(`${5 + runs}ms`))
    expect((await checkOnce(scenario)).nonDeterminism).toMatchObject({ step: 1, what: 'time' })
  })

  test('finds an opening that differs', async () => {
    const scenario = impure((runs, { observe }) => observe({ type: 'counted', runs }))
    expect((await checkOnce(scenario)).nonDeterminism).toMatchObject({ step: 0, what: 'opening' })
  })

  test('finds what only the very first run leaves to all that follow', async () => {
    const warming = () => {
      let cache: string | undefined
      return world('warming', async ({ operation }) => {
        if (cache === undefined) cache = await operation('load', { value: 'cached' })
        await operation('use')
      })
    }
    for (const strategy of [portfolio, random]) {
      const { verdict, nonDeterminism } = await hunt(warming(), { strategy })
      expect({ verdict, nonDeterminism }).toMatchObject({
        verdict: 'diverged',
        nonDeterminism: { step: 1, what: 'enabled', expected: 'enabled: main/load#1' },
      })
    }
    expect((await hunt(warming(), { selfCheckEvery: 0 })).verdict).toBe('no violation found')
  })

  test('finds a run that goes on longer, or ends otherwise', async () => {
    const longer = impure(async (runs, { sleep }) => {
      for (let naps = 0; naps <= runs; naps++) await sleep('1ms')
    })
    expect((await checkOnce(longer)).nonDeterminism).toMatchObject({ step: 2, what: 'enabled' })
    const failing = impure((runs, { check }) => check.always('first', () => runs === 0))
    expect((await checkOnce(failing)).nonDeterminism).toMatchObject({ what: 'outcome' })
  })
})

describe('a recording', () => {
  const violating = async () => {
    const { properties } = await hunt(race(), seeds(0, 100))
    return properties.find(({ property }) => property === 'never c, a, b')?.firstSeed as number
  }

  test('is the trace of a seed up to the violation of a property', async () => {
    const seed = await violating()
    const trace = parseTrace(await record(race(), { ...SAMPLED, seed, property: 'never c, a, b' }))
    expect(trace.header).toMatchObject({ seed, strategy: 'random', timing: 'sampled' })
    expect(trace.steps.map(({ event }) => event)).toEqual(['c/c#1', 'a/a#1', 'b/b#1'])
    expect(trace.outcome).toMatchObject({
      ending: 'violation',
      property: 'never c, a, b',
      message: 'c, a, b',
    })
  })

  test('of a seed goes on to its end where no property is asked for', async () => {
    const trace = parseTrace(await record(race([]), { ...SAMPLED, seed: 0 }))
    expect(trace.outcome.ending).toBe('rest')
  })

  test('is refused when the seed does not violate the property', async () => {
    await expect(record(race(), { ...SAMPLED, seed: 0, property: 'nothing is wrong' })).rejects.toThrowError(
      expect.objectContaining({ code: 'HEDDLE_RECORD' }),
    )
  })
})
