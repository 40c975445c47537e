import * as runtime from 'onnxruntime-web/wasm'
import { graphForWasm } from '../infer/providers/wasm-graph.ts'
import { webProvider } from '../infer/providers/web-session.ts'
import { serveSampling } from './sampling-worker.ts'

serveSampling((options) => webProvider('wasm', async () => runtime, options, graphForWasm))
