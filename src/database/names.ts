// cspell:ignore firstname lastname
/** What names of tables and columns say about keys and references. */

/** customerId, CUSTOMER_ID and 'customer id' -> ['customer', 'id']. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

/** Irregular plurals that tables are named by. */
const singulars = new Map([
  ...Object.entries({ people: 'person', children: 'child', men: 'man', women: 'woman' }),
  ...['data', 'series', 'status', 'news'].map((word) => [word, word] as const),
])

/** customers -> customer, categories -> category, addresses -> address. */
function singular(word: string): string {
  const irregular = singulars.get(word)
  if (irregular !== undefined) return irregular
  if (/[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`
  if (/(ss|x|z|ch|sh|us)es$/.test(word)) return word.slice(0, -2)
  return /[^su]s$/.test(word) ? word.slice(0, -1) : word
}

/** The words of a table's name for one of its rows: order_items -> ['order', 'item']. */
function wordsOfOne(table: string): string[] {
  return wordsOf(table).map((word, i, all) => (i === all.length - 1 ? singular(word) : word))
}

const wordsIn = (text: string) => text.split(/\s+/)

/** Words that end the name of a column that names a row. */
const keyWords = new Set(wordsIn('id ids key code no nr num number uuid guid fk pk ref sk'))

/** A name of nothing but such words, which says not whose key it is. */
function isPlainKey(name: string): boolean {
  return wordsOf(name).every((word) => keyWords.has(word) || word === 'name')
}

/** Whether a column's name ends as those of keys do. */
function isKeyName(name: string): boolean {
  return keyWords.has(wordsOf(name).at(-1) ?? '')
}

/** Words of columns that refer to a row of their own table. */
const selfWords = new Set(
  wordsIn(`parent manager boss supervisor mentor referrer predecessor previous superior lead leader reports root
  original`),
)

/** How much a column's name suggests that it refers to a table by its key: 0 for not at all. */
export function suggests(column: string, table: string, key: string, isSame: boolean): number {
  const words = wordsOf(column)
  const bare = isKeyName(column) ? words.slice(0, -1) : words
  const target = wordsOfOne(table)
  const keys = wordsOf(key)
  const ends = (all: readonly string[], end: readonly string[]) =>
    end.length > 0 &&
    end.length <= all.length &&
    end.every((word, i) => sameWord(word, all[all.length - end.length + i]!))
  const equals = (a: readonly string[], b: readonly string[]) => a.length === b.length && ends(a, b)
  if (isSame) {
    if (column === key) return 0
    if (words.some((word) => selfWords.has(word))) return 3
    return words.length > keys.length && ends(words, keys) && !isPlainKey(key)
      ? 2
      : ends(bare, target)
        ? 2
        : 0
  }
  if (equals(bare, target)) return 5
  if (equals(words, keys) && !isPlainKey(key)) return 4
  if (equals(words, [...target, ...keys])) return 5
  if (ends(bare, target) || ends(words, [...target, ...keys])) return 3
  // playerID -> People.playerID is above; awarded_playerID -> People.playerID
  if (words.length > keys.length && ends(words, keys) && !isPlainKey(key)) return 2
  // shop_customers, by customer_id
  if (bare.length > 0 && bare.length < target.length && ends(target, bare)) return 2
  return 0
}

function sameWord(a: string, b: string): boolean {
  return a === b || singular(a) === singular(b)
}

/** How much a column's name suggests that it is the key of its own table. */
export function keyScore(column: string, table: string, isFirst: boolean): number {
  const words = wordsOf(column)
  const target = wordsOfOne(table)
  if (words.length === 1 && ['id', 'uuid', 'guid', 'key', 'pk'].includes(words[0]!)) return 5
  const bare = isKeyName(column) ? words.slice(0, -1) : words
  const isOwn = bare.length === target.length && bare.every((word, i) => sameWord(word, target[i]!))
  if (isOwn && isKeyName(column)) return 4
  if (isFirst) return 3
  return isOwn ? 2 : isKeyName(column) ? 1 : 0
}

/** Words of columns by which rows follow each other. */
export const orderWords: readonly string[] = wordsIn(
  'line seq sequence position pos index step year season month week day round version revision',
)

/** Words of columns that number the rows of one parent, in addition to references in a key. */
const partWords = new Set([
  ...orderWords,
  ...wordsIn('item stint rank date time lang language locale type kind part'),
])

/** Whether a column may number the rows of one parent: line_no, stint, yearID. */
export function isPartName(column: string): boolean {
  return isKeyName(column) || wordsOf(column).some((word) => partWords.has(word))
}

/** Words of tables and columns that are about people. */
const personWords = new Set(
  wordsIn(`person customer client user member employee staff patient student teacher player account contact subscriber
  guest passenger driver voter tenant owner author doctor physician nurse applicant candidate citizen resident
  worker buyer seller participant subject child parent email mail phone mobile birth birthday birthdate born
  dob ssn surname firstname lastname fullname username gender sex salary passport iban`),
)

/** Whether a table's or column's name says that it is about people. */
export function namesPerson(name: string): boolean {
  const words = wordsOf(name)
  const text = words.join(' ')
  return (
    words.some((word) => personWords.has(singular(word))) ||
    /\b(first|last|given|family|full) name\b/.test(text)
  )
}
