import type { NumberForm } from '../../table/number-form.ts'

/** Width and height in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

export interface Appearance {
  /** `page` leaves the colours to the page that contains the figure (`themeVariables`). */
  readonly theme: ThemeName | 'page'
  /** Default: the figure's own size. A larger size scales everything, including text. */
  readonly size?: Size | undefined
}

export interface Drawn {
  readonly svg: string
  readonly notes: readonly string[]
}

/** A sequence of frames, with an optional note. */
export interface Animation {
  readonly frames: readonly { readonly svg: string; readonly milliseconds: number }[]
  readonly notes: readonly string[]
}

export type Range = readonly [number, number]

export function padded([low, high]: Range): Range {
  const pad = (high - low || Math.abs(low) || 1) / 20
  return [low - pad, high + pad]
}

export type Domains = Readonly<Record<'x' | 'y', Range>>
export type AxisNames = Readonly<Record<'x' | 'y', string>>

/** The two columns of a plane's axes. */
export interface Plane {
  readonly names: AxisNames
  readonly written?: Readonly<Record<'x' | 'y', Written>> | undefined
}

/** How a column's numbers are written: as dates, of milliseconds since 1970, or in a form, or by default as plain decimals. */
export type Written = 'time' | NumberForm | undefined

/** A rectangle for marks, surrounded by axes and titles. */
export interface Frame extends Size {
  readonly left: number
  readonly top: number
  readonly row: number
  readonly column: number
}

/** The positions of a figure's parts, in units of the SVG's viewBox, and their theme. */
export interface Layout extends Size {
  readonly frames: readonly Frame[]
  /** The first one. */
  readonly frame: Frame
  readonly theme: Theme
  readonly caption: readonly string[]
  /** The size in the SVG's attributes. */
  readonly size: Size
}

interface GridRequest {
  readonly rows?: number
  readonly columns?: number
  /** A frame's size if the figure keeps its own. */
  readonly frame: Size
  /** The room around frames: at the figure's outer edges, and the gaps between two frames. */
  readonly margin?: Partial<typeof defaultMargin>
  readonly caption?: string | undefined
}

const defaultMargin = {
  left: 58,
  right: 22,
  /** Above the first row: a line for the legend, and the frames' titles. */
  top: 56,
  /** Below the last row: tick labels and the axis's name. */
  bottom: 50,
  columnGap: 18,
  rowGap: 34,
}

/** The height of a caption line; there is some room above the first. */
export const captionLine = 13
export const captionSize = ({ length }: readonly string[]) => (length === 0 ? 0 : 5 + captionLine * length)

/** Lays out frames in rows and columns. With a size, the frames fill its shape and everything is scaled to it. */
export function gridLayout(
  { rows = 1, columns = 1, frame, margin, caption }: GridRequest,
  { theme, size }: Appearance,
): Layout {
  const m = { ...defaultMargin, ...margin }
  const lines = caption ? caption.split('\n') : []
  const across = m.left + m.right + (columns - 1) * m.columnGap
  const down = m.top + m.bottom + captionSize(lines) + (rows - 1) * m.rowGap
  const natural = { width: across + columns * frame.width, height: down + rows * frame.height }
  const scale = size ? Math.min(size.width / natural.width, size.height / natural.height) : 1
  const [width, height] = size ? [size.width / scale, size.height / scale] : [natural.width, natural.height]
  const [frameWidth, frameHeight] = [(width - across) / columns, (height - down) / rows]
  const frames = Array.from({ length: rows * columns }, (_, k) => {
    const [row, column] = [Math.floor(k / columns), k % columns]
    return {
      row,
      column,
      left: m.left + column * (frameWidth + m.columnGap),
      top: m.top + row * (frameHeight + m.rowGap),
      width: frameWidth,
      height: frameHeight,
    }
  })
  return {
    width,
    height,
    frames,
    frame: frames[0]!,
    theme: theme === 'page' ? pageTheme : themes[theme],
    caption: lines,
    size: size ?? natural,
  }
}

/** `real` are real rows next to samples, `path` a path on top of other marks. */
const single = ['background', 'foreground', 'muted', 'grid', 'data', 'samples', 'real', 'path'] as const

export interface Theme extends Readonly<Record<(typeof single)[number], string>> {
  /** Lines in one chart. */
  readonly series: readonly string[]
  /** A d3 colour scheme from low to high; low is close to the background. */
  readonly scheme: 'ylgnbu' | 'viridis'
}

/** Blue, vermillion and orange are Okabe and Ito's, which colour-blind readers can distinguish. */
export const themes = {
  light: {
    background: '#ffffff',
    foreground: '#1b1e23',
    muted: '#656d78',
    grid: '#e3e6ea',
    data: '#656d78',
    samples: '#0072b2',
    real: '#d55e00',
    path: '#d55e00',
    series: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#8a6d00', '#1b1e23'],
    scheme: 'ylgnbu',
  },
  dark: {
    background: '#14171c',
    foreground: '#e8eaed',
    muted: '#9aa3ad',
    grid: '#2b3038',
    data: '#aab2bb',
    samples: '#56b4e9',
    real: '#e69f00',
    path: '#e69f00',
    series: ['#56b4e9', '#e69f00', '#2fc99a', '#e39ac4', '#f0e442', '#e8eaed'],
    scheme: 'viridis',
  },
} as const satisfies Record<string, Theme>

export type ThemeName = keyof typeof themes
export const themeNames = Object.keys(themes) as ThemeName[]

/** Colours that follow the page, which may be light, dark or printed. */
const pageTheme: Theme = {
  ...(Object.fromEntries(single.map((name) => [name, `var(--${name})`])) as Pick<
    Theme,
    (typeof single)[number]
  >),
  series: themes.light.series.map((_, k) => `var(--series-${k})`),
  scheme: themes.light.scheme,
}

/** The values that a page sets to draw its figures in a theme, by the names of CSS variables without dashes. */
export function themeVariables(name: ThemeName): Readonly<Record<string, string>> {
  const theme = themes[name]
  return Object.fromEntries([
    ...single.map((color) => [color, theme[color]]),
    ...theme.series.map((color, k) => [`series-${k}`, color]),
  ])
}

/** The figures' first font family. The package includes its file, so that a PNG needs no installed font. */
export const fontFamily = 'DejaVu Sans'

/** Character widths in DejaVu Sans, the figures' font, in ems, rounded up. */
const widths: readonly (readonly [ems: number, letters: string])[] = [
  [0.3, "ijlIJ'"],
  [0.36, 'f.,:;/|\\- '],
  [0.42, 'rt()[]!'],
  [0.55, 'csz_?*"'],
  [0.64, 'abdeghknopquvxyEFLPSTY0123456789{}$'],
  [0.7, 'ABCKRVXZ'],
  [0.79, 'DGHNOQU&'],
  [0.87, 'wM+−=<>~^#'],
  [1, 'mW%@…'],
]

const emsOf = new Map(widths.flatMap(([ems, letters]) => [...letters].map((letter) => [letter, ems])))

/** The widths of unlisted characters: of other alphabets, and of full-width ones. */
const [otherWidth, fullWidth] = [0.8, 1.05]

/** The approximate width of a line in the figures' font, in pixels; rather too large than too small. */
export function textWidth(text: string, size: number): number {
  let ems = 0
  for (const letter of text)
    ems += emsOf.get(letter) ?? (letter.codePointAt(0)! >= 0x2e80 ? fullWidth : otherWidth)
  return ems * size
}

/** Shortens a text wider than `room` pixels, with an ellipsis. */
export function shortened(text: string, room: number, size: number): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  if (textWidth(line, size) <= room) return line
  let [start, width] = ['', textWidth('…', size)]
  for (const letter of line) {
    width += textWidth(letter, size)
    if (width > room) break
    start += letter
  }
  return `${start.trimEnd()}…`
}
