import type * as wasm from '../../../src/core/noise/wasm.ts'

/** In place of `core/noise/wasm.ts`, by vite.config.ts: the page draws its noise in plain TypeScript, to the same bits. */
export const wasmNormals: typeof wasm.wasmNormals = () => false
export const wasmUniforms: typeof wasm.wasmUniforms = () => false
