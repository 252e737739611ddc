// For tests only: systems that break claims, and whether a schedule is 1-minimal, found out without the code that made
// it so.

import fc from 'fast-check'
import { actor, type Context } from '../actor.ts'
import type { WindowInput } from '../duration.ts'
import { generatedScenario } from '../generated.fixture.ts'
import { always, eventually } from '../property.ts'
import { type Deviation, deviating, type Made, recording } from '../replay/deviations.ts'
import { feasibleTimes, following } from '../replay/feasible.ts'
import { outcomeOf, type Trace } from '../replay/trace.ts'
import { type Scenario, scenario } from '../scenario.ts'
import { type Run, run } from '../scheduler.ts'
import { System } from '../system.ts'

/** The deviations without each of which the property still fails; none where a schedule is 1-minimal. */
export async function superfluous(
  scenario: Scenario,
  deviations: readonly Deviation[],
  { header, outcome: { property } }: Trace,
): Promise<readonly Deviation[]> {
  const found: Deviation[] = []
  for (const one of deviations) {
    const others = deviations.filter((other) => other !== one)
    const { order, violated } = await ran(scenario, others, property)
    const fails = header.timing === 'untimed' ? violated : await failsInTime(scenario, order, property)
    if (fails) found.push(one)
  }
  return found
}

async function ran(scenario: Scenario, deviations: readonly Deviation[], property: string | null) {
  const recorder = recording(deviating(deviations))
  const finished = await run(scenario, { source: recorder, stopAt: property ?? true })
  const order = recorder.made.slice(0, finished.steps.length)
  return { order, violated: violates(finished, property) }
}

async function failsInTime(scenario: Scenario, order: readonly Made[], property: string | null) {
  const timesUs = feasibleTimes(order)
  if (timesUs === undefined) return false
  return violates(
    await run(scenario, { source: following(order, timesUs), stopAt: property ?? true }),
    property,
  )
}

const violates = (finished: Run, property: string | null) =>
  outcomeOf(finished, property).property === property

type States = Readonly<Record<string, { handled: number; last: string }>>

/** Systems of any kind with claims about what comes first, and about what is so in the end. */
const anySystem = generatedScenario.map((one) => ({
  ...one,
  properties: [
    ...one.properties,
    always('c is not ahead of a', ({ a, c }: States) => (c?.handled ?? 0) <= (a?.handled ?? 0)),
    eventually(
      'b comes out ahead',
      (all: States) => (all['b/one']?.handled ?? 0) >= (all['b/two']?.handled ?? 0),
    ),
  ],
}))

interface Board {
  seen: string[]
}

const milliseconds = fc.tuple(fc.nat(3), fc.nat(6))

/** Runners who pass a board, some several times, and a claim that some orders in which they do break. */
const runners: fc.Arbitrary<Scenario> = fc
  .tuple(
    fc.array(fc.array(milliseconds, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 4 }),
    fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { minLength: 1, maxLength: 3 }),
  )
  .map(([laps, pairs]) => {
    const board = actor<Board>({
      initial: { seen: [] },
      receive(state, { type }) {
        state.seen.push(type)
      },
    })
    const runner = (windows: readonly (readonly [number, number])[]) =>
      actor({
        initial: { lap: 0 },
        start: (_state: { lap: number }, { setTimer }: Context) =>
          setTimer('lap', lapOf(windows, 0), { type: 'lap' }),
        receive(state, _message, { self, send, setTimer }) {
          send('board', { type: `${self}.${state.lap}` }, { window: 0 })
          state.lap++
          if (state.lap < windows.length) setTimer('lap', lapOf(windows, state.lap), { type: 'lap' })
        },
      })
    const all = laps.flatMap((windows, one) => windows.map((_, lap) => `runner-${one}.${lap}`))
    const isBefore = (seen: readonly string[], a: number, b: number) => {
      const [first, second] = [
        seen.indexOf(all[a % all.length] ?? ''),
        seen.indexOf(all[b % all.length] ?? ''),
      ]
      return first >= 0 && first < second
    }
    const system = new System({
      actors: {
        board,
        ...Object.fromEntries(laps.map((windows, one) => [`runner-${one}`, runner(windows)])),
      },
    })
    return scenario({
      name: 'runners',
      system,
      properties: [
        always(
          'not in this order',
          (view: { board: Board }) => !pairs.every(([a, b]) => isBefore(view.board.seen, a, b)),
        ),
      ],
    })
  })

function lapOf(windows: readonly (readonly [number, number])[], lap: number): WindowInput {
  const [min, more] = windows[lap] ?? [0, 0]
  return [`${min}ms`, `${min + more}ms`]
}

/** Systems that break a claim in some orders. */
export const fragile = fc.oneof(runners, anySystem)
