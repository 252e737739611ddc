// The edge of the command: what the words of the command line mean, what Ctrl-C does, and what becomes of every
// error: one line on stderr and an exit code. What the commands do is in their own files.

import { Command, CommanderError } from 'commander'
import { oneLine, plain } from '../failures/index.ts'
import { HeddleError, VERSION } from '../sim/index.ts'
import { addCheck } from './check.ts'
import { EXIT, EXIT_CODES_HELP, type ExitCode, UsageError } from './exit.ts'
import { addExplain } from './explain.ts'
import { addExplore } from './explore.ts'
import { addGate } from './gate/command.ts'
import { addHunt } from './hunt.ts'
import { addInit } from './init.ts'
import { addList } from './list.ts'
import { Interrupted } from './pool.ts'
import { addReplay } from './replay.ts'
import { addReport } from './report.ts'
import type { Edge } from './shared-options.ts'
import { printError } from './terminal.ts'

/** Runs the command line `argv`, and gives the exit code. Never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  const controller = new AbortController()
  const interrupted = endInTwoSignals(controller)
  endWithoutReader()
  let code: ExitCode = EXIT.nothingFound
  try {
    await program(controller.signal, (result) => {
      code = result
    }).parseAsync(argv)
  } catch (error) {
    code = codeOf(error)
  }
  return code === EXIT.interrupted ? interrupted() : code
}

/** In the order in which the help shows them. */
const COMMANDS = [
  addInit,
  addGate,
  addHunt,
  addCheck,
  addExplore,
  addReplay,
  addExplain,
  addList,
  addReport,
] as const

function program(signal: AbortSignal, ends: (code: ExitCode) => void): Command {
  const heddle = new Command('heddle')
    .description('Deterministic simulation testing for connection lifecycles.')
    .version(VERSION)
    .addHelpText('after', EXIT_CODES_HELP)
  // Inherited by every subcommand that is added from here on.
  heddle.exitOverride().configureOutput({ writeErr: () => {}, outputError: () => {} })
  const edge: Edge = { signal, ends }
  for (const add of COMMANDS) add(heddle, edge)
  return heddle
}

/** Says what went wrong, on one line, and gives the exit code for it. */
function codeOf(error: unknown): ExitCode {
  if (error instanceof Interrupted) return EXIT.interrupted
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.nothingFound
    printError(usageLine(error))
    return EXIT.usage
  }
  if (process.env.HEDDLE_DEBUG && error instanceof Error) printError(error.stack ?? '')
  if (error instanceof UsageError || isMistake(error)) {
    printError(`heddle: ${error.message}`)
    return EXIT.usage
  }
  printError(`heddle: a bug of heddle's own: ${oneLine(error)} HEDDLE_DEBUG=1 shows where; please report it.`)
  return EXIT.ownBug
}

/** A mistake of the user's that the engine or what reads and writes files has named. */
function isMistake(error: unknown): error is HeddleError {
  return error instanceof HeddleError && error.code !== 'HEDDLE_INTERNAL'
}

function usageLine({ code, message }: CommanderError): string {
  if (code === 'commander.help')
    return 'heddle: expected a command: init, gate, hunt, check, explore, replay, explain, list or report; see heddle --help'
  return `heddle: ${plain(message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' '))}`
}

/**
 * The first Ctrl-C calls the work off, a second one ends the process. The listener stays, because write-file-atomic
 * listens too, to clear up, and ends the process itself where nobody else listens. Gives the code of what came.
 */
function endInTwoSignals(controller: AbortController): () => ExitCode {
  let code: ExitCode = EXIT.interrupted
  for (const [signal, itsCode] of [
    ['SIGINT', EXIT.interrupted],
    ['SIGTERM', EXIT.terminated],
  ] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(code)
      code = itsCode
      controller.abort()
    })
  }
  return () => code
}

/** A reader that goes away, such as `head`, ends the command as it ends any other; so does a disk that is full. */
function endWithoutReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.unread)
    printError(`heddle: writing the output failed: ${oneLine(error)}`)
    process.exit(EXIT.unwritten)
  })
}
