import { InputError } from '../../core/errors.ts'
import { counted, printable } from '../../core/format.ts'
import { mayBeMade } from './avoid.ts'
import type { ColumnDraws } from './draws.ts'
import { type Form, textsOfRound } from './form.ts'
import { permutation } from './permutation.ts'
import { capacityOf, suppliesOf } from './room.ts'
import { textOfParts } from './text-of-parts.ts'

/** With a thirtieth of the texts that are drawn free, one in 10^15 finds none. */
const mostAttempts = 1024

/** Rounds of texts that are numbered from 2 on; the numbers of further ones are found without counting those before. */
const mostCounted = 1000

/**
 * Makes the text of an index, in a form: unique ones by construction, since the parts that differ are a permutation of the index.
 * Throws InputError where the form has no room for so many.
 */
export function textsOfForm(form: Form, draws: ColumnDraws, name: string): (index: number) => string {
  const { alternatives, isUnique, isStated, check, avoided } = form
  const isFree = mayBeMade(avoided)
  const ways = alternatives.map(({ share, parts }, k) => {
    const { room, ranksOfText, ranks } = suppliesOf(form)[k]!
    const placed = permutation(room, draws.key)
    const rankAt = (place: number) => (ranks ? ranks[placed(place)]! : placed(place))
    return { share, room, ranksOfText, rankAt, textOf: textOfParts(parts, check) }
  })
  const slots = ways.flatMap((way) => Array.from({ length: way.share }, (_, k) => ({ way, k })))
  const [a, b] = draws.key
  const refuse = (): never => {
    throw refusalOf(name, isUnique && isStated ? capacityOf(form) : 0)
  }
  return (index) => {
    // each turn of the slots takes them in an order of its own
    const turn = Math.floor(index / textsOfRound)
    const order = permutation(textsOfRound, [a ^ (turn >>> 0), b ^ Math.floor(turn / 2 ** 32)])
    const { way, k } = slots[order(index % textsOfRound)]!
    const wanted = ways.length === 1 ? index : way.share * turn + k
    const { ranksOfText } = way
    const room = isUnique ? Math.floor(way.room / ranksOfText) : Number.POSITIVE_INFINITY
    if (wanted >= room && (isStated || room === 0)) refuse()
    const round = wanted < room ? 0 : Math.floor(wanted / room)
    const place = wanted - round * (round > 0 ? room : 0)
    for (let attempt = 0; attempt < (avoided ? mostAttempts : 1); attempt++) {
      const uniform = draws.uniforms(index, attempt)
      const rank = isUnique ? way.rankAt(place * ranksOfText + (attempt % ranksOfText)) : undefined
      const text = way.textOf({ rank, index, uniform })
      // the texts of a form that is found begin anew where they end, with a number
      if (round > 0) return numbered(text, round, isFree) ?? refuse()
      if (isFree(text)) return text
    }
    return refuse()
  }
}

/** A text with the number of a round of texts, the first of which has none: among those that are free. */
function numbered(text: string, round: number, isFree: (text: string) => boolean): string | undefined {
  const isCounted = round <= mostCounted
  const first = isCounted ? 2 : round * mostAttempts
  let left = isCounted ? round : 1
  const end = first + left * mostAttempts
  for (let number = first; number < end; number++) {
    const further = `${text}-${number}`
    if (isFree(further) && --left === 0) return further
  }
  return undefined
}

/** The refusal of more texts of a column than its format has room for. */
export function refusalOf(name: string, room: number): InputError {
  const problem =
    room > 0
      ? `its format has room for ${counted(room, 'text')} that all differ and are not in the rows: draw at most ${counted(room, 'row')}, or`
      : 'nearly all texts of its format are in the rows, and none of these is made again:'
  return new InputError(`column ${printable(name)}: ${problem} ${longerFormat(name)}`, 'out-of-range')
}

/** How a longer format is stated. */
export function longerFormat(name: string): string {
  return `train with a longer format in \`types\`, such as ${printable(name)}=/[A-Z]{8}/ (on the command line --types)`
}
