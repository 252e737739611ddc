// What goes from one part of an exploration to another, or into a file, as plain JSON: touches and wakeup trees, with
// names in place of the numbers that each explorer gives them. Checks only that a tree is one.

import * as v from 'valibot'
import { HeddleError } from '../error.ts'
import type { Branch } from './initials.ts'
import type { Names, Touch } from './touch.ts'

export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
export const texts = v.array(v.string())

export const TOUCH = v.strictObject({
  event: v.string(),
  reads: texts,
  writes: texts,
  cancels: texts,
  fault: v.nullable(v.string()),
  isLast: v.boolean(),
  isWhole: v.boolean(),
})
/** The root first, each branch before its children. */
export const TREE = v.array(v.strictObject({ depth: count, touch: TOUCH }))

export type PlainTouch = v.InferOutput<typeof TOUCH>
export type PlainTree = v.InferOutput<typeof TREE>

export function plain({ event, reads, writes, cancels, fault, ...rest }: Touch, names: Names): PlainTouch {
  const named = (resources: readonly number[]) => resources.map((resource) => names.nameOf(resource))
  return {
    event: names.idOf(event),
    reads: named(reads),
    writes: named(writes),
    cancels: cancels.map((other) => names.idOf(other)),
    fault: fault ?? null,
    ...rest,
  }
}

export function read(plainTouch: PlainTouch, names: Names): Touch {
  const { event, reads, writes, cancels, fault, isLast, isWhole } = plainTouch
  return {
    event: names.event(event),
    reads: names.resources(reads),
    writes: names.resources(writes),
    cancels: cancels.map((other) => names.event(other)),
    fault: fault ?? undefined,
    isLast,
    isWhole,
  }
}

export function flat(tree: readonly Branch[], names: Names): PlainTree {
  const branches: PlainTree = []
  const work = tree.map((branch) => ({ branch, depth: 0 })).reverse()
  for (let one = work.pop(); one !== undefined; one = work.pop()) {
    const { branch, depth } = one
    branches.push({ depth, touch: plain(branch.touch, names) })
    for (const child of branch.children.toReversed()) work.push({ branch: child, depth: depth + 1 })
  }
  return branches
}

export function grown(branches: PlainTree, names: Names): Branch[] {
  const root: Branch[] = []
  const way: Branch[][] = [root]
  for (const { depth, touch } of branches) {
    const siblings = way[depth]
    if (siblings === undefined) throw refused('a tree whose branches follow their parents')
    const branch: Branch = { touch: read(touch, names), children: [] }
    siblings.push(branch)
    way.length = depth + 1
    way.push(branch.children)
  }
  return root
}

export function refused(expected: string): HeddleError {
  return new HeddleError(
    'HEDDLE_RESUME',
    `Expected ${expected}. Hand in the "resume" of an earlier report, and the scenario and bounds that it came from.`,
  )
}
