import { onnxruntimeWorkers } from '../../src/browser/onnxruntime-workers.ts'
import { provideOnnxruntime } from '../../src/browser/provided-onnxruntime.ts'

// what samples on onnxruntime's providers, which the page loads once samples stand
provideOnnxruntime({ workers: onnxruntimeWorkers })

export { createSamplingClient } from '../../src/browser/client.ts'
