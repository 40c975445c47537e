/**
 * `moonstep/element` with the types of `<moon-sampler>` in Vue's templates. Configure Vue's compiler not to treat the
 * tag as a component: `isCustomElement: (tag) => tag === 'moon-sampler'`.
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
