// For tests only: tabs that want through one door, and a property that their order breaks.

import { actor, type Context } from './actor.ts'
import type { WindowInput } from './duration.ts'
import { always, eventually } from './property.ts'
import { type Scenario, scenario } from './scenario.ts'
import { System } from './system.ts'

export interface Door {
  owners: string[]
  waits: boolean
}

interface DoorOptions {
  /** Whether the door checks that nobody is inside: without it, two get in. */
  checks?: boolean
  tabs?: number
  window?: WindowInput
  /** What is shown of an entry beside its name. */
  shows?: () => unknown
  /** Whether a bell rings beside the tabs, or is waited for in vain. */
  bell?: 'rings' | 'is missing'
}

/** Tabs that want through one door; who was let in first is the owner. */
export function doorway(options: DoorOptions = {}, more: Partial<Scenario> = {}): Scenario {
  const { checks = false, tabs = 2, window = ['1ms', '5ms'], shows, bell } = options
  const door = actor<Door>({
    initial: { owners: [], waits: bell !== undefined },
    receive(state, message, { observe }) {
      if (message.type === 'bell') {
        state.waits = false
        return
      }
      if (checks && state.owners.length > 0) return
      state.owners.push(message.type)
      observe({ type: 'entered', tab: message.type, ...(shows === undefined ? {} : { shows: shows() }) })
    },
    waitsFor: ({ waits }) => (waits ? 'the bell' : undefined),
  })
  const tab = (name: string) =>
    actor({
      initial: null,
      start: (_state: null, { send }: Context) => send('door', { type: name }, { window, label: 'knock' }),
      receive() {},
    })
  const ringer = actor({
    initial: null,
    start: (_state: null, { send }: Context) => send('door', { type: 'bell' }, { window: '9ms' }),
    receive() {},
  })
  const names = Array.from({ length: tabs }, (_, index) => `tab-${index + 1}`)
  const system = new System({
    actors: {
      door,
      ...Object.fromEntries(names.map((name) => [name, tab(name)])),
      ...(bell === 'rings' ? { ringer } : {}),
    },
  })
  return scenario({
    name: 'doorway',
    begin: () => system.begin(),
    properties: [
      always('one owner', (view: { door: Door }) => view.door.owners.length <= 1),
      eventually('somebody enters', (view: { door: Door }) => view.door.owners.length > 0),
    ],
    ...more,
  })
}
