/** What a number is worth below which `within` counts absolutely. */
const least = 0.02
const numbers = /[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi

/**
 * Why the output isn't the one that a page shows, or nothing where it is: byte for byte, but for space at the end,
 * without `within`; with it the words between the numbers alone, and |printed - shown| <= within max(|shown|, 0.02).
 */
export function departure(printed: string, shown: string, within?: number): string | undefined {
  const [actual, expected] = [trimmed(printed), trimmed(shown)]
  const both = `printed:\n${actual}\nshown:\n${expected}`
  if (within === undefined) return actual === expected ? undefined : both
  if (!(within > 0)) return `within=${within} is no tolerance`
  if (wordsOf(actual) !== wordsOf(expected)) return `other words\n${both}`
  const right = numbersOf(expected)
  for (const [i, value] of numbersOf(actual).entries())
    if (!(Math.abs(value - right[i]!) <= within * Math.max(Math.abs(right[i]!), least)))
      return `${value} is not within ${within} of ${right[i]}\n${both}`
  return undefined
}

function trimmed(text: string): string {
  return text.replace(/[ \t]+$/gm, '').trimEnd()
}

/** Columns are as wide as their numbers: runs of spaces and dashes count as one. */
function wordsOf(text: string): string {
  return text
    .replace(numbers, '#')
    .replace(/[ \t]+/g, ' ')
    .replace(/-{2,}/g, '--')
}

function numbersOf(text: string): number[] {
  return (text.match(numbers) ?? []).map(Number)
}
