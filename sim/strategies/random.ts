// Each candidate equally likely at every choice: the baseline that every other strategy is measured against.

import type { Event } from '../event.ts'
import type { Strategy } from './strategy.ts'

export const random: Strategy = {
  name: 'random',
  begin: (stream) => (candidates) => candidates[stream.integer(0, candidates.length - 1, 'choice')] as Event,
}
