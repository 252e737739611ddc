// Text of unknown origin, made fit for one line of a terminal: cut, and without control characters, so that
// a replay file from a bug report can neither move the cursor nor reorder what a person reads.

// Controls, format characters (zero-width and bidirectional marks, the byte order mark, tags), line and
// paragraph separators, lone surrogates: everything that acts on a terminal or is not seen.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u

/** The text with every unseen character escaped as `\u{…}`, cut to `charsMax` characters. */
export function printable(text: string, charsMax = 80): string {
  let shown = ''
  for (const char of text) {
    const piece = UNSEEN.test(char) ? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}` : char
    if (shown.length + piece.length > charsMax) return `${shown}…`
    shown += piece
  }
  return shown
}
