import { short } from '../core/format.ts'
import { processOf } from '../diffusion/process.ts'
import type { Session } from '../infer/session.ts'
import { type GoldenReport, runGolden } from './golden.ts'
import { checkNetworkGraph, checkSamplerGraph, constantProblems, type GraphReport } from './graph-check.ts'
import { feedsOf, type Judge } from './judge.ts'
import { type GraphDeparture, locateDeparture, locateNonFinite } from './locate.ts'
import type { Plan } from './plans.ts'
import type { FileReport } from './report.ts'
import type { Subject } from './subject.ts'
import type { Bounds } from './tolerance.ts'
import type { Trial } from './trial.ts'

export interface FileRequest {
  readonly subject: Subject
  readonly judge: Judge
  /** None where nothing judges: weights that are not the exported ones. */
  readonly trial: Trial | undefined
  /** What its card says otherwise than the reference. */
  readonly card: readonly string[]
  readonly plans: readonly Plan[]
  readonly bounds: Bounds
  readonly bisect: boolean
  readonly signal?: AbortSignal | undefined
}

/** Holds the file against the judge, without a runtime: what is wrong here is wrong on every provider. */
export async function compareFile(request: FileRequest): Promise<FileReport> {
  const { subject, judge, trial, card, bounds, bisect, signal } = request
  const tested = trial ? await runGolden(judgeSession(subject, judge), subject.file.card, bounds) : null
  const graph = trial ? await checkGraph(trial, bounds, signal) : null
  const departure = bisect ? locate(request, graph) : null
  const constants = constantProblems(subject.model.graph!, judge.expected.graph!, judge.weightsOf)
  const problems = [
    ...subject.changed.map((name) => `the initializer ${name} is not what was exported: its digest differs`),
    ...selfTestProblems(tested, judge),
    ...card,
    ...constants,
    ...graphProblems(graph, judge),
    ...hints(request, tested, departure),
  ]
  return {
    pass: problems.length === 0 && tested?.pass === true && graph?.pass === true,
    changed: subject.changed,
    selfTest: tested,
    card,
    graph,
    departure,
    problems,
  }
}

async function checkGraph(trial: Trial, bounds: Bounds, signal: AbortSignal | undefined) {
  const { subject, calls, processes } = trial
  if (!subject.file.isSampler) return checkNetworkGraph(subject, calls, bounds, signal)
  const main = processes.find((process) => process.main)
  return main ? checkSamplerGraph(subject, main, bounds) : null
}

/** The judge behind the self-test's interface. */
function judgeSession({ file }: Subject, judge: Judge): Session {
  const { dim, predictionType } = file.card
  return {
    provider: 'reference',
    adapter: null,
    onnxruntime: null,
    runtime: 'reference',
    threads: 1,
    tf32: null,
    async run({ x_t, t, x_T, noise }): Promise<Record<string, Float32Array>> {
      if (x_t && t) {
        const count = t.data.length
        const output = await judge.predict!({ data: x_t.data, count, dim }, t.data)
        return { [predictionType]: Float32Array.from(output) }
      }
      const count = x_T!.data.length / dim
      const points = (data: Float32Array) => ({ data, count, dim })
      const size = x_T!.data.length
      const process = processOf(file.card)
      const rows = noise
        ? process.timesteps.map((_, j) => points(noise.data.subarray(j * size, (j + 1) * size)))
        : []
      const plan: Plan = {
        config: process.sampler,
        timesteps: process.timesteps,
        process: () => process,
        name: '',
        main: true,
        x_T: points(x_T!.data),
        noise: rows,
      }
      return { x_0: Float32Array.from((await judge.process(plan)).at(-1)!) }
    },
    release: async () => {},
  }
}

/** Where the file's graph departs from what an export makes of the judge's weights, on the worst of its inputs. */
function locate(
  { subject, judge, trial, plans }: FileRequest,
  graph: GraphReport | null,
): GraphDeparture | null {
  const feeds = feedsFor(subject, trial, plans, graph)
  return locateDeparture(subject.model, judge.expected, feeds) ?? locateNonFinite(subject.model, feeds)
}

function feedsFor(
  subject: Subject,
  trial: Trial | undefined,
  plans: readonly Plan[],
  graph: GraphReport | null,
) {
  const { card } = subject.file
  if (card.sampler) {
    const { x_T, noise } = plans[0]!
    const few = (points: typeof x_T) => ({ ...points, ...rowsOf(points, 7) })
    return feedsOf(few(x_T), noise.map(few))
  }
  const name = graph?.at && 'call' in graph.at ? graph.at.call : 'golden'
  const call = trial?.calls.find((one) => one.name === name)
  const x_t = call
    ? Float64Array.from(call.x_t.data)
    : Float64Array.from(card.golden.flatMap((one) => one.x_t))
  const t = Float64Array.from(call?.t ?? card.golden.map((one) => one.t))
  return { x_t: { shape: [t.length, card.dim], data: x_t }, t: { shape: [t.length, 1], data: t } }
}

function rowsOf({ data, count, dim }: Plan['x_T'], most: number): Plan['x_T'] {
  const rows = Math.min(count, most)
  return { data: data.subarray(0, rows * dim), count: rows, dim }
}

function selfTestProblems(tested: GoldenReport | null, { weightsOf }: Judge): string[] {
  if (!tested || tested.pass) return []
  return [
    `${weightsOf ?? 'its own weights'}, in float64, do not give the card's golden vectors: ${offBy(tested.worst)}`,
  ]
}

function offBy(x: number): string {
  return Number.isFinite(x) ? `off by ${short(x)}` : 'it gives numbers that are not finite'
}

function graphProblems(graph: GraphReport | null, { weightsOf }: Judge): string[] {
  if (!graph || graph.pass) return []
  const whole = weightsOf ? `what ${weightsOf} exports to` : 'what its card describes'
  return [`its graph, node by node in float64, is not ${whole}: ${offBy(graph.maxAbs)}`, ...graph.problems]
}

/** What to do next where the weights are wrong and nobody knows which. */
function hints(
  { judge, bisect, subject }: FileRequest,
  tested: GoldenReport | null,
  departure: GraphDeparture | null,
) {
  const right = subject.changed.length === 0 && tested?.pass === true
  if (!bisect || right || departure || judge.weightsOf) return []
  return ['its graph is what an export makes of these weights: give --reference RUN to find which are wrong']
}
