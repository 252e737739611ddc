// A user's project in a folder of its own, in which heddle is installed as npm would: as a link to what is built.

import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Folder, folder } from './heddle.fixture.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))

/** With a configuration that settles nothing, and of ES modules, unless its files say otherwise. */
export function project(files: Readonly<Record<string, string>>): Folder {
  return installed({
    'package.json': '{ "type": "module" }',
    'heddle.config.ts': 'export default {}',
    ...files,
  })
}

/** With these files alone. */
export function installed(files: Readonly<Record<string, string>>): Folder {
  const made = folder()
  const write: Folder['write'] = (name, content) => {
    mkdirSync(dirname(join(made.path, name)), { recursive: true })
    return made.write(name, content)
  }
  mkdirSync(join(made.path, 'node_modules'))
  symlinkSync(ROOT, join(made.path, 'node_modules', 'heddle'), 'junction')
  for (const [name, content] of Object.entries(files)) write(name, content)
  return { ...made, write }
}

/** A world in which a message that comes early is lost, or kept. */
export const inbox = (name: string, how: 'loses' | 'keeps') => `
  import { world } from 'heddle'

  export default world('${name}', ({ task, sleep, operation, check }) => {
    const processed: string[] = []
    const early: string[] = []
    let isOpen = false
    task('server', async () => {
      await operation('services.ready', { window: ['10ms', '500ms'] })
      isOpen = true
      processed.push(...early)
    })
    task('tab-1', async () => {
      await sleep(['1ms', '50ms'])
      if (isOpen) processed.push('hello')
      else if (${how === 'keeps'}) early.push('hello')
    })
    check.eventually('hello is processed', () => processed.includes('hello'))
  })`

/** Lifecycles: one that holds, and one under a coordinator of its own that lets every connection act. */
export const TABS = `
  import { competing, lifecycle, single } from 'heddle/model'
  import { oneOwnerPerUser } from 'heddle/properties'

  const options = {
    stagger: '1ms',
    messages: 0,
    delays: { accept: ['1ms', '20ms'], auth: ['5ms', '200ms'], services: ['10ms', '500ms'] },
    properties: [oneOwnerPerUser],
  } as const
  const hasty = { ...competing, name: 'hasty' }

  export const twoTabs = lifecycle('two tabs', { ...options, connections: 2, coordinator: single() })
  export const fourTabs = [lifecycle('four tabs', { ...options, connections: 4, coordinator: hasty })]`
