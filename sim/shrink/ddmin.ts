// Delta debugging: the smallest part of a list that still fails, by leaving out large parts before small ones. Knows
// nothing of what the items are, or what failing means.

/**
 * A list from which no single item can be left out (ddmin: Zeller and Hildebrandt, "Simplifying and isolating
 * failure-inducing input", 2002). `test` gives what a part comes down to where it fails, which must be no longer than
 * the part, or undefined where it does not fail; `items` itself is known to fail.
 */
export async function ddmin<Item>(
  items: readonly Item[],
  test: (part: readonly Item[]) => Promise<readonly Item[] | undefined>,
): Promise<readonly Item[]> {
  const none = items.length === 0 ? undefined : await test([])
  if (none !== undefined) return none
  let current = items
  let parts = 2
  while (current.length >= 2) {
    const found = await reduced(current, parts, test)
    if (found !== undefined) {
      current = found.items
      parts = found.isPart ? 2 : Math.max(parts - 1, 2)
    } else if (parts >= current.length) {
      return current
    } else parts *= 2
    parts = Math.min(parts, Math.max(2, current.length))
  }
  return current
}

async function reduced<Item>(
  items: readonly Item[],
  parts: number,
  test: (part: readonly Item[]) => Promise<readonly Item[] | undefined>,
): Promise<{ items: readonly Item[]; isPart: boolean } | undefined> {
  const bounds = Array.from({ length: parts + 1 }, (_, part) => Math.floor((part * items.length) / parts))
  const halves = parts === 2
  for (const isPart of halves ? [true] : [true, false]) {
    for (let part = 0; part < parts; part++) {
      const [from, to] = [bounds[part] ?? 0, bounds[part + 1] ?? 0]
      const candidate = isPart ? items.slice(from, to) : [...items.slice(0, from), ...items.slice(to)]
      // A part of one item is worth a look only where two are left, when it is what the other leaves.
      if (isPart && !halves && candidate.length === 1) continue
      const failing = await test(candidate)
      if (failing !== undefined) return { items: failing, isPart }
    }
  }
  return undefined
}
