import type { Part } from './part.ts'

/**
 * A text of letters and digits with the check digits of an IBAN (ISO 13616) as its third and fourth characters: with its first
 * four characters at its end and letters as 10 to 35, the number has the remainder 1 by 97. Spaces stay where they are.
 */
export function withCheckDigits(text: string): string {
  const [a, b, ...rest] = [...text].filter((char) => /[0-9A-Z]/.test(char))
  const digits = String(98 - remainder(`${rest.slice(2).join('')}${a}${b}00`)).padStart(2, '0')
  let place = 0
  return [...text]
    .map((char) => {
      if (!/[0-9A-Z]/.test(char)) return char
      const at = place++
      return at === 2 || at === 3 ? digits[at - 2] : char
    })
    .join('')
}

/** The parts of IBANs with zeros in the places of the check digits, which do not tell texts apart. */
export function withRoomForChecks(parts: readonly Part[]): Part[] {
  let place = 0
  return parts.flatMap((part): Part[] => {
    const first = place
    place += lengthOf(part)
    // digits that repeat, two by two
    if ('choices' in part && first === 2 && place === 4) return [{ text: '00' }]
    const checks = Math.min(4, place) - Math.max(2, first)
    if (!('of' in part) || checks <= 0) return [part]
    const before = Math.max(0, 2 - first)
    const after = part.min - before - checks
    return [
      ...(before > 0 ? [{ ...part, min: before, max: before }] : []),
      { text: '0'.repeat(checks) },
      ...(after > 0 ? [{ ...part, min: after, max: part.max - before - checks }] : []),
    ]
  })
}

/** How many characters of a text are not between an IBAN's own. */
function lengthOf(part: Part): number {
  if ('of' in part) return part.min
  const [text = ''] = 'text' in part ? [part.text] : 'choices' in part ? part.choices : []
  return text.replaceAll(/[^0-9A-Z]/g, '').length
}

/** Whether a text is an IBAN with the right check digits. */
export function isIban(text: string): boolean {
  return /^[A-Z]{2}\d{2}( ?[0-9A-Z]){11,30}$/.test(text) && withCheckDigits(text) === text
}

/** The remainder by 97 of a number in digits and letters, A being 10. */
function remainder(text: string): number {
  let left = 0
  for (const char of text)
    for (const digit of String(Number.parseInt(char, 36))) left = (10 * left + Number(digit)) % 97
  return left
}
