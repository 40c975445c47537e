import { InputError } from '../core/errors.ts'
import { counted, printable } from '../core/format.ts'
import { type FakerMaker, isOfAccount, loadFaker, ofSexes, requireMethod } from '../table/generated/faker.ts'
import { kindFor } from '../table/generated/faker-kinds.ts'
import { hasFirstName } from '../table/generated/first-names.ts'
import { generatorOf } from '../table/generated/index.ts'
import type { Maker } from '../table/generated/maker.ts'
import { capacityOf } from '../table/generated/room.ts'
import { columnOfSexes } from '../table/generated/sexes.ts'
import { statedMaker } from '../table/generated/stated.ts'
import { leastPeople } from '../table/generated/text-summary.ts'
import { longerFormat } from '../table/generated/texts-of-form.ts'
import { wordsOf } from '../table/generated/word-stats.ts'
import type { WordsMaker } from '../table/generated/words.ts'
import type { ColumnChoice } from '../table/inference/choice.ts'
import type { LeftOut } from '../table/inference/decision.ts'
import type { Column, NamedTable, TableColumn } from '../table/table.ts'

/** Texts of a column that are generated on trial. */
const trials = 20

/**
 * Prepares the columns whose texts are generated: which version of faker does, and which names of its row a text agrees with. A column for
 * which there is no faker is left out, unless the caller asked for it.
 *
 * @returns The table, and the columns that were left out. Throws InputError on a method or a language that faker does not have,
 * and on a column that the caller asked for and that can't be generated.
 */
export async function prepareGenerated(
  table: NamedTable,
  { types = {} }: Pick<ColumnChoice, 'types'>,
): Promise<{ table: NamedTable; leftOut: readonly LeftOut[] }> {
  const isStated = (name: string) => Object.hasOwn(types, name) && statedMaker(types[name]!) !== undefined
  const leftOut: LeftOut[] = []
  const columns: TableColumn[] = []
  for (const column of table.columns) {
    const { name, maker } = column
    if (!maker) {
      columns.push(column)
      continue
    }
    try {
      if (maker.by === 'form') await requireTexts(name, maker)
      columns.push({
        ...column,
        maker:
          maker.by === 'faker'
            ? await completed(maker, name, table.columns, isStated(name))
            : maker.by === 'words'
              ? { ...maker, ...wordsOfSexes(column, table.columns) }
              : maker,
      })
    } catch (error) {
      if (!(error instanceof InputError) || Object.hasOwn(types, name)) throw error
      if (maker.by === 'faker') columns.push({ ...column, maker: { ...maker, withoutFaker: true } })
      else leftOut.push({ name, reason: error.message, kind: null })
    }
  }
  const [first] = leftOut
  if (first && columns.length === 0)
    throw new InputError(
      `${table.name} has no column left: ${first.name} is left out, ${first.reason}`,
      'bad-data',
    )
  return { table: { ...table, columns }, leftOut }
}

/** The words of names of people by the sex that another column says; none if their texts are not known. */
function wordsOfSexes(
  { categories, cells }: TableColumn,
  columns: readonly TableColumn[],
): Pick<WordsMaker, 'bySex'> {
  const said = columnOfSexes(columns)
  if (!said || !categories) return {}
  const { column, sexes } = said
  const names = { female: new Map<string, number>(), male: new Map<string, number>() }
  for (const [row, cell] of cells.entries()) {
    const sex = sexes[column.categories![column.cells[row]!] ?? '']
    const text = categories[cell]
    if (sex && text !== undefined) names[sex].set(text, (names[sex].get(text) ?? 0) + 1)
  }
  const all = [...names.female.keys(), ...names.male.keys()]
  if (all.filter(hasFirstName).length < leastPeople * all.length) return {}
  const wordsFor = (counts: ReadonlyMap<string, number>) =>
    wordsOf([...counts], {
      cells: [...counts.values()].reduce((sum, rows) => sum + rows, 0),
      keepsWhole: true,
    })
  const [female, male] = [wordsFor(names.female), wordsFor(names.male)]
  return female && male ? { bySex: { column: column.name, sexes, female, male } } : {}
}

async function completed(
  maker: FakerMaker,
  name: string,
  columns: readonly Column[],
  isStated: boolean,
): Promise<Maker> {
  const language = await loadFaker(maker.locale)
  requireMethod(maker.method, language)
  const complete: FakerMaker = { ...maker, version: language.version, ...agreementOf(maker, columns) }
  // a method that was found gives way to the format of the rows, one that was asked for does not
  if (isStated) await requireTexts(name, { ...complete, agrees: undefined, fallback: undefined })
  return complete
}

/** Throws InputError if a column's texts can't be generated: of few different ones, all may be in the rows. */
async function requireTexts(name: string, maker: Maker): Promise<void> {
  const generator = await generatorOf([{ name, kind: 'text', maker }])
  const count =
    maker.by === 'form' && maker.isUnique ? Math.min(trials, Math.max(1, capacityOf(maker))) : trials
  for (let index = 0; index < count; index++) generator!.texts(0, name)(index)
}

/** Warnings about columns whose stated forms have room for fewer texts than there are rows. */
export function roomWarnings(columns: readonly Column[], count: number): string[] {
  return columns.flatMap(({ name, maker }) => {
    if (maker?.by !== 'form' || !maker.isUnique) return []
    const room = capacityOf(maker)
    if (room >= count) return []
    return [
      `column ${printable(name)}: its format has room for ${counted(room, 'text')} that all differ and are not in the rows, and there are ${counted(count, 'row')}: \`sample\` draws at most ${counted(room, 'row')}, unless you ${longerFormat(name)}`,
    ]
  })
}

/** The columns that a maker's texts agree with: names, and the sex. */
function agreementOf(maker: FakerMaker, columns: readonly Column[]): Pick<FakerMaker, 'agrees' | 'sexes'> {
  const names = namesFor(maker, columns)
  const isOfSex = ofSexes.test(maker.method) || maker.method === 'person.fullName'
  const said = isOfSex ? columnOfSexes(columns) : undefined
  if (said) return { agrees: { ...names, sex: said.column.name }, sexes: said.sexes }
  return names ? { agrees: names } : {}
}

/** The columns of names, learned or generated, that the texts of an account, or a full name, agree with. */
function namesFor({ method }: FakerMaker, columns: readonly Column[]): FakerMaker['agrees'] {
  const isFullName = method === 'person.fullName'
  if (!isFullName && !isOfAccount(method)) return undefined
  const columnOf = (wanted: string) => columns.find((column) => methodFor(column) === wanted)?.name
  const [firstName, lastName] = [columnOf('person.firstName'), columnOf('person.lastName')]
  if (firstName !== undefined && lastName !== undefined) return { firstName, lastName }
  if (isFullName) return undefined
  const fullName = columnOf('person.fullName')
  return fullName === undefined ? undefined : { fullName }
}

/** The method that generates a column's texts, or would, if its names were not learned. */
function methodFor({ name, kind, maker }: Column): string | undefined {
  if (maker) return maker.by === 'faker' ? maker.method : undefined
  return kind === 'category'
    ? kindFor(name, { areEmails: false, haveDigits: false, hasForm: false })
    : undefined
}
