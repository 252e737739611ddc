// What the README and the pages of this folder show is what happens. Of each page, in its order:
//   - a block of `ts` with a block of `text` right below it is a program, and prints exactly that;
//   - with <!-- vitest: passes --> or <!-- vitest: fails --> above it, it is a test file with that outcome, and what a
//     block of `text` right below shows is part of what the runner prints; `as name` behind the outcome names the file;
//   - with <!-- file: name --> above it, any block is a file that what follows finds under that name;
//   - a line of `sh` that begins with `npx heddle` is a command without a mistake in it, and so is one in the steps of
//     a `yaml`, which is given the first of several machines and two seconds.
// Every block of `ts` is right by its types.

import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Project, project, type Ran, SPAWNS } from '../vitest/project.fixture.ts'
import { typeErrors } from '../vitest/type-check.fixture.ts'

const DOCS = fileURLToPath(new URL('.', import.meta.url))
const HEDDLE = fileURLToPath(new URL('../dist/heddle.js', import.meta.url))
const USAGE_ERROR = 2
/** After which a command is no mistake, as that would have been told at once. */
const RUNS_MS_MAX = 60_000

interface Block {
  readonly page: string
  readonly line: number
  readonly language: string
  readonly code: string
  /** What stands in the comment above it. */
  readonly mark: string
  /** What the block below it says is printed; undefined where there is none. */
  readonly printed: string | undefined
}

function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(join(DOCS, page), 'utf8')
  const found = [...text.matchAll(/(?:^<!-- (.*?) -->\n+)?^```(\w+)\n(.*?)^```$/gms)]
  return found.map(({ index, 0: whole, 1: mark = '', 2: language = '', 3: code = '' }, at) => {
    const line = text.slice(0, index + whole.indexOf('```')).split('\n').length
    const next = found[at + 1]
    const isBelow = next?.[2] === 'text' && /^\s*$/.test(text.slice(index + whole.length, next.index))
    return { page, line, language, code, mark, printed: isBelow ? next[3] : undefined }
  })
}

const pages = ['../README.md', ...readdirSync(DOCS).filter((name) => name.endsWith('.md'))]
const blocks = pages.flatMap(blocksOf)
const nameOf = ({ page, line }: Block) => `${basename(page, '.md')}-${line}`
const outcomeOf = ({ mark }: Block) => /^vitest: (passes|fails)(?: as (\S+))?$/.exec(mark)
const fileOf = (block: Block) => {
  const [, named] = /^file: (\S+)$/.exec(block.mark) ?? []
  const outcome = outcomeOf(block)
  return named ?? outcome?.[2] ?? `${nameOf(block)}${outcome === null ? '' : '.test'}.ts`
}

const code = blocks.filter(({ language }) => language === 'ts')
const programs = code.filter(({ mark, printed }) => mark === '' && printed !== undefined)
const tests = code.filter((block) => outcomeOf(block) !== null)

/** Every page's files in a project of its own. */
const projects = new Map<string, Project>(pages.map((page) => [page, project()]))
const projectOf = (page: string) => projects.get(page) as Project

beforeAll(() => {
  for (const block of blocks) {
    const isFile = block.language === 'ts' || block.mark.startsWith('file: ')
    if (isFile) projectOf(block.page).write(fileOf(block), block.code)
  }
})

/** What a command prints on stdout, and its exit code; null where it had not ended in time. */
function ended(
  args: readonly string[],
  cwd: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { PATH, HOME, TMPDIR } = process.env
  const child = spawn(args[0] ?? '', args.slice(1), {
    cwd,
    env: { PATH, HOME, TMPDIR, NO_COLOR: '1' },
    timeout: RUNS_MS_MAX,
  })
  const printed = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      printed[stream] += chunk
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, ...printed }))
  })
}

it('every mark above a block is one of those that are known', () => {
  const unknown = blocks.filter(
    (block) => block.mark !== '' && !/^file: \S+$/.test(block.mark) && outcomeOf(block) === null,
  )
  expect(unknown.map((block) => `${nameOf(block)}: ${block.mark}`)).toEqual([])
})

it('every block of code is right by its types', SPAWNS, () => {
  const files = code.map((block) => join(projectOf(block.page).path, fileOf(block)))
  expect(typeErrors(files)).toEqual([])
})

describe.each(programs.map((block) => [nameOf(block), block] as const))('the program %s', (_, block) => {
  it('prints what stands below it', SPAWNS, async () => {
    const { path } = projectOf(block.page)
    const { stdout, stderr } = await ended([process.execPath, '--import', 'tsx', fileOf(block)], path)
    expect(stderr).toBe('')
    expect(stdout).toBe(block.printed)
  })
})

const tested = [...new Set(tests.map(({ page }) => page))]

describe.each(tested)('the test files of %s', (page) => {
  let ran: Ran
  beforeAll(async () => {
    ran = await projectOf(page).run()
  }, SPAWNS.timeout)

  it.each(tests.filter((block) => block.page === page).map((block) => [nameOf(block), block] as const))(
    'come out as is said of them: %s',
    (_, block) => {
      const own = ran.tests.filter(({ file }) => file === fileOf(block))
      const failed = own.filter(({ status }) => status === 'failed')
      expect(own).not.toEqual([])
      if (outcomeOf(block)?.[1] === 'passes') expect(failed).toEqual([])
      else expect(failed).not.toEqual([])
      if (block.printed !== undefined) expect(withoutEnds(ran.output)).toContain(withoutEnds(block.printed))
    },
  )
})

/** Without what no one sees at the end of lines. */
function withoutEnds(text: string): string {
  return text.replace(/[^\S\n]+$/gm, '')
}

/** A line of a workflow, as the first machine runs it. */
function asRun(line: string): string {
  return line
    .replace(/^\s*- (run: )?/, '')
    .replace(/\$\{\{ matrix\.shard }}|\$CI_NODE_INDEX/g, '1')
    .replace('$CI_NODE_TOTAL', '4')
    .replace(/--budget \d+s/, '--budget 2s')
}

const commands = blocks
  .filter(({ language }) => language === 'sh' || language === 'yaml')
  .flatMap(({ page, code, line, language }) =>
    code.split('\n').map((text, index) => {
      return { page, command: language === 'yaml' ? asRun(text) : text, line: line + 1 + index }
    }),
  )
  .filter(({ command }) => command.startsWith('npx heddle'))

it.each([...new Set(commands.map(({ page }) => page))])(
  'every command of %s is without a mistake',
  { timeout: commands.length * 2 * RUNS_MS_MAX },
  async (page) => {
    const mistakes: string[] = []
    for (const { command, line } of commands.filter((one) => one.page === page)) {
      const ours = command.replace('npx heddle', `'${process.execPath}' '${HEDDLE}'`)
      const { code, stderr } = await ended(['sh', '-c', ours], projectOf(page).path)
      if (code === USAGE_ERROR) mistakes.push(`${page}:${line} ${command}: ${stderr}`)
    }
    expect(mistakes).toEqual([])
  },
)
