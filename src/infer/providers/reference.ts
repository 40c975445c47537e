import { version } from '../../core/version.ts'
import { referenceOf } from '../../model/folded.ts'
import { readModel } from '../../onnx/read.ts'
import type { Provider } from '../provider.ts'
import { predictorSession } from './predictor-session.ts'

/** float64 in plain TypeScript on one thread: slow, and the reference for the others. */
export const reference = {
  name: 'reference',
  runsNodes: false,
  async createSession(bytes) {
    const file = readModel(bytes)
    return predictorSession(file, {
      predictor: referenceOf(file.network),
      precision: Float64Array,
      info: { provider: 'reference', runtime: `moonstep ${version}, float64`, threads: 1 },
    })
  },
} as const satisfies Provider
