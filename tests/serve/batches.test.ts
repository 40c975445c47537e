import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SeedRange } from '../../src/infer/chunk.ts'
import { type Draw, partOfRanges } from '../../src/infer/draw.ts'
import type { DrawnRows } from '../../src/infer/rows.ts'
import { Batches, type BatchRunner } from '../../src/serve/batches.ts'
import { limits } from '../../src/serve/refusal.ts'

/** What stands for the row of a seed and an index. */
const rowOf = (seed: number, index: number) => 1000 * seed + index

function valuesOf(ranges: readonly SeedRange[]): number[] {
  return ranges.flatMap(({ seed, from, count }) =>
    Array.from({ length: count }, (_, i) => rowOf(seed, from + i)),
  )
}

function rowsFor({ ranges }: Draw): DrawnRows {
  const data = Float64Array.from(valuesOf(ranges))
  const points = { data, count: data.length, dim: 1 }
  return { table: { columns: [], points }, x_0: { ...points, data: Float32Array.from(data) } }
}

const countOf = (ranges: readonly SeedRange[]) => ranges.reduce((sum, { count }) => sum + count, 0)

/** The parts of a draw that batches read. */
const drawOf = (ranges: readonly SeedRange[]) => ({ ranges, count: countOf(ranges) }) as Draw

/** Draws nothing before it is told to. */
class Runner implements BatchRunner {
  readonly maxRows: number
  readonly inFlight: number
  readonly batches: Draw[][] = []
  readonly #ends: ((error?: Error) => void)[] = []

  constructor(maxRows: number, inFlight: number) {
    this.maxRows = maxRows
    this.inFlight = inFlight
  }

  run(draws: readonly Draw[]): Promise<DrawnRows[]> {
    this.batches.push([...draws])
    return new Promise((resolve, reject) =>
      this.#ends.push((error) => (error ? reject(error) : resolve(draws.map(rowsFor)))),
    )
  }

  get running(): number {
    return this.#ends.length
  }

  end(error?: Error): void {
    this.#ends.shift()!(error)
  }
}

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

const ranges = fc.array(
  fc.record({ seed: fc.nat(9), from: fc.nat(99), count: fc.integer({ min: 1, max: 9 }) }),
  { minLength: 1, maxLength: 5 },
)

async function valuesIn(pieces: Promise<DrawnRows[]>): Promise<number[]> {
  return (await pieces).flatMap(({ table }) => [...table.points.data])
}

describe('batches', () => {
  it('give each request its rows in order, whatever the other requests are', async () => {
    const requests = fc.array(ranges, { minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(
        requests,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 3 }),
        async (all, maxRows, inFlight) => {
          const runner = new Runner(maxRows, inFlight)
          const batches = new Batches(runner)
          const asked = all.map((each) => batches.add(drawOf(each)))
          await turn()
          while (runner.running > 0) {
            expect(runner.running).toBeLessThanOrEqual(inFlight)
            runner.end()
            await turn()
          }
          for (const [i, { pieces }] of asked.entries())
            expect(await valuesIn(pieces)).toEqual(valuesOf(all[i]!))
          for (const batch of runner.batches)
            expect(batch.reduce((sum, each) => sum + countOf(each.ranges), 0)).toBeLessThanOrEqual(maxRows)
          expect(batches.waiting).toEqual({ requests: 0, rows: 0 })
        },
      ),
    )
  })

  it('take all waiting requests together, and do not wait for more', async () => {
    const runner = new Runner(100, 1)
    const batches = new Batches(runner)
    const single = (seed: number) => batches.add(drawOf([{ seed, from: 0, count: 1 }]))
    single(1)
    await turn()
    expect(runner.batches.map((batch) => batch.length)).toEqual([1])
    for (let seed = 2; seed < 7; seed++) single(seed)
    await turn()
    expect(runner.batches.length).toBe(1)
    runner.end()
    await turn()
    expect(runner.batches.map((batch) => batch.length)).toEqual([1, 5])
  })

  it('let a small request overtake a large one', async () => {
    const runner = new Runner(10, 1)
    const batches = new Batches(runner)
    const large = batches.add(drawOf([{ seed: 1, from: 0, count: 100 }]))
    const small = batches.add(drawOf([{ seed: 2, from: 0, count: 1 }]))
    await turn()
    runner.end()
    await turn()
    runner.end()
    expect(await valuesIn(small.pieces)).toEqual([rowOf(2, 0)])
    for (let i = 0; i < 9; i++) {
      await turn()
      runner.end()
    }
    expect((await valuesIn(large.pieces)).length).toBe(100)
  })

  it('leave out requests that were cancelled or are too late', async () => {
    const runner = new Runner(10, 1)
    const batches = new Batches(runner)
    const first = batches.add(drawOf([{ seed: 1, from: 0, count: 30 }]))
    const second = batches.add(drawOf([{ seed: 2, from: 0, count: 5 }]))
    const late = batches.add(drawOf([{ seed: 3, from: 0, count: 5 }]), 0.05)
    for (const { pieces } of [first, second]) pieces.catch(() => {})
    const last = batches.add(drawOf([{ seed: 4, from: 0, count: 5 }]))
    await turn()
    first.cancel()
    second.cancel()
    await expect(late.pieces).rejects.toMatchObject({ kind: 'too-late' })
    await expect(first.pieces).rejects.toMatchObject({ kind: 'cancelled' })
    await expect(second.pieces).rejects.toMatchObject({ kind: 'cancelled' })
    runner.end()
    await turn()
    runner.end()
    expect(await valuesIn(last.pieces)).toEqual(valuesOf([{ seed: 4, from: 0, count: 5 }]))
    expect(runner.batches.map((batch) => batch.map((each) => each.ranges[0]!.seed))).toEqual([[1], [4]])
    expect(batches.waiting).toEqual({ requests: 0, rows: 0 })
  })

  it('that fail reject their own requests alone', async () => {
    const runner = new Runner(10, 1)
    const batches = new Batches(runner)
    const large = batches.add(drawOf([{ seed: 1, from: 0, count: 25 }]))
    const other = batches.add(drawOf([{ seed: 2, from: 0, count: 3 }]))
    await turn()
    runner.end(new Error('broken'))
    await expect(large.pieces).rejects.toThrow('broken')
    await turn()
    runner.end()
    expect((await valuesIn(other.pieces)).length).toBe(3)
    expect(runner.batches.length).toBe(2)
  })

  it('refuse requests beyond their limits, except a single one of any size', async () => {
    const runner = new Runner(10, 1)
    const batches = new Batches(runner)
    const big = batches.add(drawOf([{ seed: 1, from: 0, count: limits.rows }]))
    expect(() => batches.add(drawOf([{ seed: 2, from: 0, count: 1 }]))).toThrow(/try again later/)
    big.cancel()
    await expect(big.pieces).rejects.toThrow()
    const many = Array.from({ length: limits.waitingRequests }, (_, i) =>
      batches.add(drawOf([{ seed: i, from: 0, count: 1 }])),
    )
    expect(batches.isFull).toBe(true)
    expect(() => batches.add(drawOf([{ seed: 0, from: 0, count: 1 }]))).toThrow(
      /1,024 requests and 1,024 rows are already waiting/,
    )
    for (const { cancel, pieces } of many) {
      cancel()
      await expect(pieces).rejects.toThrow()
    }
    expect(batches.isFull).toBe(false)
  })
})

it('partOfRanges gives the ranges of a stretch of the rows', () => {
  fc.assert(
    fc.property(ranges, fc.nat(), fc.nat(), (all, a, b) => {
      const total = countOf(all)
      const at = a % total
      const count = 1 + (b % (total - at))
      expect(valuesOf(partOfRanges(all, at, count))).toEqual(valuesOf(all).slice(at, at + count))
    }),
  )
})
