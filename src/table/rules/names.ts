/** Columns' names of several words, which a rule may have without quotes where nothing else can be meant. */
import { reserved, written } from './kind.ts'
import { type Token, tokensOf } from './tokens.ts'

/** Names of more words and signs are recognised in quotes alone. */
const mostTokens = 16

/** The names of columns that are more than one word. */
export interface LongNames {
  /** By their words and signs: null if two names have the same. */
  readonly byWords: ReadonlyMap<string, string | null>
  /** How many words and signs the longest has. */
  readonly most: number
  readonly all: ReadonlySet<string>
}

/** The names that are more than one word, ready to be found in rules. */
export function longNamesOf(columns: readonly string[]): LongNames {
  const byWords = new Map<string, string | null>()
  let most = 0
  for (const name of columns) {
    // such a name is a rule's only in quotes of its own
    if (/["']/.test(name)) continue
    const tokens = tokensOf(name)
    if (tokens.length < 2 || tokens.length > mostTokens || !tokens.every(isOfName)) continue
    // a rule or a condition may begin so
    if (tokens[0]!.is === 'sign' || isReserved(tokens[0]!.text)) continue
    const words = tokens.map(({ text }) => text).join(' ')
    byWords.set(words, byWords.has(words) ? null : name)
    most = Math.max(most, tokens.length)
  }
  return { byWords, most, all: new Set(columns) }
}

/** Words and parentheses: other signs say what a rule does. */
function isOfName({ is, text }: Token): boolean {
  return is === 'word' || (is === 'sign' && (text === '(' || text === ')'))
}

function isReserved(word: string): boolean {
  return reserved.has(word.toLowerCase()) || word === '-'
}

/** A rule's words and signs with the long names as columns: at each place the longest. */
export function withLongNames(tokens: readonly Token[], long: LongNames): Token[] {
  if (long.byWords.size === 0) return [...tokens]
  const named: Token[] = []
  for (let at = 0; at < tokens.length; ) {
    const found = nameAt(tokens, at, long)
    named.push(found ? { is: 'column', text: found.name } : tokens[at]!)
    at = found?.end ?? at + 1
  }
  return named
}

/** The longest name that begins at a word, and where it ends. */
function nameAt(tokens: readonly Token[], from: number, { byWords, most, all }: LongNames) {
  // a column by itself, and then what is said of it
  const [word, after] = [tokens[from]!, tokens[from + 1]]
  if (word.is !== 'word' || !after || (all.has(word.text) && isReserved(after.text))) return undefined
  let found: { readonly name: string; readonly end: number } | undefined
  let words = word.text
  for (let at = from + 1; at < Math.min(from + most, tokens.length) && isOfName(tokens[at]!); at++) {
    words += ` ${tokens[at]!.text}`
    const name = byWords.get(words)
    if (name) found = { name, end: at + 1 }
  }
  return found
}

/** How to quote a name of several words, if a rule has some of them. */
export function quotingHint(tokens: readonly Token[], columns: Iterable<string>): string {
  const words = new Set(tokens.flatMap(({ is, text }) => (is === 'word' && text.length > 2 ? [text] : [])))
  const meant = [...columns].find(
    (name) => written(name).startsWith('"') && name.split(/[^\p{L}\p{N}_]+/u).some((word) => words.has(word)),
  )
  return meant === undefined ? '' : `; put a name of several words in double quotes, as in ${written(meant)}`
}
