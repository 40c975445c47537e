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
  const noRoom = () => refusalOf(name, isUnique ? capacityOf(form) : 0)
  return (index) => {
    // each round of texts takes the slots in an order of its own
    const round = Math.floor(index / textsOfRound)
    const order = permutation(textsOfRound, [a ^ (round >>> 0), b ^ Math.floor(round / 2 ** 32)])
    const { way, k } = slots[order(index % textsOfRound)]!
    const wanted = ways.length === 1 ? index : way.share * round + k
    const { ranksOfText } = way
    const room = isUnique ? Math.floor(way.room / ranksOfText) : Number.POSITIVE_INFINITY
    if (wanted >= room && (isStated || room === 0)) throw noRoom()
    const place = wanted < room ? wanted : wanted % room
    // the texts of a form that is found begin anew where they end, with a number
    const further = wanted < room ? '' : `-${Math.floor(wanted / room) + 1}`
    for (let attempt = 0; attempt < (avoided ? mostAttempts : 1); attempt++) {
      const uniform = draws.uniforms(index, attempt)
      const rank = isUnique ? way.rankAt(place * ranksOfText + (attempt % ranksOfText)) : undefined
      const text = `${way.textOf({ rank, index, uniform })}${further}`
      if (isFree(text)) return text
    }
    throw noRoom()
  }
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
