// Lines of the user's code, as the host tells them: kept as they are, as only the runner knows which line of the source
// a line of what runs came from. What heddle itself does is left out.

/** Where each of several things was done, by its name. */
export class Lines {
  isNoting = false
  readonly #stacks = new Map<string, string>()

  /** Notes who called `below`. The first time counts. */
  note(name: string, below: (...values: any[]) => unknown): void {
    if (this.isNoting && !this.#stacks.has(name)) this.#stacks.set(name, stackBelow(below))
  }

  /** The user's frames, innermost first. */
  of(name: string): readonly string[] {
    return usersFrames(this.#stacks.get(name))
  }
}

/** The frames under the call of a function, one a line; without those of the runner, which loads the user's file. */
export function stackBelow(below: (...values: any[]) => unknown): string {
  const holder: { stack?: string } = {}
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 20
  Error.captureStackTrace(holder, below)
  Error.stackTraceLimit = limit
  const frames = framesOf(holder.stack)
  return frames.filter((frame) => !isRunners(frame)).join('\n')
}

/** The user's frames at the top of a stack, up to the first of heddle's own. */
export function usersFrames(stack: string | undefined): readonly string[] {
  const frames = framesOf(stack)
  const own = frames.findIndex(isOwn)
  return own < 0 ? frames : frames.slice(0, own)
}

/** The user's frames in a stack, wherever they stand: heddle has found a mistake in what they do. */
export function usersFramesIn(stack: string | undefined): readonly string[] {
  return framesOf(stack).filter((frame) => !isOwn(frame) && !isRunners(frame))
}

/** Whether it is the runner's, of another package, or of the host. */
function isRunners(frame: string): boolean {
  return /[/\\]node_modules[/\\]|node:/.test(frame)
}

function framesOf(stack: string | undefined): string[] {
  return (stack ?? '').split('\n').filter((line) => /^\s*at /.test(line))
}

/** What stands in the stacks of heddle's own functions: the folder of its files, however the host writes it. */
const OWN = /[(\s](\S*?)[^/\\]+:\d+:\d+\)?$/.exec(framesOf(new Error().stack)[0] ?? '')?.[1]

function isOwn(frame: string): boolean {
  return OWN !== undefined && OWN !== '' && frame.includes(OWN)
}
