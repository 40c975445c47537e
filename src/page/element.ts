/**
 * Registers `<moon-sampler>`.
 * @module moonstep/element
 */
import { MoonSampler } from './moon-sampler.ts'

export { MoonSampler, type MoonSamplerEvents } from './moon-sampler.ts'

declare global {
  interface HTMLElementTagNameMap {
    'moon-sampler': MoonSampler
  }
}

// two scripts of a page may bring it
if (!customElements.get('moon-sampler')) customElements.define('moon-sampler', MoonSampler)
