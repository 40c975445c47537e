import 'moonstep/web/onnxruntime'
import { createSamplingClient, MoonSampler } from 'moonstep/web'

globalThis.registered = customElements.get('moon-sampler') !== undefined
customElements.define('moon-sampler', class extends MoonSampler {})
globalThis.createSamplingClient = createSamplingClient
