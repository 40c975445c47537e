/** A word, a quoted name or text, or a single mark of SQL, as it is in the statement. */
export interface SqlToken {
  readonly text: string
  /** What the token names: a quoted one without its quotes. */
  readonly name: string
}

/** What ends a quoted name or text, by what begins it. */
const quotes: ReadonlyMap<string, string> = new Map([
  ["'", "'"],
  ['"', '"'],
  ['`', '`'],
  ['[', ']'],
])

const isSpace = /[ \t\n\f\r]/
/** SQLite takes every character beyond ASCII as one of a word. */
const isOfWord = /[\w$\u0080-\uffff]/

/**
 * The tokens of a statement as SQLite reads them (https://www.sqlite.org/lang.html, tokenize.c), without spaces and comments. Each
 * character is visited once.
 *
 * @returns Undefined if a text, a quoted name or a comment has no end, or the statement has a NUL, at which SQLite stops.
 */
export function tokensOf(sql: string): SqlToken[] | undefined {
  if (sql.includes('\0')) return undefined
  const tokens: SqlToken[] = []
  for (let at = 0; at < sql.length; ) {
    const comment = endOfComment(sql, at)
    const end = comment ?? endOfToken(sql, at)
    if (end < 0) return undefined
    if (comment === undefined && !isSpace.test(sql[at]!)) {
      const text = sql.slice(at, end)
      tokens.push({ text, name: nameOf(text) })
    }
    at = end
  }
  return tokens
}

/** Where a comment that begins here ends: undefined if none does, -1 if it has no end. */
function endOfComment(sql: string, at: number): number | undefined {
  if (sql.startsWith('--', at)) {
    const end = sql.indexOf('\n', at)
    return end < 0 ? sql.length : end
  }
  if (!sql.startsWith('/*', at)) return undefined
  const end = sql.indexOf('*/', at + 2)
  return end < 0 ? -1 : end + 2
}

/** Where a token ends, -1 if it has no end. */
function endOfToken(sql: string, at: number): number {
  const quote = quotes.get(sql[at]!)
  if (quote !== undefined) {
    // a quote that is doubled is one of the text; brackets can't be
    let end = sql.indexOf(quote, at + 1)
    while (end >= 0 && quote !== ']' && sql[end + 1] === quote) end = sql.indexOf(quote, end + 2)
    return end < 0 ? -1 : end + 1
  }
  if (!isOfWord.test(sql[at]!)) return at + 1
  let end = at + 1
  while (end < sql.length && isOfWord.test(sql[end]!)) end++
  return end
}

function nameOf(text: string): string {
  const quote = quotes.get(text[0]!)
  if (quote === undefined) return text
  const inner = text.slice(1, -1)
  return quote === ']' ? inner : inner.replaceAll(quote + quote, quote)
}

/**
 * The end of the brackets that open at a token.
 *
 * @returns The place after the bracket that closes them; undefined if none opens or closes, or a statement ends within.
 */
export function afterBrackets(tokens: readonly SqlToken[], from: number): number | undefined {
  if (tokens[from]?.text !== '(') return undefined
  let depth = 0
  for (let k = from; k < tokens.length; k++) {
    const { text } = tokens[k]!
    if (text === ';') return undefined
    if (text === '(') depth++
    if (text === ')' && --depth === 0) return k + 1
  }
  return undefined
}
