/** What was found in the rows of a table, in lines: relations, and rules that most rows meet, for whoever knows the data to state. */
import { counted, humanCount, percentBelow } from '../core/format.ts'
import type { Encoding } from '../table/encodings/encoding.ts'
import { matchColumns } from '../table/match-columns.ts'
import { describeFound } from '../table/relations/held-rows.ts'
import type { Relation } from '../table/relations/index.ts'
import { findRules } from '../table/rules/find.ts'
import { columnsOf, countMet, describeRule, type Rule } from '../table/rules/index.ts'
import type { NamedTable } from '../table/table.ts'

/** What fewer rows meet is not suggested. */
const leastShare = 0.9

/** So many are printed, those that most rows meet first. */
const mostSuggested = 5

/**
 * Lines for what was found, each with the share of rows in which it holds.
 *
 * @param tables - The training rows, and those that were kept aside to choose by.
 * @param refused - Why relations are not used.
 */
export function foundLines(
  tables: readonly NamedTable[],
  { columns, relations = [], rules = [] }: Encoding,
  refused: readonly string[],
): string[] {
  const matched = tables.map((table) => matchColumns(table, { name: 'the model', columns }, 'kept'))
  const cellsOf = (name: string) => {
    const d = columns.findIndex((column) => column.name === name)
    const joined = new Float64Array(tables.reduce((sum, { count }) => sum + count, 0))
    let from = 0
    for (const cells of matched) {
      joined.set(cells[d]!, from)
      from += cells[d]!.length
    }
    return joined
  }
  const namesIn = ({ column, by }: Relation) => [column, ...by]
  const isNear = (relation: Relation) =>
    relation.kind === 'copy' || (relation.kind === 'linear' && relation.residual !== undefined)
  const known = [...rules.map(columnsOf), ...relations.filter((each) => !isNear(each)).map(namesIn)]
  const suggested = suggestedRules(tables, known)
  const hasLine = (names: readonly string[]) =>
    suggested.some(({ rule }) => columnsOf(rule).every((name) => names.includes(name)))
  const isStated = ({ column }: Relation) =>
    rules.some((rule) => (rule.kind === 'sum' || rule.kind === 'product') && rule.column === column)
  // a sum might be refused in three ways
  const isRefused = (line: string) => {
    const [said, reason] = line.split(' is not used: ')
    const words = spaced(said!)
    const names = columns.map(({ name }) => name)
    return reason !== undefined && hasLine(names.filter((name) => words.includes(spaced(name))))
  }
  return [
    ...relations
      .filter((each) => !isStated(each) && !(isNear(each) && hasLine(namesIn(each))))
      .map((each) => describeFound(each, columns, cellsOf)),
    ...refused.filter((line) => !isRefused(line)),
    ...suggested.map(suggestionOf),
  ]
}

interface Suggested {
  readonly rule: Rule
  readonly rows: number
  readonly met: number
}

/** The rules that 90 % of the rows or more meet, but not all, without those of columns of which something is known. */
function suggestedRules(tables: readonly NamedTable[], known: readonly (readonly string[])[]): Suggested[] {
  const isKnown = (rule: Rule) => known.some((names) => columnsOf(rule).every((name) => names.includes(name)))
  return findRules(tables[0]!.columns, leastShare)
    .filter((rule) => !isKnown(rule))
    .map((rule) => {
      const counts = tables.map(({ columns }) => countMet(rule, columns))
      const sum = (of: 'rows' | 'met') => counts.reduce((all, each) => all + each[of], 0)
      return { rule, rows: sum('rows'), met: sum('met') }
    })
    .filter(({ rows, met }) => met < rows && met >= leastShare * rows)
    .toSorted((a, b) => b.met / b.rows - a.met / a.rows)
    .slice(0, mostSuggested)
}

function suggestionOf({ rule, rows, met }: Suggested): string {
  const text = describeRule(rule)
  const isOne = rows - met === 1
  const others = isOne ? 'the other row is wrong' : `the other ${humanCount(rows - met)} are wrong`
  const quoted = `'${text.replaceAll("'", "'\\''")}'`
  return `suggestion: ${text} in ${percentBelow(met, rows)} of ${counted(rows, 'row')}; if ${others}, correct ${isOne ? 'it' : 'them'} and add --rule ${quoted}`
}

/** A text between spaces, without signs. */
function spaced(text: string): string {
  return ` ${text.replace(/[-+*/()<=]/g, ' ')} `
}
