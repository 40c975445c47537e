import * as runtime from '../infer/ort-webgpu.ts'
import { serveSampling } from './sampling-worker.ts'

serveSampling('webgpu', runtime)
