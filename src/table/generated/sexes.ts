/** Words for the sexes, and titles that say one, in several languages: by columns of them, and by titles, first names agree. */
export type Sex = 'female' | 'male'

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

/** The column that says the sex of a row's person: at least half of its categories do, of either sex. */
export function columnOfSexes<
  C extends { readonly kind: string; readonly categories?: readonly string[] | undefined },
>(columns: readonly C[]): C | undefined {
  return columns.find(({ kind, categories = [] }) => {
    if (kind === 'text' || kind === 'key' || categories.length > most) return false
    const said = categories.flatMap((each) => sexOf(each) ?? [])
    return new Set(said).size === 2 && said.length >= categories.length / 2
  })
}

/** A column of sexes or titles has no more categories. */
const most = 16
