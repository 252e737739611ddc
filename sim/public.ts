// What the package exports as `heddle`: of all that this folder's door opens to the other folders, the names that a
// user has a use for, and every type that their signatures speak of.

export {
  type Actor,
  actor,
  type Context,
  type Message,
  type SendOptions,
  type TimerOptions,
} from './actor.ts'
export type { Clock, TimingName } from './clock.ts'
export { type Config, defineConfig } from './config.ts'
export { type Duration, formatUs, toUs, type Window, type WindowInput } from './duration.ts'
export { type ErrorCode, HeddleError } from './error.ts'
export type { Event, Footprint, Observation, Schedulable } from './event.ts'
export {
  type Decision,
  type ExplainedStep,
  type ExplainOptions,
  type Explanation,
  explain,
} from './explain/explain.ts'
export { check } from './explore/check.ts'
export type {
  Bound,
  CheckHost,
  CheckOptions,
  CheckProgress,
  CheckReport,
  CheckVerdict,
  Counterexample,
  Coverage,
  Reduction,
  Savings,
  Store,
} from './explore/report.ts'
export { type HuntOptions, hunt, type RecordOptions, record } from './hunt.ts'
export type { Violation } from './judge.ts'
export {
  type Always,
  always,
  type Eventually,
  eventually,
  type Judgement,
  type LeadsTo,
  leadsTo,
  type Moment,
  type Monitor,
  monitor,
  type ObservationMatcher,
  on,
  type Property,
  type Sometimes,
  sometimes,
} from './property.ts'
export type { Draw, RandomStream } from './random.ts'
export type { Deviation, Hold, Strike } from './replay/deviations.ts'
export type { Divergence } from './replay/divergence.ts'
export { parseTrace } from './replay/parse.ts'
export type { Alignment } from './replay/realigning.ts'
export { type Replay, type ReplayOutcome, replay } from './replay/replay.ts'
export {
  type Expectation,
  encodeTrace,
  formatTrace,
  type Outcome,
  type Trace,
  type TraceHeader,
  type TraceMeta,
  type TraceStep,
} from './replay/trace.ts'
export type {
  BoundReport,
  HuntReport,
  NonDeterminism,
  PropertyReport,
  Seeds,
  SometimesReport,
} from './report.ts'
export { type Orders, type Saturation, saturationOf } from './saturation.ts'
export { type Json, type Scenario, type Symmetry, scenario } from './scenario.ts'
export {
  type Ending,
  type Run,
  type RunOptions,
  type RunVerdict,
  run,
  runAll,
  type Step,
} from './scheduler.ts'
export { explore } from './schedules/explore.ts'
export type {
  ExploreBound,
  ExploreFailure,
  ExploreHost,
  ExploreOptions,
  ExploreProgress,
  ExploreReport,
  ExploreVerdict,
} from './schedules/report.ts'
export { type FailureSize, type ShrinkOptions, type Shrunk, shrink } from './shrink/shrink.ts'
export { type Choice, type ChoiceSource, type SeededOptions, seeded } from './source.ts'
export { delayBounded } from './strategies/delay-bounded.ts'
export { fifo } from './strategies/fifo.ts'
export { pct } from './strategies/pct.ts'
export { portfolio } from './strategies/portfolio.ts'
export { pos } from './strategies/pos.ts'
export { random } from './strategies/random.ts'
export type { Course, Strategy } from './strategies/strategy.ts'
export { System, type SystemDefinition } from './system.ts'
export {
  type Check,
  type OperationOptions,
  type TaskHandle,
  type TaskOptions,
  type World,
  type WorldOptions,
  world,
} from './world/world.ts'
