import { registerProvider } from '../infer/node.ts'
import { tensorflowSessions } from '../infer/tensorflow-session.ts'

/**
 * The providers whose code src/infer doesn't import: importing this file adds them. Each loads what it runs on
 * with its first session, so that the package works without tfjs-node, playwright-core and Chromium.
 */
registerProvider(
  'tensorflow',
  tensorflowSessions(async (inside, threads) => {
    const { tensorflowLayersPredictor, tensorflowPredictor } = await import(
      '../train/engines/tfjs/predictor.ts'
    )
    return inside.kind === 'whole'
      ? tensorflowPredictor(inside.network, inside.weights, threads)
      : tensorflowLayersPredictor(inside, inside.network, threads)
  }),
)
for (const provider of ['webgpu-browser', 'wasm-browser'] as const)
  registerProvider(provider, async (bytes, options) => {
    const { createBrowserSession } = await import('../chromium/session.ts')
    return createBrowserSession(bytes, options)
  })
