import { messageOf } from '../../core/errors.ts'
import { smallModel } from '../../export/small-model.ts'
import { loadModel } from '../../infer/node.ts'
import { infoOf, type NodeProvider, type SessionInfo } from '../../infer/session.ts'
import { isSoftware } from '../../infer/vulkan-adapter.ts'
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
