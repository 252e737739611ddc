// Code that does not do the same twice ends a hunt with exit code 3, and is told by the first step that differs, what
// differed, and what it may come from: each likely cause, in a coordinator of a user's own.

import { describe, expect, it } from 'vitest'
import { coordinator, folder, SPAWNS } from './heddle.fixture.ts'

const { heddle, write } = folder()

const CAUSES: readonly (readonly [cause: string, what: string, before: string, says: RegExp])[] = [
  [
    'a random number of its own, in what it does',
    'enabled',
    "if (Math.random() < 0.5) commands.setTimer('nap', '1ms')",
    /expected enabled: .*, the second time enabled: .*Does what the code begins depend on a real clock, a random number/s,
  ],
  [
    'a real clock, in a window',
    'time',
    "if (input.type === 'upgrade') commands.setTimer('nap', String(1 + (Number(process.hrtime.bigint() % 997n))) + 'us')",
    /expected tab-1\/session\.nap#1 at [\d.]+.?s, the second time .*Does a window depend on a real clock/s,
  ],
  [
    'state that another run has left, in a range',
    'draw',
    "commands.setTimer('nap', ['1ms', 5 + calls++ + 'ms'])",
    /expected -?\d+ drawn from delay\/tab-1 for tab-1\/session\.nap#1, the second time -?\d+ drawn .*state that another run has left\?/s,
  ],
  [
    'state that another run has left, in what it shows',
    'observations',
    "if (input.type === 'upgrade' && calls++ % 2 === 0) commands.moved(input.connection, 'ACCEPTED')",
    /expected to observe .*, the second time observed: .*Does the code read a real clock, a random number of its own, or state that another run has left\?/s,
  ],
]

describe('--check-determinism', () => {
  it.concurrent.each(CAUSES)('finds %s', SPAWNS, async (cause, what, before, says) => {
    const name = `impure-${what}`
    const file = write(`${name}.ts`, coordinator(name, before))
    const args = ['hunt', 'ordered-progress', '--coordinator', `./${file}`, '--seeds', '3', '--out', name]
    const [found, json] = await Promise.all([
      heddle(...args, '--check-determinism'),
      heddle(...args, '--check-determinism', '--json'),
    ])
    expect(found.code, cause).toBe(3)
    const line = found.stdout.split('\n').find((one) => one.includes('is not deterministic')) ?? ''
    expect(line).toMatch(/Seed \d, run twice, diverged at step \d+ \(t=[\d.]+.?s\)|before its first step/)
    expect(line).toMatch(says)
    const [{ report }] = JSON.parse(json.stdout).scenarios
    expect(report.verdict).toBe('diverged')
    expect(report.selfChecks).toBe(3)
    expect(report.nonDeterminism.what).toBe(what)
  })

  it.concurrent(
    'runs every seed twice, where a hunt without it runs a share of them twice',
    SPAWNS,
    async () => {
      const args = ['hunt', 'two-machines', '--seeds', '60', '--json']
      const [all, some] = await Promise.all([heddle(...args, '--check-determinism'), heddle(...args)])
      const checks = ({ stdout }: { stdout: string }) => JSON.parse(stdout).scenarios[0].report.selfChecks
      expect(checks(all)).toBe(60)
      expect(checks(some)).toBe(5)
      expect([all.code, some.code]).toEqual([0, 0])
    },
  )
})
