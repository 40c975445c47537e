/** A report's parts, to be written for a terminal or as Markdown. */
export type Block =
  | { readonly kind: 'title' | 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** The first row is the head, the first column of text; the others are right-aligned where `numbers` says so. */
  | {
      readonly kind: 'table'
      readonly rows: readonly (readonly string[])[]
      readonly numbers: readonly boolean[]
    }

/** Gives a table's cell, or a line, its colour; what it adds has no width. */
export type Paint = (text: string) => string

/** For a terminal of 100 columns. */
export function toText(blocks: readonly Block[], paint: Paint = (text) => text): string {
  return `${blocks.map((block) => blockText(printableBlock(block), paint)).join('\n\n')}\n`
}

export function toMarkdown(blocks: readonly Block[]): string {
  return `${blocks.map(printableBlock).map(blockMarkdown).join('\n\n')}\n`
}

/** Names come out of files, and a terminal would obey the escapes in them. */
function printable(text: string): string {
  const code = (character: string) => `\\u{${character.codePointAt(0)!.toString(16)}}`
  return text.replace(/[\p{C}\u2028\u2029]/gu, code)
}

function printableBlock(block: Block): Block {
  switch (block.kind) {
    case 'list':
      return { ...block, items: block.items.map(printable) }
    case 'table':
      return { ...block, rows: block.rows.map((row) => row.map(printable)) }
    default:
      return { ...block, text: printable(block.text) }
  }
}

const lineLength = 100

function blockText(block: Block, paint: Paint): string {
  switch (block.kind) {
    case 'title':
      return wrap(block.text, '', '')
    case 'text':
      return paint(wrap(block.text, '', ''))
    case 'list':
      return block.items.map((item) => wrap(item, '- ', '  ')).join('\n')
    case 'table':
      return aligned(block.rows, block.numbers, paint).join('\n')
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

function aligned(rows: readonly (readonly string[])[], numbers: readonly boolean[], paint: Paint): string[] {
  const widths = numbers.map((_, c) => Math.max(...rows.map((row) => (row[c] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, c) => paint(numbers[c] ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
      .join('  ')
      .trimEnd(),
  )
}

function wrap(text: string, first: string, later: string): string {
  const lines = [first]
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    const start = lines.length === 1 ? first : later
    if (line.length > start.length && `${line} ${word}`.length > lineLength) lines.push(`${later}${word}`)
    else lines[lines.length - 1] = line.length > start.length ? `${line} ${word}` : `${line}${word}`
  }
  return lines.join('\n')
}

/** What Markdown would read as markup. */
function escaped(text: string): string {
  return text.replace(/[\\|*_<`]/g, (character) => `\\${character}`)
}
