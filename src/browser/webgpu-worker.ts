import * as runtime from 'onnxruntime-web/webgpu'
import { webProvider } from '../infer/providers/web-session.ts'
import { serveSampling } from './sampling-worker.ts'

serveSampling((options) => webProvider('webgpu', async () => runtime, options))
