// For tests only: scenarios that fast-check generates, to hold a check against the plain search: actors of
// several hosts with claims of every kind about them, some that fall apart, some with what is interchangeable.

import fc from 'fast-check'
import type { Observation } from '../event.ts'
import { always, eventually, monitor, on, type Property, sometimes } from '../property.ts'
import { type Scenario, type Symmetry, scenario } from '../scenario.ts'
import { System } from '../system.ts'
import { type Behaviour, behaviour, type Counted, randomActor, small } from './random-actors.fixture.ts'

export type Checked = Scenario & { readonly system: System }

const CLAIMS = [
  'always',
  'always both',
  'always, or throws',
  'eventually',
  'eventually both',
  'sometimes',
  'sometimes both',
  'sometimes noted',
  'sometimes counted',
  'monitor',
  'monitor at rest',
  'monitor that throws',
] as const

/** What a claim is about is named by number. */
interface Claim {
  readonly kind: (typeof CLAIMS)[number]
  readonly one: number
  readonly other: number
  readonly n: number
  readonly m: number
}
const claims: fc.Arbitrary<readonly Claim[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...CLAIMS), one: fc.nat(3), other: fc.nat(3), n: small, m: small }),
  { maxLength: 5 },
)

type View = Readonly<Record<string, Counted>>
/** Two actors that a claim is about, or the first of them. */
type Pair = readonly [one: string, other: string]

/** A claim about each of some pairs. */
function claimed(name: string, { kind, n, m }: Claim, pairs: readonly Pair[]): Property {
  const isOne = (view: View) => pairs.some(([one]) => view[one]?.n === n)
  const isBoth = (view: View) => pairs.some(([one, other]) => view[one]?.n === n && view[other]?.n === m)
  switch (kind) {
    case 'always':
      return always<View>(name, (view) => !isOne(view))
    case 'always both':
      return always<View>(name, (view) => !isBoth(view))
    case 'always, or throws':
      return always<View>(name, (view) => {
        if (isBoth(view)) throw new Error('both')
      })
    case 'eventually':
      return eventually<View>(name, (view) => !isOne(view))
    case 'eventually both':
      return eventually<View>(name, (view) => !isBoth(view))
    case 'sometimes':
      return sometimes<View>(name, isOne)
    case 'sometimes both':
      return sometimes<View>(name, isBoth)
    case 'sometimes noted':
      return sometimes(name, on('noted', { note: n === 0 ? 'this' : 'that' }))
    case 'sometimes counted':
      return sometimes(name, counter(name, { n, m, says: 'at once' }))
    case 'monitor':
      return counter(name, { n, m, says: 'at once' })
    case 'monitor at rest':
      return counter(name, { n, m, says: 'at rest' })
    case 'monitor that throws':
      return counter(name, { n, m, says: 'by throwing' })
  }
}

interface Noted extends Observation {
  readonly note: string
  readonly by: string
}

/** Counts what is noted, by whom or what, up to three; and says so when the count is `n`. */
function counter(
  name: string,
  { n, m, says }: { n: number; m: number; says: 'at once' | 'at rest' | 'by throwing' },
) {
  return monitor<{ count: number }, Noted>({
    name,
    on: ['noted'],
    each: ({ by, note }) => [by, note, note === 'this' ? note : undefined][m],
    initial: { count: 0 },
    observe(state) {
      const { count } = state
      state.count = (count + 1) % 3
      if (count === n && says === 'by throwing') throw new Error('counted')
      return count === n && says === 'at once' ? 'counted' : undefined
    },
    ...(says === 'at rest' ? { atRest: ({ count }) => (count === n ? 'counted' : undefined) } : {}),
  })
}

/** At rest a run is judged only where every run comes to rest. */
function claimsOf(all: readonly Claim[], rests: boolean): readonly Claim[] {
  return rests ? all : all.filter(({ kind }) => !kind.startsWith('eventually'))
}

const budgets = fc.record({ drop: fc.nat(2), crash: fc.nat(1) })
const behaviours = fc.array(behaviour, { minLength: 5, maxLength: 5 })

function hostOf(name: string): string {
  return name.split('/')[0] as string
}

/** A failing test prints what a scenario was made of. */
function shown(drawn: unknown, made: Checked): Checked {
  return Object.assign(made, { [fc.toStringMethod]: () => fc.stringify(drawn) })
}

/** A system of groups of actors that never meet. Two actors of a place are on one host. */
function randomSystem(groups: readonly (readonly string[])[]): fc.Arbitrary<Checked> {
  return fc.noBias(fc.record({ behaviours, budgets, claims, rests: fc.boolean() })).map((drawn) => {
    const names = groups.flat()
    const actors = groups.flatMap((group) =>
      group.map((name) => {
        const hosts = [...new Set(group.map(hostOf))]
        const reach = (to: number) => [group[to % group.length] as string]
        const of = drawn.behaviours[names.indexOf(name)] as Behaviour
        return [name, randomActor(of, { host: hostOf(name), hosts, rests: drawn.rests, reach })] as const
      }),
    )
    const system = new System({ actors: Object.fromEntries(actors), budgets: drawn.budgets })
    const properties = claimsOf(drawn.claims, drawn.rests).map((claim, index) => {
      const group = groups[index % groups.length] as readonly string[]
      const [one, other] = [group[claim.one % group.length], group[claim.other % group.length]]
      return claimed(`${index}: ${claim.kind}`, claim, [[one as string, other as string]])
    })
    return shown(drawn, { ...scenario({ name: 'random', properties, system }), system })
  })
}

/** Actors of three hosts, which may all meet. */
export const anySystem = randomSystem([['a', 'b/one', 'b/two', 'c']])

/** Two systems that share nothing but the budgets of their faults. */
export const systemApart = randomSystem([
  ['a', 'b'],
  ['c/one', 'c/two'],
])

const BLOCKS = ['x-1', 'x-2', 'x-3']

/** Interchangeable clients of one or two parts, around a hub that keeps them in a list and in a record. */
function systemOfBlocks(isTrue: boolean): fc.Arbitrary<Checked> {
  const sizes = fc.record({ blocks: fc.integer({ min: 2, max: 3 }), parts: fc.integer({ min: 1, max: 2 }) })
  return fc.noBias(fc.record({ sizes, behaviours, budgets, claims, rests: fc.boolean() })).map((drawn) => {
    const blocks = BLOCKS.slice(0, drawn.sizes.blocks)
    const parts = ['/app', '/net'].slice(0, drawn.sizes.parts)
    const { rests } = drawn
    const ofBlock = (block: string) =>
      parts.map((part, index) => {
        const others = blocks.filter((other) => other !== block).map((other) => `${other}${part}`)
        const reach = (to: number) =>
          [['hub'], [`${block}${parts.at(-1)}`], ['hub'], others][to] as readonly string[]
        // Where the declaration is wrong, the last block has a behaviour of its own.
        const of = drawn.behaviours[isTrue || block !== blocks.at(-1) ? index : index + 2] as Behaviour
        return [`${block}${part}`, randomActor(of, { host: block, hosts: [block], rests, reach })] as const
      })
    const hub = randomActor(drawn.behaviours[4] as Behaviour, {
      host: 'hub',
      hosts: ['hub'],
      rests,
      initial: { n: 0, last: '', list: [], record: {} },
      reach: (to, { list = [] }, from) =>
        [list, list.slice(0, 1), from === undefined ? [] : [from]][to % 3] ?? [],
    })
    const actors = Object.fromEntries([...blocks.flatMap(ofBlock), ['hub', hub]])
    const system = new System({ actors, budgets: drawn.budgets })
    const properties = claimsOf(drawn.claims, rests).flatMap((claim, index) =>
      claimsOfBlocks(
        claim,
        index,
        blocks.map((block): Pair => [`${block}${parts[claim.one % parts.length]}`, 'hub']),
      ),
    )
    const symmetries: Symmetry[] = [{ blocks: blocks.map((block) => [block]) }]
    return shown(drawn, { ...scenario({ name: 'blocks', properties, system, symmetries }), system })
  })
}

/** A claim about the hub, about all blocks, or about each of them. */
function claimsOfBlocks(claim: Claim, index: number, pairs: readonly Pair[]): Property[] {
  const name = `${index}: ${claim.kind}`
  if (claim.other === 0) return [claimed(`${name} of the hub`, claim, [['hub', 'hub']])]
  if (claim.other === 1) return [claimed(`${name} of all`, claim, pairs)]
  return pairs.map((pair) => claimed(`${name} of ${pair[0]}`, claim, [pair]))
}

export const interchangeable = systemOfBlocks(true)
export const notInterchangeable = systemOfBlocks(false)
