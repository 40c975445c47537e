import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatDate,
  isDateForm,
  joinForms,
  parseDate,
  parseEpoch,
  readDates,
  textOfDate,
  unitOf,
} from '../../src/table/dates.ts'
import { certainForms, isoForms, orderedForms } from './date-forms.ts'

describe('parseDate', () => {
  it.each<[string, string, string]>([
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
    ['2011-12-31 00:30:00+02:00', 'YYYY-MM-DD hh:mm:ss+02:00', '2011-12-30T22:30:00.000Z'],
    ['2011-12-31T23:30-0130', 'YYYY-MM-DDThh:mm-0130', '2012-01-01T01:00:00.000Z'],
    ['2011-12-31T23:30:00+00', 'YYYY-MM-DDThh:mm:ss+00', '2011-12-31T23:30:00.000Z'],
    ['2011-12-31 23:30:00 UTC', 'YYYY-MM-DD hh:mm:ss [UTC]', '2011-12-31T23:30:00.000Z'],
    ['2024/03/05', 'YYYY/MM/DD', '2024-03-05T00:00:00.000Z'],
    ['2024-3-5', 'YYYY-M-D', '2024-03-05T00:00:00.000Z'],
    ['03/15/2024', 'MM/DD/YYYY', '2024-03-15T00:00:00.000Z'],
    ['3/15/2024 10:20', 'M/DD/YYYY hh:mm', '2024-03-15T10:20:00.000Z'],
    ['3/15/2024 9:05 PM', 'M/DD/YYYY h:mm A', '2024-03-15T21:05:00.000Z'],
    ['3/15/2024, 12:20:30 am', 'M/DD/YYYY, hh:mm:ss a', '2024-03-15T00:20:30.000Z'],
    ['15.03.2024 10:20:30', 'DD.MM.YYYY hh:mm:ss', '2024-03-15T10:20:30.000Z'],
    ['15-3-2024', 'DD-M-YYYY', '2024-03-15T00:00:00.000Z'],
    ['Jun 12 1998', 'MMM DD YYYY', '1998-06-12T00:00:00.000Z'],
    ['Jun 12, 1998', 'MMM DD, YYYY', '1998-06-12T00:00:00.000Z'],
    ['June 2, 1998 10:20 AM', 'MMMM D, YYYY hh:mm A', '1998-06-02T10:20:00.000Z'],
    ['12 June 1998', 'DD MMMM YYYY', '1998-06-12T00:00:00.000Z'],
    ['12-JUN-1998', 'DD-MON-YYYY', '1998-06-12T00:00:00.000Z'],
    ['Friday, June 12, 1998', 'dddd, MMMM DD, YYYY', '1998-06-12T00:00:00.000Z'],
    ['Fri, 12 Jun 1998 10:20:00 GMT', 'ddd, DD MMM YYYY hh:mm:ss [GMT]', '1998-06-12T10:20:00.000Z'],
    ['Fri, 12 Jun 1998 10:20:00 +0200', 'ddd, DD MMM YYYY hh:mm:ss +0200', '1998-06-12T08:20:00.000Z'],
    ['2024-W12', 'GGGG-[W]WW', '2024-03-18T00:00:00.000Z'],
    ['2020-W53', 'GGGG-[W]WW', '2020-12-28T00:00:00.000Z'],
    ['2021-W01', 'GGGG-[W]WW', '2021-01-04T00:00:00.000Z'],
    ['10:20 AM', 'hh:mm A', '1970-01-01T10:20:00.000Z'],
    ['9:05:07pm', 'h:mm:ssa', '1970-01-01T21:05:07.000Z'],
    ['7:30', 'h:mm', '1970-01-01T07:30:00.000Z'],
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
    '11-01-01',
    '2011-01-01 24:00',
    '2011-01-01 12:60',
    '2011-01-01 12:00:60',
    '2011-01-01T12:00:00+25:00',
    '2011-01-01 12',
    '2011-01-01Z',
    '2011-01-01 12:00 ',
    '2011',
    '24:00',
    '12:00:60',
    '7:30:00',
    '00:12:30.5',
    '13:20 PM',
    '0:20 AM',
    '10:20Z',
    '10.20.30.40',
    '1.2.3',
    '1.2.2003.4',
    '03/15/24',
    '31.02.2024',
    '13/13/2024',
    '02/30/2024',
    '2024/03-05',
    '15/03/2024T10:20',
    'Sat, 12 Jun 1998 10:20:00 GMT',
    'Jux 12 1998',
    'June 31, 1998',
    '2021-W53',
    '2024-W00',
    '2024-W12 10:20',
    '1709632800',
    '',
  ])("finds no date in '%s'", (text) => {
    expect(parseDate(text)).toBeUndefined()
  })

  it('is the inverse of formatDate in each form, as JavaScript’s Date confirms', () => {
    const first = Date.UTC(2000, 0, 1) - 2000 * 365.2425 * 86_400_000
    const time = fc.integer({ min: Math.ceil(first), max: Date.UTC(9999, 11, 31) })
    fc.assert(
      fc.property(time, fc.constantFrom(...isoForms), (time, form) => {
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
  it.each<[string, string, string | undefined]>([
    ['YYYY-MM', 'YYYY-MM-DD', 'YYYY-MM-DD'],
    ['YYYY-MM-DD', 'YYYY-MM-DD hh:mm', 'YYYY-MM-DD hh:mm'],
    ['YYYY-MM-DD hh:mm', 'YYYY-MM-DDThh:mm:ss', 'YYYY-MM-DDThh:mm:ss'],
    ['YYYY-MM-DD', 'YYYY-MM-DDThh:mm:ssZ', 'YYYY-MM-DDThh:mm:ssZ'],
    ['YYYY-MM-DD hh:mm:ss.sss', 'YYYY-MM-DDThh:mm:ssZ', 'YYYY-MM-DDThh:mm:ss.sssZ'],
    ['hh:mm', 'hh:mm:ss', 'hh:mm:ss'],
    ['hh:mm', 'YYYY-MM-DD', undefined],
    ['MM/DD/YYYY', 'M/D/YYYY', 'M/D/YYYY'],
    ['MM/D/YYYY', 'M/DD/YYYY', 'M/D/YYYY'],
    ['M/D/YYYY', 'MM/DD/YYYY h:mm A', 'M/D/YYYY h:mm A'],
    ['M/D/YYYY hh:mm', 'M/D/YYYY h:mm:ss', 'M/D/YYYY h:mm:ss'],
    ['MM/DD/YYYY', 'DD/MM/YYYY', undefined],
    ['MM/DD/YYYY', 'YYYY-MM-DD', undefined],
    ['M/D/YYYY h:mm A', 'M/D/YYYY h:mm', undefined],
    ['MMM D, YYYY', 'MMMM DD, YYYY', 'MMMM D, YYYY'],
    ['YYYY-MM-DDThh:mm:ss+02:00', 'YYYY-MM-DDThh:mm:ss+01:00', 'YYYY-MM-DDThh:mm:ssZ'],
    ['YYYY-MM-DDThh:mm:ss+02:00', 'YYYY-MM-DD', 'YYYY-MM-DDThh:mm:ssZ'],
    ['YYYY-MM', 'GGGG-[W]WW', undefined],
    ['s', 'ms', undefined],
  ])('of %s and %s gives %s', (a, b, both) => {
    expect([joinForms(a, b), joinForms(b, a)]).toEqual([both, both])
  })

  it('gives a form that keeps all digits of both', () => {
    for (const a of isoForms)
      for (const b of isoForms) {
        const both = joinForms(a, b)
        if (both === undefined) continue
        const time = Date.UTC(2011, 11, 31, 23, 59, 58, 123)
        const read = parseDate(formatDate(time, a))!.time
        expect(parseDate(formatDate(read, both))!.time).toBe(read)
      }
  })
})

it.each(['YYYY-MM-DD', 'D MMMM YYYY', 'GGGG-[W]WW', 'hh:mm'])(
  'a time that no calendar has is written as nothing: %s',
  (form) => {
    expect([formatDate(8.64e15 + 1, form), formatDate(-1e16, form)]).toEqual(['', ''])
    expect(formatDate(8.64e15, form)).toMatch(/^\S/)
  },
)

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

describe('a date whose day and month are numbers', () => {
  it('has two readings if either may be the month, and one in a given order', () => {
    expect(readDates('03/04/2024')).toEqual([
      { time: Date.UTC(2024, 3, 3), form: 'DD/MM/YYYY' },
      { time: Date.UTC(2024, 2, 4), form: 'MM/DD/YYYY' },
    ])
    expect(parseDate('03/04/2024')).toBeUndefined()
    expect(parseDate('03/04/2024', 'dmy')?.time).toBe(Date.UTC(2024, 3, 3))
    expect(parseDate('03/04/2024', 'mdy')?.time).toBe(Date.UTC(2024, 2, 4))
    expect(parseDate('03/15/2024', 'dmy')).toBeUndefined()
    expect(parseDate('03/04/2024', 'ymd')).toBeUndefined()
    expect(parseDate('2024-03-04', 'dmy')?.time).toBe(Date.UTC(2024, 2, 4))
  })
})

describe('a form of dates', () => {
  const forms = [...certainForms, ...orderedForms]

  it('is read again as it is written, and its time is what JavaScript says it is', () => {
    // JavaScript reads English dates with the month first, in UTC if they say so
    for (const form of [
      'MM/DD/YYYY',
      'M/D/YYYY hh:mm:ss',
      'M/D/YYYY h:mm:ss A',
      'MMM D, YYYY',
      'MMMM DD, YYYY hh:mm:ss',
      'D MMM YYYY hh:mm:ss',
      'dddd, MMMM D, YYYY h:mm:ss A',
    ]) {
      const time = Date.UTC(1998, 5, 2, 21, 5, 7)
      const text = formatDate(time, form)
      expect(Date.parse(`${text} UTC`), text).toBe(parseDate(text, 'mdy')?.time)
    }
    const rfc = 'ddd, DD MMM YYYY hh:mm:ss [GMT]'
    for (const time of [0, 1e12, Date.UTC(1998, 5, 2)]) {
      expect(formatDate(time, rfc)).toBe(new Date(time).toUTCString())
      expect(parseDate(new Date(time).toUTCString())).toEqual({ time, form: rfc })
    }
  })

  it('gives what it writes, in any form and at any time', () => {
    // all forms have different texts from the 13th on, when no day passes for a month
    const days = fc.integer({ min: 0, max: 60 * 365 })
    fc.assert(
      fc.property(days, fc.nat(86_399_999), fc.constantFrom(...forms), (days, ms, form) => {
        const text = formatDate((days + 400) * 86_400_000 + ms, form)
        const readings = form === 's' || form === 'ms' ? [parseEpoch(text)] : readDates(text)
        const again = readings.filter((date) => date && joinForms(date.form, form) === form)
        expect(again, `${text} in ${form}`).not.toEqual([])
        expect(again.map((date) => formatDate(date!.time, form))).toContain(text)
      }),
      { seed: 3, numRuns: 2000 },
    )
  })

  it.each(forms)('%s is one', (form) => {
    expect(isDateForm(form)).toBe(true)
  })

  it.each([
    '',
    'YYYY',
    'YYYY-MM-DD-DD',
    'YYYY-DD',
    'DD/MM',
    'DD/MM/YYYY/hh',
    'yyyy-mm-dd',
    'MM-DD-YYYY[',
    'hh:mm:ss.s',
    'h:mm:ss',
    'D M YYYY',
    '2024-MM-DD',
    'YYYY-MM-DDThh:mm:ss+99:00',
    'GGGG-WW',
    'us',
    'nonsense',
    'constructor',
  ])("'%s' is none", (form) => {
    expect(isDateForm(form)).toBe(false)
  })

  it('is one if a date written in it is read in it, of all combinations of parts', () => {
    const days = [
      ...[
        '',
        'YYYY-MM-DD',
        'YYYY/M/D',
        'YYYY-MM',
        'YYYY.MM/DD',
        'DD.MM.YYYY',
        'M/D/YYYY',
        'D-M.YYYY',
        'GGGG-[W]WW',
      ],
      ...[
        'MMM D YYYY',
        'MMMM DD, YYYY',
        'D MON YYYY',
        'DD-MMM-YYYY',
        'DD-MMM YYYY',
        'MMM-DD-YYYY',
        'MMM D,YYYY',
      ],
      ...['ddd, D MMM YYYY', 'dddd MMMM D, YYYY', 'ddd DD.MM.YYYY', 'YYYY'],
    ]
    const clocks = [
      '',
      'hh:mm',
      'h:mm',
      'hh:mm:ss',
      'h:mm:ss',
      'hh:mm:ss.sss',
      'h:mm A',
      'hh:mm:ssa',
      'hh',
      'mm:ss',
    ]
    const zones = ['', 'Z', ' Z', '[GMT]', ' [UTC]', '[CET]', '+02:00', ' -0030', '+24', '-12:60']
    // a day, month and time of day that differ in every part, so that a text of them has one reading
    const probe = Date.UTC(2003, 1, 1, 3, 4, 5, 6)
    const combinations = days.flatMap((day) =>
      ['', ' ', ', ', 'T', '  '].flatMap((between) =>
        clocks.flatMap((clock) => zones.map((zone) => `${day}${between}${clock}${zone}`)),
      ),
    )
    const wrong = combinations.filter(
      (form) => isDateForm(form) !== readDates(formatDate(probe, form)).some((cell) => cell.form === form),
    )
    expect(wrong).toEqual([])
    expect(combinations.filter(isDateForm).length).toBeGreaterThan(1000)
  })

  it('has the resolution of its smallest part', () => {
    expect(
      ['s', 'ms', 'h:mm A', 'MMM D, YYYY', 'GGGG-[W]WW', 'M/D/YYYY hh:mm:ss', 'hh:mm:ss.sss'].map(unitOf),
    ).toEqual([1000, 1, 60_000, 86_400_000, 86_400_000, 1000, 1])
  })

  it('with an offset is written in it', () => {
    const time = Date.UTC(2024, 2, 5, 23, 30)
    expect(formatDate(time, 'YYYY-MM-DDThh:mm:ss+02:00')).toBe('2024-03-06T01:30:00+02:00')
    expect(formatDate(time, 'YYYY-MM-DD hh:mm-0330')).toBe('2024-03-05 20:00-0330')
  })
})

it('parseEpoch takes whole numbers of the years 1971 to 2100 for seconds or milliseconds', () => {
  expect(parseEpoch('1709632800')).toEqual({ time: 1_709_632_800_000, form: 's' })
  expect(parseEpoch('1709632800.0')).toEqual({ time: 1_709_632_800_000, form: 's' })
  expect(parseEpoch('1709632800123')).toEqual({ time: 1_709_632_800_123, form: 'ms' })
  const [first, last] = [Date.UTC(1971, 0) / 1000, Date.UTC(2101, 0) / 1000 - 1]
  expect([first, last].map((number) => parseEpoch(String(number))?.form)).toEqual(['s', 's'])
  expect([first * 1000, last * 1000].map((number) => parseEpoch(String(number))?.form)).toEqual(['ms', 'ms'])
  for (const none of [
    first - 1,
    last + 1,
    first * 1000 - 1,
    last * 1000 + 1000,
    '1709632800.5',
    '-1709632800',
    '2024',
  ])
    expect(parseEpoch(String(none)), String(none)).toBeUndefined()
})
