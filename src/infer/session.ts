import type { Points } from '../core/points.ts'

export const providerNames = ['cpu', 'webgpu'] as const
/** Where a session computes. One provider a session, and nothing falls back to another. */
export type ExecutionProvider = (typeof providerNames)[number]

export interface Tensor {
  readonly data: Float32Array
  readonly dims: readonly number[]
}

/** What really runs a session. */
export interface SessionInfo {
  readonly provider: ExecutionProvider
  /** The GPU adapter, where there is one and it is known. */
  readonly adapter: string | null
  /** The version of onnxruntime. */
  readonly onnxruntime: string
  readonly threads: number
}

/** A loaded graph, whatever the runtime. */
export interface Session extends SessionInfo {
  /** Feeds by input name to outputs by name; `outputs` are the ones to compute. */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
  ): Promise<Record<string, Float32Array>>
  release(): Promise<void>
}

export interface SessionOptions {
  readonly provider: ExecutionProvider
  /** Threads that compute; all cores otherwise. */
  readonly threads?: number | undefined
}

/** Each runtime (Node, a page) has one. Errors: a provider that this machine can't run. */
export type CreateSession = (bytes: Uint8Array, options: SessionOptions) => Promise<Session>

export function tensorOf({ data, count, dim }: Points): Tensor {
  return { data, dims: [count, dim] }
}
