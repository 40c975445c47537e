import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readJson } from '../../src/table/formats/json.ts'
import { validLength } from '../../src/table/formats/json-problem.ts'
import type { ColumnChoice } from '../../src/table/inference/choice.ts'
import { tableOfRows } from '../../src/table/inference/rows.ts'
import { namesOf } from '../../src/table/table.ts'
import { expectRefused, expectRejected } from '../helpers/refusals.ts'
import { wordsOf } from './cells.ts'

async function* inPieces(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

const read = async (text: string, choice: ColumnChoice = {}, size = 7) => {
  const { notes, ...table } = await readJson(inPieces(text, size), 'a.json', { choice, minRows: 1 })
  return { names: namesOf(table), rows: wordsOf(table), notes }
}

const table = {
  names: ['x', 'word'],
  rows: [
    [1, 'a, "b"] \\'],
    [2.5, '}"{'],
  ],
  notes: [],
}
const rows = table.rows.map(([x, word]) => ({ x, word }))
const list = JSON.stringify(rows)

describe('JSON is read', () => {
  it.each<[string, string]>([
    ['as an array of objects', list],
    ['with spaces and line breaks', `\n ${JSON.stringify(rows, null, '\t')}\r\n`],
    ['as objects that follow each other', rows.map((row) => JSON.stringify(row)).join('\n')],
    ['by columns', JSON.stringify({ x: [1, 2.5], word: table.rows.map((row) => row[1]) })],
  ])('%s', async (_, text) => {
    for (const size of [1, 2, 5, 1000]) expect(await read(text, {}, size)).toEqual(table)
  })

  it.each<[string, string, string]>([
    ['data among others', `{"count": 2, "data": ${list}, "next": null}`, 'data, without count, next'],
    [
      'rows rather than an array of another name',
      `{"log": [{"z": 1}], "rows": ${list}}`,
      'rows, without log',
    ],
    [
      'the only array of rows, whatever its name',
      `{"people": ${list}, "tags": ["a"]}`,
      'people, without tags',
    ],
    ['the only entry', `{"items": ${list}}`, 'items'],
  ])('from an object that holds the rows: %s', async (_, text, what) => {
    expect(await read(text)).toEqual({ ...table, notes: [`a.json: the rows are those of ${what}`] })
  })

  it('with the fields of nested objects as columns, where the object stands', async () => {
    const text = '[{"a": {"b": 1, "c": "x"}, "d": 2}, {"a": null, "d": 3}, {"a": {"b": 4, "e": 5}, "d": 6}]'
    expect(await read(text)).toEqual({
      names: ['a.b', 'a.c', 'd', 'a.e'],
      rows: [
        [1, 'x', 2, null],
        [null, null, 3, null],
        [4, null, 6, 5],
      ],
      notes: ['a.json: the fields of nested objects are columns: a.b, a.c, a.e'],
    })
    const { names, rows } = await read('[{"a": null, "d": 1}, {"a": {"b": 2}, "d": 3}]')
    expect([names, rows]).toEqual([
      ['d', 'a.b'],
      [
        [1, null],
        [3, 2],
      ],
    ])
    const mixed = [
      { a: null, d: 1 },
      { a: { b: 2 }, d: 3 },
    ]
    expect(tableOfRows(mixed, 'rows').leftOut).toEqual([])
    expect((await read(text, { drop: ['a'] })).names).toEqual(['d'])
    expect((await read(text, { columns: ['a.b', 'd'] })).names).toEqual(['a.b', 'd'])
    expect(namesOf(tableOfRows([{ a: { b: 1 } }, { a: { b: 2 } }], 'rows'))).toEqual(['a.b'])
  })
})

describe('JSON is refused in one line', () => {
  it.each<[string, string, RegExp | string]>([
    [
      'an array in a nested object',
      '[{"a": {"b": [1]}}]',
      /^a\.json, row 1, column a\.b: an array is no cell/,
    ],
    [
      'an object in a nested object',
      '[{"a": {"b": {"c": 1}}}]',
      /^a\.json, row 1, column a\.b: this object is no cell/,
    ],
    [
      'a nested name that is taken',
      '[{"a.b": 1, "a": {"b": 2}}]',
      /^a\.json: two columns are named a\.b: rename one$/,
    ],
    [
      'several arrays of rows',
      '{"a": [{"x": 1}], "b": [{"x": 2}]}',
      /^a\.json has several arrays of rows, a, b: give one/,
    ],
    [
      'columns of different lengths',
      '{"a": [1, 2], "b": [3]}',
      /^a\.json, column b has 1 cell, not the 2 of a: give/,
    ],
    ['one object without rows', '{"a": 1}', /^a\.json is no array of points/],
    ['a number', '12', /^a\.json is no array of points/],
    ['no content', '', /^a\.json is no array of points/],
    ['an array that is cut', '[{"a": 1},\n {"a"', 'a.json, line 2, column 6: it ends too early'],
    ['a string that is cut', '[{"a": "x', 'a.json, line 1, column 10: it ends too early'],
    ['a comma too many', '[{"a": 1},\n]', "a.json, line 2, column 1: ']' is no JSON there"],
    ['a comma at the start', '[,1]', "a.json, line 1, column 2: ',' is no JSON there"],
    ['a missing comma', '[{"a": 1}\n{"a": 2}]', "a.json, line 2, column 1: '{' is no JSON there"],
    ['a wrong bracket', '[{"a": 1]\n', "a.json, line 1, column 9: ']' is no JSON there"],
    ['something behind the array', '[{"a": 1}]\n x', "a.json, line 2, column 2: 'x' is no JSON there"],
    ['another array', '[{"a": 1}]\n [1]', "a.json, line 2, column 2: '[' is no JSON there"],
    ["Python's words", '[{"a": 1},\n{"a": NaN}]', "a.json, line 2, column 7: 'N' is no JSON there"],
    ['a name without quotes', '[{a: 1}]', "a.json, line 1, column 3: 'a' is no JSON there"],
  ])('%s', async (_, text, message) => {
    for (const size of [1, 4, 1000]) await expectRejected(() => read(text, {}, size), message)
  })

  it('in code as in a file', () => {
    expectRefused(
      () => tableOfRows([{ a: { b: { c: 1 } } }], 'rows'),
      /^rows, row 1, column a\.b: this object/,
    )
  })
})

it('the place where a text stops being JSON is where JSON.parse stops', () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', ',', ']', '}', '"', ':', 'x', '1', '\\', ' '),
      (json, at, mark) => {
        const place = at % (json.length + 1)
        const text = json.slice(0, place) + mark + json.slice(place + 1)
        let message = ''
        try {
          JSON.parse(text)
        } catch (error) {
          message = (error as Error).message
        }
        const position = /at position (\d+)/.exec(message)?.[1]
        // V8 points into a number, a word or a string, all of which is no token here
        if (message === '') expect(validLength(text)).toBe(text.length)
        else expect(validLength(text)).toBeLessThanOrEqual(Number(position ?? text.length))
      },
    ),
  )
})
