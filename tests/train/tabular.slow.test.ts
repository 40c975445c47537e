import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { sample } from '../../src/infer/sample.ts'
import { exportModel } from '../../src/node/export.ts'
import { loadModel } from '../../src/node/providers.ts'
import { train } from '../../src/node/training.ts'
import { gatherRows, type Points, toFloat32 } from '../../src/numerics/points.ts'
import { streams, uniforms } from '../../src/numerics/random.ts'
import { encode, encodingOf } from '../../src/table/encodings/encoding.ts'
import { parseCsv } from '../../src/table/formats/csv.ts'
import { correlatedCsv } from '../helpers/correlated.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-tabular-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The mean distance between the rows of two sets. */
function meanDistance(a: Points, b: Points): number {
  let sum = 0
  for (let i = 0; i < a.count; i++)
    for (let j = 0; j < b.count; j++) {
      let square = 0
      for (let d = 0; d < a.dim; d++) square += (a.data[i * a.dim + d]! - b.data[j * a.dim + d]!) ** 2
      sum += Math.sqrt(square)
    }
  return sum / (a.count * b.count)
}

/** The energy distance as a V-statistic, which is above 0 for finite sets: Szekely and Rizzo (2013). */
const energy = (a: Points, b: Points) => 2 * meanDistance(a, b) - meanDistance(a, a) - meanDistance(b, b)

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b)
  return (sorted[4]! + sorted[5]!) / 2
}

/** `count` different rows, others for each draw. */
function pick(points: Points, count: number, draw: number): Points {
  const keys = uniforms({
    seed: 99,
    stream: streams.datasets,
    step: draw,
    start: 0,
    count: points.count,
    dim: 1,
  })
  const order = Array.from(keys.keys()).sort((i, j) => keys[i]! - keys[j]!)
  return gatherRows(points, order.slice(0, count))
}

describe('the default recipe on 20,000 rows of ten correlated columns', () => {
  it("draws samples whose energy distance is at most twice real against real's", {
    timeout: 600_000,
  }, async () => {
    const text = correlatedCsv(20_000, 42)
    const [csv, run, file] = ['data.csv', 'run', 'model.onnx'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    writeFileSync(csv, text)
    await train({ dataset: csv, out: run, engine: 'onnx' })
    await exportModel({ run, out: file })
    const model = await loadModel(file)
    const count = 2000
    const { points } = await sample(model, { count: 5 * count, seed: 1 })
    await model.dispose()
    const encoding = encodingOf(model.card)
    const real = toFloat32(encode(encoding, parseCsv(text, csv)))
    const samples = encode(encoding, { points })
    const rows = (from: number) => Array.from({ length: count }, (_, i) => from + i)
    const halves = (draw: number) => {
      const both = pick(real, 2 * count, draw)
      return energy(gatherRows(both, rows(0)), gatherRows(both, rows(count)))
    }
    // one pair of sets scatters as widely as what is measured: medians over ten
    const draws = Array.from({ length: 10 }, (_, draw) => draw)
    const nullDistance = median(draws.map(halves))
    const distance = median(
      draws.map((draw) => energy(pick(samples, count, draw), pick(real, count, 20 + draw))),
    )
    console.log(
      `energy distance ${distance.toExponential(2)}, real against real ${nullDistance.toExponential(2)}`,
    )
    expect(distance).toBeLessThanOrEqual(2 * nullDistance)
  })
})
