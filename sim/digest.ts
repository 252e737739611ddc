// Every hash: the two digests of a trace, a short one of the enabled set for each step and SHA-256 of the whole text,
// and what tables of states are made with.

import { sha256 as sha256Bytes } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Event } from './event.ts'

export { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'

/** 32-bit FNV-1a of an event id, mixed as MurmurHash3 finishes, so that sums of hashes spread well. */
export function hashOfId(id: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  return mixed(hash)
}

/** Hash of the first `width` words of a state: MurmurHash3 without its length (Appleby, 2011). */
export function hashOfWords(words: Uint32Array | Int32Array, width: number): number {
  let hash = 0x9747b28c
  for (let index = 0; index < width; index++) {
    let word = Math.imul(words[index] as number, 0xcc9e2d51)
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593)
    hash ^= word
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0
  }
  return mixed(hash)
}

/** How MurmurHash3 finishes: a change of one bit changes each bit of the result with even chances. */
export function mixed(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Digest of a set of enabled events: the sum of their hashes, so that the order in it does not matter. */
export function digestOfEnabled(enabled: readonly Event[]): number {
  let sum = enabled.length
  for (const event of enabled) sum = (sum + event.hash) | 0
  return sum >>> 0
}

/** SHA-256 (FIPS 180-4) of a text in UTF-8, as 64 hexadecimal digits. */
export function sha256(text: string): string {
  return bytesToHex(sha256Bytes(utf8ToBytes(text)))
}

/** SHA-256 of bytes. */
export function sha256OfBytes(bytes: Uint8Array): Uint8Array {
  return sha256Bytes(bytes)
}
