import { InputError } from '../../core/errors.ts'
import type { ReadingOptions } from '../inference/choice.ts'
import { RowReader, readRows } from '../inference/rows.ts'
import type { ReadTable } from '../inference/table-builder.ts'

/** Just below V8's maximum length of a string, 2 ** 29 - 24. */
const longestText = 2 ** 29 - 25

/** Reads a table from JSON text that arrives in pieces: an array of rows as in `tableOfRows`. */
export async function readJson(
  pieces: AsyncIterable<string>,
  name: string,
  options: ReadingOptions,
): Promise<ReadTable> {
  let text = ''
  for await (const piece of pieces) {
    if (text.length + piece.length > longestText)
      throw new InputError(`${name} is too long for JSON: give a row a line, in a .jsonl file`, 'bad-data')
    text += piece
  }
  let rows: unknown
  try {
    rows = JSON.parse(text)
  } catch {
    throw new InputError(
      `${name} is no JSON: give an array of points, such as [{"x": 1, "y": 2}]`,
      'bad-data',
    )
  }
  return readRows(rows, name, options)
}

/** Reads a table from JSON text with one row per line, line by line. */
export async function readJsonLines(
  pieces: AsyncIterable<string>,
  name: string,
  options: ReadingOptions,
): Promise<ReadTable> {
  const reader = new RowReader(name, 'line', options)
  let [rest, line] = ['', 0]
  const take = (text: string) => {
    line++
    if (text.trim() === '') return
    let row: unknown
    try {
      row = JSON.parse(text)
    } catch {
      throw new InputError(
        `${name}, line ${line} is no JSON: give a row a line, such as {"x": 1, "y": 2}`,
        'bad-data',
      )
    }
    reader.push(row, line)
  }
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop()!
    for (const text of lines) take(text)
  }
  take(rest)
  return reader.end()
}
