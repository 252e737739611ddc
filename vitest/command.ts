// How a failing test is named in files and on a command line: by what no other test has, escaped for whoever reads it.
// It writes nothing.

import { isAbsolute, join, relative } from 'node:path'
import { quoted, replayFileName } from '../failures/index.ts'

/** A test as the runner knows it. */
export interface TestIdentity {
  /** The absolute path of its file. */
  readonly file: string
  /** The names of the suites that it is in, outermost first, and its own. */
  readonly names: readonly string[]
  /** 1 for the first test in its file that leaves this stem in a file name, 2 for the second. */
  readonly twin: number
}

/**
 * The path of a replay file of a test: in a folder of its test file's own, and named after the test, so that no two
 * tests write the same file, and each writes the same one again.
 */
export function replayPath(
  { out, property }: { readonly out: string; readonly property: string },
  test: TestIdentity,
  cwd: string,
): string {
  const name = replayFileName(test.names.join(' '), property)
  // No name of a test leaves a tilde in the name of a file.
  const own = test.twin === 1 ? name : name.replace('.', `~${test.twin}.`)
  return join(folderFor(out, test, cwd), own)
}

/** What of a replay file's name comes from the test; tests may have it in common. */
export function stemOf(names: readonly string[]): string {
  return replayFileName(names.join(' '), '')
}

function folderFor(out: string, { file }: TestIdentity, cwd: string): string {
  const path = relative(cwd, file)
  // On another drive, there is no way from here to there.
  const inside = isAbsolute(path) ? path.replace(/^[^/\\]*[/\\]+/, '') : path.replace(/^(\.\.[/\\])+/, '')
  return join(out, inside)
}

/** The command that replays a file in its test alone. */
export function replayCommand(record: string, { file, names }: TestIdentity, cwd: string): string {
  const path = relative(cwd, file).replaceAll('\\', '/')
  return `HEDDLE_REPLAY=${quoted(record)} npx vitest run ${quoted(path)} -t ${quoted(namePattern(names))}`
}

/**
 * A regular expression that matches the full name of a test, as the runner's -t takes it, and no other. Between two names
 * of it stands a blank, and from version 5 of the runner on, an arrow before it.
 */
export function namePattern(names: readonly string[]): string {
  return `^${names.map(literally).join('( >)? ')}$`
}

function literally(name: string): string {
  const pattern = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  // A quote, and what is not seen, is any character: neither survives every copy and paste.
  const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
  return pattern.replaceAll("'", '.').replace(unseen, (char) => '[^]'.repeat(char.length))
}
