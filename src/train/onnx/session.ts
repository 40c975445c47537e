/** A float32 tensor, row by row. */
export interface StepTensor {
  readonly data: Float32Array
  readonly dims: readonly number[]
}

/** What runs a training graph: a session of onnxruntime's CPU provider, or of its WASM in Node or a page. */
export interface StepSession {
  /** Feeds by input name to outputs by name. */
  run(
    feeds: Readonly<Record<string, StepTensor>>,
    outputs: readonly string[],
  ): Promise<Record<string, Float32Array>>
  release(): Promise<void>
}

/** Hands an engine its session: src/train imports no runtime. */
export type CreateStepSession = (
  bytes: Uint8Array,
  options: { readonly threads: number | undefined },
) => Promise<StepSession>
