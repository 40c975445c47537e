import { fileURLToPath } from 'node:url'
import { type RenderedImage, Resvg } from '@resvg/resvg-js'
import { fontFamily } from './theme.ts'

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
