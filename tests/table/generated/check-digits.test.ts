import { describe, expect, it } from 'vitest'
import { isIban, withCheckDigits, withRoomForChecks } from '../../../src/table/generated/check-digits.ts'

/** Examples in the registry of IBANs (SWIFT), and of ISO 13616. */
const published = [
  'NL91ABNA0417164300',
  'GB29NWBK60161331926819',
  'GB82 WEST 1234 5698 7654 32',
  'DE89370400440532013000',
  'FR1420041010050500013M02606',
  'NO9386011117947',
  'BE68 5390 0754 7034',
  'CH9300762011623852957',
  'MT84MALT011000012345MTLCAST001S',
  'SA0380000000608010167519',
]

describe('check digits of IBANs', () => {
  it.each(published)('are those of %s', (iban) => {
    const place = [...iban.matchAll(/\w/g)][2]!.index
    expect(withCheckDigits(`${iban.slice(0, place)}00${iban.slice(place + 2)}`)).toBe(iban)
    expect(isIban(iban)).toBe(true)
  })

  it('are wrong if a digit is, and other texts have none', () => {
    for (const iban of published) {
      const last = Number(/\d(?=\D*$)/.exec(iban)![0])
      expect(isIban(iban.replace(/\d(?=\D*$)/, String((last + 1) % 10)))).toBe(false)
    }
    for (const text of ['', 'NL91', '123456789012345678', 'nl91abna0417164300', 'NL91-ABNA-0417-1643-00'])
      expect(isIban(text)).toBe(false)
  })

  it('are no part of what tells texts apart', () => {
    const part = (min: number) => ({ of: '0123456789', min, max: min })
    expect(withRoomForChecks([{ text: 'NO' }, part(13)])).toEqual([{ text: 'NO' }, { text: '00' }, part(11)])
    const spaced = [{ text: 'DE' }, part(2), { text: ' ' }, part(4)]
    expect(withRoomForChecks(spaced)).toEqual([{ text: 'DE' }, { text: '00' }, { text: ' ' }, part(4)])
    const choices = { choices: ['NL91', 'NL20'], weights: [1, 1] }
    expect(withRoomForChecks([choices, part(8)])).toEqual([choices, part(8)])
    const repeating = { choices: ['91', '20'], weights: [1, 1] }
    const grouped = [{ text: 'NL' }, repeating, part(8)]
    expect(withRoomForChecks(grouped)).toEqual([{ text: 'NL' }, { text: '00' }, part(8)])
    expect(withRoomForChecks([part(5)])).toEqual([part(2), { text: '00' }, part(1)])
  })
})
