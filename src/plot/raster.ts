import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { RenderedImage } from '@resvg/resvg-js'
import { type AnimationFrame, fontFamily } from './layout.ts'

// an import of CommonJS that throws ends Node 20, whoever catches it; a require that throws does not
const { Resvg } = createRequire(import.meta.url)('@resvg/resvg-js') as typeof import('@resvg/resvg-js')

const fontFile = fileURLToPath(new URL('../../assets/DejaVuSans.ttf', import.meta.url))

/** An SVG's pixels, `zoom` to each unit of its size, with the package's own font and none of the machine's. */
export function rasterize(svg: string, zoom: number): RenderedImage {
  return new Resvg(svg, {
    fitTo: { mode: 'zoom', value: zoom },
    font: {
      loadSystemFonts: false,
      fontFiles: [fontFile],
      defaultFontFamily: fontFamily,
      sansSerifFamily: fontFamily,
    },
  }).render()
}

export function renderPng(svg: string, zoom: number): Uint8Array {
  return rasterize(svg, zoom).asPng()
}

/** What is used of gifenc, which has no types and, for Node, no named exports. */
interface Gifenc {
  GIFEncoder(): {
    writeFrame(index: Uint8Array, width: number, height: number, options: object): void
    finish(): void
    bytes(): Uint8Array
  }
  quantize(rgba: Uint8Array, colors: number): number[][]
  applyPalette(rgba: Uint8Array, palette: number[][]): Uint8Array
}

const { GIFEncoder, quantize, applyPalette } = createRequire(import.meta.url)('gifenc') as Gifenc

/** Shades of so few colours need no more, and fewer make a smaller file. */
const colors = 24

/** A GIF that repeats for ever, its colours those of the first and last frame. Lets others run between frames. */
export async function renderGif(
  frames: readonly AnimationFrame[],
  onFrame: (done: number) => void,
): Promise<Uint8Array> {
  const pixelsOf = ({ svg }: AnimationFrame) => rasterize(svg, 1)
  const ends = Buffer.concat([frames[0]!, frames.at(-1)!].map((frame) => pixelsOf(frame).pixels))
  const palette = quantize(ends, colors)
  const gif = GIFEncoder()
  for (const [k, frame] of frames.entries()) {
    const { pixels, width, height } = pixelsOf(frame)
    const colorsOnce = k === 0 ? { palette } : {}
    gif.writeFrame(applyPalette(pixels, palette), width, height, { ...colorsOnce, delay: frame.milliseconds })
    onFrame(k + 1)
    await new Promise((resolve) => setImmediate(resolve))
  }
  gif.finish()
  return gif.bytes()
}
