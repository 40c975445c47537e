import { parseHTML } from 'linkedom'
import { beforeAll, describe, expect, it } from 'vitest'
import { version } from '../../../src/core/version.ts'
import type { PeopleVerdict } from '../../../src/measure/verdicts.ts'
import { reportPage } from '../../../src/report/page/page.ts'
import { columnSentence } from '../../../src/report/quality.ts'
import { verdictSentences } from '../../../src/report/verdicts.ts'
import { columns as mixedColumns } from '../../charts/figures/compared.ts'
import { type Case, hostile, hostileCase, mixedCase, numbersCase, widened } from './reports.ts'

const pageOf = ({ report, sources }: Case, title = 'Rooms') => reportPage(report, sources, { title })

/** A page as a reader sees it, per cent signs after the usual space. */
function read(page: string) {
  const { document } = parseHTML(page)
  const textOf = (selector: string) =>
    [...document.querySelectorAll(selector)].map((element) =>
      element.textContent!.replaceAll(/[\s\u00a0]+/g, ' ').trim(),
    )
  return { document, textOf, text: textOf('header, main').join(' ') }
}

const three = (x: number) => x.toFixed(3).replace(/^0/, '')

let mixed: Case
let page: string
beforeAll(async () => {
  mixed = await mixedCase()
  page = pageOf(mixed)
})

describe('the page of a report', () => {
  it('contains the report as JSON with unrounded numbers', () => {
    const [, json] = /<script type="application\/json" id="report">(.*?)<\/script>/s.exec(page)!
    expect(JSON.parse(json!)).toEqual(mixed.report)
  })

  it('begins in plain words, without the terms of statistics, and with the results of the limits', () => {
    const { report } = mixed
    const { textOf, document } = read(page)
    expect(textOf('h1')).toEqual(['Rooms'])
    const [summary] = textOf('#summary')
    expect(summary).toContain(
      'A model learned from 180 real rows (the training rows) and made 180 synthetic rows of 5 columns.',
    )
    expect(summary).toContain('with 120 real rows that the model has not seen')
    expect(summary).toContain(`in ${Math.round(100 * report.detection.auc)} of 100 pairs`)
    expect(textOf('#summary > ul:first-of-type > li')).toEqual(report.sentences)
    const words = textOf('#summary > p, #summary > h3, #summary > .plain').join(' ')
    expect(words).not.toMatch(/AUC|interval|adjusted|false alarm|flagged|membership|inference|distribution/i)
    expect(textOf('#summary h3')).toEqual([
      'What was checked',
      'What was found',
      'What it means',
      'What to do',
      'The limits that were set',
    ])
    const limits = textOf('.limits li')
    expect(limits.length).toBe(2)
    for (const [k, { max, isKept, sentence }] of report.limits.entries()) {
      const words = isKept === null ? 'cannot be decided' : isKept ? 'kept' : 'not kept'
      expect(limits[k]).toContain(`at most ${max}: ${words}.`)
      expect(limits[k]!.toLowerCase()).toContain(sentence.toLowerCase())
    }
    expect(textOf('h2')).toEqual([
      'In short',
      'Quality',
      'Privacy',
      'How it was measured',
      'What this does not show',
    ])
    // no heading is deeper by more than one than the last
    const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) => Number(tagName[1]))
    expect(levels.every((level, k) => k === 0 || level - levels[k - 1]! <= 1)).toBe(true)
  })

  it('says on its first page whether the rows may give people away, and what to do about it', () => {
    const said = (grade: PeopleVerdict['grade']) => {
      const people = { ...mixed.report.verdicts.people, grade }
      const verdicts = { ...mixed.report.verdicts, people }
      const sentences = verdictSentences(verdicts)
      const report = { ...mixed.report, verdicts, sentences }
      return read(pageOf({ ...mixed, report })).textOf('#summary')[0]!
    }
    expect(said('clear')).toMatch(/treat them like the real rows.*as personal data.*Do not pass the rows on/)
    for (const grade of ['slight', 'none', null] as const)
      expect(said(grade)).not.toMatch(/like the real rows|personal data|Do not pass the rows on/)
    expect(said('slight')).toMatch(/a slight sign.*a little better than by chance/)
    expect(said('none')).toMatch(/no sign.*hardly do better than guess.*no proof/)
    expect(said(null)).toMatch(/too few rows to say.*at least 300 training rows/)
  })

  it('begins with the verdicts of the training, and says that the figures below them are of other samples', () => {
    expect(read(page).text).not.toContain('The verdicts were found when training ended')
    const verdicts = { ...mixed.report.verdicts, rows: { ...mixed.report.verdicts.rows, auc: 0.77 } }
    const report = { ...mixed.report, verdicts, sentences: verdictSentences(verdicts) }
    const { text, textOf } = read(pageOf({ ...mixed, report }))
    expect(text).toContain('The verdicts were found when training ended')
    expect(textOf('.verdicts')[0]).toContain('in 77 of 100 pairs')
    // no other figure contradicts it
    expect(
      textOf('#summary')[0]!
        .match(/\d+ of 100/g)!
        .every((each, k) => (k === 0) === (each === '77 of 100')),
    ).toBe(true)
  })

  it('says if nothing predicts the target, not even in real rows, and names the version and the file', () => {
    const utility = { target: 'rooms', metric: 'auc', synthetic: 0.7, real: 0.52 } as const
    const rows = { learned: 100, predicted: 100 }
    const report = { ...mixed.report, utility: { ...utility, rows } }
    expect(read(pageOf({ ...mixed, report })).textOf('#summary')[0]).toContain(
      'The other columns do not predict rooms, not even in real rows',
    )
    const digest = 'ab'.repeat(32)
    const dated = read(reportPage(mixed.report, mixed.sources, { title: 'Rooms', digest }))
    expect(dated.textOf('#summary')[0]).toContain(
      `Checked by Moonstep ${version}. The data's file has the SHA-256 ${digest}.`,
    )
  })

  it('shows the measures next to those of real rows, also for rows with a given value', () => {
    const { report } = mixed
    const rows = read(page).textOf('tbody tr')
    for (const { detection, shapes, trends, utility, real } of [report, report.given!.quality!]) {
      expect(rows).toContain(`Detection, AUC${three(detection.auc)}${three(detection.null)}`)
      expect(rows).toContain(`Shapes${three(shapes)}${three(real.shapes)}`)
      expect(rows).toContain(`Trends${three(trends!)}${three(real.trends!)}`)
      const learned = rows.filter((row) => row.startsWith('Utility'))
      expect(learned.length).toBe(1)
      if (utility)
        expect(learned[0]).toContain(`of ${utility.target}${three(utility.synthetic)}${three(utility.real)}`)
    }
  })

  it('shows a row and a figure for each column, with its distance, gaps and range', () => {
    const { report } = mixed
    const { document, textOf } = read(page)
    const rows = textOf('table.columns tbody tr')
    expect(rows.length).toBe(5)
    for (const [
      d,
      { name, kind, distance, null: chance, missing, range, atoms },
    ] of report.columns.entries()) {
      expect(rows[d]).toContain(`${name}${kind}${three(distance)}${three(chance)}`)
      const percents = [missing, ...(atoms ? [atoms] : [])].flatMap(({ samples, real }) => [samples, real])
      for (const share of percents)
        expect(rows[d]).toContain(
          share === 0 || share === 1 ? `${100 * share} %` : `${(100 * share).toFixed(1)} %`,
        )
      for (const cells of range ? [range.samples, range.real] : [])
        expect(rows[d]).toContain(cells!.join(' to '))
    }
    const titles = [...document.querySelectorAll('.each figure svg > title')].map(
      (title) => title.textContent,
    )
    expect(titles).toEqual(report.columns.map(columnSentence))
    const images = [...document.querySelectorAll('figure svg[role=img]')]
    expect(images.every((image) => image.querySelector('title')!.textContent!.length > 30)).toBe(true)
  })

  it("shows what differs most, with the report's sentences and a figure", () => {
    const sentence = '`town` and `rooms`: town 1 with 2 in 1.0 % of real rows, in 9.0 % of samples.'
    const worst = { columns: [], pairs: [{ columns: ['town', 'rooms'] as const, sentence }] }
    const { textOf } = read(pageOf({ ...mixed, report: { ...mixed.report, worst } }))
    const [caption, ...others] = textOf('h3 ~ .figures:not(.each):not(.wide) figcaption')
    expect(caption).toContain(sentence.replaceAll('`', ''))
    expect(others).toEqual([])
    const none = read(pageOf({ ...mixed, report: { ...mixed.report, worst: { columns: [], pairs: [] } } }))
    expect(none.text).toContain(
      'No column and no pair of columns differs more from real rows than chance explains',
    )
    expect(none.textOf('h3 ~ .figures:not(.each):not(.wide) figcaption').length).toBe(6)
  })

  it('shows the distances of all pairs in a matrix, samples below the diagonal and real rows above', () => {
    const { columns, pairs } = mixed.report
    const matrix = read(page).document.querySelector('.matrix svg svg')!
    const cells = [...matrix.querySelectorAll('text')]
      .map((text) => text.textContent!)
      .filter((text) => text.startsWith('.'))
    const names = columns.map(({ name }) => name)
    const expected = names.flatMap((row, i) =>
      names.flatMap((column, j) => {
        const pair = pairs.find(
          ({ columns }) => columns.includes(row) && columns.includes(column) && row !== column,
        )
        return pair ? [(i > j ? pair.distance : pair.null).toFixed(2).replace(/^0/, '')] : []
      }),
    )
    expect(cells).toEqual(expected)
    const rows = read(page).textOf('.beside table tbody tr')
    for (const {
      columns: [a, b],
      distance,
      null: chance,
    } of pairs)
      expect(rows).toContain(`${a} and ${b}${three(distance)}${three(chance)}`)
  })

  it('shows all sentences and numbers on privacy', () => {
    const { privacy } = mixed.report
    const { text, textOf, document } = read(page)
    for (const sentence of privacy.sentences) expect(text).toContain(sentence)
    const rows = textOf('#privacy tbody tr').join('\n')
    for (const { auc, low, high, adjusted, atOnePercent, told } of privacy.attacks) {
      const interval = ({ low, high }: { low: number | null; high: number | null }) =>
        `${three(low!)} to ${three(high!)}`
      expect(rows).toContain(
        `${three(auc!)}${interval({ low, high })}${interval(adjusted)}${told ? 'yes' : 'no'}${(100 * atOnePercent!.share!).toFixed(atOnePercent!.count > 0 ? 1 : 0)} %`,
      )
    }
    const { exact, near } = privacy.copies
    for (const copies of [exact, near])
      for (const { count, of } of [
        copies.ofTrain,
        copies.ofAgainst,
        copies.real,
        copies.members,
        copies.others,
      ])
        expect(rows).toContain(`${count} of ${of}; `)
    const { values, combinations } = privacy.singlingOut
    for (const { attack, control, risk } of [values, combinations]) {
      for (const { count, of } of [attack, control]) expect(rows).toContain(`${count} of ${of}; `)
      expect(rows).toContain(`${three(risk!.value)} ${three(risk!.low)} to ${three(risk!.high)}`)
    }
    for (const of of ['train', 'against'] as const) {
      const name = of === 'train' ? 'training' : 'held-out'
      expect(rows).toContain(`Different ${name} rows described${values.rows[of]}${combinations.rows[of]}`)
    }
    // a curve for each attack
    const lines = [...document.querySelectorAll('.wide figure:nth-child(2) svg svg path')]
      .map((path) => path.getAttribute('d')!.split('L').length)
      .filter((corners) => corners > 2)
    expect(lines).toEqual(privacy.attacks.map(() => 101))
  })

  it('lists the values in a model file, or says that no file was given', () => {
    expect(read(page).text).toContain('no model file was given to it')
    const sentence = 'For town, the model file holds 15 names.'
    const modelFileSentence = 'This file holds no value of a single row.'
    const modelFile = [{ column: 'town', values: 15, hasExtremes: false, sentence }]
    const held = read(pageOf({ ...mixed, report: { ...mixed.report, modelFile, modelFileSentence } }))
    expect(held.textOf('.held li')).toEqual([sentence])
    // in short, and before what it holds
    expect(held.text.split(modelFileSentence)).toHaveLength(3)
    expect(held.text).not.toContain('unchanged')
  })

  it('says if too few samples have the given value', () => {
    const given = { column: 'paid', value: true, rows: { samples: 3, against: 40, train: 60 }, quality: null }
    const { text } = read(pageOf({ ...mixed, report: { ...mixed.report, given } }))
    expect(text).toContain('Rows whose paid is true')
    expect(text).toContain(
      '3 samples, 40 held-out rows and 60 training rows have this value. These are too few samples',
    )
  })

  it('is the same text each time, contains no path, and promises no anonymity', () => {
    expect(pageOf(mixed) === page).toBe(true)
    expect(page.includes('/somewhere')).toBe(false)
    expect(/anonym/i.test(page)).toBe(false)
    expect(/https?:(?!\/\/www\.w3\.org\/2000\/svg)/.test(page)).toBe(false)
  })

  it('shows the names of columns and categories as text, whatever they contain', async () => {
    const hostileOne = await hostileCase()
    const text = pageOf(hostileOne, hostile.column)
    const { document, textOf } = read(text)
    expect(document.querySelectorAll('script').length).toBe(1)
    expect(document.querySelectorAll('img, svg[onload]').length).toBe(0)
    expect(textOf('h1')).toEqual([hostile.column])
    expect(textOf('table.columns tbody th')).toEqual([
      hostile.column,
      hostile.number,
      'a\\u{202e}b\\u{7}c\\u{2028}`d`',
    ])
    expect(/[^\P{C}\n]/u.test(text)).toBe(false)
    const [, json] = /<script type="application\/json" id="report">(.*?)<\/script>/s.exec(text)!
    expect(JSON.parse(json!)).toEqual(hostileOne.report)
  })

  it.each([1, 2])('is complete for a table of %i columns', async (count) => {
    const { textOf, document } = read(pageOf(await numbersCase(count)))
    expect(textOf('table.columns tbody tr').length).toBe(count)
    expect(textOf('h3').includes('Each pair of columns')).toBe(count > 1)
    expect(document.querySelectorAll('.matrix').length).toBe(0)
  })

  it('draws the 40 of 200 columns that differ most, and lists all in a table', async () => {
    const wide = widened(await numbersCase(2), 200)
    const text = pageOf(wide)
    const { document, textOf } = read(text)
    expect(textOf('table.columns tbody tr').length).toBe(200)
    const drawn = textOf('.each figcaption code')
    expect(drawn.length).toBe(40)
    const excess = ({ distance, null: chance }: { distance: number; null: number }) => distance - chance
    const furthest = wide.report.columns.toSorted((a, b) => excess(b) - excess(a)).slice(0, 40)
    expect(drawn).toEqual(furthest.map(({ name }) => name))
    expect(textOf('.each + .note, h3 + p').join()).toContain(
      'These are the 40 of 200 columns that are furthest from real rows; the table below has all',
    )
    expect(document.querySelectorAll('.matrix svg svg g > rect').length).toBe(40 * 39)
    const json = JSON.stringify(wide.report).length
    expect(text.length - json).toBeLessThan(1e6)
  })

  it("refuses tables other than the report's, and an empty title", async () => {
    const { report, sources } = mixed
    const other = { ...sources, train: sources.against }
    expect(() => reportPage(report, other, { title: 'Rooms' })).toThrow(
      'train has 120 rows, and the report is of 180: give the tables that it was made from',
    )
    const two = await numbersCase(2)
    expect(() => reportPage(report, two.sources, { title: 'Rooms' })).toThrow(
      `the report is of 5 columns, ${mixedColumns.map(({ name }) => name).join(', ')}, the tables have n0, n1`,
    )
    expect(() => reportPage(report, sources, { title: ' ' })).toThrow(
      'title is empty: say what the samples are of',
    )
    expect(() => reportPage(report, sources, {} as never)).toThrow('title')
  })
})
