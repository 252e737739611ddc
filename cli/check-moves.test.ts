// Which transitions of the lifecycle a search is said to take, and that looking for them changes nothing.

import { describe, expect, it } from 'vitest'
import { lifecycle, single, TRANSITIONS } from '../model/index.ts'
import { legalTransitionsOnly } from '../properties/index.ts'
import { hunt, type Scenario } from '../sim/index.ts'
import { movesOf, withMoves } from './check-moves.ts'

const oneTab = lifecycle('one-tab', { coordinator: single(), properties: [legalTransitionsOnly] })
const untold: Scenario = { ...oneTab, properties: [] }
const seeds = { first: 1, count: 5 }

describe('the moves of a lifecycle', () => {
  it.each([
    ['on the claim that is there', oneTab],
    ['on one of their own', untold],
  ])('are seen %s', async (_, scenario) => {
    const { scenario: watched, moves } = withMoves(scenario)
    await hunt(watched, { seeds })
    expect(moves().map((move) => move.join(' → '))).toEqual([
      'CONNECTING → ACCEPTED',
      'ACCEPTED → AUTHENTICATED',
      'AUTHENTICATED → SERVICES_READY',
      'SERVICES_READY → PROCESSING_READY',
      'PROCESSING_READY → CLOSING',
      'CLOSING → CLOSED',
    ])
  })

  it('leave the claims and what they find alone', async () => {
    const { scenario: watched } = withMoves(oneTab)
    expect(watched.properties.map(({ name }) => name)).toEqual([legalTransitionsOnly.name])
    expect(await hunt(watched, { seeds })).toEqual(await hunt(oneTab, { seeds }))
  })

  it('stand beside the table: taken, never taken, and not in it', () => {
    const { taken, neverTaken, illegal } = movesOf([
      [['CONNECTING', 'ACCEPTED']],
      [
        ['CONNECTING', 'ACCEPTED'],
        ['CONNECTING', 'PROCESSING_READY'],
      ],
    ])
    expect(taken).toEqual([['CONNECTING', 'ACCEPTED']])
    expect(illegal).toEqual([['CONNECTING', 'PROCESSING_READY']])
    expect(neverTaken).toHaveLength(Object.values(TRANSITIONS).flat().length - 1)
  })
})
