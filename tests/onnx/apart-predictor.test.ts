import { describe, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { createNativeSession } from '../../src/infer/providers/onnxruntime-node.ts'
import { encodeForRuntime } from '../../src/infer/providers/runtime.ts'
import { takesOneForAll } from '../../src/infer/shared-chunk.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import { encodeModelFile } from '../../src/onnx/card-graph.ts'
import { readModel } from '../../src/onnx/read.ts'
import { petTable, untrainedTable, withCandidates } from '../helpers/tables.ts'

const count = 7
const [file, earlier] = await Promise.all(
  [withCandidates(petTable(400), 3), untrainedTable(petTable(400))].map(async (trained) =>
    readModel(await exportNoisePredictor(await trained)),
  ),
)
const { dim, blocks } = file!.description.network
const inRows = (data: Float32Array, rows = count) => ({ data, dims: [rows, data.length / rows] })
const x_t = inRows(standardNormals({ seed: 1, stream: streams.datasets, step: 7, start: 0, count, dim }))

/** What the network says of the rows, in the file's own form and in the form for runtimes. */
async function outputsOf(...feeds: Parameters<Awaited<ReturnType<typeof createNativeSession>>['run']>[0][]) {
  const outputs: Float32Array[] = []
  for (const [k, encode] of [encodeModelFile, encodeForRuntime].entries()) {
    const session = await createNativeSession(encode(file!), { provider: 'cpu', threads: 1 })
    outputs.push((await session.run({ x_t, ...(feeds[k] ?? feeds[0]!) }, ['sample'])).sample!)
    await session.release()
  }
  return outputs as [Float32Array, Float32Array]
}

function expectNear([a, b]: readonly [Float32Array, Float32Array]): void {
  for (const [k, value] of a.entries()) expect(Math.abs(value - b[k]!)).toBeLessThan(1e-5)
}

describe('a network for a runtime', () => {
  const known = new Float32Array(count * blocks.length)
  const values = new Float32Array(count * dim)

  it('says the same of rows of which something is known, at several levels', async () => {
    const t = inRows(Float32Array.from({ length: count }, (_, i) => 1 + 3 * i))
    const some = known.map((_, k) => Number(k % 3 === 0))
    const all = values.map((_, k) => (k % 5) / 5)
    expectNear(await outputsOf({ t, known: inRows(some), known_values: inRows(all) }))
  })

  it('takes one level, and nothing known, for all rows', async () => {
    const full = {
      t: inRows(new Float32Array(count).fill(9)),
      known: inRows(known),
      known_values: inRows(values),
    }
    const one = {
      t: inRows(Float32Array.of(9), 1),
      known: inRows(new Float32Array(blocks.length), 1),
      known_values: inRows(new Float32Array(dim), 1),
    }
    expectNear(await outputsOf(full, one))
  })

  it('is the graph of the file if its candidates share no steps, as in earlier files', () => {
    expect([file!, earlier!].map(takesOneForAll)).toEqual([true, false])
    expect(encodeForRuntime(earlier!)).toEqual(encodeModelFile(earlier!))
  })
})
