/** What a cell's text means on its own, before its column's kind is decided. Texts are trimmed. */

/** What programs write for a missing value; only `-` is written by people. */
const missingWords = new Set(['NA', 'N/A', 'n/a', '#N/A', 'NaN', 'nan', 'null', 'NULL', 'None', '-'])

/** Whether a text means a missing value among numbers and dates. In a column of texts it is an ordinary word. */
export function isMissingWord(text: string): boolean {
  return missingWords.has(text)
}

/**
 * No number has more characters. In a process that has compiled much code, V8 throws a RangeError where \d+ meets five million
 * digits (docs/decisions/0061-linear-parsers.md).
 */
const longestNumber = 100_000

// each part ends where the next begins, so that no text is gone through twice (docs/decisions/0061-linear-parsers.md)
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i
const infinite = /^[+-]?inf(inity)?$/i

/**
 * Parses a number: infinite if the text says so or exceeds float64, NaN if it isn't a number. Rejects what else Number
 * accepts (0x10, and an empty text as 0).
 */
export function numberOf(text: string, hasDecimalCommas: boolean): number {
  if (text.length > longestNumber) return Number.NaN
  const plain = hasDecimalCommas ? text.replace(/^([+-]?\d*),(\d+)/, '$1.$2') : text
  if (decimal.test(plain)) return Number(plain)
  if (!infinite.test(text)) return Number.NaN
  return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

/** Whether a whole number has leading zeros, as codes do: 02134. */
export function hasLeadingZeros(text: string): boolean {
  return text.length <= longestNumber && /^[+-]?0\d+$/.test(text)
}

/** Whether a whole number has more digits than float64 keeps, as long ids do. One beyond float64 is infinite instead. */
export function losesDigits(text: string, number: number): boolean {
  const isLong = Math.abs(number) > Number.MAX_SAFE_INTEGER && Number.isFinite(number)
  return isLong && isWhole(text) && BigInt(text) !== BigInt(number)
}

/** Whether a text is a whole number, even one beyond float64. */
export function isWhole(text: string): boolean {
  return text.length <= longestNumber && /^[+-]?\d+$/.test(text)
}

/** Whether a number may have lost digits before it got here, as a long id in JSON does. */
export function mayLackDigits(number: number): boolean {
  return Math.abs(number) > Number.MAX_SAFE_INTEGER && /^-?\d{13,}[1-9]0{0,3}$/.test(String(number))
}

/** The words for no and yes, by pair. */
const pairs = {
  'true and false': ['false', 'true'],
  'yes and no': ['no', 'yes'],
  '0 and 1': ['0', '1'],
} as const

export interface BooleanWord {
  /** 0 for no, 1 for yes. */
  readonly value: 0 | 1
  /** A column cannot mix words of two pairs. */
  readonly pair: keyof typeof pairs
  /** The other word of the pair, in the same spelling. */
  readonly opposite: string
}

/** Lower case, upper case and capitalized. */
const spellings = [
  (word: string) => word,
  (word: string) => word.toUpperCase(),
  (word: string) => word.charAt(0).toUpperCase() + word.slice(1),
]

const booleans = new Map<string, BooleanWord>()
for (const [pair, words] of Object.entries(pairs) as [BooleanWord['pair'], readonly [string, string]][])
  for (const spell of spellings) {
    const [no, yes] = [spell(words[0]), spell(words[1])]
    booleans.set(no, { value: 0, pair, opposite: yes })
    booleans.set(yes, { value: 1, pair, opposite: no })
  }

/** Parses a boolean: true, false, yes or no in lower case, upper case or capitalized; 0 or 1. */
export function booleanOf(text: string): BooleanWord | undefined {
  return booleans.get(text)
}

/** A 53-bit hash of a text, enough to count distinct texts without keeping them. */
export function hashOf(text: string): number {
  let [a, b] = [0xdeadbeef, 0x41c6ce57]
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 2_654_435_761)
    b = Math.imul(b ^ code, 1_597_334_677)
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909)
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909)
  return 2 ** 32 * (b & 0x1fffff) + (a >>> 0)
}

/** Returns a copy that shares no memory: a slice of a long text keeps all of it alive. */
export function detachedCopy(text: string): string {
  return text.length < 13 ? text : text.split('').join('')
}
