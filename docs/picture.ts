// `npm run picture`: draws docs/failure.svg, the failure that the README begins with, from what the command really
// prints. The same output gives the same bytes.

import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const PICTURE = fileURLToPath(new URL('./failure.svg', import.meta.url))
const HEDDLE = fileURLToPath(new URL('../dist/heddle.js', import.meta.url))
const COMMAND = ['hunt', 'cloud-run-burst', '--coordinator', 'competing', '--seeds', '25']

const CELL = { width: 8.4, height: 18, pad: 16 }
const PAPER = '#0d1117'
const INK = '#e6edf3'
/** By the number of an SGR sequence (ECMA-48, 8.3.117). */
const STYLES: Readonly<Record<string, string>> = {
  1: 'font-weight="bold"',
  2: 'fill="#8b949e"',
  31: 'fill="#ff7b72"',
  32: 'fill="#7ee787"',
  33: 'fill="#e3b341"',
}

/** The picture of what the command prints of one of its findings. */
export async function picture(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'heddle-picture-'))
  try {
    const printed = await new Promise<string>((resolve) => {
      const env = { PATH: process.env.PATH, FORCE_COLOR: '1' }
      execFile(process.execPath, [HEDDLE, ...COMMAND], { cwd: folder, env }, (_, stdout) => resolve(stdout))
    })
    const lines = printed.split('\n')
    const first = lines.findIndex((line) => plain(line).startsWith('✗') && line.includes('no 1011'))
    const count = lines.slice(first).findIndex((line) => plain(line).startsWith('  Paste')) + 1
    return svg([`$ npx heddle ${COMMAND.join(' ')}`, '', ...lines.slice(first, first + count)])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function svg(lines: readonly string[]): string {
  const columns = Math.max(...lines.map((line) => plain(line).length))
  const width = Math.ceil(columns * CELL.width + 2 * CELL.pad)
  const height = lines.length * CELL.height + 2 * CELL.pad
  const texts = lines.map((line, index) => {
    const y = CELL.pad + (index + 0.75) * CELL.height
    return `<text x="${CELL.pad}" y="${y}" xml:space="preserve">${spans(line)}</text>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>A race that heddle found: its timeline, the two events whose order decides, and how to replay it</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${PAPER}"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="${INK}">`,
    ...texts,
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how a style begins.
const STYLE = /\x1b\[(\d+)m/

function plain(line: string): string {
  return line.replace(new RegExp(STYLE, 'g'), '')
}

/** Every second piece between styles is the number of one. */
function spans(line: string): string {
  const open = new Set<string>()
  return line
    .split(STYLE)
    .map((piece, index) => {
      if (index % 2 === 1) {
        const style = STYLES[piece]
        if (style === undefined) open.clear()
        else open.add(style)
        return ''
      }
      const text = piece.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
      return piece === '' || open.size === 0 ? text : `<tspan ${[...open].join(' ')}>${text}</tspan>`
    })
    .join('')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(PICTURE, await picture())
