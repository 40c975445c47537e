import * as runtime from 'onnxruntime-web/wasm'
import { ofRuntime } from '../infer/providers/runtime.ts'
import { graphForWasm } from '../infer/providers/wasm-graph.ts'
import { webProvider } from '../infer/providers/web-session.ts'
import { serveSampling } from './sampling-worker.ts'

serveSampling((options) => ofRuntime(webProvider('wasm', async () => runtime, options, graphForWasm)))
