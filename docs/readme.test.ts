// What the README shows is what happens: its commands are run, and what they print is compared with what stands below
// them; its picture is drawn again. Its program is run with those of the other pages.

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PICTURE, picture } from './picture.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const HEDDLE = join(ROOT, 'dist', 'heddle.js')
const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
let elsewhere = ''

beforeAll(async () => {
  elsewhere = await mkdtemp(join(tmpdir(), 'heddle-readme-'))
})

afterAll(() => rm(elsewhere, { recursive: true, force: true }))

/** What the README says that a command prints. */
function shown(command: string): string {
  const rest = readme.slice(readme.indexOf(`\`\`\`sh\n${command}`))
  const [, text = ''] = /^```text\n(.*?)^```$/ms.exec(rest) ?? []
  return text
}

/** What the command prints on stdout, whatever its exit code. */
function heddle(...args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [HEDDLE, ...args], { cwd: elsewhere }, (_, stdout) => resolve(stdout))
  })
}

it('prints the failure that it shows', async () => {
  const command = 'npx heddle hunt cloud-run-burst --coordinator competing --seeds 25'
  expect(shown(command)).not.toBe('')
  expect(await heddle(...command.split(' ').slice(2))).toContain(shown(command))
})

it('draws the picture that it begins with', async () => {
  expect(readme).toContain('](docs/failure.svg)')
  expect(await picture()).toBe(await readFile(PICTURE, 'utf8'))
})

it('prints the metrics that it shows', async () => {
  const text = shown('npm install && npm start')
  expect(text).toContain('reproduction rate')
  expect(await heddle('report')).toContain(text)
}, 120_000)

it('covers the states that it shows', async () => {
  const withoutTimes = (text: string) => text.replace(/ +\d+\.\d+s/g, '')
  const text = shown('npx heddle check five-tabs').replace(/…\n$/, '')
  expect(text).toContain('holds, every schedule')
  expect(withoutTimes(await heddle('check', 'five-tabs'))).toContain(withoutTimes(text))
}, 120_000)
