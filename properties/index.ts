// The door of the properties for the other folders. What of it the package exports is public.ts.

export { allProperties, catalogueScenario, rebuild, untimedProperties } from './catalogue.ts'
export {
  everyConnectionSettles,
  everyStandbyIsPromoted,
  no1011WithoutFault,
  noOrphansAtRest,
  noOrphanTimer,
  unauthenticatedGetsOnlyAClose,
} from './closing.ts'
export { type Exhaustible, exhaustibleScenario, exhaustibles } from './exhaustible.ts'
export { type Explorable, explorableScenario, explorables } from './explorable.ts'
export { allFiveAgentEvents, noMessageLostDuplicatedOrReordered } from './messages.ts'
export { exactlyOneGrant, oneMachinePerUser, oneOwnerPerUser } from './ownership.ts'
export { reachable } from './reached.ts'
export {
  legalTransitionsOnly,
  nothingBeforeReady,
  OVERHEAD_MAX_US,
  phasesInSequence,
  setUpOverhead,
} from './sequence.ts'
