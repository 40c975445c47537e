/**
 * Columns whose texts are generated, not learned: keys and texts in a form, and names and words of faker. A card keeps how
 * they are made, and never a cell. A new way to make them is a file and a line here.
 */
import * as v from 'valibot'
import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import type { Column } from '../table.ts'
import { type ColumnDraws, columnDraws } from './draws.ts'
import { type FakerMaker, installFaker, loadFaker, type TextIn, textsOfFaker } from './faker.ts'
import { canDoWithout, formWithout, textsWithout } from './fallback.ts'
import type { Form } from './form.ts'
import { type Maker, makerSchema } from './maker.ts'
import { capacityOf } from './room.ts'
import { refusalOf, textsOfForm } from './texts-of-form.ts'
import { textsBySex } from './texts-of-words.ts'

/** The texts of samples: a function of (seed, index, the column's name), and of the columns that a text agrees with. */
export interface Generator {
  /** Whether columns that faker makes have their format instead; undefined if there are none. */
  readonly isWithoutFaker: boolean | undefined
  /** The columns that can't be made without faker: samples have none of them. */
  readonly leftOut: ReadonlySet<string>
  /** The texts of a generated column by index, given those of other columns, unless these are to be made too. */
  texts(seed: number, column: string, beside?: TextIn): (index: number) => string
  /** The column with room for the fewest texts that all differ, of those that are wanted; undefined if no column has an end. */
  leastRoom(isWanted?: (column: string) => boolean): { column: string; texts: number } | undefined
}

/** How the texts of a column are made for a seed. */
interface Making {
  /** The form that the texts have, if they are made by one. */
  readonly form?: Form | undefined
  texts(draws: ColumnDraws): (index: number, textIn: TextIn) => string
}

/**
 * What makes the texts of a table's generated columns, of which those that faker makes get the format of their texts with
 * `withoutFaker`; undefined if none is generated. Throws InputError on a maker that a card has and none of ours is, and if a column
 * needs faker, and it is missing or of another version than the one that its card names.
 */
export async function generatorOf(
  columns: readonly Column[],
  { withoutFaker = false }: { readonly withoutFaker?: boolean | undefined } = {},
): Promise<Generator | undefined> {
  const makings = new Map<string, Making>()
  const leftOut = new Set<string>()
  for (const { name, maker } of columns) {
    if (!maker) continue
    requireMaker(name, maker)
    if (maker.by === 'form')
      makings.set(name, { form: maker, texts: (draws) => textsOfForm(maker, draws, name) })
    else if (maker.by === 'words') makings.set(name, { texts: (draws) => textsBySex(maker, draws) })
    else if (!withoutFaker && !maker.withoutFaker) makings.set(name, await byFaker(name, maker))
    else if (canDoWithout(maker)) makings.set(name, byFallback(name, maker))
    else leftOut.add(name)
  }
  if (makings.size + leftOut.size === 0) return undefined
  /** Those of the last seed. */
  let last: { seed: number; texts: Map<string, ReturnType<Making['texts']>> } | undefined
  const madeBy = (seed: number, column: string) => {
    if (last?.seed !== seed) last = { seed, texts: new Map() }
    const textOf = last.texts.get(column) ?? makings.get(column)!.texts(columnDraws(seed, column))
    last.texts.set(column, textOf)
    return textOf
  }
  const needsFaker = columns.some(({ maker }) => maker?.by === 'faker' && !maker.withoutFaker)
  return {
    isWithoutFaker: needsFaker ? withoutFaker : undefined,
    leftOut,
    texts(seed, column, beside = () => undefined) {
      const textIn: TextIn = (name, index) =>
        beside(name, index) ?? (makings.has(name) ? madeBy(seed, name)(index, textIn) : undefined)
      const textOf = madeBy(seed, column)
      return (index) => textOf(index, textIn)
    },
    leastRoom(isWanted = () => true) {
      const rooms = [...makings].flatMap(([column, { form }]) =>
        form?.isUnique && isWanted(column) ? [{ column, texts: capacityOf(form) }] : [],
      )
      return rooms.toSorted((a, b) => a.texts - b.texts).find(({ texts }) => Number.isFinite(texts))
    },
  }
}

/** Throws InputError if faker is missing, or of another version. */
async function byFaker(name: string, maker: FakerMaker): Promise<Making> {
  const language = await loadFaker(maker.locale).catch((error) => {
    if (!(error instanceof InputError) || error.code !== 'not-available') throw error
    throw missing(name, 'which is not installed', maker.version)
  })
  if (maker.version !== undefined && maker.version !== language.version)
    throw missing(name, `and ${language.version} is installed, which makes other texts`, maker.version)
  const form = formWithout(maker)
  // it stands in for single texts: that they differ is not promised
  const standIn = form && { ...form, isUnique: false }
  return {
    texts: (draws) => textsOfFaker(maker, language, draws, name, textsWithout(maker, standIn, draws, name)),
  }
}

function missing(name: string, problem: string, version: string | undefined): InputError {
  const [wanted, exact] = version === undefined ? ['', ''] : [` ${version}`, `@${version}`]
  return new InputError(
    `column ${printable(name)} is made by @faker-js/faker${wanted}, ${problem}: ${installFaker}${exact}, or use \`withoutFaker\` for texts in the format of the rows`,
    'not-available',
  )
}

function byFallback(name: string, maker: FakerMaker): Making {
  const form = formWithout(maker)
  return {
    form,
    texts(draws) {
      const textOf = textsWithout(maker, form, draws, name)
      return (index) => {
        const text = textOf(index)
        if (text === undefined) throw refusalOf(name, 0)
        return text
      }
    },
  }
}

/** Throws InputError on a maker, which may be of a file, of another form. */
function requireMaker(name: string, maker: Maker): void {
  const { issues } = v.safeParse(makerSchema, maker)
  if (!issues) return
  const [issue] = issues
  throw new InputError(
    `column ${printable(name)}: how its texts are made, ${v.getDotPath(issue) ?? 'by'}: ${issue.message.replaceAll('"', "'")}: train the model anew`,
    'bad-model',
  )
}
