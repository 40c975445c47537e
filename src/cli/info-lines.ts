import { printable } from '../core/format.ts'

/** A label, empty if it is that of the line before, and what it is of. */
export type InfoLine = readonly [label: string, text: string]

/** Lines of which the first is labelled. */
export function labelled(label: string, texts: readonly string[]): InfoLine[] {
  return texts.map((text, i) => [i === 0 ? label : '', text])
}

/** The lines of `moonstep info`; the first label is a file. */
export function infoText([[path, what], ...lines]: readonly [InfoLine, ...InfoLine[]]): string {
  const width = Math.max(12, ...lines.map(([label]) => printable(label).length))
  const texts = lines.map(([label, text]) => `${printable(label).padEnd(width)} ${printable(text)}`)
  return [`${printable(path)}: ${printable(what)}`, ...texts].join('\n')
}
