// What `npm run bench:growth` searches: connections of one user under the single coordinator with standby, one
// message each, one drop among them all, with every claim that does not speak of time.

import { lifecycle, single } from '../model/index.ts'
import { untimedProperties } from '../properties/index.ts'
import type { Scenario } from '../sim/index.ts'

export function standby(connections: number): Scenario {
  return lifecycle('standby', {
    connections,
    messages: 1,
    faults: { drops: 1 },
    coordinator: single('standby'),
    properties: untimedProperties,
  })
}
