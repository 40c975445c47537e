/** Words for the sexes, and titles that say one, in several languages: by columns of them, and by titles, first names agree. */
import type { Sex, Sexes } from './sex.ts'

// cSpell:disable
const sexes: Readonly<Record<Sex, string>> = {
  female: 'female f woman women w weiblich frau femme mujer donna mrs miss ms mme',
  male: 'male m man men männlich herr homme hombre uomo mr',
}
// cSpell:enable

const byWord = new Map(
  (Object.keys(sexes) as Sex[]).flatMap((sex) => sexes[sex].split(' ').map((word) => [word, sex] as const)),
)

/** The sex that a cell or a title says, if it does. */
export function sexOf(text: string | undefined): Sex | undefined {
  return text === undefined ? undefined : byWord.get(text.toLowerCase().replace('.', ''))
}

/** The column that says the sex of a row's person, and what its categories say: at least half of them do, of either sex. */
export function columnOfSexes<
  C extends { readonly kind: string; readonly categories?: readonly string[] | undefined },
>(columns: readonly C[]): { readonly column: C; readonly sexes: Sexes } | undefined {
  for (const column of columns) {
    const { kind, categories = [] } = column
    if (kind === 'text' || kind === 'key' || categories.length > most) continue
    const said = categories.map((each) => [each, sexOf(each)] as const).filter(([, sex]) => sex)
    if (new Set(said.map(([, sex]) => sex)).size === 2 && said.length >= categories.length / 2)
      return { column, sexes: Object.fromEntries(said) as Sexes }
  }
  return undefined
}

/** A column of sexes or titles has no more categories. */
const most = 16
