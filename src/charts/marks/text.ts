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
const [usual, square] = [0.8, 1.05]

/** The approximate width of a line in the figures' font, in pixels; rather too large than too small. */
export function textWidth(text: string, size: number): number {
  let ems = 0
  for (const letter of text) ems += emsOf.get(letter) ?? (letter.codePointAt(0)! >= 0x2e80 ? square : usual)
  return ems * size
}

/** Shortens a text wider than `room` pixels, with an ellipsis. */
export function shortened(text: string, room: number, size: number): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  if (textWidth(line, size) <= room) return line
  let [kept, width] = ['', textWidth('…', size)]
  for (const letter of line) {
    width += textWidth(letter, size)
    if (width > room) break
    kept += letter
  }
  return `${kept.trimEnd()}…`
}
