import type { ReadingOptions } from '../inference/choice.ts'
import { limitsOf, tooLong } from '../inference/limits.ts'
import { noRows, RowReader } from '../inference/rows.ts'
import type { ReadTable } from '../inference/table-builder.ts'
import { jsonProblem, validLength } from './json-problem.ts'
import { rowsIn } from './json-shapes.ts'
import { JsonReader } from './json-values.ts'

/**
 * Reads a table from JSON text that arrives in pieces: an array of rows as in `tableOfRows`, an object that holds one, or
 * the columns (`rowsIn`), or one row after the other. Throws InputError on anything else.
 */
export async function readJson(
  pieces: AsyncIterable<string>,
  name: string,
  options: ReadingOptions,
): Promise<ReadTable> {
  const reader = new RowReader(name, 'row', options)
  const notes: string[] = []
  let count = 0
  const push = (row: unknown) => reader.push(row, ++count)
  /** A value outside of an array: the whole text if it stays the only one. */
  let single: unknown
  const values = new JsonReader(
    name,
    limitsOf(options.maxSize),
    'give an array of points, such as [{"x": 1, "y": 2}]',
    (value, isItem) => {
      if (isItem) push(value)
      else if (single === undefined) single = value
      else {
        if (count === 0) push(single)
        push(value)
      }
    },
  )
  for await (const piece of pieces) values.push(piece)
  values.end()
  if (count === 0) {
    const ofObject = isObject(single) ? rowsIn(single, name) : undefined
    if (!ofObject) throw noRows(name)
    for (const row of ofObject.rows) push(row)
    notes.push(...ofObject.notes)
  }
  const table = reader.end()
  return { ...table, notes: [...notes, ...table.notes] }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads a table from JSON text with one row per line, line by line. */
export async function readJsonLines(
  pieces: AsyncIterable<string>,
  name: string,
  options: ReadingOptions,
): Promise<ReadTable> {
  const reader = new RowReader(name, 'line', options)
  const limits = limitsOf(options.maxSize)
  let [rest, line] = ['', 0]
  const take = (text: string) => {
    line++
    if (text.trim() === '') return
    let row: unknown
    try {
      row = JSON.parse(text)
    } catch {
      const remedy = 'give a row a line, such as {"x": 1, "y": 2}'
      throw jsonProblem(text, validLength(text), { file: name, from: { line, column: 1 }, remedy })
    }
    reader.push(row, line)
  }
  for await (const piece of pieces) {
    const lines = piece.split('\n')
    // a long line stays in pieces until it ends
    for (const [i, text] of lines.entries()) {
      rest += text
      if (rest.length > limits.record) throw tooLong(`${name}, line ${line + 1}`, limits)
      if (i === lines.length - 1) break
      take(rest)
      rest = ''
    }
  }
  take(rest)
  return reader.end()
}
