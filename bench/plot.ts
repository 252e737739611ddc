// Draws series of counts over small whole numbers as an SVG, the counts on a logarithmic scale. Pure: the same
// series give the same text.

export interface Point {
  readonly x: number
  readonly y: number
  /** Whether there are more than could be counted. */
  readonly isBounded: boolean
}

export interface Series {
  readonly name: string
  readonly colour: string
  readonly isDashed: boolean
  /** In the order of their x. */
  readonly points: readonly Point[]
}

export interface PlotText {
  readonly title: string
  readonly xLabel: string
  readonly note: string
}

const WIDTH = 720
const HEIGHT = 440
const LEFT = 64
const RIGHT = 200
const TOP = 44
const BOTTOM = 64
/** Least distance between two names beside each other's ends. */
const NAME_HEIGHT = 15

interface Scale {
  x(value: number): number
  y(value: number): number
}

export function plot(series: readonly Series[], { title, xLabel, note }: PlotText): string {
  const points = series.flatMap((one) => one.points)
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b)
  const decades = decadesOf(points)
  const scale = scaleOf(xs, decades)
  const bottom = HEIGHT - BOTTOM
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text({ x: LEFT, y: 24, anchor: 'start', size: 15 }, title),
    ...decades.flatMap((power) => {
      const y = scale.y(10 ** power)
      return [
        `<path d="M${LEFT} ${y}H${WIDTH - RIGHT}" stroke="#ddd"/>`,
        text({ x: LEFT - 8, y: y + 4, anchor: 'end' }, amount(10 ** power)),
      ]
    }),
    ...xs.map((x) => text({ x: scale.x(x), y: bottom + 18, anchor: 'middle' }, String(x))),
    text({ x: (LEFT + WIDTH - RIGHT) / 2, y: bottom + 36, anchor: 'middle' }, xLabel),
    text({ x: (LEFT + WIDTH - RIGHT) / 2, y: bottom + 54, anchor: 'middle', size: 11 }, note),
    ...series.flatMap((one) => drawn(one, scale)),
    ...names(series, scale),
    '</svg>',
  ]
  return `${lines.join('\n')}\n`
}

/** The powers of ten from below the least count to above the largest. */
function decadesOf(points: readonly Point[]): readonly number[] {
  const logs = points.map(({ y }) => Math.log10(Math.max(1, y)))
  const first = Math.floor(Math.min(...logs))
  const last = Math.ceil(Math.max(...logs))
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

function scaleOf(xs: readonly number[], decades: readonly number[]): Scale {
  const [firstX = 0, lastX = 1] = [xs[0], xs.at(-1)]
  const [firstY = 0, lastY = 1] = [decades[0], decades.at(-1)]
  const place = (share: number, from: number, to: number) => Math.round(from + share * (to - from))
  return {
    x: (value) => place((value - firstX) / (lastX - firstX || 1), LEFT + 16, WIDTH - RIGHT - 16),
    y: (value) =>
      place((Math.log10(Math.max(1, value)) - firstY) / (lastY - firstY || 1), HEIGHT - BOTTOM, TOP),
  }
}

/** Each point as a dot: full where it is exact, hollow where it is a bound, to which no line leads. */
function drawn({ points, colour, isDashed }: Series, scale: Scale): readonly string[] {
  const exact = points.filter(({ isBounded }) => !isBounded)
  const path = exact.map(({ x, y }) => `${scale.x(x)} ${scale.y(y)}`).join('L')
  const dash = isDashed ? ' stroke-dasharray="5 4"' : ''
  return [
    ...(path === '' ? [] : [`<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>`]),
    ...points.map(({ x, y, isBounded }) => {
      const of = isBounded ? ' or more' : ''
      return `<circle cx="${scale.x(x)}" cy="${scale.y(y)}" r="4" fill="${isBounded ? '#fff' : colour}" stroke="${colour}" stroke-width="2"><title>${y.toLocaleString('en-US')}${of}</title></circle>`
    }),
  ]
}

/** Beside the last point of each series its name, far enough from one another to be read. */
function names(series: readonly Series[], scale: Scale): readonly string[] {
  const ends = series
    .flatMap(({ name, colour, points }) => {
      const last = points.at(-1)
      return last === undefined ? [] : [{ name, colour, x: scale.x(last.x) + 10, y: scale.y(last.y) + 4 }]
    })
    .sort((a, b) => a.y - b.y)
  let least = 0
  return ends.map(({ name, colour, x, y }) => {
    const at = Math.max(y, least)
    least = at + NAME_HEIGHT
    return text({ x, y: at, anchor: 'start', colour }, name)
  })
}

interface Place {
  readonly x: number
  readonly y: number
  readonly anchor: 'start' | 'middle' | 'end'
  readonly size?: number
  readonly colour?: string
}

function text({ x, y, anchor, size, colour }: Place, words: string): string {
  const style = `${size === undefined ? '' : ` font-size="${size}"`}${colour === undefined ? '' : ` fill="${colour}"`}`
  return `<text x="${x}" y="${y}" text-anchor="${anchor}"${style}>${escaped(words)}</text>`
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

function amount(value: number): string {
  if (value >= 1e9) return `${value / 1e9} G`
  if (value >= 1e6) return `${value / 1e6} M`
  return value >= 1e3 ? `${value / 1e3} k` : String(value)
}
