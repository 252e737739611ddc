// Which reporters a gate has, and where what each of them writes goes: several may, one of them alone to stdout.

import { appendFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { checkFolder, plain, writeWhole } from '../../failures/index.ts'
import { UsageError } from '../exit.ts'
import { print } from '../terminal.ts'
import { annotations, summary } from './github.ts'
import { gateJson } from './json.ts'
import { junitXml } from './junit.ts'
import type { GateResult } from './result.ts'
import { gateText } from './text.ts'

const NAMES = ['default', 'junit', 'github', 'json'] as const

export interface Reporter {
  readonly name: (typeof NAMES)[number]
  /** Where it writes to, instead of stdout. */
  readonly file: string | undefined
}

/** `default,junit=report.xml`: names of reporters, each with the file that it writes to where that is not stdout. */
export function reportersOption(text: string): readonly Reporter[] {
  const reporters = text.split(',').map((word): Reporter => {
    const [name = '', file] = word.split(/=(.*)/s)
    const known = NAMES.find((one) => one === name)
    if (known === undefined || file === '') {
      throw new InvalidArgumentError(`Expected names of ${NAMES.join(', ')}, each with =<file> or without.`)
    }
    return { name: known, file }
  })
  const onStdout = reporters.filter(({ file }) => file === undefined).map(({ name }) => name)
  const alone = onStdout.find((name) => name === 'junit' || name === 'json')
  if (alone !== undefined && onStdout.length > 1) {
    throw new InvalidArgumentError(
      `Expected ${alone} to be alone on stdout. Give it a file: ${alone}=<file>.`,
    )
  }
  return reporters
}

/** Throws where one of them could not write its file in the end, which is too late to find out. */
export async function checkReporters(reporters: readonly Reporter[]): Promise<void> {
  for (const { name, file } of reporters) {
    if (file === undefined) continue
    await checkFolder(dirname(file), `the ${name} report`)
    const there = await stat(file).catch(() => undefined)
    if (there?.isDirectory()) {
      throw new UsageError(`Expected a file for the ${name} report at ${plain(file)}, found a folder.`)
    }
  }
}

/** Has each of them say what the gate came to. Files are written whole or not at all. */
export async function report(
  reporters: readonly Reporter[],
  result: GateResult,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  for (const { name, file } of reporters) {
    if (name === 'github') await toGitHub(result, env)
    const text = name === 'github' ? annotations(result).join('\n') : TEXTS[name](result)
    if (file !== undefined) await writeWhole(file, `${text}\n`)
    else if (text !== '') print(text)
  }
}

const TEXTS = { default: gateText, junit: junitXml, json: gateJson } as const

/** The file that GitHub shows, where it says which one that is. */
async function toGitHub(result: GateResult, env: NodeJS.ProcessEnv): Promise<void> {
  const file = env.GITHUB_STEP_SUMMARY
  if (file === undefined || file === '') return
  await appendFile(file, summary(result)).catch((error: Error) => {
    throw new UsageError(`Writing the summary to the file of GITHUB_STEP_SUMMARY failed: ${error.message}.`)
  })
}
