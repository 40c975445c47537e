/** What a row of a model's table is for a program: as a TypeScript interface, and as a JSON Schema. */
import { InputError } from '../core/errors.ts'
import { printableJson } from '../core/format.ts'
import { epochUnitOf } from './dates.ts'
import { rangeOf } from './describe.ts'
import { type CardEncoding, type Encoding, encodingOf } from './encodings/encoding.ts'
import { hasGrain } from './encodings/grain.ts'
import type { EncodedColumn } from './encodings/index.ts'
import { typeOfCells } from './formats/write-cells.ts'

/** A model, of which only the card is read. */
export interface DescribedModel {
  readonly card: CardEncoding
}

/** A JSON Schema (draft 2020-12) of a row. */
export interface RowSchema {
  readonly $schema: 'https://json-schema.org/draft/2020-12/schema'
  readonly title: string
  readonly type: 'object'
  readonly properties: Readonly<Record<string, CellSchema>>
  readonly required: readonly string[]
  readonly additionalProperties: false
}

/** The schema of a cell, by the keywords of JSON Schema. */
export interface CellSchema {
  readonly type: CellType | readonly [CellType, 'null']
  readonly description?: string
  readonly enum?: readonly (string | number | null)[]
  readonly format?: 'date' | 'date-time'
  readonly minimum?: number
  readonly maximum?: number
  readonly multipleOf?: number
}

export type CellType = 'number' | 'integer' | 'boolean' | 'string'

/** A union of more names than these helps nobody. */
const mostNames = 30

/**
 * The TypeScript interface of a model's rows, as `toRows` gives them and JSON has them.
 *
 * @param model - The model.
 * @param name - The interface's name.
 * @returns The text of the interface, to save as a .ts file.
 * @throws InputError if the name is no identifier.
 * @example
 * rowType(model, 'Penguin') // 'export interface Penguin {\n  species: "Adelie" | "Gentoo"\n  mass: number | null\n}\n'
 */
export function rowType(model: DescribedModel, name = 'Row'): string {
  if (!identifier.test(name))
    throw new InputError(`name is '${name}': give a name such as Row`, 'out-of-range', {
      option: 'name',
      value: name,
    })
  const encoding = encodingOf(model.card)
  const lines = encoding.columns.map((column) => {
    const { type, values, says, allowsMissing } = cellOf(encoding, column)
    const union = values && values.length <= mostNames ? values.map(literal).join(' | ') : undefined
    const key = identifier.test(column.name) ? column.name : literal(column.name)
    const comment = says === undefined ? '' : `  /** ${says}. */\n`
    return `${comment}  ${key}: ${union ?? (type === 'integer' ? 'number' : type)}${allowsMissing ? ' | null' : ''}\n`
  })
  return `export interface ${name} {\n${lines.join('')}}\n`
}

/**
 * The JSON Schema of a model's rows, as `toRows` gives them and JSON has them. A number has the range of the model's column
 * where no sample can be beyond it.
 *
 * @param model - The model.
 * @param name - The schema's title.
 * @returns The schema, of draft 2020-12.
 * @example
 * const isRow = new Ajv2020().compile(rowSchema(model))
 */
export function rowSchema(model: DescribedModel, name = 'Row'): RowSchema {
  const encoding = encodingOf(model.card)
  const cells = encoding.columns.map((column) => [column.name, schemaOf(encoding, column)] as const)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: name,
    type: 'object',
    properties: Object.fromEntries(cells),
    required: cells.map(([key]) => key),
    additionalProperties: false,
  }
}

/**
 * A name for the rows of a model's file.
 *
 * @param file - Its path or URL.
 * @returns Penguins for penguins.onnx; Row where the file's name gives no identifier.
 */
export function rowNameOf(file: string): string {
  const start = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1
  const base = file.slice(start, start + longestName)
  const ending = base.search(/\.onnx/i)
  const name = ending < 0 ? base : base.slice(0, ending)
  const words = name.split(/[^\p{ID_Continue}]/u)
  const joined = words.map((word) => word.replace(/^./u, (first) => first.toUpperCase())).join('')
  return identifier.test(joined) ? joined : 'Row'
}

/** In characters; no folder has a file with a longer name. */
const longestName = 1000

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

/** A value in code. */
function literal(value: string | number): string {
  const text = typeof value === 'string' ? printableJson(value) : String(value)
  // as most formatters write a text
  return typeof value === 'string' && !/['"]/.test(value) ? `'${text.slice(1, -1)}'` : text
}

/** What a program can know of a column's cells. */
interface Cell {
  readonly type: CellType
  /** All that there are, of names. */
  readonly values?: readonly (string | number)[] | undefined
  /** What a type does not say. */
  readonly says?: string | undefined
  readonly allowsMissing: boolean
}

function cellOf(encoding: Encoding, column: EncodedColumn): Cell {
  const { kind, form = 'YYYY-MM-DD', categories = [] } = column
  const allowsMissing = mayBeMissing(encoding, column)
  const type = typeOfCells(column)
  switch (type) {
    case 'number':
    case 'boolean':
      return { type, allowsMissing }
    case 'integer':
      return { type, allowsMissing, values: kind === 'boolean' ? [0, 1] : undefined }
    case 'epoch':
      return {
        type: 'integer',
        allowsMissing,
        says: `${form === 's' ? 'Seconds' : 'Milliseconds'} since 1970`,
      }
    case 'date':
      return { type: 'string', allowsMissing, says: `A date in the form ${form}` }
    case 'text':
      return { type: 'string', allowsMissing, values: kind === 'text' ? undefined : categories }
  }
}

/** A column that follows from others may also lack where they do. */
function mayBeMissing({ columns, relations = [] }: Encoding, column: EncodedColumn): boolean {
  if (column.gaps) return true
  const sources = column.as === 'derived' ? relations.find((each) => each.column === column.name)?.by : []
  return columns.some(({ name, gaps }) => gaps === true && sources?.includes(name) === true)
}

function schemaOf(encoding: Encoding, column: EncodedColumn): CellSchema {
  const { type, values, says, allowsMissing } = cellOf(encoding, column)
  const format = says === undefined || type !== 'string' ? undefined : formatOf(column)
  return {
    type: allowsMissing ? [type, 'null'] : type,
    ...(says !== undefined && !format && { description: says }),
    ...(values && { enum: allowsMissing ? [...values, null] : values }),
    ...(format && { format }),
    ...(column.kind !== 'boolean' &&
      (type === 'number' || type === 'integer') &&
      numbersOf(encoding, column)),
  }
}

function formatOf({ form = 'YYYY-MM-DD' }: EncodedColumn): 'date' | 'date-time' | undefined {
  if (form === 'YYYY-MM-DD') return 'date'
  return /^YYYY-MM-DDThh:mm:ss(\.sss)?(Z|[+-]\d\d:\d\d)$/.test(form) ? 'date-time' : undefined
}

/** Relations that keep to the range and the grain of their column. */
const keepingRange: readonly string[] = ['determined', 'copy', 'near', 'within']

function numbersOf({ relations = [] }: Encoding, column: EncodedColumn) {
  if (column.as === 'key') return { minimum: column.first ?? 0 }
  const relation = relations.find((each) => each.column === column.name)
  // samples may be beyond a linear range
  const range = column.as === 'linear' ? undefined : rangeOf(column)
  if (!range || (relation && !keepingRange.includes(relation.kind))) return {}
  const unit = column.kind === 'date' ? (epochUnitOf(column.form) ?? 1) : 1
  const inUnits = (end: number) => (Number.isInteger(end) ? Math.floor(end / unit) : end)
  const step = column.kind !== 'date' && hasGrain(column) && column.grain.from === 0 ? column.grain.step : 1
  // 0.07 is no multiple of 0.01 in floating point, so a validator would refuse rows that are right
  const isExact = step !== 1 && Number.isInteger(step * 2 ** 20)
  return { minimum: inUnits(range[0]), maximum: inUnits(range[1]), ...(isExact && { multipleOf: step }) }
}
