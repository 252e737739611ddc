// Text of unknown origin, made fit for one line of a terminal: cut, and without control characters, so that
// a replay file from a bug report can neither move the cursor nor reorder what a person reads.

// C0 and C1 controls, soft hyphen, zero-width and bidirectional marks, line separators, lone surrogates, the
// byte order mark, and tag characters: everything that acts on a terminal or is not seen.
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu

/** The text with every unseen character escaped as `\u{…}`, cut to `charsMax` characters. */
export function printable(text: string, charsMax = 80): string {
  const cut = text.length > charsMax ? `${text.slice(0, charsMax)}…` : text
  return cut.replace(UNSEEN, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
}
