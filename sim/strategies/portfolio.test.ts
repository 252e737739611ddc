import { expect, test } from 'vitest'
import { hunt } from '../hunt.ts'
import { race } from '../race.fixture.ts'
import { type Draw, RandomStreams } from '../random.ts'
import { mergeReports } from '../report.ts'
import { MEMBERS, portfolio } from './portfolio.ts'

const order = ({ steps }: { steps: readonly { event: { id: string } }[] }) =>
  steps.map(({ event }) => event.id).join()

test('each member has its turn as often as its weight says, drawn from the seed alone', () => {
  const seeds = 4_000
  const counts = new Map<number, number>()
  for (let seed = 0; seed < seeds; seed++) {
    const log: Draw[] = []
    portfolio.begin(new RandomStreams(String(seed), log).stream('strategy'), { choices: 9, fired: [] })
    const [{ label, value } = { label: '', value: -1 }] = log
    expect(label).toBe('member')
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  const weights = MEMBERS.reduce((sum, { weight }) => sum + weight, 0)
  expect([...counts.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: weights }, (_, turn) => turn))
  for (const count of counts.values()) expect(count / seeds).toBeCloseTo(1 / weights, 1.7)
})

test('pieces of a range of seeds do what the whole does', async () => {
  const piece = (first: number, count: number) =>
    hunt(race(), { seeds: { first, count }, timing: 'untimed', measure: order })
  expect(mergeReports(await piece(0, 37), await piece(37, 63))).toEqual(await piece(0, 100))
})
