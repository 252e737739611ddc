// How the command ends: its exit codes, and the error that is the user's to mend. Prints nothing.

/** What the exit code of the command says. `--help` lists them too. */
export const EXIT = {
  nothingFound: 0,
  violated: 1,
  usage: 2,
  diverged: 3,
  /** Nothing was found, and a bound came before a check had covered everything, or a gate had run each scenario. */
  bounded: 4,
  /** A replay file says nothing of the code as it is now: its schedule can no longer be followed. */
  stale: 5,
  /** An exception that heddle itself is to blame for: EX_SOFTWARE of sysexits.h. */
  ownBug: 70,
  /** What it has to say could not be written: EX_IOERR. */
  unwritten: 74,
  interrupted: 130,
  /** By SIGTERM. */
  terminated: 143,
  /** Whoever read stdout went away: as a shell reports SIGPIPE. */
  unread: 141,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export const EXIT_CODES_HELP = `
Exit codes:
  0    nothing found
  1    a property was violated, a run was stuck, never settled or never rested, a claim
       was not reached in any schedule, a replayed failure still fails
  2    a mistake in the command line, the configuration, a scenario file or a replay file, or a
       file that could not be written
  3    non-determinism: two runs of one schedule differ
  4    bounded: nothing was found, and a check did not cover everything or a gate did not run
       some scenario
  5    stale: a replay file's schedule can no longer be followed, and nothing was violated as far as it could
  70   a bug of heddle's own (HEDDLE_DEBUG=1 shows where)
  74   stdout could not be written
  130  interrupted (143 by SIGTERM)`

/** A mistake in the command line, in a file that it names, or in what that file holds: one line, exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
