// Whether one sample is larger than another by more than chance. Arithmetic alone.

/** The middle one, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/**
 * How many standard deviations `a` lies above `b` in ranks, for samples of dozens: above 1.96, chance does that once
 * in forty times. H. B. Mann, D. R. Whitney: "On a test of whether one of two random variables is stochastically
 * larger than the other", Annals of Mathematical Statistics 18, 1947; corrected for ties.
 */
export function deviationsAbove(a: readonly number[], b: readonly number[]): number {
  const above = a.reduce(
    (sum, one) => sum + b.reduce((wins, other) => wins + (one > other ? 1 : one === other ? 0.5 : 0), 0),
    0,
  )
  const all = [...a, ...b]
  const sizes = new Map<number, number>()
  for (const value of all) sizes.set(value, (sizes.get(value) ?? 0) + 1)
  const ties = [...sizes.values()].reduce((sum, size) => sum + size ** 3 - size, 0)
  const count = all.length
  const variance = ((a.length * b.length) / 12) * (count + 1 - ties / (count * (count - 1)))
  return variance === 0 ? 0 : (above - (a.length * b.length) / 2) / Math.sqrt(variance)
}
