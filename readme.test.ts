// What the README shows is what happens: its programs are run, its commands are run, and what they print is
// compared with what stands below them.

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('.', import.meta.url))
const readme = await readFile(join(ROOT, 'README.md'), 'utf8')

interface Block {
  readonly language: string
  readonly code: string
}

const blocks: readonly Block[] = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map((match) => ({
  language: match[1] ?? '',
  code: match[2] ?? '',
}))

/** Each block of a language, with what the README says that it prints. */
function shown(language: string): readonly (readonly [code: string, printed: string])[] {
  return blocks.flatMap((block, index) => {
    const next = blocks[index + 1]
    return block.language === language && next?.language === 'text' ? [[block.code, next.code] as const] : []
  })
}

/** What Node prints on stdout, whatever its exit code. */
function node(args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd }, (_, stdout) => resolve(stdout))
  })
}

const heddle = join(ROOT, 'dist', 'heddle.js')
// Inside the project, so that `heddle` is the package itself.
const programs = join(ROOT, '.heddle', 'readme')
let elsewhere = ''

beforeAll(async () => {
  await mkdir(programs, { recursive: true })
  elsewhere = await mkdtemp(join(tmpdir(), 'heddle-readme-'))
})

afterAll(async () => {
  await rm(programs, { recursive: true, force: true })
  await rm(elsewhere, { recursive: true, force: true })
})

describe('the README', () => {
  it('shows four programs, each with what it prints', () => {
    expect(shown('ts')).toHaveLength(4)
    expect(blocks.filter(({ language }) => language === 'ts')).toHaveLength(4)
  })

  it.each(shown('ts').map(([code, printed], index) => ({ code, printed, index })))(
    'prints what it says for program $index',
    async ({ code, printed, index }) => {
      const file = join(programs, `program-${index}.mts`)
      await writeFile(file, code)
      expect(await node(['--import', 'tsx', file], ROOT)).toBe(printed)
    },
  )

  it('prints the failure that it shows', async () => {
    const [command, printed] = shown('sh').find(([code]) => code.startsWith('npx heddle hunt')) ?? ['', '']
    const output = await node([heddle, ...command.trim().split(' ').slice(2)], elsewhere)
    expect(printed).not.toBe('')
    expect(output).toContain(printed)
  })

  it('prints the metrics that it shows', async () => {
    const [, printed] = shown('sh').find(([code]) => code.startsWith('npm install && npm start')) ?? ['', '']
    expect(printed).toContain('reproduction rate')
    expect(await node([heddle, 'report'], elsewhere)).toContain(printed)
  }, 120_000)
})
