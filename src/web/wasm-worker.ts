import * as runtime from '../infer/ort-wasm.ts'
import { serveSampling } from './sampling-worker.ts'

serveSampling('wasm', runtime)
