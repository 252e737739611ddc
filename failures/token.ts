// Tokens as heddle's commands and test runner write and read them: with the vocabulary that both share.

import { vocabulary } from '../model/index.ts'
import { decodeToken, HeddleError, type Scenario, type Token, type Trace, tokenOf } from '../sim/index.ts'

/** What a text of a token says. Throws as `decodeToken` does. */
export function readToken(text: string): Token {
  return decodeToken(text, vocabulary)
}

/** The token of a trace. Throws as `tokenOf` does. */
export function tokenOfTrace(trace: Trace, scenario: Scenario): Promise<string> {
  return tokenOf(trace, scenario, vocabulary)
}

/** How long a token may be that is shown for pasting. */
const PASTE_CHARS_MAX = 300

/** The token of a trace, where it is short enough to paste. */
export async function pasteOf(trace: Trace, scenario: Scenario): Promise<string | undefined> {
  const token = await tokenOfTrace(trace, scenario).catch((error: unknown) => {
    if (error instanceof HeddleError && error.code === 'HEDDLE_TOKEN_SIZE') return undefined
    throw error
  })
  return token === undefined || token.length > PASTE_CHARS_MAX ? undefined : token
}
