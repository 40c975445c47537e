/** The libraries that train in a page beside ours, each on its WASM backend. */
import { createTensorflowEngine } from '../../../src/train/engines/tfjs/engine.ts'
import { createJaxEngine } from './jax.mjs'
import { isReady } from './tensorflow.mjs'

export const peers = {
  'jax-js': createJaxEngine,
  async tfjs(options) {
    await isReady
    return createTensorflowEngine(options)
  },
}
