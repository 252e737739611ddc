// The door of what becomes of a failure: made small, explained, laid out for a person, kept in a replay file.

export { around } from './around.ts'
export { decisionLine, explanationText, type Line, shrunkLine } from './explain-text.ts'
export { type Failure, failureDetail, failureLines, failureText, quoted } from './failure.ts'
export { isOf, isWithin, scenarioOf } from './matching.ts'
export {
  checkFolder,
  REPLAY_EXTENSION,
  readReplayFile,
  readTrace,
  replayFileName,
  replayFilesIn,
  untaken,
  writeReplayFile,
  writeWhole,
} from './replay-file.ts'
export { isToHold, replayText } from './replay-text.ts'
export { type Recorded, type Replayed, replayOn, shownOn } from './replayed.ts'
export { type Size, type Smaller, shrinkRecord } from './smaller.ts'
export { type Align, type Cell, table } from './table.ts'
export { colours, counted, heading, oneLine, plain, thousands, width, wrapped } from './text.ts'
export { thrownAt } from './thrown.ts'
export { pasteOf, readToken, tokenOfTrace } from './token.ts'
export { Witness } from './witness.ts'
