import type { ReportSources } from '../../../src/measure/prepare.ts'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import { type Report, report } from '../../../src/report/report.ts'
import type { NamedTable } from '../../../src/table/table.ts'
import { setOf } from '../../charts/figures/compared.ts'
import { partsOf } from '../samples.ts'

/** Small tables with their reports, which take a second or two to make. */
export interface Case {
  readonly report: Report
  readonly sources: ReportSources
}

/** Columns of every kind, three of them with gaps, whose samples are spread otherwise. */
export async function mixedCase(): Promise<Case> {
  const real = { ...setOf('data', 300, 0).table, name: '/somewhere/real.csv' }
  const [train, against] = partsOf(real, [180, 120]) as [NamedTable, NamedTable]
  const sources = { samples: setOf('samples', 180, 1).table, against, train }
  const given = { column: 'paid', value: 'yes' }
  return { sources, report: await report({ ...sources, given, maxDetection: 0.9, maxMembership: 0.6 }) }
}

/** What a file may call its columns and categories. */
export const hostile = {
  column: `</script><script>globalThis.hit = 1</script>`,
  number: `<img src=x onerror="globalThis.hit = 2">`,
  category: `"><svg onload='globalThis.hit = 3'>&lt;b&gt;`,
  hidden: `a\u202eb\u0007c\u2028\`d\``,
  comment: '<!--<script>',
}

export function hostileCase(): Promise<Case> {
  const { column, number, category, hidden, comment } = hostile
  const names = [category, hidden, '</style></title>', comment, 'plain']
  return caseOf((u) => ({ [column]: names[Math.floor(5 * u[0]!)]!, [number]: u[1]!, [hidden]: u[2]! < 0.5 }))
}

const ofNumbers = new Map<number, Promise<Case>>()

/** Columns of numbers alone, whose report is made once. */
export function numbersCase(count: number): Promise<Case> {
  const rowOf = (u: number[]) => Object.fromEntries(Array.from({ length: count }, (_, d) => [`n${d}`, u[d]!]))
  const made = ofNumbers.get(count) ?? caseOf(rowOf)
  ofNumbers.set(count, made)
  return made
}

async function caseOf(rowOf: (u: number[]) => Record<string, string | number | boolean>): Promise<Case> {
  const rows = (step: number) => {
    const u = uniforms({ seed: 3, stream: streams.datasets, step, start: 0, count: 20, dim: 4 })
    return Array.from({ length: 20 }, (_, i) => rowOf([...u.subarray(4 * i, 4 * i + 4)]))
  }
  const sources = { samples: rows(0), against: rows(1), train: rows(2) }
  return { sources, report: await report(sources) }
}

/**
 * A case of as many columns as are asked for: those of a small one over and over, under other names. The report of so
 * many would take half a minute.
 */
export function widened({ report, sources }: Case, count: number): Case {
  const { length } = report.columns
  const copies = Array.from({ length: count }, (_, d) => ({ name: `column ${d}`, from: d % length }))
  const wide = (rows: readonly Record<string, unknown>[]) =>
    rows.map((row) => {
      const cells = report.columns.map(({ name }) => row[name])
      return Object.fromEntries(copies.map(({ name, from }) => [name, cells[from]]))
    }) as never
  const { samples, against, train } = sources as unknown as Record<string, Record<string, unknown>[]>
  return {
    sources: { samples: wide(samples!), against: wide(against!), train: wide(train!) },
    report: {
      ...report,
      columns: copies.map(({ name, from }, d) => ({ ...report.columns[from]!, name, distance: d / count })),
      pairs: copies.flatMap(({ name }, d) =>
        copies
          .slice(0, d)
          .map((other) => ({ columns: [other.name, name] as const, distance: 0.1, null: 0.05 })),
      ),
      worst: { columns: [], pairs: [] },
    },
  }
}
