// A replay file as one line that is short enough to paste: what the run was made from, the schedule, and the digest of
// the file; what happened follows from the code. Only the text of it: how one is made and followed is in unfold.ts. A
// token comes from a stranger, as a file does: all of it is bounded before anything is built, and nothing is believed.

import { deflateSync, Inflate } from 'fflate'
import { bytesToHex, hexToBytes, sha256OfBytes } from '../digest.ts'
import { type ErrorCode, HeddleError } from '../error.ts'
import { printable } from '../printable.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import { FETCH } from './shape.ts'
import { contentOf, readContent, type TokenContent } from './token-content.ts'

/** What stands in front of a token; the number is the version of its format and of its vocabulary. */
const START = 'heddle1:'
const VERSION_NEWEST = 1

/** How long a token and what it unpacks to may be. */
export const TOKEN_LIMITS = { chars: 2 ** 16, bytes: 2 ** 20 } as const

/** How many bytes of the file's SHA-256 a token carries. */
export const DIGEST_BYTES = 16
const CHECK_BYTES = 4
/** So that a small token cannot unpack to much before it is looked at. */
const CHUNK_BYTES = 256

export interface Token extends TokenContent {
  /** The first bytes of the SHA-256 in the footer of the file, in hexadecimal digits. */
  readonly digest: string
}

/** Whether a word can only mean a token, of whatever version. */
export function isToken(word: string): boolean {
  return /^heddle\d+:/.test(word)
}

/**
 * The text of a token. `vocabulary` is what such tokens often say, and part of their version: another one reads
 * nothing of them. Throws HEDDLE_TOKEN_SIZE past {@link TOKEN_LIMITS}.
 */
export function encodeToken(token: Token, vocabulary: string): string {
  const content = new TextEncoder().encode(contentOf(token))
  const dictionary = new TextEncoder().encode(vocabulary)
  const packed = deflateSync(content, { level: 9, mem: 8, dictionary })
  const digest = hexToBytes(token.digest)
  const text = START + encodeBase64url(joined(checkOf(digest, packed), digest, packed))
  if (text.length <= TOKEN_LIMITS.chars && content.length <= TOKEN_LIMITS.bytes) return text
  return refuse(
    'SIZE',
    `Expected a token of at most ${TOKEN_LIMITS.chars} characters, found ${text.length}. Send the file.`,
  )
}

/**
 * The token that a text holds; spaces and line breaks do not count, as a paste may have some. Throws a HeddleError with
 * one of the codes HEDDLE_TOKEN_UNKNOWN, _NEWER, _SIZE, _ALPHABET, _TRUNCATED, _EDITED or _MALFORMED.
 */
export function decodeToken(text: string, vocabulary: string): Token {
  if (text.length > 2 * TOKEN_LIMITS.chars) refuseSize(text.length)
  const word = text.replace(/\s+/g, '')
  if (word.length > TOKEN_LIMITS.chars) refuseSize(word.length)
  checkStart(word)
  const bytes = decoded(word.slice(START.length))
  if (bytes.length <= CHECK_BYTES + DIGEST_BYTES) refuse('TRUNCATED', `The token is cut short. ${PASTE}`)
  const digest = bytes.subarray(CHECK_BYTES, CHECK_BYTES + DIGEST_BYTES)
  const packed = bytes.subarray(CHECK_BYTES + DIGEST_BYTES)
  const check = checkOf(digest, packed)
  if (check.some((byte, index) => byte !== bytes[index])) refuseEdited()
  const content = unpacked(packed, new TextEncoder().encode(vocabulary))
  return { ...contentIn(content), digest: bytesToHex(digest) }
}

function contentIn(bytes: Uint8Array): TokenContent {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  if (!isSame(new TextEncoder().encode(text), bytes)) {
    refuse('MALFORMED', 'What the token says is malformed: expected UTF-8, found otherwise.')
  }
  try {
    return readContent(text)
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error
    return refuse('MALFORMED', `What the token says is malformed: ${error.message.replace(FETCH, PASTE)}`)
  }
}

const PASTE = 'Copy all of it, and paste it again.'

function checkStart(word: string): void {
  const version = /^heddle(\d{1,9}):/.exec(word)?.[1]
  if (version === undefined) {
    refuse(
      'UNKNOWN',
      `Expected a token, which begins with ${START}, found "${printable(word, 30)}". ${PASTE}`,
    )
  }
  if (Number(version) > VERSION_NEWEST) {
    refuse(
      'NEWER',
      `The token was made by a newer heddle: version ${version}, and this one reads up to ${VERSION_NEWEST}. Update heddle.`,
    )
  }
  if (!word.startsWith(START)) {
    refuse('UNKNOWN', `Expected a token of version 1, found "${printable(word, 30)}". ${PASTE}`)
  }
}

function decoded(text: string): Uint8Array {
  const bytes = decodeBase64url(text)
  if (typeof bytes !== 'number') return bytes
  if (bytes === text.length) refuse('TRUNCATED', `The token is cut short, or has something added. ${PASTE}`)
  const at = START.length + bytes + 1
  return refuse(
    'ALPHABET',
    `Expected letters, digits, - and _ in the token, found "${printable(text.charAt(bytes), 12)}" as character ${at}. ${PASTE}`,
  )
}

function unpacked(packed: Uint8Array, dictionary: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = []
  let length = 0
  let isOver = false
  const inflate = new Inflate({ dictionary }, (part, final) => {
    length += part.length
    if (length > TOKEN_LIMITS.bytes) throw new HeddleError('HEDDLE_TOKEN_SIZE', tooMuch())
    parts.push(part)
    isOver = final
  })
  try {
    for (let at = 0; at < packed.length; at += CHUNK_BYTES) {
      inflate.push(packed.subarray(at, at + CHUNK_BYTES), at + CHUNK_BYTES >= packed.length)
    }
  } catch (error) {
    if (error instanceof HeddleError) throw error
    refuseEdited()
  }
  if (!isOver) refuseEdited()
  return joined(...parts)
}

function tooMuch(): string {
  return `Expected a token that unpacks to at most ${TOKEN_LIMITS.bytes} bytes, found more. Ask for the file.`
}

function refuseEdited(): never {
  refuse('EDITED', `The token does not fit its own check: it is cut short, or was changed. ${PASTE}`)
}

function refuseSize(chars: number): never {
  refuse(
    'SIZE',
    `Expected a token of at most ${TOKEN_LIMITS.chars} characters, found ${chars}. Ask for the file.`,
  )
}

function refuse(code: string, message: string): never {
  throw new HeddleError(`HEDDLE_TOKEN_${code}` satisfies ErrorCode, message)
}

function checkOf(digest: Uint8Array, packed: Uint8Array): Uint8Array {
  return sha256OfBytes(joined(digest, packed)).subarray(0, CHECK_BYTES)
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
