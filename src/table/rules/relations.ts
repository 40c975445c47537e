import type { EncodedColumn } from '../encodings/index.ts'
import type { Relation } from '../relations/index.ts'
import type { Rule } from './index.ts'

/** The relations that rules state: columns that are sums or products of others, which a network need not learn. */
export function relationsOf(
  rules: readonly Rule[],
  columns: readonly EncodedColumn[],
  cells: readonly Float64Array[],
): Relation[] {
  const indexOf = (name: string) => columns.findIndex((column) => column.name === name)
  return rules.flatMap((rule): Relation[] => {
    if (rule.kind !== 'sum' && rule.kind !== 'product') return []
    const { column, by, decimals = null } = rule
    const [target, sources] = [indexOf(column), by.map(indexOf)]
    let [without, alone] = [0, 0]
    for (const [i, cell] of cells[target]!.entries()) {
      if (!sources.some((d) => Number.isNaN(cells[d]![i]!))) continue
      without++
      if (!Number.isNaN(cell)) alone++
    }
    const [count, gapsFollow] = [cells[target]!.length, alone === 0]
    const common = { column, by, share: gapsFollow ? 1 : (count - without) / count, decimals }
    return rule.kind === 'sum'
      ? [{ kind: 'linear', ...common, times: rule.times, ...(gapsFollow && { gapsFollow }) }]
      : [{ kind: 'product', ...common, gapsFollow }]
  })
}
