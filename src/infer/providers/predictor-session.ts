import { InputError, messageOf } from '../../core/errors.ts'
import { version } from '../../core/version.ts'
import { type NoisePredictor, reverseProcess } from '../../diffusion/process.ts'
import { KernelNetwork } from '../../model/compute/kernel-network.ts'
import { conditionBlocks } from '../../model/network.ts'
import { prepareKernels } from '../../numerics/kernels/memory.ts'
import { type Condition, type FloatArray, gatherRows, type Points, toFloat32 } from '../../numerics/points.ts'
import { type ModelFile, readModel } from '../../onnx/read.ts'
import { toDataUnits } from '../../table/encodings/decode.ts'
import { isScaled } from '../../table/encodings/encoding.ts'
import type { CreateSession, Session, SessionInfo, Tensor } from '../session.ts'

export interface PredictorSessionOptions<A extends FloatArray> {
  readonly predictor: NoisePredictor<A>
  /** The precision of the predictor and of the process around it. */
  readonly precision: { from(values: Float32Array): A }
  readonly info: Pick<SessionInfo, 'provider' | 'runtime' | 'threads'>
  readonly release?: (() => void) | undefined
}

/** A noise predictor as a session of a model, in float32; for a sampler.onnx it runs the card's process. */
export function predictorSession<A extends FloatArray>(
  file: ModelFile,
  { predictor, precision, info, release = () => {} }: PredictorSessionOptions<A>,
): Session {
  const { card, description, isSampler } = file
  const inPrecision = (data: Float32Array, dim = card.dim): Points<A> => ({
    data: precision.from(data),
    count: data.length / dim,
    dim,
  })
  const { encoding } = description
  const blocks = conditionBlocks(description.network)
  /** A condition of one row is for all. */
  const conditionOf = (feeds: Feeds, count: number): Condition<A> | undefined => {
    if (blocks === undefined) return undefined
    const [known, values] = [
      inPrecision(feedOf(feeds, 'known').data, blocks),
      inPrecision(feedOf(feeds, 'known_values').data),
    ]
    if (known.count === count) return { known, values }
    const rows = new Int32Array(count)
    return { known: gatherRows(known, rows), values: gatherRows(values, rows) }
  }
  const evaluate = async (feeds: Feeds) => {
    const times = feedOf(feeds, 't').data
    const x_t = inPrecision(feedOf(feeds, 'x_t').data)
    const t = times.length === x_t.count ? times : times[0]!
    const output = await predictor.predict(x_t, t, conditionOf(feeds, x_t.count))
    return { [card.predictionType]: toFloat32(output).data }
  }
  const sample = async (feeds: Feeds) => {
    const x_T = inPrecision(feedOf(feeds, 'x_T').data)
    const size = x_T.count * x_T.dim
    const process = description.process()
    const noise = (j: number) => inPrecision(feedOf(feeds, 'noise').data.subarray(j * size, (j + 1) * size))
    const condition = conditionOf(feeds, x_T.count)
    const trajectory = new Float32Array((process.timesteps.length + 1) * size)
    let x_0 = x_T
    for await (const { step, x } of reverseProcess(process, predictor, { x_T, noise, condition })) {
      trajectory.set(x.data, step * size)
      x_0 = x
    }
    const samples = isScaled(encoding) && { samples: toFloat32(toDataUnits(encoding, x_0)).data }
    return { x_0: toFloat32(x_0).data, ...samples, trajectory }
  }
  return {
    ...info,
    adapter: null,
    onnxruntime: null,
    tf32: null,
    async run(feeds, outputs) {
      const results: Record<string, Float32Array> = await (isSampler ? sample(feeds) : evaluate(feeds))
      return Object.fromEntries(
        outputs.map((name) => {
          if (!file.outputs.includes(name)) {
            const problem = `the model has no output ${name}: it has ${file.outputs.join(', ')}`
            throw new InputError(problem, 'bad-model')
          }
          return [name, results[name]!]
        }),
      )
    },
    release: async () => release(),
  }
}

type Feeds = Readonly<Record<string, Tensor>>

function feedOf(feeds: Feeds, name: string): Tensor {
  const feed = feeds[name]
  if (!feed) throw new InputError(`the model's input ${name} is missing from the feeds`, 'missing')
  return feed
}

/** A session on our own WASM kernels; a chunk uses one thread, whatever `threads` is. */
export const createKernelSession: CreateSession = async (bytes, { threads = 1 }) => {
  const file = readModel(bytes)
  try {
    await prepareKernels()
    const predictor = new KernelNetwork(file.network)
    const info = { provider: 'simd', runtime: `moonstep ${version}, WASM`, threads }
    return predictorSession(file, { predictor, precision: Float32Array, info })
  } catch (error) {
    const problem = `WASM with SIMD does not start (${messageOf(error)}): use another provider`
    throw new InputError(problem, 'not-available')
  }
}
