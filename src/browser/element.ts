/**
 * Registers `<moon-sampler>`. In Node, as in server-side rendering, it does nothing.
 * @module moonstep/element
 */
import { MoonSampler } from './moon-sampler.ts'

export type { SampleResult, SampleStep } from '../infer/model.ts'
export type { SessionInfo, WebProvider } from '../infer/session.ts'
export type * from '../model/card-types.ts'
export type { LoadedModel } from './client.ts'
export {
  MoonSampler,
  type MoonSamplerAttributes,
  type MoonSamplerEvents,
  type MoonSamplerListeners,
} from './moon-sampler.ts'

declare global {
  interface HTMLElementTagNameMap {
    'moon-sampler': MoonSampler
  }
}

// two scripts of a page may load it; Node has no elements
if (globalThis.customElements && !customElements.get('moon-sampler'))
  customElements.define('moon-sampler', MoonSampler)
