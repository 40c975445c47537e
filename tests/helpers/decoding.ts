import { GraphBuilder } from '../../src/onnx/build/graph-builder.ts'
import { interpretGraph } from '../../src/onnx/interpret.ts'
import { type EncodedColumn, encodingKindOf } from '../../src/table/encodings/index.ts'

/** The cells that a column's float32 graph decodes codes to. */
export function cellsInGraph(column: EncodedColumn, codes: readonly number[]): ArrayLike<number> {
  const builder = new GraphBuilder()
  builder.output(
    'cells',
    builder.op('Add', [
      encodingKindOf(column).graph(builder, column, builder.input('codes', ['batch', 1]), 'column'),
      builder.constant('none', [1, 1], [0]),
    ]),
  )
  const codesOfRows = { shape: [codes.length, 1], data: Float64Array.from(codes) }
  return interpretGraph(builder.build(), { codes: codesOfRows }).get('cells')!.data
}
