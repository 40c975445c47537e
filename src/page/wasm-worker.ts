import * as runtime from 'onnxruntime-web/wasm'
import { serveSampling } from './sampling-worker.ts'

serveSampling('wasm', runtime)
