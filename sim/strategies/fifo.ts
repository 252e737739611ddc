// First in, first out: the order in which a run would go if nothing ever raced.

import type { Event } from '../event.ts'
import type { Strategy } from './strategy.ts'

export const fifo: Strategy = {
  name: 'fifo',
  begin: () => (candidates) =>
    candidates.reduce((oldest, event) => (event.sequence < oldest.sequence ? event : oldest)) as Event,
}
