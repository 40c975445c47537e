import { describe, expect, it } from 'vitest'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import { readRows } from '../../../src/table/inference/rows.ts'
import { confirmedBy } from '../../../src/table/relations/confirm.ts'
import { describeRelation } from '../../../src/table/relations/describe.ts'
import type { LookUp, Relation } from '../../../src/table/relations/index.ts'
import { rowsBetween } from '../../../src/table/table.ts'
import { resolveConfig } from '../../../src/train/config.ts'
import { setAside } from '../../../src/train/resolve/aside.ts'

const drawn = (count: number, step: number) =>
  uniforms({ seed: 3, stream: streams.datasets, step, start: 0, count, dim: 1 })

const [u, w, e] = [81, 82, 83].map((step) => drawn(4000, step)) as [Float64Array, Float64Array, Float64Array]

/** What is found in the first of some rows, and the notes on what is not: confirmed by the others, if there are any. */
function found(rows: readonly object[], training: number) {
  const table = { name: 'rows', ...readRows(rows, 'rows', { choice: {}, minRows: 2 }) }
  const [own, others] = [rowsBetween(table, 0, training), rowsBetween(table, training, rows.length)]
  const notes: string[] = []
  const onNote = (note: string) => notes.push(note)
  const { relations = [] } = fitTable(own, { onNote, ...(others.count > 0 && { others }) })
  return { lines: relations.map(describeRelation), notes, relations }
}

/** Rows of which `end` is always above `start`; `late` is, in all but some of the other rows. */
const ordered = (training: number, others: number) =>
  Array.from({ length: training + others }, (_, i) => {
    const start = Math.round(1000 * u[i]!)
    const isBroken = i >= training && i % 10 === 0
    return {
      start,
      end: start + 1 + Math.round(900 * w[i]!),
      late: isBroken ? start - 5 : start + 1 + Math.round(900 * e[i]!),
    }
  })

describe('relations with rows that were kept aside', () => {
  it('are used if these hold them too: orders', () => {
    const { lines, notes } = found(ordered(1000, 300), 1000)
    expect(lines).toEqual(['start <= end'])
    expect(notes).toEqual(['start <= late is not used: it holds in only 270 of 300 other rows'])
    expect(found(ordered(1000, 0), 1000).lines).toEqual(['start <= end', 'start <= late'])
  })

  it('are used if these hold them too: sums, copies and near sums', () => {
    const rows = Array.from({ length: 1300 }, (_, i) => {
      const isBroken = i >= 1000 && i % 5 === 0
      const [a, b] = [Math.round(1e4 * u[i]!) / 100, Math.round(1e4 * w[i]!) / 100]
      return {
        a,
        b,
        sum: Math.round(100 * (a + b)) / 100,
        wrong: Math.round(100 * (a - b) + (isBroken ? 5000 * e[i]! : 0)) / 100,
      }
    })
    const { lines, notes } = found(rows, 1000)
    expect(lines).toEqual(['sum is a + b'])
    expect(notes[0]).toBe('wrong is a - b is not used: it holds in only 240 of 300 other rows')
    expect(found(rows.slice(0, 1000), 1000).lines).toContain('wrong is a - b')
  })

  it('leave a column to another relation if theirs is not confirmed', () => {
    // the price follows from both in the training rows, and from the town alone in others
    const rows = Array.from({ length: 1600 }, (_, i) => {
      const k = Math.floor(10 * u[i]!)
      const zone = i < 1200 ? 3 * k + Math.floor(3 * w[i]!) : Math.floor(30 * w[i]!)
      return {
        zone: `zone ${zone}`,
        price: `${100 + 7 * k} to ${110 + 7 * k}`,
        town: `town ${4 * k + Math.floor(4 * e[i]!)}`,
      }
    })
    const together = 'town and zone come in 120 combinations'
    expect(found(rows.slice(0, 1200), 1200).lines).toEqual(['price is determined by zone', together])
    const { lines, notes } = found(rows, 1200)
    expect(lines).toEqual(['price is determined by town'])
    expect(notes).toEqual([
      'price is determined by zone is not used: it holds in only 44 of 400 other rows',
      `zone and town${together.slice(13)} is not used: it holds in only 44 of 400 other rows`,
    ])
  })

  it('are not dropped for what they do not say: a pair of cells that two training rows have', () => {
    const rows = Array.from({ length: 1800 }, (_, i) => {
      const isRare = i < 100 ? true : i >= 1500 && i % 3 === 0
      // 50 pairs, of two training rows each, and 200 others
      const pair = isRare ? 200 + (i % 50) : Math.floor(200 * u[i]!)
      const cell = isRare && i >= 1500 ? Math.floor(60 * w[i]!) : (pair * 7919) % 60
      return { from: `a${pair % 16}`, to: `b${pair >> 4}`, cell: `c${cell}`, n: w[i] }
    })
    const { lines, notes } = found(rows, 1500)
    expect(lines).toEqual(['cell is determined by from and to'])
    expect(notes).toEqual([])
  })

  it('learn nothing from them', () => {
    const rows = ordered(1000, 300)
    const other = ordered(1000, 600).slice(1300)
    const [a, b] = [rows, [...rows.slice(0, 1000), ...other]].map((all) => found(all, 1000))
    expect(JSON.stringify(a!.relations)).toBe(JSON.stringify(b!.relations))
    expect(rows.slice(1000)).not.toEqual(other)
    // combinations that training rows lack
    const towns = (names: readonly string[]) =>
      Array.from({ length: 900 }, (_, i) => {
        const k = i < 600 ? i % 30 : Math.floor(names.length * u[i]!)
        return { town: i < 600 ? `t${k}` : names[k]!, code: i < 600 ? 5000 + 13 * k : 9000 + k, n: w[i]! }
      })
    const known = Array.from({ length: 30 }, (_, k) => `t${k}`)
    const { relations, notes } = found(towns(['x', 'y', 'z']), 600)
    expect(notes).toEqual([])
    const { to } = relations[0] as LookUp
    expect(to.toSorted()).toEqual(known.map((_, k) => 5000 + 13 * k))
  })
})

describe('the rows that training keeps aside to choose', () => {
  it('confirm relations: what they break is noted, and not on the card', async () => {
    const rows = ordered(3000, 0).map(({ start, end, late }, i) => ({ i: Math.sqrt(i), start, end, late }))
    const whole = { name: 'rows', ...readRows(rows, 'rows', { choice: {}, minRows: 2 }) }
    const { validation } = setAside(whole, {}, 0)
    const aside = new Set(validation!.columns[0]!.cells)
    const dataset = rows.map((row) => (aside.has(row.i) ? { ...row, late: row.start - 5 } : row))
    const { config, notes } = await resolveConfig({ recipe: 'table', dataset, seed: 0 }, undefined)
    expect(config.encoding!.relations!.map(describeRelation)).toEqual(['start <= end'])
    expect(notes).toContain('start <= late is not used: it holds in only 0 of 300 other rows')
  })
})

describe('relations without other rows', () => {
  const column = (name: string) =>
    ({ name, kind: 'number', as: 'steps', values: [0, 1], z: [0, 1], borders: [0] }) as const
  const relation: Relation = { kind: 'linear', column: 'b', by: ['a'], share: 1, times: [1], decimals: 0 }
  const cells = [u.slice(0, 200), w.slice(0, 200)]
  const refused: string[] = []
  const isConfirmed = confirmedBy({
    columns: ['a', 'b'].map(column),
    cells,
    others: undefined,
    refuse: (_, reason) => refused.push(reason),
  })

  it('are learned from four parts of the rows and tested on the fifth, in turn', () => {
    // what knows rows by heart says nothing right of others
    const byHeart = (rows: readonly number[]) => {
      const known = new Map(rows.map((i) => [cells[0]![i]!, cells[1]![i]!]))
      return ([a]: readonly number[], b: number) => known.get(a!) === b
    }
    expect(isConfirmed(relation, byHeart)).toBe(false)
    expect(refused).toEqual(['learned from four fifths of the rows, it holds in only 0 of 200 other rows'])
    const sizes = new Set<number>()
    const rightly = (rows: readonly number[]) => {
      sizes.add(rows.length)
      return () => true
    }
    expect(isConfirmed(relation, rightly)).toBe(true)
    expect([...sizes]).toEqual([160])
    // what some of the parts don't show
    expect(isConfirmed(relation, (rows) => (rows.includes(0) ? () => true : undefined))).toBe(false)
  })

  it('may hold in as few rows as where they were found, by chance', () => {
    const inShare = (share: number) => () => (_: readonly number[], b: number) => b < share
    expect(isConfirmed(relation, inShare(0.3))).toBe(true)
    const fewer = (least: number) => isConfirmed(relation, () => (_, b) => b < 0.9, least)
    expect([fewer(0.9), fewer(1)]).toEqual([true, true])
    // all rows that it was learned from, and nearly all others
    const but = (missed: number) => (rows: readonly number[]) => {
      const known = new Set(rows.map((i) => cells[1]![i]!))
      const largest = [...cells[1]!].sort((a, b) => b - a).slice(0, missed)
      return (_: readonly number[], b: number) => known.has(b) || !largest.includes(b)
    }
    expect([but(0), but(3), but(12)].map((learn) => isConfirmed(relation, learn, 0.995))).toEqual([
      true,
      true,
      false,
    ])
    expect(isConfirmed(relation, but(1))).toBe(false)
  })

  it('are no orders of which no row comes near to the limit', () => {
    const rows = (above: (i: number) => number) =>
      Array.from({ length: 400 }, (_, i) => ({ a: 200 * u[i]!, b: 200 * u[i]! + above(i) }))
    const far = found(
      rows((i) => 45 + 90 * w[i]!),
      400,
    )
    expect(far.lines).toEqual([])
    expect(far.notes).toEqual([
      'a <= b is not used: no row comes near to this limit, which may be there by chance',
    ])
    expect(
      found(
        rows((i) => 135 * w[i]!),
        400,
      ).lines,
    ).toEqual(['a <= b'])
    expect(
      found(
        rows((i) => -100 * Math.log(1 - w[i]!)),
        400,
      ).lines,
    ).toEqual(['a <= b'])
  })
})
