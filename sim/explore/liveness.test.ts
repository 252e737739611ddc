import { describe, expect, it } from 'vitest'
import {
  type Actor,
  actor,
  type Context,
  check,
  eventually,
  leadsTo,
  type Property,
  parseTrace,
  replay,
  System,
  scenario,
} from '../index.ts'

interface States {
  readonly player: { hits: number }
  readonly lamp: { isOn: boolean }
}

/** A player that hits a ball against a wall for ever, and a lamp that somebody may switch on. */
function room(lamp: Actor<any, any>, properties: readonly Property[], budgets: Record<string, number> = {}) {
  const player = actor({
    initial: { hits: 0 },
    host: 'room',
    start: (_state: { hits: number }, { send }: Context) => send('wall', { type: 'ball' }),
    receive(state, _message, { send }) {
      state.hits = (state.hits + 1) % 3
      send('wall', { type: 'ball' })
      send('lamp', { type: 'breeze' })
    },
  })
  const wall = actor({
    initial: {},
    receive: (_state: object, _message, { send }) => send('player', { type: 'ball' }),
  })
  const system = new System({ actors: { player, wall, lamp }, budgets })
  return scenario({ name: 'room', system, properties })
}

const dark = actor({ initial: { isOn: false }, host: 'room', receive() {} })

function timed(receive: (state: { isOn: boolean }, type: string, context: Context) => void, fault?: string) {
  return actor({
    initial: { isOn: false },
    host: 'room',
    start(_state: { isOn: boolean }, { setTimer }: Context) {
      setTimer('switch', '5ms', { type: 'switch' }, fault === undefined ? {} : { fault })
    },
    receive: (state, { type }, context) => receive(state, type, context),
  })
}

const light = eventually<States>('there is light', ({ lamp }) => lamp.isOn)

describe('a run that never rests', () => {
  it('breaks what must come in the end, with a prefix and a cycle that replay to the byte', async () => {
    const dim = room(dark, [light])
    const report = await check(dim)
    expect(report.verdict).toBe('violated')
    const [found] = report.counterexamples
    expect(found).toMatchObject({ property: 'there is light', cycleFrom: expect.any(Number) })
    expect(found?.message).toMatch(/^it never holds again: steps \d+ to \d+ repeat for ever$/)
    const replayed = await replay(parseTrace(found?.trace ?? ''), dim)
    expect(replayed.outcome).toBe('exact')
  })

  it('must come to what stays possible all the time, as time passes for everybody', async () => {
    const lamp = timed((state, type) => {
      if (type === 'switch') state.isOn = true
    })
    expect(await check(room(lamp, [light]))).toMatchObject({ verdict: 'holds', counterexamples: [] })
  })

  it('need not come to what is put off again and again', async () => {
    const lamp = timed((state, type, { setTimer }) => {
      if (type === 'switch') state.isOn = true
      else if (!state.isOn) setTimer('switch', '5ms', { type: 'switch' })
    })
    const report = await check(room(lamp, [light]))
    expect(report.counterexamples).toMatchObject([{ property: 'there is light' }])
  })

  it('need not come to a fault', async () => {
    const lamp = timed((state, type) => {
      if (type === 'switch') state.isOn = true
    }, 'short circuit')
    const report = await check(room(lamp, [light], { 'short circuit': 1 }))
    expect(report.verdict).toBe('violated')
  })

  it('holds what holds again and again', async () => {
    const again = eventually<States>('a third hit', ({ player }) => player.hits === 2)
    expect(await check(room(dark, [again]))).toMatchObject({ verdict: 'holds' })
  })
})

describe('what leads to what', () => {
  const hitsLeadToLight = leadsTo<States>(
    'a hit leads to light',
    ({ player }) => player.hits === 1,
    ({ lamp }) => lamp.isOn,
  )

  it('is broken by a cycle in which nothing comes of it', async () => {
    const dim = room(dark, [hitsLeadToLight])
    const report = await check(dim)
    const [found] = report.counterexamples
    expect(found?.property).toBe('a hit leads to light')
    expect((await replay(parseTrace(found?.trace ?? ''), dim)).outcome).toBe('exact')
  })

  it('is broken by a run that rests before anything comes of it', async () => {
    const lamp = timed((state, type) => {
      if (type === 'switch') state.isOn = true
    }, 'short circuit')
    const player = actor({
      initial: { hits: 0 },
      start: (_state: { hits: number }, { setTimer }: Context) => setTimer('hit', '1ms', { type: 'hit' }),
      receive(state) {
        state.hits = 1
      },
    })
    const system = new System({ actors: { player, lamp }, budgets: { 'short circuit': 1 } })
    const single = scenario({ name: 'one hit', system, properties: [hitsLeadToLight] })
    const report = await check(single)
    const [found] = report.counterexamples
    expect(found).toMatchObject({ property: 'a hit leads to light', cycleFrom: null, steps: 1 })
    expect((await replay(parseTrace(found?.trace ?? ''), single)).outcome).toBe('exact')
  })

  it('holds where it always comes', async () => {
    const lamp = timed((state, type) => {
      if (type === 'switch') state.isOn = true
    })
    expect(await check(room(lamp, [hitsLeadToLight]))).toMatchObject({ verdict: 'holds' })
  })
})
