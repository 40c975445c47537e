/**
 * `moonstep/element` with the types of `<moon-sampler>` in React's JSX (React 18 and 19).
 *
 * @example
 * import 'moonstep/element/react'
 *
 * export const Moons = () => <moon-sampler src="model.onnx" count={2000} />
 * @module moonstep/element/react
 */
import type { DetailedHTMLProps, HTMLAttributes } from 'react'
import type { MoonSampler, MoonSamplerAttributes } from './element.ts'

export * from './element.ts'

type Props = DetailedHTMLProps<HTMLAttributes<MoonSampler>, MoonSampler> & MoonSamplerAttributes

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'moon-sampler': Props
    }
  }
}
