import { openNetwork } from '../../../src/browser/network.ts'
import { answerCalls, moved } from '../../../src/browser/worker-calls.ts'
import type { NetworkModel } from '../../../src/foreign/open-network.ts'
import type { WasmPaths } from '../../../src/infer/providers/web-session.ts'
import type { OnnxruntimeWebProvider, SessionInfo } from '../../../src/infer/session.ts'

/** What the digits section asks for. */
export interface DigitsRequest {
  readonly provider: OnnxruntimeWebProvider
  readonly threads: number
  readonly wasmPaths: WasmPaths | undefined
  /** URLs of the network and of its scheduler's config. */
  readonly network: string
  readonly config: string
  /** diffusers' class; the other settings are the config's. */
  readonly scheduler: string
  readonly count: number
  readonly numSteps: number
  readonly seed: number
  readonly label: number
  readonly guidance: number
  readonly signal: AbortSignal
  readonly onStep: (state: DigitsState) => void
}

/** Pictures of 8 x 8, one after the other. */
export interface DigitsState {
  readonly step: number
  readonly t: number
  readonly data: Float32Array
}

/** The class of no digit in particular. */
const none = 10

/** A network for each provider that was asked for. */
const networks = new Map<string, Promise<NetworkModel>>()

const calls = {
  async draw(request: DigitsRequest): Promise<SessionInfo> {
    const { provider, threads, wasmPaths, network, config, label, guidance } = request
    const opening =
      networks.get(provider) ?? openNetwork({ network, scheduler: config }, { provider, threads, wasmPaths })
    networks.set(provider, opening)
    const model = await opening.catch((error) => {
      networks.delete(provider)
      throw error
    })
    const { info, scheduler } = model
    await model.sample({
      count: request.count,
      numSteps: request.numSteps,
      seed: request.seed,
      given: { class_labels: label },
      ...(guidance !== 1 && { guidance, without: { class_labels: none } }),
      scheduler: { ...scheduler, _class_name: request.scheduler },
      signal: request.signal,
      onStep({ step, t, x }) {
        // the process goes on with x, so the page gets a copy
        const data = x.data.slice()
        return request.onStep(moved({ step, t, data }, [data.buffer]))
      },
    })
    return info
  },
}

export type DigitsCalls = typeof calls

answerCalls(calls)
