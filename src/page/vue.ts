/**
 * `moonstep/element`, with `<moon-sampler>` known to Vue's templates. Vue's compiler has to be told that the tag is no
 * component of its own: `isCustomElement: (tag) => tag === 'moon-sampler'`.
 *
 * @example
 * import 'moonstep/element/vue'
 * @module moonstep/element/vue
 */
import type { DefineComponent } from 'vue'
import type { MoonSamplerAttributes } from './element.ts'

export * from './element.ts'

declare module 'vue' {
  interface GlobalComponents {
    'moon-sampler': DefineComponent<MoonSamplerAttributes>
  }
}
