// Bytes as text that is safe in a URL, a shell and an issue: base64url without padding (RFC 4648, section 5).

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const VALUES: ReadonlyMap<string, number> = new Map([...ALPHABET].map((char, value) => [char, value]))

export function encodeBase64url(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3)
    const chars = [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63]
    const left = Math.min(bytes.length - at, 3) + 1
    for (const value of chars.slice(0, left)) text += ALPHABET.charAt(value)
  }
  return text
}

/**
 * The bytes, or where the text is none: the index of the first character that does not belong, or the length of the
 * text where it cannot end there.
 */
export function decodeBase64url(text: string): Uint8Array | number {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let left = 0
  let length = 0
  for (let at = 0; at < text.length; at++) {
    const value = VALUES.get(text.charAt(at))
    if (value === undefined) return at
    bits = ((bits << 6) | value) & 0xfff
    left += 6
    if (left < 8) continue
    left -= 8
    bytes[length++] = bits >> left
  }
  // One character more than whole bytes need, or bits behind the last byte that are not zero.
  const isWhole = left < 6 && (bits & ((1 << left) - 1)) === 0
  return isWhole ? bytes : text.length
}
