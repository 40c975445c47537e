import { standardNormals, streams } from '../../src/numerics/random.ts'
import { readModel } from '../../src/onnx/read.ts'
import { decode } from '../../src/table/encodings/decode.ts'
import { tableToCsv } from '../../src/table/formats/csv-write.ts'
import { type Measure, timed } from '../pool/protocol.ts'

export interface DecodingOptions {
  readonly count: number
  /** Decodes noise, or writes the rows that were decoded from it. */
  readonly work: 'decode' | 'write'
}

/** Seconds to decode noise as rows of a model's table, or to write these rows as CSV, in Node and in a page. */
export function decoding(model: Uint8Array, { count, work }: DecodingOptions): Promise<Measure> {
  const { card, description } = readModel(model)
  const { dim } = card
  const x_0 = {
    data: standardNormals({ seed: 0, stream: streams.x_T, step: 0, start: 0, count, dim }),
    count,
    dim,
  }
  const decoded = () => decode(description.encoding, x_0)
  const table = decoded()
  return timed(async () => void (work === 'decode' ? decoded() : tableToCsv(table)))
}
