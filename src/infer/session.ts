import type { Points } from '../core/points.ts'

/** Where a session computes in Node. The first is the default. */
export const providerNames = ['cpu', 'webgpu'] as const
/** Where a session computes in a page. The first is the default. */
export const webProviderNames = ['wasm', 'webgpu'] as const

export type NodeProvider = (typeof providerNames)[number]
export type WebProvider = (typeof webProviderNames)[number]
/** One provider a session, and nothing falls back to another. */
export type ExecutionProvider = NodeProvider | WebProvider

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

export interface SessionOptions<P extends ExecutionProvider> {
  readonly provider: P
  /** Threads that compute; the runtime's own choice otherwise. */
  readonly threads?: number | undefined
}

/** Errors: a provider that this machine can't run. */
export type CreateSession<P extends ExecutionProvider> = (
  bytes: Uint8Array,
  options: SessionOptions<P>,
) => Promise<Session>

/** What runs graphs: Node and a page have one each. */
export interface Runtime<P extends ExecutionProvider> {
  /** The first is the default. */
  readonly providers: readonly [P, ...P[]]
  readonly createSession: CreateSession<P>
}

export function tensorOf({ data, count, dim }: Points): Tensor {
  return { data, dims: [count, dim] }
}
