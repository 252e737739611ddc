// What a worker thread begins with: each task goes to tasks.ts. Whatever code under test prints goes to stderr, so
// that it cannot mix with what heddle reports.

import type { Answer, Task } from './tasks.ts'

process.stdout.write = process.stderr.write.bind(process.stderr)

export default async function work(task: Task): Promise<Answer> {
  const { perform } = await import('./tasks.ts')
  return perform(task)
}
