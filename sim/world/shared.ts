// Values that tasks share, behind proxies that note what is read and written of them in the current step:
// `inbox.open` for a property, `inbox.0` for an element or an entry, and a name of its own for which entries
// there are at all. It only looks: the code under test gets what it would get without a proxy.
//
// Plain objects, arrays, Maps, Sets and instances of classes are followed to any depth; everything else (a
// Date, a promise, a function) is one value. A class with private fields cannot be called through a proxy.

import type { Footprint } from '../event.ts'

export class SharedValues {
  /** The values themselves, by name. */
  readonly values: Record<string, object> = Object.create(null)
  // Invariant: one proxy for each object, so that identity is kept among proxies.
  readonly #proxies = new WeakMap<object, object>()
  readonly #originals = new WeakMap<object, object>()
  readonly #reads = new Set<string>()
  readonly #writes = new Set<string>()
  #recording = false
  // Where somebody only looks: what is read goes here, and nowhere else.
  #watched: Set<string> | undefined

  /** Forgets what was noted, and notes what follows. */
  record(): void {
    this.#recording = true
    this.#reads.clear()
    this.#writes.clear()
  }

  /** Notes nothing until the next `record`, so that claims may look at shared values. */
  pause(): void {
    this.#recording = false
  }

  /** What is read while somebody looks, apart from what is noted. */
  watch(look: () => void): readonly string[] {
    const before = this.#watched
    const watched = new Set<string>()
    this.#watched = watched
    try {
      look()
    } finally {
      this.#watched = before
    }
    return [...watched]
  }

  /** The values by name, behind their proxies. */
  proxies(): Readonly<Record<string, unknown>> {
    const entries = Object.entries(this.values)
    return Object.fromEntries(entries.map(([name, value]) => [name, this.wrap(name, value)]))
  }

  /** What was noted; undefined if nothing was. */
  touched(): Footprint | undefined {
    if (this.#reads.size === 0 && this.#writes.size === 0) return undefined
    return { reads: [...this.#reads], writes: [...this.#writes] }
  }

  share<T extends object>(name: string, value: T): T {
    this.values[name] = value
    return this.wrap(name, value) as T
  }

  read(path: string): void {
    if (this.#watched !== undefined) this.#watched.add(path)
    else if (this.#recording) this.#reads.add(path)
  }

  write(path: string): void {
    if (this.#recording) this.#writes.add(path)
  }

  wrap(path: string, value: unknown): unknown {
    if (!isFollowed(value)) return value
    if (this.#originals.has(value)) return value
    const known = this.#proxies.get(value)
    if (known !== undefined) return known
    const handler = isCollection(value) ? collectionHandler(this, path) : objectHandler(this, path)
    const proxy: object = new Proxy(value, handler)
    this.#proxies.set(value, proxy)
    this.#originals.set(proxy, value)
    return proxy
  }

  /** The value behind a proxy; anything else is itself. What is stored is never a proxy. */
  unwrap<T>(value: T): T {
    return typeof value === 'object' && value !== null
      ? ((this.#originals.get(value) as T | undefined) ?? value)
      : value
  }
}

type Collection = Map<unknown, unknown> | Set<unknown>

function isFollowed(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  return (
    Array.isArray(value) || isCollection(value) || Object.prototype.toString.call(value) === '[object Object]'
  )
}

function isCollection(value: object): value is Collection {
  return value instanceof Map || value instanceof Set
}

/** Which entries there are at all: read by a loop, written by what adds or takes away. */
function entriesOf(path: string): string {
  return `${path}.*`
}

function objectHandler(shared: SharedValues, path: string): ProxyHandler<any> {
  const at = (key: string | symbol) => `${path}.${String(key)}`
  return {
    get(target, key, receiver) {
      const value = Reflect.get(target, key, receiver)
      if (Array.isArray(target) && SEARCHES.has(key)) return search(shared, path, target, value)
      if (typeof key === 'symbol' || isInherited(target, key, value)) return value
      shared.read(at(key))
      return isFixed(target, key) ? value : shared.wrap(at(key), value)
    },
    set(target, key, value, receiver) {
      if (!Object.hasOwn(target, key)) shared.write(entriesOf(path))
      shared.write(at(key))
      return Reflect.set(target, key, shared.unwrap(value), receiver)
    },
    has(target, key) {
      shared.read(at(key))
      return Reflect.has(target, key)
    },
    ownKeys(target) {
      shared.read(entriesOf(path))
      return Reflect.ownKeys(target)
    },
    deleteProperty(target, key) {
      shared.write(entriesOf(path))
      shared.write(at(key))
      return Reflect.deleteProperty(target, key)
    },
  }
}

// A method is not state.
function isInherited(target: object, key: string, value: unknown): boolean {
  return typeof value === 'function' && !Object.hasOwn(target, key)
}

// A proxy must return the very value of a property that can never change.
function isFixed(target: object, key: string): boolean {
  const property = Reflect.getOwnPropertyDescriptor(target, key)
  return property !== undefined && property.configurable === false && property.writable === false
}

/** The methods that compare by identity, and would not find an element by its proxy. */
const SEARCHES: ReadonlySet<string | symbol> = new Set(['includes', 'indexOf', 'lastIndexOf'])

function search(shared: SharedValues, path: string, target: unknown[], method: any) {
  return (wanted: unknown, ...rest: unknown[]) => {
    shared.read(`${path}.length`)
    for (const index of target.keys()) shared.read(`${path}.${index}`)
    return method.call(target, shared.unwrap(wanted), ...rest)
  }
}

function collectionHandler(shared: SharedValues, path: string): ProxyHandler<any> {
  return {
    get(target, key) {
      if (key === 'size') {
        shared.read(entriesOf(path))
        return target.size
      }
      const method = Object.hasOwn(METHODS, key) ? METHODS[key] : undefined
      if (method !== undefined) return (...values: any[]) => method({ shared, path, target }, ...values)
      const value = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  }
}

interface Called {
  readonly shared: SharedValues
  readonly path: string
  readonly target: any
}

/** The methods of Maps and Sets, each noting what it touches. */
const METHODS: Record<string | symbol, (called: Called, ...values: any[]) => unknown> = {
  get({ shared, path, target }, key) {
    shared.read(entryOf(path, key))
    return shared.wrap(entryOf(path, key), target.get(shared.unwrap(key)))
  },
  has({ shared, path, target }, key) {
    shared.read(entryOf(path, key))
    return target.has(shared.unwrap(key))
  },
  set(called, key, value) {
    noteAdded(called, key)
    called.target.set(called.shared.unwrap(key), called.shared.unwrap(value))
    return called.shared.wrap(called.path, called.target)
  },
  add(called, value) {
    noteAdded(called, value)
    called.target.add(called.shared.unwrap(value))
    return called.shared.wrap(called.path, called.target)
  },
  delete({ shared, path, target }, key) {
    shared.write(entriesOf(path))
    shared.write(entryOf(path, key))
    return target.delete(shared.unwrap(key))
  },
  clear({ shared, path, target }) {
    shared.write(entriesOf(path))
    for (const key of target.keys()) shared.write(entryOf(path, key))
    target.clear()
  },
  forEach(called, callback, self) {
    for (const [key, value] of entries(called)) {
      callback.call(self, value, key, called.shared.wrap(called.path, called.target))
    }
  },
  *keys(called) {
    for (const [key] of entries(called)) yield key
  },
  *values(called) {
    for (const [, value] of entries(called)) yield value
  },
  entries,
  [Symbol.iterator]: (called) => (called.target instanceof Map ? entries(called) : METHODS.values?.(called)),
}

function* entries({ shared, path, target }: Called): Generator<[unknown, unknown]> {
  shared.read(entriesOf(path))
  for (const [key, value] of target.entries()) {
    shared.read(entryOf(path, key))
    yield [shared.wrap(entryOf(path, key), key), shared.wrap(entryOf(path, key), value)]
  }
}

function noteAdded({ shared, path, target }: Called, key: unknown): void {
  if (!target.has(shared.unwrap(key))) shared.write(entriesOf(path))
  shared.write(entryOf(path, key))
}

/** Objects as keys share one name: nothing else about them is stable. */
function entryOf(path: string, key: unknown): string {
  return `${path}.${typeof key === 'object' || typeof key === 'function' ? '{}' : String(key)}`
}
