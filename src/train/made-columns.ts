import { InputError } from '../core/errors.ts'
import { gatherColumns } from '../numerics/points.ts'
import { type FakerMaker, isOfAccount, loadFaker, requireMethod } from '../table/generated/faker.ts'
import { kindFor } from '../table/generated/faker-kinds.ts'
import { generatorOf } from '../table/generated/index.ts'
import type { Maker } from '../table/generated/maker.ts'
import type { ColumnChoice } from '../table/inference/choice.ts'
import type { LeftOut } from '../table/inference/infer.ts'
import type { Column, NamedTable } from '../table/table.ts'

/** Texts of a column that are made on trial. */
const trials = 20

/** Faker's methods for names of people, by what they are. */
const nameMethods = {
  firstName: 'person.firstName',
  lastName: 'person.lastName',
  fullName: 'person.fullName',
} as const

/**
 * Prepares the columns whose texts faker makes: which version does, and which names of its row a text agrees with. A column for
 * which there is no faker is left out, unless the caller asked for it.
 *
 * @returns The table, and the columns that were left out. Throws InputError on a method or a language that faker does not have,
 * and on a column that the caller asked for and faker can't make.
 */
export async function prepareMade(
  table: NamedTable,
  { types = {} }: Pick<ColumnChoice, 'types'>,
): Promise<{ table: NamedTable; leftOut: readonly LeftOut[] }> {
  const leftOut: LeftOut[] = []
  const columns: (Column | undefined)[] = []
  for (const column of table.columns) {
    const { name, maker } = column
    if (maker?.by !== 'faker') {
      columns.push(column)
      continue
    }
    try {
      columns.push({ ...column, maker: await completed(maker, name, table.columns) })
    } catch (error) {
      if (!(error instanceof InputError) || Object.hasOwn(types, name)) throw error
      leftOut.push({ name, reason: error.message, kind: null })
      columns.push(undefined)
    }
  }
  if (leftOut.length === 0) return { table: { ...table, columns: columns as Column[] }, leftOut }
  const kept = columns.flatMap((column, d) => (column ? [d] : []))
  if (kept.length === 0)
    throw new InputError(
      `${table.name} has no column left: ${leftOut[0]!.name} is left out, ${leftOut[0]!.reason}`,
      'bad-data',
    )
  return {
    table: { ...table, columns: kept.map((d) => columns[d]!), points: gatherColumns(table.points, kept) },
    leftOut,
  }
}

async function completed(maker: FakerMaker, name: string, columns: readonly Column[]): Promise<Maker> {
  const language = await loadFaker(maker.locale)
  requireMethod(maker.method, language)
  const agrees = namesFor(maker, columns)
  const complete: FakerMaker = { ...maker, version: language.version, ...(agrees && { agrees }) }
  // with few different texts, all may stand in the rows
  const alone = { ...complete, agrees: undefined }
  const generator = await generatorOf([{ name, kind: 'text', maker: alone }])
  for (let index = 0; index < trials; index++) generator!.texts(0, name)(index)
  return complete
}

/** The columns of names, learned or made, that the texts of an account, or a full name, agree with. */
function namesFor({ method }: FakerMaker, columns: readonly Column[]): FakerMaker['agrees'] {
  const isFullName = method === nameMethods.fullName
  if (!isFullName && !isOfAccount(method)) return undefined
  const columnOf = (wanted: string) => columns.find((column) => methodFor(column) === wanted)?.name
  const [firstName, lastName] = [columnOf(nameMethods.firstName), columnOf(nameMethods.lastName)]
  if (firstName !== undefined && lastName !== undefined) return { firstName, lastName }
  if (isFullName) return undefined
  const fullName = columnOf(nameMethods.fullName)
  return fullName === undefined ? undefined : { fullName }
}

/** The method that makes a column's texts, or would, if its names were not learned. */
function methodFor({ name, kind, maker }: Column): string | undefined {
  if (maker) return maker.by === 'faker' ? maker.method : undefined
  return kind === 'category'
    ? kindFor(name, { areEmails: false, haveDigits: false, hasForm: false })
    : undefined
}
