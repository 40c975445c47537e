import { createSchedule } from '../../src/diffusion/schedule.ts'
import type { Session, Tensor } from '../../src/infer/session.ts'
import { linearLayers, postNetwork } from '../../src/model/network.ts'
import { createNodeSession } from '../../src/node/providers.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import { GraphBuilder } from '../../src/onnx/build/graph-builder.ts'
import { encodeGraph } from '../../src/onnx/proto.ts'
import { type Measure, timed } from '../pool/protocol.ts'

/** The bare matrix products of the post's network: the lower bound for any code on this runtime. */
const schedule = createSchedule({ kind: 'linear', betaStart: 1e-4, betaEnd: 0.9 }, 10)
const network = postNetwork({ dim: 2 }, schedule.alphaBars)
const layers = linearLayers(network)

/** Seconds of the products for `count` samples in T steps, in chunks of the fastest size. */
export async function samplingProducts({ count }: { count: number }, threads: number): Promise<Measure> {
  const graph = new GraphBuilder()
  let x = graph.input('x', ['batch', network.dim])
  const weights = layers.map(({ name, inputs, outputs }, i) => {
    const shape = [outputs, i === 0 ? network.dim : inputs] as const
    return graph.constant(name, shape, normals(name, shape).data)
  })
  for (let t = 0; t < network.T; t++)
    for (const weight of weights) x = graph.op('Gemm', [x, weight], { transB: 1 })
  graph.output('y', x)
  const session = await sessionOf(graph, threads)
  let best: readonly [Measure, number] | undefined
  for (const chunk of [1000, 2000, 4000, 8000]) {
    const feeds = { x: normals('x', [chunk, network.dim]) }
    const measure = await timed(async () => {
      for (let from = 0; from < count; from += chunk) await session.run(feeds, ['y'])
    })
    const seconds = Math.min(await measure(), await measure())
    if (!best || seconds < best[1]) best = [measure, seconds]
  }
  return best![0]
}

/** Seconds of the products of a training step on `rows` points: the mean over `repeats` steps. */
export async function trainingProducts(
  { rows, repeats }: { rows: number; repeats: number },
  threads: number,
) {
  const graph = new GraphBuilder()
  const feeds: Record<string, Tensor> = {}
  const input = (name: string, shape: readonly [number, number]) => {
    feeds[name] = normals(name, shape)
    return graph.input(name, shape)
  }
  // forward, then the gradients of all weights and all layers but the first; as in the engine, columns are batch rows
  const weights = layers.map(({ name, inputs, outputs }) => input(name, [outputs, inputs]))
  const activations = [input('x', [layers[0].inputs, rows])]
  for (const weight of weights) activations.push(graph.op('Gemm', [weight, activations.at(-1)!]))
  let gradient = activations.at(-1)!
  for (let i = layers.length - 1; i >= 0; i--) {
    graph.output(`d ${layers[i]!.name}`, graph.op('Gemm', [gradient, activations[i]!], { transB: 1 }))
    if (i > 0) gradient = graph.op('Gemm', [weights[i]!, gradient], { transA: 1 })
  }
  const session = await sessionOf(graph, threads)
  const outputs = layers.map(({ name }) => `d ${name}`)
  return timed(async () => {
    for (let k = 0; k < repeats; k++) await session.run(feeds, outputs)
  }, repeats)
}

function sessionOf(graph: GraphBuilder, threads: number): Promise<Session> {
  const bytes = encodeGraph(graph.build(), { name: 'products', doc: 'Matrix products alone.', metadata: {} })
  return createNodeSession(bytes, { provider: 'cpu', threads })
}

/** Normals scaled so that products of them keep their size: subnormal numbers would be slow. */
function normals(name: string, [count, dim]: readonly [number, number]): Tensor & { data: Float32Array } {
  const data = standardNormals({ seed: name.length, stream: streams.datasets, step: 0, start: 0, count, dim })
  return { data: data.map((x) => x / Math.sqrt(name === 'x' ? 1 : dim)), dims: [count, dim] }
}
