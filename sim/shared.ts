// Values that tasks share, behind proxies that write down what is read and written in the current step. It
// only looks: what the code under test does with a value is what it would do without the proxy.

export class SharedValues {
  readonly values: Record<string, unknown> = {}
  readonly touched = { reads: new Set<string>(), writes: new Set<string>() }
  record() {}
  pause() {}
  share<T extends object>(name: string, value: T): T {
    this.values[name] = value
    return value
  }
}
