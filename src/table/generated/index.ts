/**
 * Columns whose texts are generated, not learned: keys and texts in a form, and names and words of faker. A card keeps how
 * they are made, and never a cell. A new way to make them is a file and a line here.
 */
import * as v from 'valibot'
import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import type { Column } from '../table.ts'
import { columnDraws } from './draws.ts'
import { installFaker, loadFaker, type TextIn, textsOfFaker } from './faker.ts'
import { textsOfForm } from './form.ts'
import { type Maker, makerSchema } from './maker.ts'

/** The texts of samples: a function of (seed, index, the column's name), and of the columns that a text agrees with. */
export interface Generator {
  /**
   * The texts of a generated column.
   *
   * @param beside - The text of another column in the row of an index, unless that is to be made too.
   * @returns The text of an index.
   */
  texts(seed: number, column: string, beside?: TextIn): (index: number) => string
}

/**
 * Prepares the generated columns of a table.
 *
 * @param columns - The table's columns.
 * @returns What makes their texts; undefined if none is generated.
 * @throws InputError on a maker that a card has and none of ours is, and if a column needs faker, and it is missing or of another
 * version than the one that its card names.
 */
export async function generatorOf(columns: readonly Column[]): Promise<Generator | undefined> {
  const makers = new Map(
    columns.flatMap(({ name, maker }) => (maker ? [[name, checkedMaker(name, maker)] as const] : [])),
  )
  if (makers.size === 0) return undefined
  const languages = new Map<string, Awaited<ReturnType<typeof loadFaker>>>()
  for (const [name, maker] of makers) {
    if (maker.by !== 'faker') continue
    const language = await loadFaker(maker.locale)
    if (maker.version !== undefined && maker.version !== language.version)
      throw new InputError(
        `column ${name} is made by @faker-js/faker ${maker.version}, and ${language.version} is installed, which makes other texts: ${installFaker}@${maker.version}`,
        'not-available',
      )
    languages.set(maker.locale, language)
  }
  /** Those of the last seed. */
  let last: { seed: number; texts: Map<string, (index: number, textIn: TextIn) => string> } | undefined
  const madeBy = (seed: number, column: string) => {
    if (last?.seed !== seed) last = { seed, texts: new Map() }
    const { texts } = last
    const cached = texts.get(column)
    if (cached) return cached
    const maker = makers.get(column)!
    const draws = columnDraws(seed, column)
    const textOf =
      maker.by === 'form'
        ? textsOfForm(maker, draws, column)
        : textsOfFaker(maker, languages.get(maker.locale)!, draws, column)
    texts.set(column, textOf)
    return textOf
  }
  return {
    texts(seed, column, beside = () => undefined) {
      const textIn: TextIn = (name, index) =>
        beside(name, index) ?? (makers.has(name) ? madeBy(seed, name)(index, textIn) : undefined)
      const textOf = madeBy(seed, column)
      return (index) => textOf(index, textIn)
    },
  }
}

/** The same maker, which may be of a file. Throws InputError on one of another form. */
function checkedMaker(name: string, maker: Maker): Maker {
  const { issues } = v.safeParse(makerSchema, maker)
  if (!issues) return maker
  const [issue] = issues
  throw new InputError(
    `column ${printable(name)}: how its texts are made, ${v.getDotPath(issue) ?? 'by'}: ${issue.message.replaceAll('"', "'")}: train the model anew`,
    'bad-model',
  )
}
