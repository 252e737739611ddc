// Arbitraries that shrink afresh each time. fast-check tries the least value once, and takes a value that passed for one
// that passes; but what passed beside a large schedule may fail beside a small one, and is tried again here.

import fc from 'fast-check'

/** Integers from `min` to `max`, which shrink to `min`. */
export function integers(bounds: { readonly min: number; readonly max: number }): fc.Arbitrary<number> {
  return new Integers(fc.integer(bounds), bounds.min)
}

/** This value in so many cases of ten, and always to be shrunk to; else what is drawn. */
export function usually<Value>(
  value: Value,
  { drawn, ofTen }: { readonly drawn: fc.Arbitrary<Value>; readonly ofTen: number },
): fc.Arbitrary<Value> {
  return new Usually(value, drawn, ofTen)
}

class Integers extends fc.Arbitrary<number> {
  readonly #drawn: fc.Arbitrary<number>
  readonly #min: number

  constructor(drawn: fc.Arbitrary<number>, min: number) {
    super()
    this.#drawn = drawn
    this.#min = min
  }

  generate(random: fc.Random, bias: number | undefined): fc.Value<number> {
    return new fc.Value(this.#drawn.generate(random, bias).value, undefined)
  }

  canShrinkWithoutContext(value: unknown): value is number {
    return this.#drawn.canShrinkWithoutContext(value)
  }

  shrink(value: number): fc.Stream<fc.Value<number>> {
    return fc.stream(this.#less(value)).map((less) => new fc.Value(less, undefined))
  }

  /** The least, half way from there, and so on, up to one less. */
  *#less(value: number): Generator<number> {
    for (let by = value - this.#min; by >= 1; by = Math.floor(by / 2)) yield value - by
  }
}

/** What a value was drawn with; nothing where it was not drawn. */
interface Origin {
  readonly context: unknown
}

class Usually<Value> extends fc.Arbitrary<Value> {
  readonly #value: Value
  readonly #drawn: fc.Arbitrary<Value>
  readonly #ofTen: number

  constructor(value: Value, drawn: fc.Arbitrary<Value>, ofTen: number) {
    super()
    this.#value = value
    this.#drawn = drawn
    this.#ofTen = ofTen
  }

  generate(random: fc.Random, bias: number | undefined): fc.Value<Value> {
    if (random.nextInt(1, 10) <= this.#ofTen) return this.#usual()
    return withOrigin(this.#drawn.generate(random, bias))
  }

  canShrinkWithoutContext(_value: unknown): _value is Value {
    return false
  }

  shrink(value: Value, origin: unknown): fc.Stream<fc.Value<Value>> {
    if (origin === undefined) return fc.Stream.nil()
    const less = this.#drawn.shrink(value, (origin as Origin).context)
    return fc.Stream.of(this.#usual()).join(less.map(withOrigin))
  }

  #usual(): fc.Value<Value> {
    return new fc.Value(this.#value, undefined)
  }
}

function withOrigin<Value>({ value, context }: fc.Value<Value>): fc.Value<Value> {
  return new fc.Value<Value>(value, { context } satisfies Origin)
}
