// Reads a replay file, which is untrusted input: it comes from a bug report. Everything is bounded before it
// is looked at, nothing in it is run or believed, and what is wrong gets one line that says where and why.

import { sha256 } from '../digest.ts'
import { type ErrorCode, HeddleError } from '../error.ts'
import { printable } from '../printable.ts'
import { FETCH, readLines } from './shape.ts'
import { FOOTER_END, FORMAT_NEWEST, TRACE_LIMITS, type Trace } from './trace.ts'

const START = '{"heddle":'
const FOOTER = /"sha256":"([0-9a-f]{64})"\}\n$/
const DIGEST_CHARS = 64

/**
 * The trace that a text or its bytes hold. Throws a HeddleError with one of the codes HEDDLE_REPLAY_EMPTY,
 * _TOO_LARGE, _UNKNOWN, _ENCODING, _NEWER, _TRUNCATED, _EDITED or _MALFORMED.
 */
export function parseTrace(input: string | Uint8Array): Trace {
  const text = decode(input)
  checkKind(text)
  checkDigest(text)
  const lines = splitLines(text)
  return readLines(lines)
}

function decode(input: string | Uint8Array): string {
  if (input.length > TRACE_LIMITS.bytes) refuseSize(input.length)
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input
  if (bytes.length > TRACE_LIMITS.bytes) refuseSize(bytes.length)
  if (bytes.length === 0) {
    refuse('EMPTY', 'Expected a replay file, found an empty one. Fetch it again.')
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  if (!text.startsWith(START) && !START.startsWith(text)) refuseKind(text)
  if (text.includes('\uFFFD')) checkEncoding(bytes, text)
  if (typeof input === 'string' && input !== text) {
    refuse('ENCODING', `Expected well-formed text, found half a surrogate pair. ${FETCH}`)
  }
  return text
}

/** Lossy decoding turns a malformed sequence into U+FFFD, whose bytes then differ from those that were read. */
function checkEncoding(bytes: Uint8Array, text: string): void {
  const again = new TextEncoder().encode(text)
  const at = bytes.findIndex((byte, index) => byte !== again[index])
  if (at < 0) return
  const line = bytes.subarray(0, at).filter((byte) => byte === 0x0a).length + 1
  refuse('ENCODING', `Expected UTF-8, found a malformed sequence in line ${line} (byte ${at}). ${FETCH}`)
}

function refuseSize(bytes: number): never {
  refuse(
    'TOO_LARGE',
    `Expected a replay file of at most ${TRACE_LIMITS.bytes} bytes, found ${bytes}. Shrink the failure, and record it again.`,
  )
}

function refuseKind(text: string): never {
  const found = text.startsWith('\uFEFF') ? 'a byte order mark' : `"${printable(text, 30)}"`
  refuse(
    'UNKNOWN',
    `Expected a replay file, which begins with ${START}, found ${found}. Was it saved by heddle?`,
  )
}

/** Tells apart, before the digest is asked for, what another digest would not explain. */
function checkKind(text: string): void {
  const format = /^\{"heddle":(\d{1,9})[,}]/.exec(text)?.[1]
  if (format !== undefined && Number(format) > FORMAT_NEWEST) {
    refuse(
      'NEWER',
      `The replay file was made by a newer heddle: format ${format}, and this one reads up to ${FORMAT_NEWEST}. Update heddle.`,
    )
  }
  const carriageReturn = text.indexOf('\r')
  if (carriageReturn >= 0) {
    const line = text.slice(0, carriageReturn).split('\n').length
    refuse(
      'EDITED',
      `Expected lines that end in LF, found a carriage return in line ${line}. Was the file converted? Put "*.replay -text" into .gitattributes, and fetch it again.`,
    )
  }
}

function checkDigest(text: string): void {
  const found = FOOTER.exec(text.slice(-200))?.[1]
  if (found === undefined) {
    const end = text.trimEnd()
    const line = end.slice(end.lastIndexOf('\n') + 1)
    refuse(
      'TRUNCATED',
      `Expected a footer with a digest and a line feed at the end of line ${lineCount(end)}, found "${printable(line.slice(-40))}". The file is cut short, or was edited. ${FETCH}`,
    )
  }
  const before = text.slice(0, -(DIGEST_CHARS + FOOTER_END.length))
  const expected = sha256(before + FOOTER_END)
  if (found === expected) return
  refuse(
    'EDITED',
    `Expected SHA-256 ${expected.slice(0, 16)}… over what stands in the file, found ${found.slice(0, 16)}… in line ${lineCount(before)}. The file was edited or damaged. ${FETCH}`,
  )
}

function lineCount(text: string): number {
  let count = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

function splitLines(text: string): readonly string[] {
  const count = lineCount(text) - 1
  if (count > TRACE_LIMITS.lines) {
    refuse('TOO_LARGE', `Expected at most ${TRACE_LIMITS.lines} lines, found ${count}. ${FETCH}`)
  }
  const lines = text.slice(0, -1).split('\n')
  const long = lines.findIndex((line) => line.length > TRACE_LIMITS.lineChars)
  if (long >= 0) {
    const found = `${lines[long]?.length} in line ${long + 1}`
    refuse(
      'TOO_LARGE',
      `Expected at most ${TRACE_LIMITS.lineChars} characters a line, found ${found}. ${FETCH}`,
    )
  }
  return lines
}

function refuse(code: string, message: string): never {
  throw new HeddleError(`HEDDLE_REPLAY_${code}` satisfies ErrorCode, message)
}
