// The public door of the lifecycle model.

export { competing } from './competing.ts'
export {
  type Commands,
  type Coordinator,
  coordinator,
  type Frame,
  type Identity,
  type Input,
  type Machine,
  type Outcome,
} from './coordinator.ts'
export { type LifecycleView, lifecycle } from './lifecycle.ts'
export { type Measure, measure } from './measure.ts'
export { type Mutant, mutants } from './mutants.ts'
export type { LifecycleObservation, Observed, Phase } from './observations.ts'
export { type LifecycleOptions, type LifecycleParameters, lifecycleParameters } from './options.ts'
export { type CatalogueEntry, scenarios } from './scenarios.ts'
export {
  HANDSHAKE_TIMEOUT,
  type Policy,
  requestTransition,
  type Session,
  single,
  type UserMachine,
} from './single.ts'
export {
  AGENT_EVENTS,
  type AgentEvent,
  CLOSE,
  InvalidTransition,
  isEnded,
  isLegal,
  isOwning,
  type LifecycleState,
  STATES,
  TRANSITIONS,
  transition,
} from './states.ts'
