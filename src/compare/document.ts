import { printable, textTable } from '../core/format.ts'

/** A report's parts, for a terminal or Markdown. */
export type Block =
  | { readonly kind: 'title' | 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** The first row is the head and the first column is text; columns in `numbers` are right-aligned. */
  | {
      readonly kind: 'table'
      readonly rows: readonly (readonly string[])[]
      readonly numbers: readonly boolean[]
    }

/** For a terminal of 100 columns. */
export function toText(blocks: readonly Block[]): string {
  return `${blocks.map(blockText).join('\n\n')}\n`
}

export function toMarkdown(blocks: readonly Block[]): string {
  return `${blocks.map(blockMarkdown).join('\n\n')}\n`
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'title':
    case 'text':
      return wrap(block.text)
    case 'list':
      return block.items.map((item) => wrap(item, '- ', '  ')).join('\n')
    case 'table': {
      const flushRight = (column: number) => block.numbers[column] ?? false
      return textTable(block.rows, { flushRight, gap: '  ' }).join('\n')
    }
  }
}

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case 'title':
      return `## ${escaped(block.text)}`
    case 'text':
      return escaped(block.text)
    case 'list':
      return block.items.map((item) => `- ${escaped(item)}`).join('\n')
    case 'table': {
      const [head, ...rest] = block.rows.map((row) => `| ${row.map(escaped).join(' | ')} |`)
      const rule = `| ${block.numbers.map((number) => (number ? '---:' : '---')).join(' | ')} |`
      return [head, rule, ...rest].join('\n')
    }
  }
}

const lineLength = 100

function wrap(text: string, first = '', later = ''): string {
  const [word, ...words] = printable(text).split(' ')
  const lines = [`${first}${word}`]
  for (const next of words) {
    const longer = `${lines.at(-1)} ${next}`
    if (longer.length > lineLength) lines.push(`${later}${next}`)
    else lines[lines.length - 1] = longer
  }
  return lines.join('\n')
}

function escaped(text: string): string {
  return printable(text).replace(/[\\|*_<`]/g, (character) => `\\${character}`)
}

const bars = '▁▂▃▄▅▆▇█'
const maxBars = 24

/**
 * A curve by decades: the lowest bar is below 1e-7, the highest from 0.1 up; `·` is 0, `!` not finite, `?` not
 * requested. In a long curve each bar is the maximum of several states.
 */
export function sparkline(curve: readonly (number | null)[]): string {
  const size = Math.ceil(curve.length / maxBars)
  const starts = Array.from({ length: Math.ceil(curve.length / size) }, (_, i) => i * size)
  return starts.map((start) => bar(curve.slice(start, start + size))).join('')
}

export const sparklineLegend =
  'a bar a state, x_T first: · is 0, ▁ below 1e-7, each bar ten times more, █ from 0.1; ! not finite'

function bar(values: readonly (number | null)[]): string {
  const numbers = values.filter((value) => value !== null)
  if (numbers.length === 0) return '?'
  const largest = Math.max(...numbers)
  if (!Number.isFinite(largest)) return '!'
  if (largest === 0) return '·'
  return bars[Math.min(Math.max(Math.floor(Math.log10(largest)) + 8, 0), bars.length - 1)]!
}
