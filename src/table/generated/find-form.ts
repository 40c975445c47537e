/** Finds the form of a column's texts: what their pieces have in common. */
import { leastRows } from '../least-rows.ts'
import { Outermost } from '../outermost.ts'
import { lastDigits } from './digits.ts'
import { alternativesOf, type Form, textsOfRound } from './form.ts'
import type { Part } from './part.ts'
import { cuts, mostCounted, PieceStats, piecesOf, shapeOf } from './piece-stats.ts'
import { expectedRoom } from './room.ts'
import { longerNumber } from './widen.ts'

/** Texts of one shape. */
interface Shape {
  count: number
  readonly pieces: readonly PieceStats[]
}

/** A longer text has no form: what is kept of its pieces would take many times its memory. */
const longestFormed = 2000

/** Shapes that are kept of each cut. */
const maxShapes = 500

/** A form has at most so many shapes, each of at least this share of the texts, and together of nearly all. */
const [mostAlternatives, leastShare, leastCovered] = [32, 0.01, 0.9]

/** A unique form should have room for so many times the rows. */
const roomForRows = 10

/** Reads a column's texts one after the other, and keeps only what their shapes have in common. */
export class FormFinder {
  readonly #shapes = Array.from({ length: cuts }, () => new Map<string, Shape>())
  #cells = 0
  /** The numbers of the texts of which only these count. */
  readonly #later = new Outermost()

  /** Adds a text that so many cells have. */
  add(text: string, cells: number): void {
    this.#cells += cells
    if (text.length > longestFormed) return
    for (const [cut, shapes] of this.#shapes.entries()) {
      const pieces = piecesOf(text, cut)
      const name = shapeOf(pieces)
      let shape = shapes.get(name)
      if (!shape) {
        if (shapes.size === maxShapes) continue
        shape = { count: 0, pieces: pieces.map(({ of }) => new PieceStats(of)) }
        shapes.set(name, shape)
      }
      shape.count += cells
      for (const [k, { text }] of pieces.entries()) shape.pieces[k]!.add(text, cells)
    }
  }

  /** Adds a text like those before, of which only the last number counts, so that a counter goes on after it. */
  addLater(text: string): void {
    const number = Number(lastDigits(text))
    // no counter goes on after a longer one
    if (number <= mostCounted) this.#later.add(number)
  }

  /**
   * The form of the texts; undefined if they have none, as names and sentences have none.
   *
   * @param isUnique - Whether no two cells are equal.
   * @param prepare - What is done with the parts of a way before room is made for unique texts.
   */
  form(
    isUnique: boolean,
    cells: number,
    prepare = (parts: readonly Part[]) => parts,
  ): Omit<Form, 'avoided' | 'check'> | undefined {
    const ways = this.#shapes.flatMap((shapes) => this.#frequentIn(shapes) ?? [])
    const [finest, next] = ways
    if (!finest || finest.some(isWordy)) return undefined
    // letters and digits of hashes alternate by chance
    const isByChance = next !== undefined && next.length < finest.length && finest.some(isLoose)
    const shapes = isByChance ? next : finest
    const counters = isUnique ? countersOf(shapes) : undefined
    const counted = [this.#later, ...(counters ?? []).map(({ outermost }) => outermost)]
    const counter = new Outermost().addAll(counted.flatMap(({ largest }) => largest)).next
    const partsOf = (piece: PieceStats): Part[] =>
      counters?.includes(piece) ? [{ counter, width: piece.width }] : piece.parts()
    const alternatives = alternativesOf(
      shapes.map(({ count, pieces }) => ({ count, parts: prepare(joined(pieces.flatMap(partsOf))) })),
    )
    const form: Form = { by: 'form', alternatives, isUnique }
    return isUnique && !counters ? withRoom(form, cells) : form
  }

  /** Ways to build texts like these, of which nothing but the shapes and lengths of three rows or more is kept. */
  plainAlternatives(): Form['alternatives'] {
    // what is neither small nor capital would come out in small Latin letters, which another shape may have
    const isClear = (piece: PieceStats) => piece.of !== 'letters' || piece.foreignLetters !== undefined
    const shapes = mostFrequent(this.#shapes[0]!, ({ pieces }) => pieces.every(isClear))
    const partsOf = (pieces: readonly PieceStats[]) =>
      pieces.flatMap((piece, p) => piece.plainParts(pieces[p - 1]?.of))
    return alternativesOf(shapes.map(({ count, pieces }) => ({ count, parts: joined(partsOf(pieces)) })))
  }

  /** The frequent shapes of a cut, if nearly all texts have one of them. */
  #frequentIn(shapes: ReadonlyMap<string, Shape>): Shape[][] | undefined {
    const frequent = mostFrequent(
      shapes,
      ({ count, pieces }) => count >= leastShare * this.#cells && pieces.every((each) => each.isFirm),
    )
    const covered = frequent.reduce((sum, { count }) => sum + count, 0)
    return covered < leastCovered * this.#cells ? undefined : [frequent]
  }
}

/** The most frequent of the shapes that three rows or more have, and that pass. */
function mostFrequent(shapes: ReadonlyMap<string, Shape>, passes: (shape: Shape) => boolean): Shape[] {
  return [...shapes.values()]
    .filter((shape) => shape.count >= leastRows && passes(shape))
    .toSorted((a, b) => b.count - a.count)
    .slice(0, mostAlternatives)
}

/** Whether texts of a shape have pieces of several lengths. */
function isLoose({ pieces }: Shape): boolean {
  return pieces.some((piece) => !piece.hasOneLength)
}

/** Whether texts of a shape are words rather than codes: they have letters that differ, and no digits, or spaces. */
function isWordy({ pieces }: Shape): boolean {
  const has = (pattern: RegExp) => pieces.some((piece) => piece.of === 'other' && pattern.test(piece.example))
  const differing = pieces.filter((piece) => !piece.choices)
  const isOfWords = differing.some(
    ({ of, meanLength }) =>
      ((of === 'lower' || of === 'letters') && meanLength >= 2) || (of === 'upper' && meanLength >= 5),
  )
  if (!isOfWords) return false
  return has(/\s/) || !(pieces.some((piece) => piece.hasDigits) || has(/[@/._]/))
}

/** The pieces that count the texts, the last number of each shape; undefined if they don't. */
function countersOf(shapes: readonly Shape[]): readonly PieceStats[] | undefined {
  const counters = shapes.flatMap(({ pieces }) => {
    // the last number of an IP address is at most 255
    if (pieces.map(({ of, example }) => (of === 'digits' ? '0' : example)).join('') === '0.0.0.0') return []
    const last = pieces.findLast(({ of }) => of === 'digits')
    return last?.isCounter ? last : []
  })
  return counters.length === shapes.length ? counters : undefined
}

/** Adjacent fixed texts as one. */
function joined(parts: readonly Part[]): Part[] {
  const result: Part[] = []
  for (const part of parts) {
    const last = result.at(-1)
    if (last && 'text' in last && 'text' in part) result[result.length - 1] = { text: last.text + part.text }
    else result.push(part)
  }
  return result
}

/** A unique form with room for many times the rows, where its texts allow that without being of another form. */
function withRoom(form: Form, rows: number): Form {
  return {
    ...form,
    alternatives: form.alternatives.map(({ share, parts }) => {
      const wanted = (roomForRows * rows * share) / textsOfRound
      return { share, parts: expectedRoom(parts) < wanted ? roomier(parts, wanted) : parts }
    }),
  }
}

/**
 * The parts with more texts to tell apart: parts that repeat are each as frequent as the others, so that they tell texts apart too,
 * and the only number of a text has more digits. What has a fixed length, as a postcode or a plate, keeps it.
 */
function roomier(parts: readonly Part[], wanted: number): readonly Part[] {
  let widened: readonly Part[] = parts.map((part) =>
    'choices' in part ? { ...part, weights: part.choices.map(() => 1) } : part,
  )
  const numbers = parts.filter((part) => /\d/.test(digitsIn(part)))
  const k = widened.findLastIndex((part) => 'from' in part)
  if (numbers.length !== 1 || k < 0) return widened
  while (expectedRoom(widened) < wanted) {
    const longer = widened.map((part, at) => (at === k ? longerNumber(part) : part))
    // it has as many digits as a number can have
    if (longer[k] === widened[k]) break
    widened = longer
  }
  return widened
}

function digitsIn(part: Part): string {
  if ('of' in part) return part.of
  if ('text' in part) return part.text
  return 'choices' in part ? part.choices.join('') : '0'
}
