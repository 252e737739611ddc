// What a test is about, as a scenario: the body of a world becomes one, and a claim that it makes can be traced to its
// line. It runs nothing.

import {
  type Check,
  HeddleError,
  type Property,
  type Scenario,
  scenario,
  type World,
  world,
} from '../sim/index.ts'
import { Lines } from './stack.ts'

/** The body of a world: plain asynchronous code, called afresh for each run. */
export type Body = (world: World) => void | Promise<void>

/** A scenario, or the body of a world. */
export type Subject = Scenario | Body

export interface Prepared {
  readonly scenario: Scenario
  /** Where the body makes its claims; nothing is noted before somebody asks for it. */
  readonly claims: Lines
}

/** The scenario of a test that is named `name`, with more claims. Throws HEDDLE_SCENARIO for what is no subject. */
export function prepared(name: string, subject: unknown, properties: readonly Property[]): Prepared {
  const claims = new Lines()
  if (typeof subject === 'function') {
    return { scenario: world(name, noting(subject as Body, claims), { properties }), claims }
  }
  if (typeof subject !== 'object' || subject === null || !('begin' in subject)) {
    const found = subject === null ? 'null' : typeof subject
    throw new HeddleError(
      'HEDDLE_SCENARIO',
      `Expected test.sim() to be given a scenario or the body of a world, found ${found}.`,
    )
  }
  return { scenario: withMore(scenario(subject as Scenario), properties), claims }
}

/** The scenario with more claims, whatever it is shrunk to. */
function withMore(whole: Scenario, more: readonly Property[]): Scenario {
  if (more.length === 0) return whole
  const { properties, simpler, withParameters, ...rest } = whole
  return {
    ...rest,
    properties: [...properties, ...more],
    ...(simpler === undefined
      ? {}
      : {
          *simpler() {
            for (const less of simpler()) yield withMore(less, more)
          },
        }),
    ...(withParameters === undefined
      ? {}
      : { withParameters: (parameters) => withMore(withParameters(parameters), more) }),
  }
}

const KINDS = ['always', 'eventually', 'leadsTo', 'sometimes'] as const

/** The same body, whose claims are noted where somebody has asked for it; of the same kind, asynchronous or not. */
function noting(body: Body, claims: Lines): Body {
  const run = (world: World) => body(claims.isNoting ? notingWorld(world, claims) : world)
  const isAsynchronous = Object.prototype.toString.call(body) === '[object AsyncFunction]'
  return isAsynchronous ? async (world) => run(world) : run
}

function notingWorld(world: World, claims: Lines): World {
  const check = { ...world.check } as Record<string, (...given: unknown[]) => void>
  for (const kind of KINDS) {
    const claim = check[kind] as (...given: unknown[]) => void
    const noted = (...given: unknown[]) => {
      claims.note(String(given[0]), noted)
      claim(...given)
    }
    check[kind] = noted
  }
  const { monitor } = world.check
  const notedMonitor: Check['monitor'] = (definition) => {
    claims.note(definition.name, notedMonitor)
    monitor(definition)
  }
  check.monitor = notedMonitor as never
  // Inherited, as taking `sleep` or `operation` out of a world has an effect.
  return Object.create(world, { check: { value: check, enumerable: true } })
}
