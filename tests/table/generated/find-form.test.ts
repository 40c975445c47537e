import { describe, expect, it } from 'vitest'
import { isIban, withCheckDigits } from '../../../src/table/generated/check-digits.ts'
import { columnDraws } from '../../../src/table/generated/draws.ts'
import type { Form } from '../../../src/table/generated/form.ts'
import { capacityOf } from '../../../src/table/generated/room.ts'
import { textsOfForm } from '../../../src/table/generated/texts-of-form.ts'
import { type Chance, chance, digits, hex, lower, makerOf, padded, textsOf, upper } from './texts.ts'

type Make = (draw: Chance, row: number) => string

const areas = ['AB', 'B', 'BS', 'CF', 'E', 'EC', 'G', 'LS', 'M', 'N', 'NE', 'OX', 'S', 'SE', 'SW', 'W']

const consonants = 'bcdfghklmnprst'
const wordOf = (draw: Chance) =>
  Array.from({ length: 2 + draw.below(2) }, () => draw.of(consonants, 1) + draw.of('aeiou', 1)).join('')

/** Columns of texts, and a regular expression by hand of what they look like. */
const columns: Readonly<Record<string, readonly [Make, RegExp]>> = {
  'Dutch telephone numbers': [(d) => `06-${d.of(digits, 8)}`, /^06-\d{8}$/],
  'international telephone numbers': [(d) => `+31 6 ${d.of(digits, 8)}`, /^\+31 6 \d{8}$/],
  'American telephone numbers': [
    (d) => `(${d.of('23456789', 1)}${d.of(digits, 2)}) ${d.of(digits, 3)}-${d.of(digits, 4)}`,
    /^\([2-9]\d\d\) \d{3}-\d{4}$/,
  ],
  plates: [(d) => `${d.of(upper, 2)}-${d.of(digits, 3)}-${d.of(upper, 1)}`, /^[A-Z]{2}-\d{3}-[A-Z]$/],
  'plates of two layouts': [
    (d) =>
      d.below(4) === 0
        ? `${d.of(digits, 2)}-${d.of(upper, 3)}-${d.of(digits, 1)}`
        : `${d.of(upper, 2)}-${d.of(digits, 3)}-${d.of(upper, 1)}`,
    /^(\d\d-[A-Z]{3}-\d|[A-Z]{2}-\d{3}-[A-Z])$/,
  ],
  UUIDs: [
    (d) =>
      `${d.of(hex, 8)}-${d.of(hex, 4)}-4${d.of(hex, 3)}-${d.of('89ab', 1)}${d.of(hex, 3)}-${d.of(hex, 12)}`,
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  ],
  'MAC addresses': [
    (d) => Array.from({ length: 6 }, () => d.of(hex, 2)).join(':'),
    /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/,
  ],
  'IP addresses': [
    (d) => Array.from({ length: 4 }, () => d.below(256)).join('.'),
    /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$/,
  ],
  'IBANs of three banks': [
    (d) => withCheckDigits(`NL00${d.one(['ABNA', 'INGB', 'RABO'])}${d.of(digits, 10)}`),
    /^NL\d\d(ABNA|INGB|RABO)\d{10}$/,
  ],
  'IBANs with spaces': [
    (d) =>
      withCheckDigits(
        `DE00 ${Array.from({ length: 4 }, () => d.of(digits, 4)).join(' ')} ${d.of(digits, 2)}`,
      ),
    /^DE\d\d( \d{4}){4} \d\d$/,
  ],
  'short IBANs': [(d) => withCheckDigits(`NO00${d.of(digits, 11)}`), /^NO\d{13}$/],
  'Dutch postcodes': [(d) => `${1000 + d.below(9000)} ${d.of(upper, 2)}`, /^[1-9]\d{3} [A-Z]{2}$/],
  'British postcodes': [
    (d) => `${d.one(areas)}${1 + d.below(9)}${d.one(['', '', '0', '1'])} ${d.below(10)}${d.of(upper, 2)}`,
    /^[A-Z]{1,2}\d\d? \d[A-Z]{2}$/,
  ],
  'American postcodes': [(d) => d.of(digits, 5), /^\d{5}$/],
  'long American postcodes': [(d) => `${d.of(digits, 5)}-${d.of(digits, 4)}`, /^\d{5}-\d{4}$/],
  URLs: [
    (d) => `https://example.com/${d.one(['item', 'page'])}/${100 + d.below(90_000)}`,
    /^https:\/\/example\.com\/(item|page)\/[1-9]\d{2,4}$/,
  ],
  'file names': [(d) => `scan_${d.of(digits, 8)}.${d.one(['pdf', 'png'])}`, /^scan_\d{8}\.(pdf|png)$/],
  'article numbers': [
    (d) => `${d.one(['TS', 'JK', 'SH'])}-${d.of(upper, 3)}-${d.of(digits, 4)}`,
    /^(TS|JK|SH)-[A-Z]{3}-\d{4}$/,
  ],
  'player ids such as bondsba01': [
    (d) => `${d.of(lower, 5)}${d.of(lower, 2)}0${1 + d.below(3)}`,
    /^[a-z]{7}0[123]$/,
  ],
  'hashes of 40 digits': [(d) => d.of(hex, 40), /^[0-9a-f]{40}$/],
  'hashes of 8 digits': [(d) => d.of(hex, 8), /^[0-9a-f]{8}$/],
  times: [
    (d) => `${padded(d.below(24), 2)}:${padded(d.below(60), 2)}:${padded(d.below(60), 2)}`,
    /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/,
  ],
  versions: [(d) => `v${d.below(10)}.${d.below(30)}.${d.below(400)}`, /^v\d\.[12]?\d\.[1-3]?\d?\d$/],
  'counted codes': [(_, row) => `AB-${padded(row + 1, 4)}`, /^AB-(?!0)\d{4,}$/],
  'counted users': [(_, row) => `user_${row + 17}`, /^user_[1-9]\d*$/],
  'counted orders': [
    (_, row) => `ORD-${2020 + Math.floor(row / 500)}-${padded(row + 1, 5)}`,
    /^ORD-202[0-4]-\d{5,}$/,
  ],
  'counted pictures': [(_, row) => `IMG_${padded(3 * row, 4)}.jpg`, /^IMG_\d{4,}\.jpg$/],
}

const [rows, samples] = [2000, 5000]
const textsIn = (name: string) => {
  const draw = chance(name.length)
  const texts = Array.from({ length: rows }, (_, row) => columns[name]![0](draw, row))
  // several people live at one postcode
  return name.includes('postcodes') ? texts.map((text, row) => texts[row >> 1] ?? text) : texts
}

describe('the form that is found', () => {
  it.each(Object.keys(columns))('of %s makes such texts, and none of the rows', (name) => {
    const texts = textsIn(name)
    const pattern = columns[name]![1]
    if (!name.startsWith('counted')) expect(texts.every((text) => pattern.test(text))).toBe(true)
    const maker = makerOf(texts)
    expect(maker.by).toBe('form')
    const made = textsOf(maker as Form, samples)
    expect(made.find((text) => !pattern.test(text))).toBeUndefined()
    const known = new Set(texts)
    expect(made.filter((text) => known.has(text))).toEqual([])
    if (known.size === rows) expect(new Set(made).size).toBe(samples)
    if (name.includes('IBAN')) expect(made.every(isIban)).toBe(true)
  })

  it('of IBANs never counts on their check digits to tell them apart', () => {
    for (const name of ['short IBANs', 'IBANs with spaces', 'IBANs of three banks']) {
      const [{ parts }] = (makerOf(textsIn(name)) as Form).alternatives as [Form['alternatives'][0]]
      expect(parts.slice(0, 2)).toEqual([
        { text: columns[name]![0](chance(), 0).slice(0, 2) },
        { text: '00' },
      ])
    }
  })

  it.each([
    ['counted codes', 'AB-2001'],
    ['counted users', 'user_2017'],
    ['counted pictures', 'IMG_6000.jpg'],
  ])('of %s goes on after the largest number', (name, first) => {
    expect(textsOf(makerOf(textsIn(name)) as Form, 1)).toEqual([first])
  })

  it('of a counter goes on after the largest of all rows, also beyond the first 20,000', () => {
    const texts = Array.from({ length: 20_100 }, (_, k) => `T${k}`)
    expect(textsOf(makerOf([...texts, 'T90000']) as Form, 1)).toEqual(['T160000'])
    const long = `T${'9'.repeat(30)}`
    expect(textsOf(makerOf([...texts, long]) as Form, 1)).toEqual(['T20100'])
  })

  it('gets longer where its texts are too few for ten times the rows, and beyond its room texts end in a number', () => {
    const draw = chance(9)
    const postcodes = Array.from({ length: 6000 }, () => columns['British postcodes']![0](draw, 0))
    const rows = new Set(postcodes)
    const form = makerOf([...rows]) as Form
    const made = textsOf(form, 10 * rows.size)
    expect(new Set([...made, ...rows]).size).toBe(11 * rows.size)
    expect(made.find((text) => !/^[A-Z]{1,2}\d{1,3} \d[A-Z]{2,4}$/.test(text))).toBeUndefined()
    expect(capacityOf(form)).toBe(Number.POSITIVE_INFINITY)
    const room = capacityOf({ ...form, isStated: true })
    const last = textsOfForm(form, columnDraws(1, 'code'), 'code')
    expect(last(room - 1)).toMatch(/^[A-Z]/)
    const beyond = Array.from({ length: 256 }, (_, k) => last(room + 256 + k))
    expect(beyond.every((text) => /^[A-Z\d ]+(-\d+)?$/.test(text) && !rows.has(text))).toBe(true)
    expect(beyond.some((text) => text.includes('-'))).toBe(true)
    expect(new Set([...made, ...beyond]).size).toBe(made.length + 256)
  })

  it('has each of the parts that repeat as often as the others, where these must tell texts apart', () => {
    const seats = Array.from({ length: 600 }, (_, k) => `${'ABBCDDDE'[k % 8]}-${padded((k * 7) % 300, 3)}`)
    const rows = new Set(seats)
    const made = textsOf(makerOf([...rows]) as Form, 10 * rows.size)
    expect(new Set([...made, ...seats]).size).toBe(11 * rows.size)
    expect(made.every((text) => /^[A-E]-\d{4,5}$/.test(text))).toBe(true)
    for (const letter of 'ABCDE')
      expect(made.filter((text) => text.startsWith(letter)).length).toBeGreaterThan(made.length / 6)
  })

  it('has longer numbers only where a text has no other', () => {
    const numbers = [...new Set(Array.from({ length: 1000 }, (_, k) => 100 + ((k * 7919) % 90_000)))]
    const items = textsOf(makerOf(numbers.map((n) => `item ${n} x`)) as Form, 5000)
    expect(items.every((text) => /^item [1-9]\d{1,6} x$/.test(text))).toBe(true)
    const hosts = Array.from({ length: 200 }, (_, k) => `10.0.${k % 9}.${1 + ((k * 37) % 251)}`)
    const form = makerOf([...new Set(hosts)]) as Form
    const made = textsOf(form, 10 * new Set(hosts).size)
    expect(made.every((text) => text.split('.').every((part) => Number(part) < 256))).toBe(true)
  })

  it.each([
    ['names', (d: Chance) => `${d.one(['Ann', 'Ben', 'Cleo'])} ${wordOf(d)}`],
    ['sentences', (d: Chance) => `${Array.from({ length: 3 + d.below(9) }, () => wordOf(d)).join(' ')}.`],
    ['addresses', (d: Chance) => `${wordOf(d)} ${d.one(['Street', 'Road'])} ${d.below(90)}`],
    ['words', wordOf],
  ] as const)('is none of %s', (_, make) => {
    const draw = chance(5)
    const texts = Array.from({ length: 1000 }, () => make(draw))
    expect(makerOf(texts).by).not.toBe('form')
  })

  it('is none of e-mail addresses, which faker makes', () => {
    const draw = chance(6)
    const texts = Array.from({ length: 500 }, (_, k) => `${wordOf(draw)}${k}@${wordOf(draw)}.org`)
    expect(makerOf(texts)).toMatchObject({ method: 'internet.exampleEmail', isNumbered: true })
  })
})
