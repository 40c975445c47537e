/** Replaces the loader of TensorFlow for Node: tfjs on its WASM backend, for the project's own engine. */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import plainUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'
import threadedUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url'
import * as tf from '@tensorflow/tfjs-core'

setWasmPaths({
  'tfjs-backend-wasm.wasm': plainUrl,
  'tfjs-backend-wasm-simd.wasm': simdUrl,
  'tfjs-backend-wasm-threaded-simd.wasm': threadedUrl,
})

export const isReady = tf.setBackend('wasm')

/** Its products with transposes take five times as long as a separate transpose and product. */
const matMul = (a, b, isATransposed = false, isBTransposed = false) =>
  tf.matMul(isATransposed ? tf.transpose(a) : a, isBTransposed ? tf.transpose(b) : b)

export const loadTensorflow = () => ({ ...tf, matMul })
export const usefulThreads = () => 1
