// The ids of a world's events: made once, and remembered from run to run, as they depend on names and
// counts alone. What a run has counted stays in the run.

import { hashOfId } from '../digest.ts'
import { idPrefix, placeOf } from '../event.ts'

export interface EventName {
  readonly id: string
  readonly hash: number
  readonly place: string
}

/** One label under which events are counted: `tab-1/auth.resolve`. */
export class Label {
  /** Position in the counts of a run. */
  readonly index: number
  readonly #full: string
  readonly #place: string
  readonly #names: EventName[] = []

  constructor(full: string, index: number) {
    this.#full = full
    this.#place = placeOf(full)
    this.index = index
  }

  /** The name of the event that is the `count`th under this label, from 1. */
  name(count: number): EventName {
    const known = this.#names[count - 1]
    if (known !== undefined) return known
    const id = `${this.#full}#${count}`
    const name = { id, hash: hashOfId(id), place: this.#place }
    // Invariant: without gaps, so that the array stays dense. A run counts from 1.
    if (count === this.#names.length + 1) this.#names.push(name)
    return name
  }
}

/** The labels of one task: its own under its prefix; a label with a slash is absolute. */
export class TaskNames {
  readonly task: string
  readonly #names: Names
  readonly #prefix: string
  readonly #labels = new Map<string, Label>()
  // The one that was asked for last: a loop asks for the same again and again.
  #operation: string | undefined
  #label: Label | undefined

  constructor(names: Names, task: string) {
    this.task = task
    this.#names = names
    this.#prefix = idPrefix(task)
  }

  label(operation: string): Label {
    if (operation === this.#operation) return this.#label as Label
    const label = this.#find(operation)
    this.#operation = operation
    this.#label = label
    return label
  }

  #find(operation: string): Label {
    let label = this.#labels.get(operation)
    if (label === undefined) {
      label = this.#names.label(operation.includes('/') ? operation : this.#prefix + operation)
      this.#labels.set(operation, label)
    }
    return label
  }
}

/** More labels than this are names made from data; from here on they are forgotten when a run begins. */
const LABELS_MAX = 10_000

export class Names {
  #labels = new Map<string, Label>()
  #tasks = new Map<string, TaskNames>()
  // Index: how many tasks a run began before. Most runs begin the same ones, in the same order.
  readonly #inOrder: TaskNames[] = []

  /** `place`: how many tasks the run has begun before. */
  task(name: string, place: number): TaskNames {
    const likely = this.#inOrder[place]
    if (likely?.task === name) return likely
    let names = this.#tasks.get(name)
    if (names === undefined) {
      names = new TaskNames(this, name)
      this.#tasks.set(name, names)
    }
    this.#inOrder[place] = names
    return names
  }

  label(full: string): Label {
    let label = this.#labels.get(full)
    if (label === undefined) {
      label = new Label(full, this.#labels.size)
      this.#labels.set(full, label)
    }
    return label
  }

  /** What to begin a run with: these names, or new ones where they have grown past all bounds. */
  trimmed(): Names {
    return this.#labels.size + this.#tasks.size > LABELS_MAX ? new Names() : this
  }
}
