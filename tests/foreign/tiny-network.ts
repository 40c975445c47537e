import type { NetworkSampleOptions, SchedulerConfig } from '../../src/foreign/sample.ts'
import { openNetwork } from '../../src/node/network.ts'
import type { DType, Shape, Value } from '../../src/onnx/graph.ts'
import { encodeGraph } from '../../src/onnx/proto.ts'

interface TinyOptions {
  readonly type?: DType
  /** Axes of the state. */
  readonly shape?: Shape
  readonly time?: Partial<Value>
  readonly others?: readonly Value[]
  /** How often the state is in the output's channels. */
  readonly channels?: number
  readonly outputs?: readonly string[]
  /** What the nodes compute, and the opset of the file. */
  readonly op?: string
  readonly opset?: number
}

/** A network that predicts the state itself, so that what comes of it is known; it ignores the time and all else. */
export function tinyNetwork(options: TinyOptions = {}): Uint8Array {
  const {
    type: dtype = 'float32',
    shape = ['batch', 2],
    time,
    others = [],
    channels = 1,
    outputs = ['out'],
    op = 'Concat',
    opset,
  } = options
  const sample = { name: 'sample', shape, dtype }
  const outShape = shape.map((size, i) => (i === 1 && typeof size === 'number' ? size * channels : size))
  const copies = Array.from({ length: channels }, () => 'sample')
  return encodeGraph(
    {
      inputs: [sample, { name: 'timestep', shape: ['batch'], dtype: 'float32', ...time }, ...others],
      outputs: outputs.map((name) => ({ name, shape: outShape, dtype })),
      inner: [],
      nodes: outputs.map((name) => ({
        name,
        op,
        inputs: copies,
        outputs: [name],
        attributes: op === 'Concat' ? { axis: 1 } : {},
      })),
      constants: new Map(),
    },
    { name: 'tiny', doc: '', metadata: {} },
    opset,
  )
}

/** Samples of a network by a scheduler, three in four steps unless the options say otherwise. */
export async function draw(
  network: Uint8Array,
  scheduler: SchedulerConfig,
  options: Partial<NetworkSampleOptions> = {},
) {
  await using opened = await openNetwork({ network, scheduler }, { threads: 1 })
  return opened.sample({ count: 3, numSteps: 4, ...options })
}

/** An input of labels. */
export const labels = (shape: readonly (number | string)[]) => ({
  name: 'labels',
  shape,
  dtype: 'int64' as const,
})
