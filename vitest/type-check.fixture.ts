// Checks the types of files of a user, with heddle's own configuration: its doors are its sources.

import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const CONFIG = fileURLToPath(new URL('../tsconfig.check.json', import.meta.url))

/** What the compiler says of these files, a line each: the file, the line, the message. */
export function typeErrors(files: readonly string[]): readonly string[] {
  const { config } = ts.readConfigFile(CONFIG, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(
    config,
    ts.sys,
    fileURLToPath(new URL('..', import.meta.url)),
  )
  // A user's code need not do without what a compiler has to write out.
  const program = ts.createProgram(files, { ...options, erasableSyntaxOnly: false })
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const message = ts.flattenDiagnosticMessageText(messageText, ' ')
    if (file === undefined) return message
    const { line } = file.getLineAndCharacterOfPosition(start ?? 0)
    return `${basename(file.fileName)}:${line + 1} ${message}`
  })
}
