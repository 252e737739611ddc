// Renamings: what a scenario's components and their values become when two blocks of names change places. Names
// count where they stand for themselves in a string; numbers where the scenario says so.

import type { Message } from '../actor.ts'
import type { Observation } from '../event.ts'
import type { Symmetry } from '../scenario.ts'
import type { Component, Components } from './components.ts'

type NameMap = ReadonlyMap<string, string>

const TOKEN = /[A-Za-z0-9_-]+/g

/** A total order of texts. */
export function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** A way of replacing names in plain values. */
export class Names {
  readonly #map: NameMap
  readonly #number: Symmetry['number']
  // What texts become. There are as many as in the scenario's local states.
  readonly #texts = new Map<string, string>()

  constructor(map: NameMap, number: Symmetry['number']) {
    this.#map = map
    this.#number = number
  }

  name(name: string): string {
    return this.#map.get(name) ?? name
  }

  /** Two names that take each other's place, for a message. */
  example(): string {
    const [pair = ['', '']] = this.#map
    return pair.join(' and ')
  }

  text(text: string): string {
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    const renamed = text.replace(TOKEN, (token) => this.#map.get(token) ?? token)
    this.#texts.set(text, renamed)
    return renamed
  }

  value(value: unknown, key = ''): unknown {
    if (typeof value === 'string') return this.text(value)
    if (typeof value === 'number') return this.#number?.(value, key, (name) => this.name(name)) ?? value
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((item) => this.value(item, `${key}[]`))
    return Object.fromEntries(
      Object.entries(value).map(([field, inner]) => [this.text(field), this.value(inner, field)]),
    )
  }

  /** The same as a text, in which fields that get the same name stand beside each other. */
  describe(value: unknown, key = ''): string {
    if (typeof value !== 'object' || value === null) return JSON.stringify(this.value(value, key))
    if (Array.isArray(value)) return `[${value.map((item) => this.describe(item, `${key}[]`)).join()}]`
    const fields = Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([field, inner]) => `${JSON.stringify(this.text(field))}:${this.describe(inner, field)}`)
    return `{${fields.sort(inOrder).join()}}`
  }
}

/** The exchange of two blocks of names. */
export function exchange({ blocks, number }: Symmetry, one: number, other: number): Names {
  const [a, b] = [blocks[one] ?? [], blocks[other] ?? []]
  const pairs = a.flatMap((name, index) => [
    [name, b[index] as string] as const,
    [b[index] as string, name] as const,
  ])
  return new Names(new Map(pairs), number)
}

/** What is left when one block is told apart and all others are alike: they get the names of the second block. */
export function marking({ blocks, number }: Symmetry, marked: number): Names {
  const pairs = blocks.flatMap((names, block) =>
    names.map((name, index) => [name, (blocks[block === marked ? 0 : 1] ?? [])[index] as string] as const),
  )
  return new Names(new Map(pairs), number)
}

/** Names put in place of others, in components and their values. */
export class Renaming {
  readonly names: Names
  readonly #components: Components
  readonly #actors: readonly number[]
  readonly #messages: number[] = []
  // By component, by value.
  readonly #values: number[][] = []

  constructor(components: Components, names: Names) {
    this.#components = components
    this.names = names
    const { members } = components.system
    const indexOf = new Map(members.map(({ name }, index) => [name, index]))
    this.#actors = members.map(({ name }) => indexOf.get(names.text(name)) ?? -1)
  }

  /** The actors whose new name no actor has, which is a mistake in what is declared. */
  get missing(): readonly string[] {
    const { members } = this.#components.system
    return members.flatMap(({ name }, index) => (this.#actors[index] === -1 ? [this.names.text(name)] : []))
  }

  actor(actor: number): number {
    return this.#actors[actor] as number
  }

  /** The component that takes a component's place. Budgets belong to modules, and are renamed with these. */
  component(component: number): number {
    const part = this.#components.list[component] as Component
    switch (part.kind) {
      case 'actor':
        return this.actor(part.actor)
      case 'channel':
        return this.#components.channel(
          this.actor(part.from),
          this.names.text(part.name),
          this.actor(part.to),
        )
      case 'posts':
        return this.#components.posts(this.actor(part.to))
      case 'monitor':
        return this.#components.monitor(part.watcher, this.names.text(part.key))
      case 'budget':
        return component
    }
  }

  /** The number that a component's value has in the component that takes its place. */
  value(component: number, value: number): number {
    this.#values[component] ??= []
    const values = this.#values[component] as number[]
    const known = values[value]
    if (known !== undefined) return known
    const renamed = this.#rename(component, value)
    values[value] = renamed
    return renamed
  }

  /** The number that an actor's state has with the actor that takes its place. */
  state(actor: number, state: number): number {
    const { locals } = this.#components
    return locals.local(
      this.actor(actor),
      locals.of(this.actor(actor), this.names.value(locals.state(actor, state)), []),
    ).state
  }

  #rename(component: number, value: number): number {
    const part = this.#components.list[component] as Component
    const { locals, watchers } = this.#components
    switch (part.kind) {
      case 'actor': {
        const { state, timers } = locals.local(part.actor, value)
        const renamed = timers.map(({ name, message, fault }) => ({
          name: this.names.text(name),
          message: this.message(message),
          fault,
        }))
        return locals.of(this.actor(part.actor), this.names.value(locals.state(part.actor, state)), renamed)
      }
      case 'channel':
      case 'posts': {
        const items = this.#components.contents(component, value).map((number) => {
          const { from, to, message } = this.#components.item(number)
          return { from: this.actor(from), to: this.actor(to), message: this.message(message) }
        })
        return this.#components.contentsOf(this.component(component), items)
      }
      case 'monitor': {
        const states = watchers.states(part.watcher)
        return states.of(this.names.value(states.list[value]))
      }
      case 'budget':
        return value
    }
  }

  /** The number of an observation, renamed. */
  observation(observation: number): number {
    const { observations } = this.#components.locals
    return observations.of(this.names.value(observations.list[observation]) as Observation)
  }

  /** The number of a message, renamed. */
  message(message: number): number {
    const known = this.#messages[message]
    if (known !== undefined) return known
    const { messages } = this.#components.locals
    const renamed = messages.of(this.names.value(messages.list[message]) as Message)
    this.#messages[message] = renamed
    return renamed
  }
}

/** A component's value in words, under names that need not be those of any actor. */
export function describeValue(
  components: Components,
  names: Names,
  component: number,
  value: number,
): string {
  const part = components.list[component] as Component
  const { locals, watchers, system } = components
  const message = (number: number) => names.describe(locals.messages.list[number])
  const actorName = (actor: number) => names.text(system.members[actor]?.name ?? '')
  switch (part.kind) {
    case 'actor': {
      const { state, timers } = locals.local(part.actor, value)
      const set = timers.map(
        (timer) => `${names.text(timer.name)}=${message(timer.message)}${timer.fault ?? ''}`,
      )
      return `${names.describe(locals.state(part.actor, state))} ${set.sort(inOrder).join()}`
    }
    case 'channel':
    case 'posts': {
      const items = components.contents(component, value).map((number) => {
        const { from, to, message: sent } = components.item(number)
        return `${actorName(from)}>${actorName(to)}:${message(sent)}`
      })
      return (part.kind === 'posts' ? items.sort(inOrder) : items).join()
    }
    case 'monitor':
      return names.describe(watchers.states(part.watcher).list[value])
    case 'budget':
      return String(value)
  }
}
