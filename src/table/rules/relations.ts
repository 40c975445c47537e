import type { FloatArray, Points } from '../../numerics/points.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import type { Relation } from '../relations/index.ts'
import type { Rule } from './index.ts'

/** The relations that rules state: columns that are sums or products of others, which a network need not learn. */
export function relationsOf(
  rules: readonly Rule[],
  columns: readonly EncodedColumn[],
  { data, count, dim }: Points<FloatArray>,
): Relation[] {
  const indexOf = (name: string) => columns.findIndex((column) => column.name === name)
  return rules.flatMap((rule): Relation[] => {
    if (rule.kind !== 'sum' && rule.kind !== 'product') return []
    const { column, by, decimals = null } = rule
    const [target, sources] = [indexOf(column), by.map(indexOf)]
    let [without, alone] = [0, 0]
    for (let at = 0; at < count * dim; at += dim) {
      if (!sources.some((d) => Number.isNaN(data[at + d]!))) continue
      without++
      if (!Number.isNaN(data[at + target]!)) alone++
    }
    const gapsFollow = alone === 0
    const common = { column, by, share: gapsFollow ? 1 : (count - without) / count, decimals, gapsFollow }
    return rule.kind === 'sum'
      ? [{ kind: 'sum', ...common, times: rule.times, plus: 0 }]
      : [{ kind: 'product', ...common }]
  })
}
