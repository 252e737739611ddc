// The one table of legal transitions, all 81 pairs of it.

import { describe, expect, it } from 'vitest'
import { InvalidTransition, isEnded, isLegal, STATES, TRANSITIONS, transition } from './states.ts'

describe('the table of legal transitions', () => {
  it('leads from CONNECTING to PROCESSING_READY through every state in between, and no other way', () => {
    const path = ['CONNECTING', 'ACCEPTED', 'AUTHENTICATED', 'SERVICES_READY', 'PROCESSING_READY'] as const
    for (const [from, state] of path.entries()) {
      for (const [to, other] of path.entries()) expect(isLegal(state, other)).toBe(to === from + 1)
    }
  })

  it('allows FAILED from every state before CLOSED, and nothing from an end', () => {
    for (const state of STATES) expect(isLegal(state, 'FAILED')).toBe(!isEnded(state))
    expect(TRANSITIONS.CLOSED).toEqual([])
    expect(TRANSITIONS.FAILED).toEqual([])
  })

  it('lets a degraded connection recover to PROCESSING_READY', () => {
    expect(isLegal('DEGRADED', 'PROCESSING_READY')).toBe(true)
  })

  it('throws an InvalidTransition that names both states for every pair that it does not have', () => {
    for (const from of STATES) {
      for (const to of STATES) {
        if (TRANSITIONS[from].includes(to)) {
          expect(transition(from, to)).toBe(to)
        } else {
          expect(() => transition(from, to)).toThrow(InvalidTransition)
          expect(() => transition(from, to)).toThrow(`InvalidTransition: ${from} → ${to}`)
        }
      }
    }
  })
})
