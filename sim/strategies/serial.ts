// One place after the other, each for as long as it can go on: how code is meant to run whose author thought of no other.
// What holds then and fails otherwise has a race. Draws nothing.

import type { Event } from '../event.ts'
import type { Strategy } from './strategy.ts'

export const serial: Strategy = {
  name: 'serial',
  begin:
    (_random, { fired }) =>
    (candidates) => {
      const before = fired.at(-1)
      const goesOn = candidates.filter((event) => event.place === before?.place)
      const [first] = goesOn.length > 0 ? goesOn : candidates
      return first as Event
    },
}
