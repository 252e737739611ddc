// What a gate does in which order, and which part of it is whose: pure, the same on every machine. Everything is a
// row of items, numbered through; a shard takes every so-manyth of them, so that all shards together do each once.

import { createHash } from 'node:crypto'
import type { Seeds } from '../../sim/index.ts'
import { CHUNK_SEEDS } from '../hunting.ts'
import type { Shard } from './result.ts'

/** Seeds of one scenario. */
export interface Chunk {
  /** Which of the scenarios. */
  readonly index: number
  readonly seeds: Seeds
}

export interface HuntPlan {
  /** How many there are. */
  readonly scenarios: number
  /** The first seed of each. */
  readonly seed: number
  /** Of each; without it, the row goes on for ever. */
  readonly seedsMax: number | undefined
}

/** The part of a row that is this shard's; each with its place in the whole row. */
export function partOf<T>(items: readonly T[], shard: Shard): readonly T[] {
  return items.filter((_, index) => isOwn(index, shard))
}

function isOwn(index: number, { index: own, count }: Shard): boolean {
  return index % count === own - 1
}

/**
 * The chunks of a hunt that are this shard's, in rounds: some seeds of each scenario, then the next ones of each, so
 * that a budget that ends is shared out evenly. From round to round another shard begins, so that each has something of each scenario.
 */
export function chunksOf(plan: HuntPlan, shard: Shard): Generator<Chunk> {
  return chunksWhere(plan, (index) => isOwn(index, shard))
}

/** The chunks that are of other shards. */
export function othersOf(plan: HuntPlan, shard: Shard): Generator<Chunk> {
  return chunksWhere(plan, (index) => !isOwn(index, shard))
}

function* chunksWhere(
  { scenarios, seed, seedsMax }: HuntPlan,
  isWanted: (index: number) => boolean,
): Generator<Chunk> {
  const most = seedsMax ?? Number.MAX_SAFE_INTEGER - seed
  if (scenarios === 0) return
  for (let done = 0, round = 0; done < most; round++) {
    const seeds = { first: seed + done, count: Math.min(seedsIn(round), most - done) }
    for (let index = 0; index < scenarios; index++) {
      if (isWanted(index + round)) yield { index, seeds }
    }
    done += seeds.count
  }
}

/** Few at first, so that a small hunt can be shared out; more later, so that a long one is not all sharing out. */
function seedsIn(round: number): number {
  return CHUNK_SEEDS * 2 ** Math.min(LAST_GROWTH, Math.max(0, round - EVEN_ROUNDS + 1))
}

const EVEN_ROUNDS = 4
const LAST_GROWTH = 5

const SEED_HEX = 12

/** A seed of 48 bits for a commit, evenly spread. */
export function seedOf(commit: string): number {
  return Number.parseInt(createHash('sha256').update(commit).digest('hex').slice(0, SEED_HEX), 16)
}
