import * as runtime from 'onnxruntime-web/webgpu'
import { serveSampling } from './sampling-worker.ts'

serveSampling('webgpu', runtime)
