import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { RenderedImage } from '@resvg/resvg-js'
import { type Animation, fontFamily } from './layout.ts'

// importing a CommonJS module that throws ends Node 20, even if caught; requiring one doesn't
const { Resvg } = createRequire(import.meta.url)('@resvg/resvg-js') as typeof import('@resvg/resvg-js')

const fontFile = fileURLToPath(new URL('../../../assets/DejaVuSans.ttf', import.meta.url))

/** Rasterizes an SVG at `zoom` pixels per unit, with the package's font and no installed ones. */
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

/** The part of gifenc in use; it has no types and, in Node, no named exports. */
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

/** Enough for shades of so few colours, and fewer make a smaller file. */
const colors = 24

/** Encodes a GIF that loops forever, with the first and last frames' colours. Yields between frames. */
export async function renderGif({ frames }: Animation, onFrame: (done: number) => void) {
  const ends = Buffer.concat([frames[0]!, frames.at(-1)!].map(({ svg }) => rasterize(svg, 1).pixels))
  const palette = quantize(ends, colors)
  const gif = GIFEncoder()
  for (const [k, { svg, milliseconds: delay }] of frames.entries()) {
    const { pixels, width, height } = rasterize(svg, 1)
    const options = k === 0 ? { palette, delay } : { delay }
    gif.writeFrame(applyPalette(pixels, palette), width, height, options)
    onFrame(k + 1)
    await new Promise((resolve) => setImmediate(resolve))
  }
  gif.finish()
  return gif.bytes()
}
