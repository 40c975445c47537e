import { expect, it } from 'vitest'
import { fewDistinct, repeatsOf } from '../../src/measure/privacy/repeats.ts'
import { hashesOf, textsOf } from '../../src/measure/privacy/sets.ts'
import { streams, uniforms } from '../../src/numerics/random.ts'

/** Rows of columns that are functions of some random numbers. */
function rowsOf(count: number, ...columns: readonly ((u: Float64Array) => number)[]) {
  const dim = 3
  const drawn = uniforms({ seed: 4, stream: streams.datasets, step: 9, start: 0, count, dim })
  const of = (i: number) => Float64Array.from(drawn.subarray(dim * i, dim * (i + 1)))
  return {
    count,
    columns: columns.map((cellOf) => Float64Array.from({ length: count }, (_, i) => cellOf(of(i)))),
  }
}

const isRepeated = (...of: Parameters<typeof rowsOf>) => fewDistinct(rowsOf(...of)) !== undefined
const person = (u: Float64Array) => Math.floor(50 * u[0]!)
const model = (u: Float64Array) => Math.floor(90 * u[0]!)

it('rows are mostly repeated if one of their columns says which person or thing they are of, and each is there several times', () => {
  const of = [person, (u: Float64Array) => person(u) ** 2, (u: Float64Array) => (7 * person(u)) % 50] as const
  expect(isRepeated(1000, ...of)).toBe(true)
  // as often as once
  expect(
    isRepeated(
      40,
      (u) => u[0]!,
      (u) => u[1]!,
    ),
  ).toBe(false)
})

it('rows are not mostly repeated if they are of a few names, or if a kind says most of a row', () => {
  const few = (d: number) => (u: Float64Array) => Math.floor(3 * u[d]!)
  expect(isRepeated(1000, few(0), few(1), few(2))).toBe(false)
  const ofModel = [2, 3, 5, 7].map((k) => (u: Float64Array) => (k * model(u)) % 53)
  const planes = rowsOf(1500, model, ...ofModel, (u) => Math.floor(5 * u[1]!))
  const { rows, distinct } = repeatsOf(planes)
  expect(distinct).toBeLessThan(rows / 2)
  expect(fewDistinct(planes)).toBe(undefined)
})

it('hashes of rows are equal where the rows are, cell by cell, and nowhere else', () => {
  const digit = (d: number) => (u: Float64Array) => Math.floor(40 * u[d]!) / 8 - 2
  const missing = (u: Float64Array) => (u[1]! < 0.3 ? Number.NaN : u[2]! < 0.5 ? -0 : 0)
  const rows = rowsOf(50_000, digit(0), digit(1), missing, digit(2))
  const textOf = new Map<number, string>()
  const texts = textsOf(rows)
  const hashes = hashesOf(rows)
  for (const [i, hash] of hashes.entries()) if (!textOf.has(hash)) textOf.set(hash, texts[i]!)
  expect(texts.filter((text, i) => textOf.get(hashes[i]!) !== text)).toEqual([])
  expect(textOf.size).toBe(new Set(texts).size)
  // the same cells in another order of columns are another row
  const turned = { ...rows, columns: rows.columns.toReversed() }
  const known = new Set(texts)
  const others = textsOf(turned)
  const equal = hashesOf(turned).filter((hash, i) => !known.has(others[i]!) && textOf.has(hash))
  expect(equal).toHaveLength(0)
})
