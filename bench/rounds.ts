// Measures contenders beside each other: in one process, in alternating rounds, so that whatever slows the
// machine down slows each of them. It reports medians.

import { median } from './ranks.ts'

export interface Contender {
  readonly name: string
  /** Does the work of one round, and says how many runs and steps it was. */
  round(index: number): Promise<{ readonly runs: number; readonly steps: number }>
}

export interface Measured {
  readonly name: string
  readonly runsPerSecond: number
  readonly stepsPerSecond: number
  /** How many times as many runs as this one the first contender makes: the median over the rounds. */
  readonly firstToThis: number
}

export interface Rounds {
  readonly warmUp: number
  readonly measured: number
}

/** Results in the order of the contenders. Each round begins with another one of them. */
export async function measure(contenders: readonly Contender[], rounds: Rounds): Promise<Measured[]> {
  const samples = contenders.map(() => ({ runs: [] as number[], steps: [] as number[] }))
  for (let index = 0; index < rounds.warmUp + rounds.measured; index++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const at = (index + turn) % contenders.length
      const started = performance.now()
      const { runs, steps } = await (contenders[at] as Contender).round(index)
      const seconds = (performance.now() - started) / 1000
      if (index < rounds.warmUp) continue
      samples[at]?.runs.push(runs / seconds)
      samples[at]?.steps.push(steps / seconds)
    }
  }
  const first = samples[0]?.runs ?? []
  return contenders.map(({ name }, at) => {
    const { runs = [], steps = [] } = samples[at] ?? {}
    return {
      name,
      runsPerSecond: median(runs),
      stepsPerSecond: median(steps),
      firstToThis: median(runs.map((value, round) => (first[round] ?? 0) / value)),
    }
  })
}
