/**
 * `moonstep/element` with the types of `<moon-sampler>` in Vue's templates. Configure Vue's compiler not to treat the
 * tag as a component: `isCustomElement: (tag) => tag === 'moon-sampler'`.
 *
 * @example
 * import 'moonstep/element/vue'
 * // <moon-sampler src="model.onnx" :num-steps="5" @sample="({ detail }) => (count = detail.points.count)" />
 * @module moonstep/element/vue
 */
import type { DefineComponent } from 'vue'
import type { MoonSamplerAttributes, MoonSamplerEvents } from './element.ts'

export * from './element.ts'

/** Vue writes names of attributes in camel case, and of events with a capital: `num-steps` is numSteps, `@sample` onSample. */
type Props = Omit<MoonSamplerAttributes, 'num-steps'> & {
  readonly numSteps?: number | string | null | undefined
  readonly onLoad?: ((event: MoonSamplerEvents['load']) => void) | undefined
  readonly onStep?: ((event: MoonSamplerEvents['step']) => void) | undefined
  readonly onSample?: ((event: MoonSamplerEvents['sample']) => void) | undefined
  readonly onError?: ((event: MoonSamplerEvents['error']) => void) | undefined
}

declare module 'vue' {
  interface GlobalComponents {
    'moon-sampler': DefineComponent<Props>
  }
}
