// Where the built files are that a thread or a process begins with: beside this one once it is built itself, and in
// dist/ as long as it is run from its source, as tests do.

import { fileURLToPath } from 'node:url'

const DIST = import.meta.url.endsWith('.ts') ? '../dist/' : './'

type Built = 'heddle.js' | 'worker.js' | 'slice.js' | 'index.js' | 'model.js' | 'properties.js'

export function built(name: Built): string {
  return fileURLToPath(new URL(DIST + name, import.meta.url))
}
