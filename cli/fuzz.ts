// Sends 10,000 mutated replay files and tokens through the command's own path, and says what came of them. Exits with 1
// where one crashed, took longer than a second, was refused otherwise than in one clear line, or touched a file.
//
//   npm run fuzz

import { fuzz } from './fuzzing.fixture.ts'

const COUNT = 10_000
const TIMEOUT_MS = 1_000

const began = performance.now()
const { counts, complaints, slowest } = await fuzz(
  { first: 0, count: COUNT },
  { workers: 2, timeoutMs: TIMEOUT_MS },
)
for (const [what, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
  console.log(`${String(count).padStart(6)}  ${what}`)
}
const seconds = ((performance.now() - began) / 1_000).toFixed(1)
console.log(
  `\n${COUNT} mutants in ${seconds} s; the slowest took ${Math.round(slowest.ms)} ms: ${slowest.number}, ${slowest.kind}.`,
)
for (const complaint of complaints) console.log(`✗ ${complaint}`)
console.log(
  complaints.length === 0 ? '✓ Each was refused in one line, or replayed. No file was touched.' : '',
)
process.exitCode = complaints.length === 0 ? 0 : 1
