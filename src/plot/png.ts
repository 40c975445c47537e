import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { RenderedImage } from '@resvg/resvg-js'
import { fontFamily } from './theme.ts'

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
