import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDate, joinForms, parseDate, textOfDate } from '../../src/table/dates.ts'
import { type DateForm, dateForms } from '../../src/table/table.ts'

describe('parseDate', () => {
  it.each<[string, DateForm, string]>([
    ['2011-12-31', 'YYYY-MM-DD', '2011-12-31T00:00:00.000Z'],
    ['2012-02-29', 'YYYY-MM-DD', '2012-02-29T00:00:00.000Z'],
    ['2000-02-29', 'YYYY-MM-DD', '2000-02-29T00:00:00.000Z'],
    ['0000-01-01', 'YYYY-MM-DD', '0000-01-01T00:00:00.000Z'],
    ['0099-03-01', 'YYYY-MM-DD', '0099-03-01T00:00:00.000Z'],
    ['9999-12-31', 'YYYY-MM-DD', '9999-12-31T00:00:00.000Z'],
    ['2011-12', 'YYYY-MM', '2011-12-01T00:00:00.000Z'],
    ['2011-12-31 23:59', 'YYYY-MM-DD hh:mm', '2011-12-31T23:59:00.000Z'],
    ['2011-12-31T23:59', 'YYYY-MM-DDThh:mm', '2011-12-31T23:59:00.000Z'],
    ['2011-12-31 23:59:58', 'YYYY-MM-DD hh:mm:ss', '2011-12-31T23:59:58.000Z'],
    ['2011-12-31T23:59:58', 'YYYY-MM-DDThh:mm:ss', '2011-12-31T23:59:58.000Z'],
    ['2011-12-31T23:59:58Z', 'YYYY-MM-DDThh:mm:ssZ', '2011-12-31T23:59:58.000Z'],
    ['2011-12-31 23:59:58.5', 'YYYY-MM-DD hh:mm:ss.sss', '2011-12-31T23:59:58.500Z'],
    ['2011-12-31T23:59:58.123456', 'YYYY-MM-DDThh:mm:ss.sss', '2011-12-31T23:59:58.123Z'],
    ['2011-12-31T23:59:58.001Z', 'YYYY-MM-DDThh:mm:ss.sssZ', '2011-12-31T23:59:58.001Z'],
    ['2011-12-31 00:30:00+02:00', 'YYYY-MM-DDThh:mm:ssZ', '2011-12-30T22:30:00.000Z'],
    ['2011-12-31T23:30-0130', 'YYYY-MM-DDThh:mm:ssZ', '2012-01-01T01:00:00.000Z'],
    ['2011-12-31T23:30:00+00', 'YYYY-MM-DDThh:mm:ssZ', '2011-12-31T23:30:00.000Z'],
    ['23:59', 'hh:mm', '1970-01-01T23:59:00.000Z'],
    ['00:00:07', 'hh:mm:ss', '1970-01-01T00:00:07.000Z'],
  ])('reads %s as %s', (text, form, iso) => {
    expect(parseDate(text)).toEqual({ time: Date.parse(iso), form })
  })

  it.each([
    '2011-02-29',
    '1900-02-29',
    '2011-04-31',
    '2011-13-01',
    '2011-00-01',
    '2011-01-00',
    '2011-1-1',
    '11-01-01',
    '2011-01-01 24:00',
    '2011-01-01 12:60',
    '2011-01-01 12:00:60',
    '2011-01-01T12:00:00+25:00',
    '2011-01-01 12',
    '2011-01-01Z',
    '2011-01-01 12:00 ',
    '31.12.2011',
    '12/31/2011',
    '2011',
    '24:00',
    '7:30',
    '12:00:60',
    '',
  ])("finds no date in '%s'", (text) => {
    expect(parseDate(text)).toBeUndefined()
  })

  it('is the inverse of formatDate in each form, as JavaScript’s Date confirms', () => {
    const first = Date.UTC(2000, 0, 1) - 2000 * 365.2425 * 86_400_000
    const time = fc.integer({ min: Math.ceil(first), max: Date.UTC(9999, 11, 31) })
    fc.assert(
      fc.property(time, fc.constantFrom(...dateForms), (time, form) => {
        const text = formatDate(time, form)
        expect(text).toHaveLength(form.length)
        const again = parseDate(text)!
        expect(again.form).toBe(form)
        expect(formatDate(again.time, form)).toBe(text)
        const iso = new Date(time).toISOString()
        const parts = {
          'YYYY-MM-DD': iso.slice(0, 10),
          'hh:mm': iso.slice(11, 16),
          'YYYY-MM': iso.slice(0, 7),
        }
        expect(formatDate(time, 'YYYY-MM-DDThh:mm:ss.sssZ')).toBe(iso)
        if (form in parts) expect(text).toBe(parts[form as keyof typeof parts])
      }),
      { seed: 1, numRuns: 500 },
    )
  })
})

describe('joinForms', () => {
  it.each<[DateForm, DateForm, DateForm | undefined]>([
    ['YYYY-MM', 'YYYY-MM-DD', 'YYYY-MM-DD'],
    ['YYYY-MM-DD', 'YYYY-MM-DD hh:mm', 'YYYY-MM-DD hh:mm'],
    ['YYYY-MM-DD hh:mm', 'YYYY-MM-DDThh:mm:ss', 'YYYY-MM-DDThh:mm:ss'],
    ['YYYY-MM-DD', 'YYYY-MM-DDThh:mm:ssZ', 'YYYY-MM-DDThh:mm:ssZ'],
    ['YYYY-MM-DD hh:mm:ss.sss', 'YYYY-MM-DDThh:mm:ssZ', 'YYYY-MM-DDThh:mm:ss.sssZ'],
    ['hh:mm', 'hh:mm:ss', 'hh:mm:ss'],
    ['hh:mm', 'YYYY-MM-DD', undefined],
  ])('of %s and %s gives %s', (a, b, both) => {
    expect([joinForms(a, b), joinForms(b, a)]).toEqual([both, both])
  })

  it('gives a form that keeps all digits of both', () => {
    for (const a of dateForms)
      for (const b of dateForms) {
        const both = joinForms(a, b)
        if (both === undefined) continue
        const time = Date.UTC(2011, 11, 31, 23, 59, 58, 123)
        const read = parseDate(formatDate(time, a))!.time
        expect(parseDate(formatDate(read, both))!.time).toBe(read)
      }
  })
})

it('textOfDate gives the shortest text, and none for a year of other than four digits', () => {
  const text = (iso: string, isLocal = false) => textOfDate(new Date(iso), isLocal)
  expect(text('2011-12-31T00:00:00Z')).toBe('2011-12-31')
  expect(text('2011-12-31T00:00:00Z', true)).toBe('2011-12-31')
  expect(text('2011-12-31T10:00:00Z')).toBe('2011-12-31T10:00:00Z')
  expect(text('2011-12-31T10:00:00Z', true)).toBe('2011-12-31 10:00:00')
  expect(text('2011-12-31T10:00:00.250Z')).toBe('2011-12-31T10:00:00.250Z')
  expect(text('2011-12-31T10:00:00.250Z', true)).toBe('2011-12-31 10:00:00.250')
  for (const none of ['+010000-01-01T00:00:00Z', '-000001-12-31T00:00:00Z', 'never'])
    expect(text(none)).toBeUndefined()
  expect([text('0000-01-01T00:00:00Z'), text('9999-12-31T00:00:00Z')]).toEqual(['0000-01-01', '9999-12-31'])
})
