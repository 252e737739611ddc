// Looks at a run for what its trace does not keep: the very errors that the code under test or a claim threw, with
// their stacks and what they compared. The run is the same with it as without.

import {
  describeThrown,
  NO_EXCEPTION,
  type Property,
  type Scenario,
  type Schedulable,
  type Sometimes,
} from '../sim/index.ts'
import { around } from './around.ts'

type Calls = (...values: any[]) => any

export class Witness {
  /** The scenario to run. */
  readonly scenario: Scenario
  #thrown = new Map<string, unknown>()

  constructor(scenario: Scenario) {
    this.scenario = {
      ...scenario,
      properties: scenario.properties.map((property) => this.#watched(property)),
      begin: () => {
        this.#thrown = new Map()
        return this.#around(scenario.begin())
      },
    }
  }

  /** What was thrown last that violated a property, where its message is what the violation says. */
  thrownFor(property: string, message: string): Error | undefined {
    const thrown = this.#thrown.get(property)
    return thrown instanceof Error && describeThrown(thrown) === message ? thrown : undefined
  }

  #around(execution: Schedulable): Schedulable {
    const watched: Property[] = []
    const note = (thrown: unknown): never => {
      this.#thrown.set(NO_EXCEPTION, thrown)
      throw thrown
    }
    const noting = (step: () => void | Promise<void>) => {
      try {
        return step()?.catch(note)
      } catch (error) {
        return note(error)
      }
    }
    const adopt = () => {
      while (watched.length < execution.properties.length) {
        watched.push(this.#watched(execution.properties[watched.length] as Property))
      }
      return watched
    }
    return around(execution, {
      get properties() {
        return adopt()
      },
      start: () => noting(() => execution.start?.()),
      fire: (event) => noting(() => execution.fire(event)),
    })
  }

  #watched(property: Property): Property {
    const { name } = property
    const noting = <Call extends Calls>(call: Call): Call =>
      ((...values: any[]) => {
        try {
          return call(...values)
        } catch (error) {
          this.#thrown.set(name, error)
          throw error
        }
      }) as Call
    switch (property.kind) {
      case 'always':
      case 'eventually':
        return { ...property, holds: noting(property.holds) }
      case 'leadsTo':
        return { ...property, from: noting(property.from), to: noting(property.to) }
      case 'monitor': {
        const { observe, atRest } = property
        return { ...property, observe: noting(observe), atRest: atRest && noting(atRest) }
      }
      case 'sometimes':
        return { ...property, reached: this.#reachedOf(property, noting) }
    }
  }

  #reachedOf({ reached }: Sometimes, noting: <Call extends Calls>(call: Call) => Call): Sometimes['reached'] {
    return typeof reached === 'function' ? noting(reached) : reached
  }
}
