/** Where the digits begin that end at a place of a text; the place itself if there are none. */
export function startOfDigits(text: string, end: number): number {
  let start = end
  while (start > 0 && isDigit(text.charCodeAt(start - 1))) start--
  return start
}

/** The last digits of a text that stand together; undefined if it has none. */
export function lastDigits(text: string): string | undefined {
  let end = text.length
  while (end > 0 && !isDigit(text.charCodeAt(end - 1))) end--
  return end === 0 ? undefined : text.slice(startOfDigits(text, end), end)
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
