import { type SentError, sentError } from '../core/errors.ts'
import type { Model, SampleOptions, SampleResult } from '../infer/model.ts'
import { openModel } from '../infer/open-model.ts'
import type { Provider } from '../infer/provider.ts'
import type { WasmPaths, WebSessionOptions } from '../infer/providers/web-session.ts'
import { sample } from '../infer/sample.ts'
import { maxVisibleSamples } from './cloud.ts'
import { answerCalls, moved } from './worker-calls.ts'

export interface LoadRequest {
  readonly model: Blob
  readonly name: string
  readonly threads: number
  readonly withoutFaker: boolean
  /** URLs of onnxruntime's files, if the provider has them. */
  readonly wasmPaths: WasmPaths | undefined
}

/** Options of a draw: all of `SampleOptions` that can cross to a worker. */
export type ClientSampleOptions = Omit<SampleOptions, 'onWarning' | 'onProgress'>

type SentSamples = Omit<SampleResult<never>, 'points'> & Partial<Pick<SampleResult, 'points'>>

export interface SamplingCalls {
  load(request: LoadRequest): Promise<Pick<Model, 'card' | 'info'>>
  /** The process waits for what `onStep` returns. The page says the type of the rows, and makes the points of a table. */
  sample(options: ClientSampleOptions): Promise<SentSamples>
  /** Answers once the GPU is lost, whether or not anything runs. */
  lost(): Promise<SentError>
}

/** Serves one model on a provider in this worker; `others` are further functions of the worker. */
export function serveSampling(makeProvider: (options: WebSessionOptions) => Provider, others: object = {}) {
  /** Set once loaded, before the page samples. */
  let model: Model
  let onDeviceLost = (_: Error) => {}
  const lost = new Promise<SentError>((resolve) => {
    onDeviceLost = (error) => resolve(sentError(error))
  })

  const calls: SamplingCalls = {
    async load({ model: file, name, threads, withoutFaker, wasmPaths }) {
      const bytes = new Uint8Array(await file.arrayBuffer())
      model = await openModel(bytes, name, [makeProvider({ wasmPaths, onDeviceLost })], {
        threads,
        withoutFaker,
      })
      const { card, info } = model
      return { card, info }
    },
    async sample({ onStep, ...options }) {
      const stepOptions: Partial<SampleOptions> | undefined = onStep && {
        chunkSize: maxVisibleSamples,
        onStep(state) {
          // only the first chunk
          if (state.from > (options.from ?? 0)) return
          // the process continues with x, so the page gets a copy
          const x = { ...state.x, data: state.x.data.slice() }
          return onStep(moved({ ...state, x }, [x.data.buffer]))
        },
      }
      // a copy has the points of a model of points, and not those of a table
      const result: SentSamples = { ...(await sample<never>(model, { ...options, ...stepOptions })) }
      const { table, points, x_0, trajectory = [] } = result
      const buffers = [
        ...table.columns.map(({ cells }) => cells.buffer),
        ...[points, x_0, ...trajectory].flatMap((each) => each?.data.buffer ?? []),
      ]
      return moved(result, buffers)
    },
    lost: () => lost,
  }
  answerCalls({ ...calls, ...others })
}
