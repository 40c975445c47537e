import { messageOf } from '../../core/errors.ts'
import { exportNoisePredictor } from '../../export/export-model.ts'
import { loadModel } from '../../infer/node.ts'
import { infoOf, type NodeProvider, type SessionInfo } from '../../infer/session.ts'
import { isSoftware } from '../../infer/vulkan-adapter.ts'
import { initialWeights } from '../../model/initial-weights.ts'
import '../../providers.ts'

export interface Finding extends Pick<SessionInfo, 'provider'> {
  readonly available: boolean
  /** Why not. */
  readonly reason: string | null
  /** What ran, where something did. */
  readonly ran: SessionInfo | null
  /** Whether its GPU is the processor's imitation of one. */
  readonly software: boolean
}

/** Loads a small model on a provider and runs its golden vectors. */
export async function tryProvider(provider: NodeProvider, deviceId?: number): Promise<Finding> {
  try {
    const model = await loadModel(await smallModel(), { provider, deviceId })
    const ran = infoOf(model.session)
    await model.dispose()
    return { provider, available: true, reason: null, ran, software: isSoftware(ran.adapter) }
  } catch (error) {
    const reason = messageOf(error)
      .split('\n')[0]!
      .replace(/^provider \S+ can't run [^:]*: /, '')
      .replace(/: moonstep doctor says .*$/, '')
    return { provider, available: false, reason, ran: null, software: false }
  }
}

function smallModel(): Promise<Uint8Array> {
  const network = { dim: 1, T: 2, hidden: [4], timeEmbedding: { kind: 'one_hot_linear' } } as const
  const config = {
    T: 2,
    schedule: { kind: 'linear', betaStart: 0.9, betaEnd: 0.99 },
    scaler: { min: [0], max: [1] },
    integerColumns: [],
    predictionType: 'epsilon',
    sampler: { name: 'ddpm', variance: 'fixed_small' },
  } as const
  return exportNoisePredictor({ config, weights: initialWeights(network, 0) })
}
