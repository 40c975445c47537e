/** How many digits the numbers of a column have, from which their form follows. */

export interface Digits {
  /** The fewest and the most decimals. */
  least: number
  most: number
  /** Whether the decimals of some number end in a zero. */
  hasTrailingZero: boolean
  /** The digits of whole parts with leading zeros, such as 00037: the fewest and the most, 0 if there are none. */
  fewestZeroed: number
  mostZeroed: number
  /** The fewest digits of the other whole parts. */
  fewestOther: number
  /** Whether some number is written in another way, such as 1e5. */
  isMixed: boolean
}

export function noDigits(): Digits {
  return {
    least: Number.POSITIVE_INFINITY,
    most: 0,
    hasTrailingZero: false,
    fewestZeroed: Number.POSITIVE_INFINITY,
    mostZeroed: 0,
    fewestOther: Number.POSITIVE_INFINITY,
    isMixed: false,
  }
}

/** Counts a number's digits before and after its decimal separator. */
export function countDigits(digits: Digits, whole: string, fraction: string): void {
  count(digits, whole.length, whole.startsWith('0'), fraction.length, fraction.endsWith('0'))
}

const [plus, minus, point, zero, nine] = [43, 45, 46, 48, 57]

/** Counts the digits of a number that is written as plain decimals, perhaps with a sign or an exponent. */
export function countPlain(digits: Digits, text: string): void {
  const first = text.charCodeAt(0)
  const start = first === plus || first === minus ? 1 : 0
  let end = text.length
  // every cell of a large file comes here, so that it is looked at once
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === point) end = i
    else if (code < zero || code > nine) {
      digits.isMixed = true
      return
    }
  }
  const decimals = Math.max(0, text.length - end - 1)
  const isZeroed = text.charCodeAt(start) === zero
  count(digits, end - start, isZeroed, decimals, decimals > 0 && text.charCodeAt(text.length - 1) === zero)
}

function count(
  digits: Digits,
  whole: number,
  beginsWithZero: boolean,
  decimals: number,
  endsWithZero: boolean,
): void {
  if (decimals < digits.least) digits.least = decimals
  if (decimals > digits.most) digits.most = decimals
  if (endsWithZero) digits.hasTrailingZero = true
  if (beginsWithZero && whole > 1) {
    if (whole < digits.fewestZeroed) digits.fewestZeroed = whole
    if (whole > digits.mostZeroed) digits.mostZeroed = whole
  } else if (whole < digits.fewestOther) digits.fewestOther = whole
}

/** More digits than this are no form. */
const mostDigits = 20

/** The number of decimals, if all numbers have as many, one or more. */
export function fixedDecimals({ least, most, isMixed }: Digits): number | undefined {
  return !isMixed && least === most && most > 0 && most <= mostDigits ? most : undefined
}

/** The number of digits that leading zeros fill up, if they do; the numbers have no decimals. */
export function fixedWidth(digits: Digits): number | undefined {
  const { most, fewestZeroed, mostZeroed, fewestOther, isMixed } = digits
  const isFixed = !isMixed && most === 0 && mostZeroed > 1 && fewestZeroed === mostZeroed
  return isFixed && fewestOther >= mostZeroed && mostZeroed <= mostDigits ? mostZeroed : undefined
}
