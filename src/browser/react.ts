/**
 * `moonstep/element` with the types of `<moon-sampler>` in React's JSX. React 19 sets properties and listens to events;
 * React 18 knows only attributes.
 *
 * @example
 * import 'moonstep/element/react'
 *
 * export const Moons = () => (
 *   <moon-sampler src="model.onnx" numSteps={5} onsample={({ detail }) => console.log(detail.points.count)} />
 * )
 * @module moonstep/element/react
 */
import type { DetailedHTMLProps, HTMLAttributes } from 'react'
import type { MoonSampler, MoonSamplerAttributes, MoonSamplerListeners } from './element.ts'

export * from './element.ts'

type Props = DetailedHTMLProps<HTMLAttributes<MoonSampler>, MoonSampler> &
  MoonSamplerAttributes &
  MoonSamplerListeners

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'moon-sampler': Props
    }
  }
}
