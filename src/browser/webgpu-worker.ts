import * as runtime from 'onnxruntime-web/webgpu'
import { ofRuntime } from '../infer/providers/runtime.ts'
import { webProvider } from '../infer/providers/web-session.ts'
import { serveSampling } from './sampling-worker.ts'

serveSampling((options) => ofRuntime(webProvider('webgpu', async () => runtime, options)))
