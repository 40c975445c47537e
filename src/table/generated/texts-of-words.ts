/** Makes names of things from words that rows share, in their patterns. */
import { mayBeMade } from './avoid.ts'
import type { ColumnDraws } from './draws.ts'
import type { TextIn } from './faker.ts'
import { order, wordsOfLetters } from './letters.ts'
import { chosen } from './text-of-parts.ts'
import { hasDigits, inShape } from './word-shapes.ts'
import {
  type CountedWords,
  type Following,
  rowsOfStretch,
  type WordSlot,
  type Words,
  type WordsMaker,
} from './words.ts'

/**
 * Texts of shared words are tried so often; then one of their words is made anew, of letters that follow ever fewer others, and at last
 * they end in a number.
 */
const [attemptsOfShared, attemptsOfMade] = [48, 240]

/** So many attempts in all. */
const mostAttempts = 1024

/** Makes the text of an index. */
export function textsOfWords(
  words: Words,
  { isNumbered = false, avoided }: Partial<Pick<WordsMaker, 'isNumbered' | 'avoided'>>,
  draws: ColumnDraws,
): (index: number) => string {
  const isFree = mayBeMade(avoided)
  const make = textOfWords(words)
  const { list, whole: { counts, others } = { counts: [], others: 0 }, repeats = 0 } = words
  const known = new Set(list.slice(list.length - counts.length))
  const ofWhole = { choices: [...known, undefined], weights: [...counts, others] }
  const textAt = (index: number, made: string[] = [], taken = known) => {
    const number = isNumbered ? ` ${index}` : ''
    const ofRow = draws.uniforms(index, 0)
    const shared = chosen(ofWhole, ofRow())
    if (shared !== undefined) return `${shared}${number}`
    if (ofRow() < repeats && made.length > 0) return made.splice(Math.floor(ofRow() * made.length), 1)[0]!
    for (let attempt = 0; ; attempt++) {
      const uniform = draws.uniforms(index, attempt + 1)
      const text = make(uniform, Math.min(3, Math.floor(attempt / attemptsOfShared)))
      const further = attempt < attemptsOfMade ? '' : ` ${Math.floor(uniform() * 10 * 2 ** (attempt / 100))}`
      const all = `${text}${number}${further}`
      if ((!isFree(all) || taken.has(all)) && attempt < mostAttempts) continue
      made.push(all)
      taken.add(all)
      return all
    }
  }
  if (isNumbered) return (index) => textAt(index, [], new Set(known))
  let last = -1
  let made: string[] = []
  let taken = known
  let inOrder: string[] = []
  return (index) => {
    const stretch = Math.floor(index / rowsOfStretch)
    if (stretch !== last) [last, made, taken, inOrder] = [stretch, [], new Set(known), []]
    const place = index % rowsOfStretch
    while (inOrder.length <= place)
      inOrder.push(textAt(stretch * rowsOfStretch + inOrder.length, made, taken))
    return inOrder[place]!
  }
}

/** The same, with the words of the sex that another column of the row says. */
export function textsBySex(maker: WordsMaker, draws: ColumnDraws): (index: number, textIn: TextIn) => string {
  const { words, bySex } = maker
  const textOf = textsOfWords(words, maker, draws)
  if (!bySex) return textOf
  const bySexes = {
    female: textsOfWords(bySex.female, maker, draws),
    male: textsOfWords(bySex.male, maker, draws),
  }
  return (index, textIn) => {
    const sex = bySex.sexes[textIn(bySex.column, index) ?? '']
    return (sex ? bySexes[sex] : textOf)(index)
  }
}

/** Makes a text of uniform numbers in [0, 1); with `fewer` letters that others follow, the last of its words that may be made is. */
function textOfWords(words: Words): (uniform: () => number, fewer: number) => string {
  const { list, slots, patterns, follows } = words
  const ofLetters = wordsOfLetters(words)
  const ofPatterns = { choices: patterns, weights: patterns.map(({ count }) => count) }
  const following = new Map(follows.map((each) => [`${each.after} ${each.slot}`, each]))
  const rare = (slot: WordSlot, uniform: () => number, fewer: number) =>
    hasDigits(slot.shape)
      ? withDigits(slot, uniform)
      : inShape(ofLetters(uniform, order - Math.max(0, fewer - 1)), slot.shape)
  return (uniform, fewer) => {
    const pattern = chosen(ofPatterns, uniform())!.slots
    const renewed =
      fewer > 0 ? pattern.findLastIndex((k) => slots[k]!.others > 0 || slots[k]!.shape.length > 1) : -1
    let before: number | string = ''
    let text = slots[pattern[0]!]!.before.slice(1)
    for (const [at, k] of pattern.entries()) {
      const slot: WordSlot = slots[k]!
      const known: number | undefined = typeof before === 'number' ? before : undefined
      const next: Following | undefined = known === undefined ? undefined : following.get(`${known} ${k}`)
      const isTitled: boolean = next?.isTitled === true
      const ofNext: number | undefined = next && drawn(next, uniform())
      const shared: number | undefined =
        at === renewed ? undefined : (ofNext ?? (isTitled ? undefined : drawn(slot, uniform())))
      before = shared ?? rare(slot, uniform, at === renewed ? fewer : Number(isTitled))
      text += `${typeof before === 'number' ? list[before] : before}${slot.after}`
    }
    return text.slice(0, -1)
  }
}

/** A place by the counts; undefined if it is one of the others. */
function drawn({ words, counts, others }: CountedWords, uniform: number): number | undefined {
  return chosen({ choices: [...words, undefined], weights: [...counts, others] }, uniform)
}

/** A number of the slot's range, or characters of the shape's kinds. */
function withDigits({ shape, range }: WordSlot, uniform: () => number): string {
  if (range) {
    const [least, most] = range
    return String(least + Math.floor(uniform() * (most - least + 1))).padStart(shape.length, '0')
  }
  // 0, A and a are the first of their kind
  return shape.replace(/./g, (kind) =>
    String.fromCharCode(kind.charCodeAt(0) + Math.floor(uniform() * (kind === '0' ? 10 : 26))),
  )
}
