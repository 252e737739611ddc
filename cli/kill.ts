// `npm run kill`: kills `heddle hunt` at 100 moments, and says what became of its replay files. A number as its argument
// kills so often.

import { killHunts } from './kill.fixture.ts'

const kills = Number(process.argv[2] ?? 100)
const { complaints, survived, files, leftOver } = await killHunts(kills, 1)
for (const complaint of complaints) console.log(`✗ ${complaint}`)
console.log(
  `${kills - survived} of ${kills} hunts killed; ${files} replay files, ${complaints.length} of them half-written or lost; ${leftOver} begun ones left beside them, which nothing reads.`,
)
process.exitCode = complaints.length === 0 && survived < kills ? 0 : 1
