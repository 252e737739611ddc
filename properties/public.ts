// What the package exports as `heddle/properties`: of all that this folder's door opens to the other folders, the names
// that a user has a use for.

export { allProperties, catalogueScenario, untimedProperties } from './catalogue.ts'
export {
  everyConnectionSettles,
  everyStandbyIsPromoted,
  no1011WithoutFault,
  noOrphansAtRest,
  noOrphanTimer,
  unauthenticatedGetsOnlyAClose,
} from './closing.ts'
export { allFiveAgentEvents, noMessageLostDuplicatedOrReordered } from './messages.ts'
export { exactlyOneGrant, oneMachinePerUser, oneOwnerPerUser } from './ownership.ts'
export { reachable } from './reached.ts'
export {
  legalTransitionsOnly,
  nothingBeforeReady,
  phasesInSequence,
  setUpOverhead,
} from './sequence.ts'
