/** Where a text stops being JSON: engines say it in different words, or not at all. */
import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'

/** A place in a text, both from 1. A column counts UTF-16 code units. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** The place behind a text that begins at `from`. */
export function placeAfter(text: string, from: Place): Place {
  let line = from.line
  let lastBreak = -1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    line++
    lastBreak = at
  }
  return { line, column: lastBreak < 0 ? from.column + text.length : text.length - lastBreak }
}

/** A problem in the text of `file` that begins at `from`, `length` characters into it; `remedy` says what would be right. */
export function jsonProblem(
  text: string,
  length: number,
  { file, from, remedy }: { readonly file: string; readonly from: Place; readonly remedy: string },
): InputError {
  const { line, column } = placeAfter(text.slice(0, length), from)
  const what = length === text.length ? 'it ends too early' : `'${printable(text[length]!)}' is no JSON there`
  return new InputError(`${file}, line ${line}, column ${column}: ${what}: ${remedy}`, 'bad-data')
}

/**
 * What may stand next in JSON, behind spaces: a number's start, a word or a mark; a string is its quote, and then parts up to the
 * other quote. What repeats has a limit, as V8's expressions can't repeat it millions of times (docs/decisions/0061-linear-parsers.md).
 */
const tokens = {
  value: /[{["]|-?(?:0|[1-9])|true|false|null/y,
  'first item': /[{["\]]|-?(?:0|[1-9])|true|false|null/y,
  'first name': /["}]/y,
  name: /"/y,
  colon: /:/y,
  'more of {': /[,}]/y,
  'more of [': /[,\]]/y,
  nothing: /(?!)/y,
}
const spaces = /[ \t\r\n]{1,1000}/y
const partOfString = /[ !#-[\]-\u{10ffff}]{1,1000}|\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/uy
const [digits, fraction, exponent] = [/\d{1,1000}/y, /\.(?=\d)/y, /[eE][+-]?(?=\d)/y]

/**
 * How many characters of a text are the beginning of one value of JSON: the place of the first token that cannot stand
 * there, or the text's length if it ends too early.
 */
export function validLength(text: string): number {
  const open: ('{' | '[')[] = []
  let next: keyof typeof tokens = 'value'
  for (let at = endOf(spaces, text, 0); ; at = endOf(spaces, text, at)) {
    const token = matchAt(tokens[next], text, at)
    if (token === undefined) return at
    next = following(token, next, open)
    at += token.length
    if (/\d$/.test(token)) at = endOfNumber(text, at, token.endsWith('0'))
    if (token !== '"') continue
    at = endOf(partOfString, text, at)
    if (text[at] !== '"') return at
    at++
  }
}

/** What may stand after a token. Keeps `open` up to date. */
function following(token: string, state: keyof typeof tokens, open: ('{' | '[')[]): keyof typeof tokens {
  switch (token) {
    case '{':
    case '[':
      open.push(token)
      return token === '{' ? 'first name' : 'first item'
    case '}':
    case ']':
      open.pop()
      break
    case ':':
      return 'value'
    case ',':
      return open.at(-1) === '{' ? 'name' : 'value'
    case '"':
      if (state === 'name' || state === 'first name') return 'colon'
  }
  const around = open.at(-1)
  return around ? `more of ${around}` : 'nothing'
}

/** Where a number ends whose first digit ended at `at`; after a zero come no more digits. */
function endOfNumber(text: string, at: number, isZero: boolean): number {
  let end = isZero ? at : endOf(digits, text, at)
  for (const sign of [fraction, exponent]) {
    const match = matchAt(sign, text, end)
    if (match !== undefined) end = endOf(digits, text, end + match.length)
  }
  return end
}

/** Where the last of the patterns that follow one another ends. */
function endOf(pattern: RegExp, text: string, at: number): number {
  let end = at
  for (let part = matchAt(pattern, text, end); part !== undefined; part = matchAt(pattern, text, end))
    end += part.length
  return end
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}
