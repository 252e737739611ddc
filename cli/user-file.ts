// Imports a file of the user's own: TypeScript without a build step, as an ES module or, where its package.json does
// not say "module", as CommonJS. Runs the file's code, so only a worker thread does it.

import { pathToFileURL } from 'node:url'

let registered: Promise<void> | undefined

/** The exports of the file at an absolute path. Throws whatever the file throws. */
export async function importUserFile(path: string): Promise<{ readonly default?: unknown }> {
  registered ??= register()
  await registered
  return import(pathToFileURL(path).href)
}

/** Once in a thread, and only where there is such a file, as loading tsx takes its time. */
async function register(): Promise<void> {
  const [commonJs, esm] = await Promise.all([import('tsx/cjs/api'), import('tsx/esm/api')])
  commonJs.register()
  esm.register()
}
