// Plain values as small integers: equal values have one number, whatever made them. Numbers are given in the
// order in which values first come, so that two searches give the same ones.

import { canonicalJson } from '../canonical.ts'

export class Values<T = unknown> {
  readonly #name: string
  readonly #ids = new Map<string, number>()
  /** Index: a value's number. */
  readonly list: T[] = []

  /** `name` says in an error what the values are. */
  constructor(name: string) {
    this.#name = name
  }

  /** The number of a value. Throws HEDDLE_TRACE_VALUE for what is no plain data. */
  of(value: T): number {
    const key = canonicalJson(value, this.#name)
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    this.#ids.set(key, this.list.length)
    this.list.push(value)
    return this.list.length - 1
  }
}

/** The same for lists of numbers, of which those at the end that are 0 do not count. */
export class Tuples {
  readonly #ids = new Map<string, number>()
  readonly list: (readonly number[])[] = []

  of(tuple: readonly number[]): number {
    let length = tuple.length
    while (length > 0 && tuple[length - 1] === 0) length--
    const kept = length === tuple.length ? tuple : tuple.slice(0, length)
    const key = kept.join()
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    this.#ids.set(key, this.list.length)
    this.list.push(kept)
    return this.list.length - 1
  }
}
