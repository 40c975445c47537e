import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SeedRange } from '../../src/infer/chunk.ts'
import { type Draw, partOfRanges } from '../../src/infer/draw.ts'
import type { DrawnRows } from '../../src/infer/rows.ts'
import { Batches, type BatchRunner } from '../../src/serve/batches.ts'
import { limits, Refusal } from '../../src/serve/refusal.ts'
import { tableOfPoints } from '../../src/table/table.ts'

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
  return {
    table: tableOfPoints([{ name: 'row', kind: 'integer' }], points),
    x_0: { ...points, data: Float32Array.from(data) },
  }
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

  run(draws: readonly Draw[]): Promise<Promise<DrawnRows>[]> {
    this.batches.push([...draws])
    return new Promise((resolve, reject) =>
      this.#ends.push((error) => (error ? reject(error) : resolve(draws.map(async (draw) => rowsFor(draw))))),
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
  return (await pieces).flatMap(({ table }) => [...table.columns[0]!.cells])
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
          expect(batches.waiting).toEqual({ requests: 0, rows: 0, seconds: 0 })
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
    expect(batches.waiting).toEqual({ requests: 0, rows: 0, seconds: 0 })
  })

  it('wait for no rows that are drawn again, and end the drawing of those that nobody waits for', async () => {
    const again: Draw[] = []
    // the rows of seed 1 never meet what they must
    const run = async (draws: readonly Draw[]) =>
      draws.map((draw) => {
        if (draw.ranges[0]!.seed !== 1) return Promise.resolve(rowsFor(draw))
        again.push(draw)
        return new Promise<DrawnRows>(() => {})
      })
    const batches = new Batches({ maxRows: 10, inFlight: 1, run })
    const of = (seed: number, seconds = 100) => batches.add(drawOf([{ seed, from: 0, count: 1 }]), seconds)
    const [unlikely, other] = [of(1), of(2)]
    expect(await valuesIn(other.pieces)).toEqual([rowOf(2, 0)])
    const late = of(1, 0.05)
    expect(await valuesIn(of(3).pieces)).toEqual([rowOf(3, 0)])
    await expect(late.pieces).rejects.toMatchObject({ kind: 'too-late' })
    expect(again.map(({ signal }) => signal?.aborted)).toEqual([false, true])
    unlikely.cancel()
    await expect(unlikely.pieces).rejects.toMatchObject({ kind: 'cancelled' })
    expect(again.map(({ signal }) => signal?.aborted)).toEqual([true, true])
  })

  it('are refused beyond their number, also while they are drawn again', async () => {
    const run = async (draws: readonly Draw[]) => draws.map(() => new Promise<DrawnRows>(() => {}))
    const batches = new Batches({ maxRows: 1e6, inFlight: 1, run })
    const asked: { cancel(): void }[] = []
    for (let i = 0; i < limits.presentRequests; i++) {
      asked.push(batches.add(drawOf([{ seed: i, from: 0, count: 1 }])))
      if (i % 1000 === 0) await turn()
    }
    await turn()
    expect(() => batches.requireRoom()).toThrow(/too many requests are being drawn/)
    for (const { cancel } of asked) cancel()
    expect(() => batches.requireRoom()).not.toThrow()
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
    expect(() => batches.add(drawOf([{ seed: 2, from: 0, count: 1 }]))).toThrow(/try again in 40 seconds/)
    big.cancel()
    await expect(big.pieces).rejects.toThrow()
    const many = Array.from({ length: limits.waitingRequests }, (_, i) =>
      batches.add(drawOf([{ seed: i, from: 0, count: 1 }])),
    )
    expect(() => batches.add(drawOf([{ seed: 0, from: 0, count: 1 }]))).toThrow(
      /the queue is full, with 1,024 requests of 1,024 rows: try again in 1 second/,
    )
    for (const { cancel, pieces } of many) {
      cancel()
      await expect(pieces).rejects.toThrow()
    }
    expect(() => batches.requireRoom()).not.toThrow()
  })
})

describe('the queue holds as many rows as can be drawn in its time', () => {
  const requests = (batches: Batches, count: number, rows: number) => {
    const asked = Array.from({ length: count }, (_, i) => ({ seed: i, from: 0, count: rows }))
    let accepted = 0
    for (const range of asked)
      try {
        batches.add(drawOf([range])).pieces.catch(() => {})
        accepted++
      } catch (error) {
        if (error instanceof Refusal) return { accepted, refusal: error }
        throw error
      }
    return { accepted, refusal: undefined }
  }

  /** A queue whose first runs of a thousand rows took so many seconds each, and its clock. */
  async function measured(seconds: number, inFlight = 1) {
    const clock = { now: 0 }
    const runner = new Runner(1000, inFlight)
    const batches = new Batches(runner, () => clock.now)
    for (let round = 0; round < 3; round++) {
      for (let k = 0; k < inFlight; k++) batches.add(drawOf([{ seed: k, from: 0, count: 1000 }]))
      await turn()
      clock.now += 1000 * seconds
      for (let k = 0; k < inFlight; k++) runner.end()
      await turn()
    }
    return { batches, runner, clock }
  }

  it('by a guess before any run, and then by what runs took', async () => {
    const unmeasured = new Batches(new Runner(1000, 1))
    expect(requests(unmeasured, 300, 200).accepted).toBe(
      limits.waitingSeconds / limits.guessedRowSeconds / 200,
    )
    // three hundred clients who each want two hundred rows of a fast model
    const fast = await measured(0.006)
    expect(requests(fast.batches, 300, 200)).toEqual({ accepted: 300, refusal: undefined })
    expect(fast.batches.waiting).toEqual({ requests: 300, rows: 60_000, seconds: expect.closeTo(0.36, 9) })
    const slow = await measured(2)
    const { accepted, refusal } = requests(slow.batches, 300, 200)
    expect(accepted).toBe(limits.waitingSeconds / 2e-3 / 200)
    expect([refusal?.kind, refusal?.retryAfter]).toEqual(['busy', 1])
  })

  it('up to a number of rows, however fast they are', async () => {
    const { batches } = await measured(1e-6)
    expect(requests(batches, 20, 100_000)).toMatchObject({
      accepted: 5,
      refusal: { kind: 'busy', retryAfter: 1 },
    })
  })

  it('and says when it will have room', async () => {
    const { batches } = await measured(1)
    batches.add(drawOf([{ seed: 1, from: 0, count: 70_000 }]))
    expect(() => batches.requireRoom()).toThrow(
      'the queue is full, with 1 request of 70,000 rows: try again in 60 seconds',
    )
  })

  it('which are more if several runs share the time', async () => {
    const { batches } = await measured(1, 4)
    const { accepted } = requests(batches, 300, 200)
    // four thousand rows in each second, or a few less, as the four do not begin and end at once
    expect(200 * accepted).toBeLessThanOrEqual(4000 * limits.waitingSeconds)
    expect(200 * accepted).toBeGreaterThan(3000 * limits.waitingSeconds)
  })

  it('whatever small runs take, which is more for each row', async () => {
    const { batches, runner, clock } = await measured(0.1)
    for (let i = 0; i < 500; i++) {
      batches.add(drawOf([{ seed: 1, from: i, count: 1 }]))
      await turn()
      clock.now += 20
      runner.end()
      await turn()
    }
    batches.add(drawOf([{ seed: 1, from: 0, count: 1000 }]))
    expect(batches.waiting.seconds).toBeCloseTo(0.1, 9)
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
