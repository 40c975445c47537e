/** What the text of a cell means by itself, before its column's kind is known. Texts are trimmed. */

/** What programs write for a value that is missing; of these `-` is a person's. */
const missingWords = new Set(['NA', 'N/A', 'n/a', '#N/A', 'NaN', 'nan', 'null', 'NULL', 'None', '-'])

/** Whether a text stands for a missing value beside numbers and dates; in a column of texts it is a word like others. */
export function isMissingWord(text: string): boolean {
  return missingWords.has(text)
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const infinite = /^[+-]?inf(inity)?$/i

/**
 * The number that a text is: infinite where it says so or is beyond float64, NaN where it is none. What Number takes
 * besides decimals (0x10, an empty text as 0) is no number in a table.
 */
export function numberOf(text: string, hasDecimalCommas: boolean): number {
  const plain = hasDecimalCommas ? text.replace(/^([+-]?\d*),(\d+)/, '$1.$2') : text
  if (decimal.test(plain)) return Number(plain)
  if (!infinite.test(text)) return Number.NaN
  return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

/** Whether a text is a number with separators of thousands, as in 1,234 or 1.234.567,89. */
export function hasThousands(text: string): boolean {
  return /^[+-]?\d{1,3}((,\d{3})+(\.\d+)?|(\.\d{3})+,\d+|(\.\d{3}){2,})$/.test(text)
}

/** Whether a whole number is written with zeros before it, as codes are: 02134. */
export function hasLeadingZeros(text: string): boolean {
  return /^[+-]?0\d+$/.test(text)
}

/** Whether a whole number was written with more digits than float64 keeps, as long ids are. */
export function losesDigits(text: string, number: number): boolean {
  return (
    Math.abs(number) > Number.MAX_SAFE_INTEGER && /^[+-]?\d+$/.test(text) && BigInt(text) !== BigInt(number)
  )
}

/** Whether a number may have lost digits before it came here, as a long id in JSON does. */
export function mayLackDigits(number: number): boolean {
  return Math.abs(number) > Number.MAX_SAFE_INTEGER && /^-?\d{13,}[1-9]0{0,3}$/.test(String(number))
}

/** The words for no and yes, by the pairs that they come in. */
const pairs = {
  'true and false': ['false', 'true'],
  'yes and no': ['no', 'yes'],
  '0 and 1': ['0', '1'],
} as const

export interface BooleanWord {
  /** 0 for no, 1 for yes. */
  readonly value: 0 | 1
  /** Words of two pairs do not mix in a column. */
  readonly pair: keyof typeof pairs
  /** The other word of the pair, spelled alike. */
  readonly opposite: string
}

/** In small letters, in capitals, with one capital. */
const spellings = [
  (word: string) => word,
  (word: string) => word.toUpperCase(),
  (word: string) => word.charAt(0).toUpperCase() + word.slice(1),
]

const booleans = new Map(
  Object.entries(pairs).flatMap(([pair, words]) =>
    ([0, 1] as const).flatMap((value) =>
      spellings.map((spell): [string, BooleanWord] => [
        spell(words[value]),
        { value, pair: pair as BooleanWord['pair'], opposite: spell(words[1 - value]!) },
      ]),
    ),
  ),
)

/** The boolean that a text is: true, false, yes or no in small letters, in capitals or with one capital; 0 or 1. */
export function booleanOf(text: string): BooleanWord | undefined {
  return booleans.get(text)
}

/** 53 bits of a text, enough to tell how many texts differ without keeping them. */
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

/** A copy that holds no other text: a part of a long text keeps the whole of it in memory. */
export function ownCopy(text: string): string {
  return text.length < 13 ? text : text.split('').join('')
}
