// What a worker thread begins with: TypeScript loads as it does in the main thread, and each task goes to
// tasks.ts. Whatever code under test prints goes to stderr, so that it cannot mix with what heddle reports.

import { register as registerRequire } from 'tsx/cjs/api'
import { register } from 'tsx/esm/api'

// Both kinds of module: a user's file is CommonJS where its package.json does not say "module".
registerRequire()
register()
process.stdout.write = process.stderr.write.bind(process.stderr)

export default async function work(task) {
  const { perform } = await import('./tasks.ts')
  return perform(task)
}
