/** Makes names of things from words that rows share, in their patterns. */
import { mayBeMade } from './avoid.ts'
import type { ColumnDraws } from './draws.ts'
import { order, wordOfLetters } from './letters.ts'
import { hasDigits, inShape } from './word-shapes.ts'
import type { CountedWords, WordSlot, Words, WordsMaker } from './words.ts'

/**
 * Texts of shared words are tried so often; then one of their words is made anew, of letters that follow ever fewer others, and at last
 * they end in a number.
 */
const [attemptsOfShared, attemptsOfMade] = [48, 240]

/** So many attempts in all. */
const mostAttempts = 1024

/** Of texts that are to differ, those of so many rows in turn do: each can be made without the rows before these. */
const rowsOfStretch = 1024

/** A rare word is one of those that few rows share, rather than one that is made, with this chance, if there are so many of them. */
const [shareOfShared, fewShared, fewRows] = [0.4, 20, 10]

/** Makes the text of an index. */
export function textsOfWords(
  words: Words,
  {
    differ = false,
    isNumbered = false,
    avoided,
  }: Partial<Pick<WordsMaker, 'differ' | 'isNumbered' | 'avoided'>>,
  draws: ColumnDraws,
): (index: number) => string {
  const isFree = mayBeMade(avoided)
  const make = textOfWords(words)
  const textAt = (index: number, taken?: ReadonlySet<string>) => {
    for (let attempt = 0; ; attempt++) {
      const uniform = draws.uniforms(index, attempt)
      const text = make(uniform, Math.min(3, Math.floor(attempt / attemptsOfShared)))
      const number = isNumbered ? ` ${index}` : ''
      const further = attempt < attemptsOfMade ? '' : ` ${Math.floor(uniform() * 10 * 2 ** (attempt / 100))}`
      const whole = `${text}${number}${further}`
      if ((isFree(whole) && !taken?.has(whole)) || attempt === mostAttempts) return whole
    }
  }
  if (!differ || isNumbered) return (index) => textAt(index)
  let [last, texts] = [-1, new Set<string>()]
  let inOrder: string[] = []
  return (index) => {
    const stretch = Math.floor(index / rowsOfStretch)
    if (stretch !== last) [last, texts, inOrder] = [stretch, new Set(), []]
    const place = index % rowsOfStretch
    while (inOrder.length <= place) {
      const text = textAt(stretch * rowsOfStretch + inOrder.length, texts)
      texts.add(text)
      inOrder.push(text)
    }
    return inOrder[place]!
  }
}

/** Makes a text of uniform numbers in [0, 1); with `fewer` letters that others follow, the last of its words that may be made is. */
function textOfWords(words: Words): (uniform: () => number, fewer: number) => string {
  const { list, slots, patterns, follows } = words
  const following = new Map(follows.map((each) => [`${each.after} ${each.slot}`, each]))
  const ofShape = new Map<string, CountedWords>()
  for (const { shape } of slots) if (!ofShape.has(shape)) ofShape.set(shape, together(slots, shape))
  const rare = (slot: WordSlot, uniform: () => number, fewer: number): number | string => {
    const { shape } = slot
    if (hasDigits(shape)) return withDigits(slot, uniform)
    const shared = ofShape.get(shape)!
    if (fewer === 0 && shared.words.length >= fewShared && uniform() < shareOfShared)
      return drawn(shared, uniform())!
    return inShape(wordOfLetters(words, uniform, order - Math.max(0, fewer - 1)), shape)
  }
  return (uniform, fewer) => {
    const counts = patterns.map(({ count }) => count)
    const pattern = patterns[drawn({ words: [...counts.keys()], counts, others: 0 }, uniform())!]!.slots
    const renewed =
      fewer > 0 ? pattern.findLastIndex((k) => slots[k]!.others > 0 || slots[k]!.shape.length > 1) : -1
    let before: number | string = ''
    let text = slots[pattern[0]!]!.before.slice(1)
    for (const [at, k] of pattern.entries()) {
      const slot: WordSlot = slots[k]!
      const next: CountedWords | undefined =
        typeof before === 'number' ? following.get(`${before} ${k}`) : undefined
      const shared: number | undefined =
        at === renewed ? undefined : ((next && drawn(next, uniform())) ?? drawn(slot, uniform()))
      before = shared ?? rare(slot, uniform, at === renewed ? fewer : 0)
      text += `${typeof before === 'number' ? list[before] : before}${slot.after}`
    }
    return text.slice(0, -1)
  }
}

/** A place by the counts; undefined if it is one of the others. */
function drawn({ words, counts, others }: CountedWords, uniform: number): number | undefined {
  let left = uniform * counts.reduce((sum, count) => sum + count, others)
  for (const [k, count] of counts.entries()) {
    left -= count
    if (left < 0) return words[k]
  }
  return others > 0 ? undefined : words.at(-1)
}

/** The words of a shape that few rows have, in whatever slot: a frequent one that is not in a slot does not belong there. */
function together(slots: readonly WordSlot[], shape: string): CountedWords {
  const counts = new Map<number, number>()
  for (const slot of slots)
    if (slot.shape === shape)
      for (const [k, word] of slot.words.entries())
        counts.set(word, (counts.get(word) ?? 0) + slot.counts[k]!)
  const words = [...counts].flatMap(([word, count]) => (count <= fewRows ? [word] : []))
  return { words, counts: words.map(() => 1), others: 0 }
}

/** A number of the slot's range, or characters of the shape's kinds. */
function withDigits({ shape, range }: WordSlot, uniform: () => number): string {
  if (range) {
    const [least, most] = range
    return String(least + Math.floor(uniform() * (most - least + 1))).padStart(shape.length, '0')
  }
  // the codes of 0, A and a, and how many follow
  return shape.replace(/./g, (kind) => {
    const [first, count] = kind === '0' ? [48, 10] : [kind === 'A' ? 65 : 97, 26]
    return String.fromCharCode(first + Math.floor(uniform() * count))
  })
}
