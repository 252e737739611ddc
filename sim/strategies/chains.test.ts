import { expect, test } from 'vitest'
import type { Event } from '../event.ts'
import { Chains } from './chains.ts'

let sequence = 0
const event = (createdAtStep: number, channel?: string, owner?: string) =>
  ({ sequence: ++sequence, createdAtStep, channel, owner }) as Event

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

test('a task that another one wakes goes on with its own chain, and so does the one that woke it', () => {
  const [a, b] = [event(0, undefined, 'a'), event(0, undefined, 'b')]
  const fired: Event[] = []
  const chains = new Chains(fired)
  expect([a, b].map((first) => chains.of(first))).toEqual([0, 1])
  // The task b has nothing to do, until the next step of a wakes it.
  fired.push(b, a)
  const [ofB, ofA] = [event(2, undefined, 'b'), event(2, undefined, 'a')]
  expect([ofB, ofA].map((next) => chains.of(next))).toEqual([1, 0])
})

test('what a task does at once is two chains, each of which goes on with what it created', () => {
  const [one, other] = [event(0, undefined, 'a'), event(0, undefined, 'a')]
  const fired: Event[] = []
  const chains = new Chains(fired)
  expect([one, other].map((first) => chains.of(first))).toEqual([0, 1])
  fired.push(one, other)
  const [afterOther, afterOne] = [event(2, undefined, 'a'), event(1, undefined, 'a')]
  expect([afterOther, afterOne].map((next) => chains.of(next))).toEqual([1, 0])
})
