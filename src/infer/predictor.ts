import type { Points } from '../core/points.ts'
import type { NoisePredictor } from '../diffusion/noise-predictor.ts'
import { type Session, tensorOf } from './session.ts'

/** A session of model.onnx as a noise predictor. */
export function sessionPredictor(session: Session, outputName: string): NoisePredictor {
  return {
    async predict(x_t, t): Promise<Points> {
      const { count, dim } = x_t
      const timesteps = typeof t === 'number' ? new Float32Array(count).fill(t) : Float32Array.from(t)
      const feeds = { x_t: tensorOf(x_t), t: { data: timesteps, dims: [count, 1] } }
      const outputs = await session.run(feeds, [outputName])
      return { data: outputs[outputName]!, count, dim }
    },
  }
}
