import { printable } from '../../core/format.ts'
import { ruleProblem } from './kind.ts'

export interface Token {
  readonly text: string
  /** A column's name in double quotes, a text in single quotes, a sign, or a word, which may be either. */
  readonly is: 'column' | 'text' | 'sign' | 'word'
}

/** A sign, or a word: what begins with neither is a space or a quote, which is looked at by hand. */
const signOrWord = /([<>!]=|[<>=*+,()])|[^\s"'<>=!*+,()]+/y
const spaces = /\s*/y

/** The words, names, texts and signs of a rule. Throws InputError on quotes that do not end. */
export function tokensOf(rule: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; ; ) {
    spaces.lastIndex = at
    at += spaces.exec(rule)![0].length
    if (at === rule.length) return tokens
    const quote = rule.charAt(at)
    const isQuoted = quote === '"' || quote === "'"
    signOrWord.lastIndex = at
    const match = isQuoted ? undefined : (signOrWord.exec(rule) ?? undefined)
    const end = isQuoted ? closingQuote(rule, at) : match ? at + match[0].length : -1
    if (end < 0)
      throw ruleProblem(
        rule,
        `'${printable(rule.slice(at, at + 20).trimEnd())}' cannot be read: close its quotes`,
      )
    if (!match)
      tokens.push({ is: quote === '"' ? 'column' : 'text', text: unescaped(rule.slice(at + 1, end - 1)) })
    else tokens.push({ is: match[1] === undefined ? 'word' : 'sign', text: match[0] })
    at = end
  }
}

/** The place behind the quote that closes the one here; -1 if none does. What a backslash precedes closes nothing. */
function closingQuote(rule: string, from: number): number {
  const quote = rule.charAt(from)
  for (let at = from + 1; at < rule.length; at++) {
    const letter = rule.charAt(at)
    if (letter === quote) return at + 1
    if (letter === '\\') at++
  }
  return -1
}

function unescaped(quoted: string): string {
  return quoted.replaceAll(/\\(?:u([\da-f]{4})|(.))/gis, (_, code: string | undefined, letter: string) =>
    code === undefined ? letter : String.fromCharCode(Number.parseInt(code, 16)),
  )
}
