// Other versions of Node.js: the binary of each, fetched once, and kept where nobody's project sees it.

import { execFile } from 'node:child_process'
import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const CACHE = fileURLToPath(new URL('../node_modules/.cache/heddle', import.meta.url))

/**
 * The path of a binary, such as of `22` or `24.9.0`. The package of a platform, which the package `node` stands for, carries
 * the binary alone, and needs no install script.
 */
export async function fetchNode(version: string): Promise<string> {
  const isWindows = process.platform === 'win32'
  const name = `node-${isWindows ? 'win' : process.platform}-${process.arch}`
  const folder = join(CACHE, `node-${version}`)
  const binary = join(folder, 'node_modules', name, 'bin', isWindows ? 'node.exe' : 'node')
  const isThere = await access(binary).then(
    () => true,
    () => false,
  )
  if (isThere) return binary
  console.log(`Fetching ${name}@${version} …`)
  await mkdir(folder, { recursive: true })
  const args = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts']
  await promisify(execFile)('npm', [...args, `${name}@${version}`], { shell: isWindows })
  return binary
}
