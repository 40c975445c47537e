import { createSchedule } from '../../src/diffusion/schedule.ts'
import type { Session, Tensor } from '../../src/infer/session.ts'
import { linearLayers, postNetwork } from '../../src/model/network.ts'
import { createNodeSession } from '../../src/node/providers.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import { GraphBuilder } from '../../src/onnx/build/graph-builder.ts'
import type { Value } from '../../src/onnx/graph.ts'
import { encodeGraph } from '../../src/onnx/proto.ts'
import type { Measure } from './worker.ts'

/** The bare matrix products of the post's network: the lower bound for any code on this runtime. */
const network = postNetwork(
  { dim: 2 },
  createSchedule({ kind: 'linear', betaStart: 1e-4, betaEnd: 0.9 }, 10).alphaBars,
)
const layers = linearLayers(network)
const chunkSizes = [1000, 2000, 4000, 8000]

/** Seconds of the products for `count` samples in T steps, in chunks of the fastest size. */
export async function samplingProducts({ count }: { count: number }, threads: number): Promise<Measure> {
  const session = await sessionOf(samplingGraph(), threads)
  const draw = async (chunk: number) => {
    const feeds = { x: normals('x', [chunk, network.dim]) }
    const start = performance.now()
    for (let from = 0; from < count; from += chunk) await session.run(feeds, ['y'])
    return (performance.now() - start) / 1000
  }
  const times: number[] = []
  for (const chunk of chunkSizes)
    times.push(Math.min(await draw(chunk), await draw(chunk), await draw(chunk)))
  const best = chunkSizes[times.indexOf(Math.min(...times))]!
  return () => draw(best)
}

/** Seconds of the products of a training step on `rows` points: the mean over `repeats` steps. */
export async function trainingProducts(
  { rows, repeats }: { rows: number; repeats: number },
  threads: number,
): Promise<Measure> {
  const { bytes, inputs, outputs } = trainingGraph(rows)
  const session = await sessionOf(bytes, threads)
  const feeds = Object.fromEntries(inputs.map(({ name, shape }) => [name, normals(name, shape as number[])]))
  const measure = async () => {
    const start = performance.now()
    for (let k = 0; k < repeats; k++) await session.run(feeds, outputs)
    return (performance.now() - start) / 1000 / repeats
  }
  await measure()
  return measure
}

/** The layers' products T times, with constant weights. */
function samplingGraph(): Uint8Array {
  const graph = new GraphBuilder()
  let x = graph.input('x', ['batch', network.dim])
  const weights = layers.map(({ name, inputs, outputs }, i) => {
    const columns = i === 0 ? network.dim : inputs
    return graph.constant(name, [outputs, columns], normals(name, [outputs, columns]).data)
  })
  for (let t = 0; t < network.T; t++)
    for (const weight of weights) x = graph.op('Gemm', [x, weight], { transB: 1 })
  graph.output('y', x)
  return encodeGraph(graph.build(), { name: 'products', doc: 'Matrix products alone.', metadata: {} })
}

/** Forward, then the gradients of all weights and all layers but the first; as in the engine, columns are batch rows. */
function trainingGraph(rows: number): { bytes: Uint8Array; inputs: Value[]; outputs: string[] } {
  const graph = new GraphBuilder()
  const inputs: Value[] = []
  const input = (name: string, shape: readonly number[]) => {
    inputs.push(graph.input(name, shape))
    return inputs.at(-1)!
  }
  const weights = layers.map(({ name, inputs: from, outputs: to }) => input(name, [to, from]))
  const activations = [input('x', [layers[0]!.inputs, rows])]
  for (const weight of weights) activations.push(graph.op('Gemm', [weight, activations.at(-1)!]))
  const outputs: string[] = []
  let gradient = activations.at(-1)!
  for (let i = layers.length - 1; i >= 0; i--) {
    const ofWeight = graph.op('Gemm', [gradient, activations[i]!], { transB: 1 })
    if (i > 0) gradient = graph.op('Gemm', [weights[i]!, gradient], { transA: 1 })
    graph.output(`d ${layers[i]!.name}`, ofWeight)
    outputs.push(`d ${layers[i]!.name}`)
  }
  const bytes = encodeGraph(graph.build(), { name: 'products', doc: 'Matrix products alone.', metadata: {} })
  return { bytes, inputs, outputs }
}

function sessionOf(bytes: Uint8Array, threads: number): Promise<Session> {
  return createNodeSession(bytes, { provider: 'cpu', threads })
}

/** Normals scaled so that products of them keep their size: subnormal numbers would be slow. */
function normals(name: string, shape: readonly number[]): Tensor {
  const [count, dim] = shape as [number, number]
  const data = standardNormals({ seed: name.length, stream: streams.datasets, step: 0, start: 0, count, dim })
  return { data: data.map((x) => x / Math.sqrt(name === 'x' ? 1 : dim)), dims: [count, dim] }
}
