/** The search for values of single rows in the bytes of files. */

/** A value of one or two rows, in all the ways in which a file could have it. */
export interface SingleValue {
  readonly column: string
  readonly kind: 'number' | 'whole number' | 'date' | 'time' | 'name' | 'text'
  /** As the table has it. */
  readonly value: string | number
  readonly numbers: readonly number[]
  readonly texts: readonly string[]
}

/** A file to search; `json` is what it holds as JSON, to say where. */
export interface SearchedFile {
  readonly name: string
  readonly bytes: Uint8Array
  readonly json?: unknown
}

interface Found {
  readonly value: SingleValue
  readonly file: string
  /** Where: in the JSON, or at which byte and as what. */
  readonly place: string
}

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 48 && byte <= 57
const isLetter = (byte: number | undefined) => byte !== undefined && (byte | 32) >= 97 && (byte | 32) <= 122

/** Texts by their first four bytes. */
interface Pattern {
  readonly bytes: Uint8Array
  readonly value: SingleValue
  readonly isNumber: boolean
}

/**
 * Returns a function that finds values in a file: float64 and int64 at every byte, numbers as they are written where no digit goes on, texts.
 */
function searchFor(values: readonly SingleValue[]) {
  const encoder = new TextEncoder()
  const patterns = new Map<number, Pattern[]>()
  const numbers = new Map<number, SingleValue>()
  // smaller whole numbers are in every file, as those of nodes and sizes
  const isTelling = (x: number) => !Number.isInteger(x) || Math.abs(x) >= 1e6
  const firstOf = (bytes: Uint8Array, at: number) =>
    bytes[at]! + 256 * (bytes[at + 1]! + 256 * (bytes[at + 2]! + 256 * bytes[at + 3]!))
  for (const value of values) {
    for (const each of value.numbers) numbers.set(each, value)
    for (const text of new Set([...value.texts, ...value.numbers.map(String)])) {
      const bytes = encoder.encode(text)
      if (bytes.length < 4) throw new Error(`${text} is too short to be looked for`)
      const key = firstOf(bytes, 0)
      const isNumber = value.numbers.length > 0
      patterns.set(key, [...(patterns.get(key) ?? []), { bytes, value, isNumber }])
    }
  }

  const binary = new Map([...numbers].filter(([x, { kind }]) => kind === 'date' || isTelling(x)))

  /** Whether nothing goes on before or after a number; short ones may be in the middle of hexadecimal digits by chance. */
  function isAlone(bytes: Uint8Array, from: number, to: number): boolean {
    const isPart = (byte: number | undefined) => isDigit(byte) || (to - from < 8 && isLetter(byte))
    const [before, after] = [bytes[from - 1], bytes[to]]
    // the digits of a fraction are no whole number
    if (isPart(before) || isPart(after) || (before === 46 && isDigit(bytes[from - 2]))) return false
    return !(after === 46 && isDigit(bytes[to + 1]))
  }

  function textsIn(bytes: Uint8Array): { value: SingleValue; at: number }[] {
    const found: { value: SingleValue; at: number }[] = []
    for (let at = 0; at + 4 <= bytes.length; at++)
      for (const { bytes: wanted, value, isNumber } of patterns.get(firstOf(bytes, at)) ?? []) {
        if (!wanted.every((byte, k) => bytes[at + k] === byte)) continue
        if (!isNumber || isAlone(bytes, at, at + wanted.length)) found.push({ value, at })
      }
    return found
  }

  function placesIn(json: unknown, path: string, found: Map<SingleValue, string>): void {
    if (json !== null && typeof json === 'object') {
      const isList = Array.isArray(json)
      for (const [key, each] of Object.entries(json)) {
        const place = isList ? `${path}[${key}]` : `${path}.${key}`
        for (const { value } of textsIn(encoder.encode(key)))
          if (!found.has(value)) found.set(value, `${place}, in the key`)
        placesIn(each, place, found)
      }
      return
    }
    const ofNumber = typeof json === 'number' ? numbers.get(json) : undefined
    const all = [
      ...(ofNumber ? [ofNumber] : []),
      ...textsIn(encoder.encode(String(json))).map(({ value }) => value),
    ]
    for (const value of all) if (!found.has(value)) found.set(value, path)
  }

  return ({ name, bytes, json }: SearchedFile): Found[] => {
    const found = new Map<SingleValue, string>()
    const add = (value: SingleValue | undefined, at: number, as: string) => {
      if (value && !found.has(value)) found.set(value, `byte ${at}, as ${as}`)
    }
    for (const { value, at } of textsIn(bytes)) add(value, at, 'text')
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    for (let at = 0; at + 8 <= bytes.length; at++) {
      add(binary.get(view.getFloat64(at, true)), at, 'float64')
      const whole = view.getUint32(at, true) + 2 ** 32 * view.getInt32(at + 4, true)
      add(binary.get(whole), at, 'int64')
    }
    const places = new Map<SingleValue, string>()
    if (found.size > 0 && json !== undefined) placesIn(json, 'json', places)
    return [...found].map(([value, place]) => ({ value, file: name, place: places.get(value) ?? place }))
  }
}

/** How many of the values are in a file as float32, at any byte; some are by chance. */
function countSingles({ bytes }: SearchedFile, values: readonly SingleValue[]): number {
  const wanted = new Map<number, SingleValue>()
  for (const value of values) for (const each of value.numbers) wanted.set(Math.fround(each), value)
  const found = new Set<SingleValue>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at + 4 <= bytes.length; at++) {
    const value = wanted.get(view.getFloat32(at, true))
    if (value) found.add(value)
  }
  return found.size
}

/** Whether so many values are found, of as many controls these, by chance: three standard deviations. */
const areByChance = (found: number, controls: number) => found - controls <= 3 * Math.sqrt(found + controls)

/** The first and the last value of each column. */
function endsIn(values: readonly SingleValue[]): Set<SingleValue> {
  const columns = new Map<string, SingleValue[]>()
  for (const value of values) columns.set(value.column, [...(columns.get(value.column) ?? []), value])
  const rising = [...columns.values()].map((all) =>
    all.toSorted((a, b) => (a.numbers[0] ?? 0) - (b.numbers[0] ?? 0)),
  )
  return new Set(rising.flatMap((all) => [all[0]!, all.at(-1)!]))
}

/**
 * The values that files give away, in lines that say where. A day of the calendar may be in a file by chance, as it is one of so many, but not
 * the first or the last; so may a float32: there are more of them than of control values only if they are of the rows.
 *
 * @param controls - Values of the same distributions that are not in the table.
 */
export function leaksIn(
  files: readonly SearchedFile[],
  values: readonly SingleValue[],
  controls: readonly SingleValue[],
): string[] {
  const [found, ofControls] = [values, controls].map((each) => files.flatMap(searchFor(each)))
  const daysIn = (each: readonly Found[]) =>
    new Set(each.flatMap(({ value }) => (value.kind === 'date' ? [value] : [])))
  const days = [daysIn(found!).size, daysIn(ofControls!).size] as const
  const ends = endsIn(values)
  const leaks = found!.filter(
    ({ value }) => value.kind !== 'date' || ends.has(value) || !areByChance(...days),
  )
  const singles = files.flatMap((file) => {
    const counts = [countSingles(file, values), countSingles(file, controls)] as const
    return areByChance(...counts)
      ? []
      : [`${file.name} has ${counts[0]} values as float32, and ${counts[1]} controls`]
  })
  return [...describeFound(leaks, values), ...singles]
}

/** What was found, by column, with examples of places. */
function describeFound(found: readonly Found[], values: readonly SingleValue[]): string[] {
  const columns = [...new Set(found.map(({ value }) => value.column))]
  return columns.flatMap((column) => {
    const ofColumn = found.filter(({ value }) => value.column === column)
    const all = values.filter((each) => each.column === column).length
    const different = new Set(ofColumn.map(({ value }) => value)).size
    const places = new Map<string, Found>()
    for (const each of ofColumn) {
      const key = `${each.file}: ${each.place.replace(/\d+/g, '#')}`
      if (!places.has(key)) places.set(key, each)
    }
    const examples = [...places.values()].slice(0, 8)
    return [
      `${column} (${ofColumn[0]!.value.kind}): ${different} of ${all} values of single rows`,
      ...examples.map(({ value, file, place }) => `  ${value.value} in ${file}: ${place}`),
    ]
  })
}
