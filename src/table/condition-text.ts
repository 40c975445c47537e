/** A condition's text in its parts. Each character is looked at a few times: a request may hold megabytes of them. */

/** What a condition says of a column, as it is written. */
export interface Condition {
  readonly name: string
  readonly sign: Sign
  readonly value: string
}

/** The most characters of a condition or a rule: enough for a list of a hundred thousand values. */
export const longestCondition = 1_000_000

type Sign = '>=' | '<=' | '!=' | '=' | '>' | '<' | 'in'

/** Reads a column's name, a sign or `in`, and the value; undefined if the text has neither a sign nor ` in `. */
export function conditionIn(text: string): Condition | undefined {
  const from = afterSpaces(text, 0)
  return afterQuotedName(text, from) ?? afterBareName(text, from)
}

function afterQuotedName(text: string, from: number): Condition | undefined {
  const end = endOfQuotes(text, from)
  if (end < 0) return undefined
  const at = afterSpaces(text, end)
  const sign = signAt(text, at) ?? (isIn(text, at) ? 'in' : undefined)
  if (!sign) return undefined
  const value = sign === 'in' ? at + 3 : at + sign.length
  return { name: text.slice(from, end), sign, value: text.slice(afterOneSpace(text, value)) }
}

/** The name ends at the first sign, or before that at ` in ` if a list follows, since its values may begin with a sign. */
function afterBareName(text: string, from: number): Condition | undefined {
  let [mark, lastOfList] = [from, -1]
  for (; mark < text.length && !'<>=!'.includes(text.charAt(mark)); mark++)
    if ('",'.includes(text.charAt(mark))) lastOfList = mark
  let at = mark
  while (at < text.length && signAt(text, at) === undefined) at++
  const sign = signAt(text, at)
  let first: Condition | undefined
  /** Where the characters before the spaces end. */
  let end = from
  for (let k = from; k < (sign ? mark : text.length); k++) {
    if (isSpace(text, k)) continue
    if (from < end && end < k && isIn(text, k)) {
      const value = afterSpaces(text, k + 3)
      const isList = k < mark && (value <= lastOfList || (value === mark && mark < text.length))
      if (isList || !(sign || first))
        first = { name: text.slice(from, end), sign: 'in', value: text.slice(value) }
      if (isList) return first
    }
    end = k + 1
  }
  if (!sign) return first
  const value = text.slice(afterOneSpace(text, at + sign.length))
  return { name: text.slice(from, at).trimEnd(), sign, value }
}

/** The values of a list, between commas that stand in no quotes. */
export function listIn(text: string): string[] {
  const values: string[] = []
  for (let from = 0; from <= text.length; ) {
    const closed = endOfQuotes(text, afterSpaces(text, from))
    let end = closed < 0 ? -1 : afterSpaces(text, closed)
    if (end < 0 || (end < text.length && text.charAt(end) !== ',')) end = text.indexOf(',', from)
    if (end < 0) end = text.length
    values.push(unquoted(text.slice(from, end).trim()))
    from = end + 1
  }
  return values
}

/** A name or value without its double quotes, of which two stand for one, if it has some; otherwise as it is. */
export function unquoted(text: string): string {
  const trimmed = text.trim()
  return endOfQuotes(trimmed, 0) === trimmed.length ? trimmed.slice(1, -1).replaceAll('""', '"') : text
}

/** Where quotes that open here are closed; -1 if none open here, or they are not closed. */
export function endOfQuotes(text: string, from: number): number {
  if (text.charAt(from) !== '"') return -1
  let at = text.indexOf('"', from + 1)
  while (at >= 0 && text.charAt(at + 1) === '"') at = text.indexOf('"', at + 2)
  return at < 0 ? -1 : at + 1
}

function signAt(text: string, at: number): Exclude<Sign, 'in'> | undefined {
  const one = text.charAt(at)
  if (one !== '' && '<>!'.includes(one) && text.charAt(at + 1) === '=') return `${one as '<' | '>' | '!'}=`
  return one === '<' || one === '>' || one === '=' ? one : undefined
}

/** Whether `in` and a space are here. */
function isIn(text: string, at: number): boolean {
  return text.startsWith('in', at) && isSpace(text, at + 2)
}

function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code === 32 || (code >= 9 && code <= 13) || (code > 127 && text.charAt(at).trim() === '')
}

function afterSpaces(text: string, from: number): number {
  let at = from
  while (isSpace(text, at)) at++
  return at
}

function afterOneSpace(text: string, at: number): number {
  return isSpace(text, at) ? at + 1 : at
}
