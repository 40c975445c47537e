import type { ColumnChoice, LeftOut } from 'moonstep/web'
import type { Schema } from 'moonstep/web/databases'

/** What a run of several tables has in addition to its notes. */
export interface TablesNotes {
  /** The files' names, in their order; the storage has them by their numbers. */
  readonly files: readonly string[]
  readonly schema: Schema
}

/** Notes on a run next to its own files. They stay in the browser, so they may have a time. */
export interface RunNotes {
  /** The user's name of the run. */
  readonly name: string
  readonly file: string
  readonly rows: number
  readonly columns: number
  /** When it was begun, in milliseconds since 1970. */
  readonly begun: number
  /** SHA-256 of the file. */
  readonly digest?: string
  readonly choice: ColumnChoice
  readonly leftOut: readonly LeftOut[]
  /** Rules that every row meets; absent if there are none. */
  readonly rules?: readonly string[]
  /** Names with fewer rows are merged into one; absent if none are. */
  readonly minCategory?: number
  /** The run's initial number of steps, then the number after each extension. */
  readonly steps: readonly number[]
  readonly isDone: boolean
  /** Of several tables. */
  readonly tables?: TablesNotes
}

/**
 * The notes of a run in the storage, which may be damaged, or of another version of the page; undefined if they are not as the page
 * writes them. Notes of the page's first version lack what the list shows: `begun` stands for the time.
 */
export function notesIn(text: string, begun: number): RunNotes | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(json)) return undefined
  const notes = { name: json.file, rows: 0, columns: 0, begun, ...json }
  return areNotes(notes) ? notes : undefined
}

type Test = (value: unknown) => boolean

const areNotes = (value: unknown): value is RunNotes => hasForm(value, form)

const isText: Test = (value) => typeof value === 'string'
const isCount: Test = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test)
const maybe =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value)
const objectOf =
  (tests: Readonly<Record<string, Test>>): Test =>
  (value) =>
    hasForm(value, tests)

function hasForm(value: unknown, tests: Readonly<Record<string, Test>>): boolean {
  return isObject(value) && Object.entries(tests).every(([key, test]) => test(value[key]))
}

const form: Readonly<Record<keyof RunNotes, Test>> = {
  name: isText,
  file: isText,
  rows: isCount,
  columns: isCount,
  begun: (value) => Number.isFinite(value),
  digest: maybe(isText),
  choice: objectOf({
    types: maybe((types) => isObject(types) && Object.values(types).every(isText)),
    columns: maybe(listOf(isText)),
  }),
  leftOut: listOf(objectOf({ name: isText, reason: isText })),
  rules: maybe(listOf(isText)),
  minCategory: maybe(isCount),
  steps: listOf(isCount),
  isDone: (value) => typeof value === 'boolean',
  tables: maybe(objectOf({ files: listOf(isText), schema: objectOf({ tables: isObject }) })),
}
