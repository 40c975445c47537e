import { countsOf, present } from '../measure/statistics.ts'
import { leastRows } from '../table/least-rows.ts'

/** A number, and how many training rows and samples have it. */
interface Value {
  readonly value: number
  readonly rows: number
  readonly samples: number
}

/** Whether numbers of so many training rows and samples may be seen by a cut: there are enough of the rows, or none. */
const areEnough = (rows: number, samples: number) => rows >= leastRows || (rows === 0 && samples >= leastRows)

/**
 * The numbers of training rows and samples as the cuts between them see them: each is the mean of a group of neighbours that has three training
 * rows or more, or none and three samples or more; a number that so many have is a group by itself. Left out are numbers that have
 * too few neighbours up to the next such number: they are on one side of a cut or the other.
 */
export function groupedCells(rows: Float64Array, samples: Float64Array): Float64Array {
  const [inRows, inSamples] = [countsOf(present(rows)), countsOf(present(samples))]
  const values = Float64Array.from(new Set([...inRows.keys(), ...inSamples.keys()])).sort()
  const grouped: number[] = []
  const add = (group: readonly Value[]) => {
    const count = group.reduce((sum, each) => sum + each.rows + each.samples, 0)
    const mean =
      group.length === 1
        ? group[0]!.value
        : group.reduce((sum, each) => sum + each.value * ((each.rows + each.samples) / count), 0)
    for (let k = 0; k < count; k++) grouped.push(mean)
  }
  let open: Value[] = []
  let [openRows, openSamples] = [0, 0]
  /** Ends the group of the numbers before; if it has too few training rows, its samples may be enough without them. */
  const close = () => {
    if (areEnough(openRows, openSamples)) add(open)
    else if (areEnough(0, openSamples))
      add(open.flatMap((each) => (each.samples > 0 ? [{ ...each, rows: 0 }] : [])))
    open = []
    openRows = 0
    openSamples = 0
  }
  for (const value of values) {
    const each = { value, rows: inRows.get(value) ?? 0, samples: inSamples.get(value) ?? 0 }
    const isGroup = areEnough(each.rows, each.samples)
    if (isGroup) close()
    open.push(each)
    openRows += each.rows
    openSamples += each.samples
    if (isGroup || areEnough(openRows, openSamples)) close()
  }
  close()
  return Float64Array.from(grouped)
}
