import { availableParallelism } from 'node:os'
import { messageOf } from '../core/errors.ts'
import { createOnnxEngine } from '../train/engines/onnx/engine.ts'
import { goldenStepsProblem } from '../train/engines/onnx/golden-steps.ts'
import type { StepRuntime } from '../train/engines/onnx/session.ts'
import { createSimdEngine } from '../train/engines/simd/engine.ts'
import { createTensorflowEngine } from '../train/engines/tfjs/engine.ts'
import type { Engines } from '../train/runtime.ts'

/**
 * Node's engines, on the sessions and threads of a runtime. `auto` picks the fastest: `onnx`, if it reproduces the
 * golden steps; otherwise, with a warning, `simd`, which runs everywhere.
 */
export function enginesOn(runtime: StepRuntime): Engines {
  return {
    async choose({ engine = 'auto', onWarning: warn = console.warn }) {
      if (engine !== 'auto') return engine
      const onnxProblem = await goldenStepsProblem(runtime.createSession).catch(messageOf)
      if (!onnxProblem) return 'onnx'
      warn(`training on simd, slower than onnx: ${onnxProblem}`)
      return 'simd'
    },
    async create(name, options) {
      if (name === 'tensorflow') return createTensorflowEngine(options)
      const threads = options.threads ?? availableParallelism()
      if (name === 'simd') return createSimdEngine({ ...options, threads, startHelper: runtime.startHelper })
      return createOnnxEngine({ ...options, threads, runtime })
    },
  }
}
