import { countsOf, present } from '../../measure/statistics.ts'
import { upperBound } from '../../numerics/bounds.ts'
import { log } from '../../numerics/elementary.ts'
import { columnNamed, isNumber } from '../../table/columns.ts'
import { whyNotLearned } from '../../table/encodings/fit.ts'
import { gathered, type TableColumn } from '../../table/table.ts'
import { previousName, type Siblings } from './siblings.ts'

/** How many columns are kept for each that is learned, and the least share of its entropy that each of them must tell. */
const [mostFor, leastTold] = [3, 0.02]

/** Into how many groups the cells of numbers and of names are put. */
const [numberGroups, nameGroups] = [8, 16]

/** The most rows that are looked at. */
const mostRows = 20_000

/**
 * The names of the columns that the model is told of each row: those of the order and of the key, and those that tell most of what is
 * learned, of the order the step from the row before. A parent's first row has nothing before it: by first rows its columns are judged,
 * by the others the columns of the rows before.
 */
export function chosenContext(
  candidates: readonly TableColumn[],
  learned: readonly TableColumn[],
  { before, ofParent, ofSequence }: Pick<Siblings, 'before' | 'ofParent' | 'ofSequence'>,
  key: readonly string[] = [],
): string[] {
  const always = [...ofSequence, ...key.map((each) => previousName(each))]
  const at = candidates.find(({ name }) => name === before)
  const targets = learned.map((each, d) =>
    d === 0 && at ? { ...each, cells: each.cells.map((cell, k) => cell - at.cells[k]!) } : each,
  )
  const { cells: places } = columnNamed(candidates, ofSequence[0]!)
  const telling = (isOfParent: boolean): string[] => {
    const rows = [...places.keys()].filter((k) => (places[k] === 1) === isOfParent)
    const some = candidates.filter(({ name }) => ofParent.includes(name) === isOfParent)
    const [from, to] = [some, targets].map((all) => all.map((each) => gathered(each, rows)))
    return tellingColumns(from!, to!).map((k) => some[k]!.name)
  }
  const names = new Set([...always, ...telling(true), ...telling(false)])
  // a model can hold nothing of a column with few cells, or with names of few rows alone
  return candidates.flatMap((each) =>
    names.has(each.name) && whyNotLearned(each, {}) === undefined ? [each.name] : [],
  )
}

/**
 * Finds what tells most of the rows: for every learned column, the columns that tell most of it, by their mutual information
 * over its entropy (Cover and Thomas 2006, chapter 2; less the bias that Miller 1955 gives). A network that is told more learns by heart
 * which row it was told of, and not how the columns of a row go together.
 *
 * @returns The indices of the candidates, rising.
 */
export function tellingColumns(
  candidates: readonly TableColumn[],
  learned: readonly TableColumn[],
): number[] {
  const of = candidates.map(groupsOf)
  const chosen = learned.flatMap((each) => {
    const target = groupsOf(each)
    return of
      .map((groups, k) => ({
        k,
        share: target.entropy > 0 ? information(groups, target) / target.entropy : 0,
      }))
      .filter(({ share }) => share >= leastTold)
      .toSorted((a, b) => b.share - a.share || a.k - b.k)
      .slice(0, mostFor)
      .map(({ k }) => k)
  })
  return [...new Set(chosen)].sort((a, b) => a - b)
}

/** The group of each row, and the entropy of the groups in nats. */
interface Groups {
  readonly of: Float64Array
  readonly count: number
  readonly entropy: number
}

function grouped(of: Float64Array): Groups {
  const counts = countsOf(of)
  const shares = Array.from(counts.values(), (count) => count / of.length)
  const entropy = shares.reduce((sum, share) => sum - share * log(share), 0)
  return { of, count: counts.size, entropy }
}

/** Puts names by themselves, but for the rare ones, and numbers by their ranks; missing values are a group. */
function groupsOf(column: TableColumn): Groups {
  const { cells } = column
  const step = Math.max(1, Math.ceil(cells.length / mostRows))
  const some = cells.filter((_, i) => i % step === 0)
  const byCount = [...countsOf(some)].sort((a, b) => b[1] - a[1])
  const isRanked = (isNumber(column) || column.kind === 'date') && byCount.length > nameGroups
  if (!isRanked) {
    const places = new Map(byCount.map(([cell], k) => [cell, Math.min(k, nameGroups)]))
    return grouped(some.map((cell) => places.get(cell)!))
  }
  const sorted = present(some).sort()
  const borders = Array.from(
    { length: numberGroups - 1 },
    (_, k) => sorted[Math.floor(((k + 1) / numberGroups) * sorted.length)]!,
  )
  return grouped(some.map((cell) => (Number.isNaN(cell) ? numberGroups : upperBound(borders, cell))))
}

/** The mutual information in nats, less its bias. */
function information(a: Groups, b: Groups): number {
  const both = grouped(a.of.map((group, i) => group * (nameGroups + 2) + b.of[i]!))
  return a.entropy + b.entropy - both.entropy - ((a.count - 1) * (b.count - 1)) / (2 * a.of.length)
}
