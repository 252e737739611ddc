// The coordinator that works: one machine per user decides which connection acts for the user, and a
// session per connection goes through the phases one after the other. A session never moves past ACCEPTED
// without the user's machine having granted it, and ownership is claimed by an authenticated connection
// only, so that nobody can take a user's place with a bad token.

import type { Coordinator } from './coordinator.ts'
import { session } from './session.ts'
import { type Policy, userMachine } from './user-machine.ts'

/** The coordinator with one machine per user; the policy says what a second connection gets. */
export function single(policy: Policy = 'standby'): Coordinator {
  return {
    name: policy === 'standby' ? 'single' : `single:${policy}`,
    entry: 'session',
    machines: { session, machine: userMachine(policy) },
  }
}
