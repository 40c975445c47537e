import type { Column } from 'moonstep/web'

/** The languages of names and words, by faker's names of them. All that src/table/generated finds in a file are among them. */
export const languages: Readonly<Record<string, string>> = {
  en: 'English',
  ar: 'Arabic',
  zh_CN: 'Chinese',
  cs_CZ: 'Czech',
  nl: 'Dutch',
  fr: 'French',
  de: 'German',
  el: 'Greek',
  he: 'Hebrew',
  it: 'Italian',
  ja: 'Japanese',
  ko: 'Korean',
  pl: 'Polish',
  pt_BR: 'Portuguese (Brazil)',
  ru: 'Russian',
  es: 'Spanish',
  sv: 'Swedish',
  tr: 'Turkish',
  uk: 'Ukrainian',
}

/** The language of a table's names and words: that of most columns that are generated from them. */
export function languageOf(columns: readonly { readonly column: Column }[]): string {
  const locales = columns.flatMap(({ column: { maker } }) => (maker?.by === 'faker' ? [maker.locale] : []))
  const count = (locale: string) => locales.filter((each) => each === locale).length
  return locales.toSorted((a, b) => count(b) - count(a))[0] ?? 'en'
}
