import { counted, humanCount } from '../core/format.ts'
import { fewDistinct } from '../measure/privacy/repeats.ts'
import { isGenerated, type NamedTable } from '../table/table.ts'

/** Of fewer training rows each is a large part of what is learned. */
const few = 50

/** A warning, before training, of rows that samples will give away: those that a table has many times, or few of. */
export function fewRowsWarning({ count, columns }: NamedTable): string | undefined {
  const learned = columns.filter((column) => !isGenerated(column)).map(({ cells }) => cells)
  const distinct = fewDistinct({ columns: learned, count })
  if (distinct !== undefined)
    return (
      `the ${counted(count, 'training row')} are only ${humanCount(distinct)} different ones, each ` +
      `${(count / distinct).toFixed(1).replace(/\.0$/, '')} times on average: samples will repeat them, and so give them away`
    )
  return count < few
    ? `${counted(count, 'training row')} ${count === 1 ? 'is' : 'are'} few: samples will be close to them, and may give them away`
    : undefined
}
