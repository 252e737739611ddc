// The door of the engine for the other folders. What of it the package exports is public.ts.

export {
  type Actor,
  actor,
  type Context,
  type Message,
  type SendOptions,
  type TimerOptions,
} from './actor.ts'
export { type Canary, canaries, type Song, sing } from './canary.ts'
export { TIMINGS, type TimingName } from './clock.ts'
export { type Config, defineConfig } from './config.ts'
export { choicesOf } from './course.ts'
export { cycleText } from './cycle.ts'
export { type Duration, formatUs, toUs, toWindow, type Window, type WindowInput } from './duration.ts'
export { describeThrown, type ErrorCode, HeddleError } from './error.ts'
export type { Event, Footprint, Observation, Schedulable } from './event.ts'
export {
  type Decision,
  type ExplainedStep,
  type ExplainOptions,
  type Explanation,
  explain,
} from './explain/explain.ts'
export { check } from './explore/check.ts'
export { stateGraph } from './explore/graph.ts'
export type { SearchPool } from './explore/levels.ts'
export {
  type Bound,
  type CheckHost,
  type CheckOptions,
  type CheckProgress,
  type CheckReport,
  type CheckVerdict,
  type Counterexample,
  type Coverage,
  REDUCTIONS,
  type Reduction,
  type Savings,
  type StateGraph,
  type Store,
} from './explore/report.ts'
export { type Slice, type SliceResult, searchSlice } from './explore/slice.ts'
export { type HuntOptions, hunt, type RecordOptions, record } from './hunt.ts'
export type { Violation } from './judge.ts'
export { printable } from './printable.ts'
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
export type { Divergence } from './replay/divergence.ts'
export { parseTrace } from './replay/parse.ts'
export type { Alignment } from './replay/realigning.ts'
export { type Replay, type ReplayOutcome, recorded, replay } from './replay/replay.ts'
export { decodeToken, encodeToken, isToken, TOKEN_LIMITS, type Token } from './replay/token.ts'
export {
  acceptedTrace,
  type Expectation,
  encodeTrace,
  formatTrace,
  type Outcome,
  TRACE_LIMITS,
  type Trace,
  type TraceHeader,
  type TraceMeta,
  type TraceStep,
  VERSION,
} from './replay/trace.ts'
export { replayToken, type TokenReplay, tokenOf } from './replay/unfold.ts'
export {
  type BoundReport,
  type HuntReport,
  mergeReports,
  type NonDeterminism,
  type PropertyReport,
  type Seeds,
  type SometimesReport,
} from './report.ts'
export { type Orders, type Saturation, saturationOf } from './saturation.ts'
export { type Json, type Scenario, STEPS_MAX, type Symmetry, scenario, TIME_MAX_US } from './scenario.ts'
export {
  type Ending,
  NO_EXCEPTION,
  NOT_STUCK,
  type Run,
  type RunOptions,
  type RunVerdict,
  run,
  runAll,
  runSync,
  type Step,
} from './scheduler.ts'
export { type Bounds as ExploreBounds, Exploration } from './schedules/exploration.ts'
export { explore, traced } from './schedules/explore.ts'
export { explorePiece, type PieceResult, type PieceTask } from './schedules/piece.ts'
export type {
  ExploreBound,
  ExploreFailure,
  ExploreHost,
  ExploreOptions,
  ExploreProgress,
  ExploreReport,
  ExploreVerdict,
} from './schedules/report.ts'
export { resumed as resumedExploration, resumption } from './schedules/resume.ts'
export { type Failing as ExploreFailing, Tally as ExploreTally } from './schedules/tally.ts'
export { type FailureSize, type ShrinkOptions, type Shrunk, shrink } from './shrink/shrink.ts'
export { type Choice, type ChoiceSource, listed, type SeededOptions, seeded } from './source.ts'
export { delayBounded } from './strategies/delay-bounded.ts'
export { fifo } from './strategies/fifo.ts'
export { STRATEGY_NAMES, strategyNamed } from './strategies/named.ts'
export { pct } from './strategies/pct.ts'
export { portfolio } from './strategies/portfolio.ts'
export { pos } from './strategies/pos.ts'
export { random } from './strategies/random.ts'
export type { Course, Strategy } from './strategies/strategy.ts'
export { type Delivery, type Fired, System, type SystemDefinition, type SystemState } from './system.ts'
export {
  type Check,
  type OperationOptions,
  type TaskHandle,
  type TaskOptions,
  type World,
  type WorldOptions,
  world,
} from './world/world.ts'
