import * as runtime from 'onnxruntime-web/wasm'
import { webProvider } from '../infer/providers/web-session.ts'
import { serveSampling } from './sampling-worker.ts'

serveSampling((options) => webProvider('wasm', async () => runtime, options))
