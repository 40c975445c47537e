import { InputError } from '../../core/errors.ts'
import { counted, printable } from '../../core/format.ts'
import { mayBeMade } from './avoid.ts'
import type { ColumnDraws } from './draws.ts'
import type { TextIn } from './faker.ts'
import { type Form, textsOfRound } from './form.ts'
import { permutation } from './permutation.ts'
import { capacityOf, suppliesOf } from './room.ts'
import { textOfParts } from './text-of-parts.ts'

/** With a thirtieth of the texts that are drawn free, one in 10^15 finds none. */
const mostAttempts = 1024

/**
 * Makes the text of an index, in a form: unique ones by construction, since the parts that differ are a permutation of the index. A year follows its date.
 * Throws InputError where the form has no room for so many.
 */
export function textsOfForm(
  form: Form,
  draws: ColumnDraws,
  name: string,
): (index: number, textIn?: TextIn) => string {
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
  return (index, textIn) => {
    // each turn of the slots takes them in an order of its own
    const turn = Math.floor(index / textsOfRound)
    const order = permutation(textsOfRound, [a ^ (turn >>> 0), b ^ Math.floor(turn / 2 ** 32)])
    const { way, k } = slots[order(index % textsOfRound)]!
    const wanted = ways.length === 1 ? index : way.share * turn + k
    const { ranksOfText } = way
    const room = isUnique ? Math.floor(way.room / ranksOfText) : Number.POSITIVE_INFINITY
    if (wanted >= room && (isStated || room === 0)) refuse()
    const round = wanted < room ? 0 : Math.floor(wanted / room)
    const place = round > 0 ? wanted % room : wanted
    for (let attempt = 0; attempt < (avoided ? mostAttempts : 1); attempt++) {
      const uniform = draws.uniforms(index, attempt)
      const rank = isUnique ? way.rankAt(place * ranksOfText + (attempt % ranksOfText)) : undefined
      const text = way.textOf({ rank, index, uniform, textIn: (column) => textIn?.(column, index) })
      // the texts of a form that is found begin anew where they end, with a number
      if (round > 0) return numbered(text, round, isFree) ?? refuse()
      if (isFree(text)) return text
    }
    return refuse()
  }
}

/** A text with a number of a round of texts, the first of which has none: the first that is free of those of the round. */
function numbered(text: string, round: number, isFree: (text: string) => boolean): string | undefined {
  const first = mostAttempts * (round - 1) + 2
  const texts = Array.from({ length: mostAttempts }, (_, k) => `${text}-${first + k}`)
  return texts.find(isFree)
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
