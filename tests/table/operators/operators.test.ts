import fc from 'fast-check'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { ExactOperators } from '../../../src/onnx/build/exact-operators.ts'
import { SeededGraphBuilder, seededOpset } from '../../../src/onnx/build/seeded-ops.ts'
import { encodeGraph } from '../../../src/onnx/proto.ts'
import { calendarDate, daysIn, daysSince1970, weekdayOf } from '../../../src/table/dates/calendar.ts'
import {
  calendarColumns,
  daysOfDate,
  lengthOfMonth,
  weekdays,
} from '../../../src/table/operators/calendar.ts'
import { computeRow, inBatches, NumberColumns } from '../../../src/table/operators/columns.ts'
import {
  all,
  any,
  type Computation,
  clamped,
  linear,
  modulo,
  quotient,
} from '../../../src/table/operators/operators.ts'
import { bitsOf } from '../../helpers/bits.ts'

const bounds = [-2, -0.5, 0, 0.25, 3]
const many = Array.from({ length: 130 }, (_, k) => k / 7 - 5)
const numbers = [1.5, Number.NaN, -3, 0, 1e300]

/** Computations of three columns, whose first may have gaps and whose third is the index of one of `numbers`. */
const computations: Readonly<Record<string, Computation>> = {
  number: (ops) => ops.number(0.1),
  add: (ops, [a, b]) => ops.add(a!, b!),
  subtract: (ops, [a, b]) => ops.subtract(a!, b!),
  multiply: (ops, [a, b]) => ops.multiply(a!, b!),
  divide: (ops, [a, b]) => ops.divide(a!, ops.add(ops.multiply(b!, b!), ops.number(1))),
  floor: (ops, [a]) => ops.floor(a!),
  round: (ops, [a]) => ops.round(a!),
  min: (ops, [a, b]) => ops.min(a!, b!),
  max: (ops, [a, b]) => ops.max(b!, a!),
  isAtLeast: (ops, [a, b]) => ops.isAtLeast(a!, b!),
  isMissing: (ops, [a]) => ops.isMissing(a!),
  'isMissing of what is always there': (ops, [, b]) => ops.isMissing(b!),
  select: (ops, [a, b, c]) => ops.select(ops.isAtLeast(b!, ops.number(1)), a!, c!),
  'select by what is missing': (ops, [a, b]) => ops.select(ops.isMissing(a!), b!, a!),
  lookUp: (ops, [, , c]) => ops.lookUp(numbers, c!),
  'lookUp of an index that may be missing': (ops, [a, , c]) =>
    ops.lookUp(numbers, ops.select(ops.isMissing(a!), a!, c!)),
  countReached: (ops, [a]) => ops.countReached(bounds, a!),
  'countReached of many bounds': (ops, [a]) => ops.countReached(many, a!),
  'countReached of none': (ops, [a]) => ops.countReached([], a!),
  sampleIndex: (ops, [, b]) => ops.add(ops.sampleIndex(), b!),
  clamped: (ops, [a]) => clamped(ops, a!, -1, 2.5),
  all: (ops, [a, b]) => all(ops, [ops.isAtLeast(a!, ops.number(0)), ops.isAtLeast(ops.number(2), b!)]),
  any: (ops, [a, b]) => any(ops, [ops.isMissing(a!), ops.isAtLeast(b!, ops.number(1))]),
  modulo: (ops, [a]) => modulo(ops, a!, 7),
  quotient: (ops, [a]) => quotient(ops, a!, 0.3),
  linear: (ops, [a, b]) => linear(ops, [0.1, -3], [a!, b!], 2),
}

/** What onnxruntime gives for a computation of rows. */
async function inGraph(compute: Computation, rows: readonly (readonly number[])[]): Promise<Float64Array> {
  const graph = new SeededGraphBuilder()
  const inputs = ['a', 'b', 'c', 'index'].map((name) => graph.input(name, ['batch', 1], 'float64'))
  const ops = new ExactOperators(graph, inputs[3]!)
  const columns = inputs.slice(0, 3).map((value, d) => ({ value, allowsMissing: d === 0 }))
  graph.output('result', graph.op('Add', [ops.ofRows(compute(ops, columns)), ops.number(0).value]))
  const bytes = encodeGraph(graph.build(), { name: 'test', doc: '', metadata: {} }, seededOpset)
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 })
  const tensor = (of: (row: readonly number[], i: number) => number) =>
    new Tensor('float64', Float64Array.from(rows, of), [rows.length, 1])
  const feeds = {
    a: tensor((row) => row[0]!),
    b: tensor((row) => row[1]!),
    c: tensor((row) => row[2]!),
    index: tensor((_, i) => i),
  }
  const used = Object.fromEntries(session.inputNames.map((name) => [name, feeds[name as 'a']]))
  const { result } = await session.run(used)
  return result!.data as Float64Array
}

const number = fc.oneof(
  fc.constantFrom(0, -0, 0.5, -0.5, 1.5, 2.5, -0.3, 0.49999999999999994, 3, 7, 1e15, -1e15),
  fc.double({ min: -20, max: 20, noNaN: true }),
)
const rowsOfNumbers = fc.array(
  fc.tuple(
    fc.oneof({ weight: 5, arbitrary: number }, fc.constant(Number.NaN)),
    number,
    fc.nat(numbers.length - 1),
  ),
  { minLength: 1, maxLength: 200 },
)

/** 0 and -0 are one cell, and so is every NaN. */
const positive = (of: ArrayLike<number>) =>
  Float64Array.from(of, (x) => (Number.isNaN(x) ? Number.NaN : x + 0))

describe('operators', () => {
  it.each(Object.entries(computations))(
    'have the same bits on columns, on single rows, and in a graph: %s',
    async (name, compute) => {
      await fc.assert(
        fc.asyncProperty(rowsOfNumbers, async (rows) => {
          const columns = [0, 1, 2].map((d) => Float64Array.from(rows, (row) => row[d]!))
          const computed = compute(new NumberColumns(rows.length), columns)
          expect(bitsOf(positive(await inGraph(compute, rows)))).toEqual(bitsOf(positive(computed)))
          const alone = rows.map((row) => computeRow(compute, row))
          // a single row is the first of its seed
          if (name !== 'sampleIndex') expect(bitsOf(positive(alone))).toEqual(bitsOf(positive(computed)))
        }),
        { numRuns: 12 },
      )
    },
  )

  it('find days and their dates as the calendar does, for 4,000 years', () => {
    const days = Float64Array.from({ length: 40_000 }, (_, k) => -1_000_000 + k * 41)
    const ops = new NumberColumns(days.length)
    const date = calendarColumns(ops, days)
    const [back, lengths, week] = [daysOfDate(ops, date), lengthOfMonth(ops, date), weekdays(ops, days)]
    for (const [i, day] of days.entries()) {
      const expected = calendarDate(day)
      expect({
        year: date.year[i],
        month: date.month[i],
        dayOfMonth: date.dayOfMonth[i],
      }).toEqual(expected)
      expect([back[i], lengths[i], week[i]]).toEqual([
        daysSince1970(expected.year, expected.month, expected.dayOfMonth),
        daysIn(expected.year, expected.month),
        weekdayOf(day),
      ])
    }
  })

  it('take batches that have every row once', () => {
    for (const count of [0, 1, 2047, 2048, 2049, 10_000]) {
      const rows: number[] = []
      inBatches(count, (from, to) => {
        for (let i = from; i < to; i++) rows.push(i)
      })
      expect(rows).toEqual([...new Array(count).keys()])
    }
  })
})
