import { expect, test } from 'vitest'
import type { Event } from '../event.ts'
import { Chains } from './chains.ts'

let sequence = 0
const event = (createdAtStep: number, channel?: string) =>
  ({ sequence: ++sequence, createdAtStep, channel }) as Event

test('a chain goes on with the first child of its last event, and the others begin their own', () => {
  const root = event(0)
  const [first, second] = [event(1), event(1)]
  const chains = new Chains([root])
  expect([first, second].map((child) => chains.of(child))).toEqual([0, 1])
  expect([first, second].map((child) => chains.of(child))).toEqual([0, 1])
})

test('what happens together is never in one chain', () => {
  const chains = new Chains([])
  expect([event(0), event(0), event(0)].map((root) => chains.of(root))).toEqual([0, 1, 2])
})

test('what leaves a channel goes on with the chain of what had to leave it before', () => {
  const [first, second] = [event(0, 'wire'), event(0, 'wire')]
  const fired: Event[] = []
  const chains = new Chains(fired)
  chains.of(first)
  fired.push(first)
  expect(chains.of(second)).toBe(0)
})

test('what fired without a choice carries its chain on, too', () => {
  const [root, forced] = [event(0), event(1)]
  const chains = new Chains([root, forced])
  expect(chains.of(event(2))).toBe(0)
})
