import type { Session } from '../infer/session.ts'
import { decodeModel } from '../onnx/proto.ts'
import { type BisectReport, type BisectRequest, bisect } from './bisect.ts'
import { type CallsReport, callFeeds, type JudgedCall } from './calls.ts'
import { type Candidate, type OpenSession, openOn } from './candidates.ts'
import { firstRows } from './graph-check.ts'
import { graphFeeds, type ProcessReport } from './processes.ts'
import type { Bounds } from './tolerance.ts'
import type { Process, Trial } from './trial.ts'

/** Rows of a process that a bisection looks at, and how many numbers it may keep. */
const bisectRows = 64
const bisectNumbers = 4e7

/** The provider to bisect, and on what. */
export interface BisectionOf {
  readonly trial: Trial
  readonly candidate: Candidate
  readonly open: OpenSession
  readonly bounds: Bounds
  readonly signal?: AbortSignal | undefined
}

/** Bisects where the calls failed, else where a process did, else, to be told that nothing departs, both. */
export async function bisectProvider(
  { trial, candidate, open, bounds, signal }: BisectionOf,
  calls: CallsReport | null,
  reports: readonly ProcessReport[],
): Promise<BisectReport[]> {
  if (!candidate.runsNodes) return [noNodes(trial)]
  const session = async (bytes: Uint8Array): Promise<Session> => {
    const opened = await openOn(open, bytes, candidate)
    if ('session' in opened) return opened.session
    throw new Error('failure' in opened ? opened.failure : opened.unavailable)
  }
  const callRequest = (call: JudgedCall): BisectRequest => ({
    graph: 'model.onnx',
    model: trial.subject.model,
    feeds: callFeeds(call),
    tolerance: bounds.call,
    open: session,
    signal,
  })
  const processRequest = (process: Process): BisectRequest => {
    const model = decodeModel(process.graph.bytes, process.name)
    const width = Math.max(1, ...trial.subject.network.hidden)
    const affordable = Math.floor(bisectNumbers / (width * model.graph!.node!.length))
    const rows = firstRows(process, Math.max(1, Math.min(bisectRows, affordable)))
    return {
      graph: 'sampler.onnx',
      model,
      feeds: graphFeeds(rows),
      tolerance: bounds.process,
      open: session,
      signal,
    }
  }
  const worst = trial.calls.find(({ name }) => name === calls?.at?.call)
  if (calls && !calls.pass) return [await bisect(callRequest(worst ?? trial.calls[0]!))]
  const failed = reports.find(({ pass, form }) => !pass && form === 'sampler.onnx')
  const process = trial.processes.find(({ name, main }) => (failed ? name === failed.sampler : main))
  const requests = [
    ...(worst && !failed ? [callRequest(worst)] : []),
    ...(process ? [processRequest(process)] : []),
  ]
  const found: BisectReport[] = []
  for (const each of requests) found.push(await bisect(each))
  return found
}

function noNodes({ subject: { file, model } }: Trial): BisectReport {
  return {
    graph: file.isSampler ? 'sampler.onnx' : 'model.onnx',
    nodes: model.graph!.node!.length,
    departure: null,
    problem: 'it computes the layers of the network, not the nodes of a graph: there is none to name',
  }
}
