import type * as wasm from '../../../src/numerics/noise/wasm.ts'

/** Replaces `numerics/noise/wasm.ts` (vite.config.ts): the page draws its noise in plain TypeScript, with the same bits. */
export const wasmNormals: typeof wasm.wasmNormals = () => false
export const wasmUniforms: typeof wasm.wasmUniforms = () => false
