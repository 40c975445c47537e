/**
 * `moonstep/element` with the types of `<moon-sampler>` in Svelte's templates.
 *
 * @example
 * import 'moonstep/element/svelte'
 * @module moonstep/element/svelte
 */
import type {} from 'svelte/elements'
import type { MoonSampler, MoonSamplerAttributes } from './element.ts'

export * from './element.ts'

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'moon-sampler': HTMLAttributes<MoonSampler> & MoonSamplerAttributes
  }
}
