import { exact } from '../core/format.ts'
import { pause } from '../core/work.ts'
import { compareTensors } from '../evaluate/parity.ts'
import { constantsOf, interpretGraph } from '../onnx/interpret.ts'
import type { IGraph } from '../onnx/proto.ts'
import { type CallsReport, isBeginningOf, type JudgedCall, reportCalls } from './calls.ts'
import { feedsOf, isFolded } from './judge.ts'
import { type JudgedPlan, type ProcessReport, reportProcess } from './processes.ts'
import type { Subject } from './subject.ts'
import type { Bounds } from './tolerance.ts'

/**
 * The file's own graph, node by node in float64, against the judge: what is wrong here is wrong in the file, and
 * on every provider.
 */
export type GraphReport = CallsReport | ProcessReport

/** Rows of a process that a graph is interpreted for. */
const maxProcessRows = 64

/** A model.onnx on every row of the calls. Errors: the signal's reason. */
export async function checkNetworkGraph(
  { model, file: { card } }: Subject,
  calls: readonly JudgedCall[],
  bounds: Bounds,
  signal?: AbortSignal | undefined,
): Promise<CallsReport> {
  // smaller batches are the beginnings of larger ones
  const some = calls.filter((call, i) => !(calls[i + 1] && isBeginningOf(call, calls[i + 1]!)))
  const answers: Float32Array[] = []
  for (const { x_t, t } of some) {
    const values = interpretGraph(model.graph!, {
      x_t: { shape: [x_t.count, card.dim], data: Float64Array.from(x_t.data) },
      t: { shape: [x_t.count, 1], data: Float64Array.from(t) },
    })
    answers.push(Float32Array.from(values.get(card.predictionType)!.data))
    await pause(signal)
  }
  return reportCalls(some, answers, card.dim, bounds, nonFiniteConstants(model.graph!))
}

/** A sampler.onnx on some rows of its process. */
export function checkSamplerGraph({ model, file }: Subject, plan: JudgedPlan, bounds: Bounds): ProcessReport {
  const rows = firstRows(plan, maxProcessRows)
  const values = interpretGraph(model.graph!, feedsOf(rows.x_T, rows.noise))
  const size = rows.x_T.data.length
  const trajectory = file.outputs.includes('trajectory') ? values.get('trajectory')!.data : undefined
  const last = rows.states.length - 1
  const states = rows.states.map((_, k) => {
    if (k === last) return Float32Array.from(values.get('x_0')!.data)
    return trajectory ? Float32Array.from(trajectory.subarray(k * size, (k + 1) * size)) : null
  })
  return reportProcess(rows, 'sampler.onnx', states, bounds, nonFiniteConstants(model.graph!))
}

/** A process of the first `count` samples alone. */
export function firstRows(plan: JudgedPlan, count: number): JudgedPlan {
  const n = Math.min(count, plan.x_T.count)
  const { dim } = plan.x_T
  const rows = (data: Float32Array) => data.subarray(0, n * dim)
  const points = ({ data }: { data: Float32Array }) => ({ data: rows(data), count: n, dim })
  return {
    ...plan,
    x_T: points(plan.x_T),
    noise: plan.noise.map(points),
    states: plan.states.map(rows),
  }
}

function nonFiniteConstants(graph: IGraph): string[] {
  return [...constantsOf(graph)].flatMap(([name, { data }]) => {
    const index = data.findIndex((value) => !Number.isFinite(value))
    return index < 0 ? [] : [`the constant ${name} holds ${data[index]} at ${index}`]
  })
}

/** What float32, or another machine's sine, may round otherwise. */
const rounding = { atol: 1e-6, rtol: 1e-6 }

/**
 * The constants that are not what an export of the judge's weights writes: a weight that a reference has otherwise,
 * however few inputs it matters for, and what follows from the card.
 */
export function constantProblems(own: IGraph, expected: IGraph, weightsOf: string | null): string[] {
  const right = constantsOf(expected)
  return [...constantsOf(own)].flatMap(([name, { data }]) => {
    const of = right.get(name)
    if (!of || data.some((value) => !Number.isFinite(value))) return []
    const { pass, worst, misshapen } = compareTensors(data, of.data, rounding)
    if (pass || (!worst && !misshapen)) return []
    const found = worst
      ? `${name}[${worst.index}] is ${exact(worst.actual)}`
      : `${name} has ${data.length} numbers`
    const should = worst ? exact(worst.expected) : `${of.data.length}`
    return [`${found}, ${weightsOf && isFolded(name) ? `by ${weightsOf}` : 'by its card'} it is ${should}`]
  })
}
