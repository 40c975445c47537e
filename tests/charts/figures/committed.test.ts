import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { PlotOptions } from '../../../src/charts/figures/figure.ts'
import type { FigureName } from '../../../src/charts/figures/index.ts'
import { plot } from '../../../src/charts/figures/plot.ts'
import { rasterize } from '../../../src/charts/marks/raster.ts'

const images = 'docs/images'
const figures: ({ file: string; figure: FigureName } & PlotOptions)[] = JSON.parse(
  readFileSync('scripts/figures.json', 'utf8'),
)

/** A channel that differs by more is another colour; an arrow of another direction changes more pixels than this share. */
const [sameColor, mostChanged] = [48, 2e-4]

it.each(figures.filter(({ file }) => file.endsWith('.svg')))(
  'docs/images/$file equals the figure that docs:figures draws',
  async ({ file, figure, ...options }) => {
    const { content } = await plot(figure, options)
    const [made, committed] = [content as string, readFileSync(`${images}/${file}`, 'utf8')].map((svg) =>
      rasterize(svg, 1),
    )
    expect([made!.width, made!.height]).toEqual([committed!.width, committed!.height])
    const [a, b] = [made!.pixels, committed!.pixels]
    let changed = 0
    for (let k = 0; k < a.length; k += 4)
      if (![0, 1, 2].every((channel) => Math.abs(a[k + channel]! - b[k + channel]!) <= sameColor)) changed++
    expect(changed / (a.length / 4)).toBeLessThanOrEqual(mostChanged)
  },
)

it('docs/images/reverse.gif moves from x_T to x_0 in fewer than 2 MB', () => {
  const gif = readFileSync(`${images}/reverse.gif`)
  expect(gif.toString('latin1', 0, 6)).toBe('GIF89a')
  expect(gif.length).toBeLessThan(2e6)
  const delays = gifDelays(gif)
  expect(delays.length).toBe(51)
  // it rests on the noise, and longer on the samples
  expect([delays[0], delays[1], delays.at(-1)]).toEqual([80, 6, 250])
})

it('every image of the docs is in scripts/figures.json, or comes from a bench or a page', () => {
  const measured = ['quality.svg', ...['d', 'samples', 't', 'width'].map((axis) => `growth-${axis}.svg`)]
  const taken = ['light', 'dark', 'phone', 'student', 'training'].map((name) => `lesson-${name}.png`)
  const studio = ['studio.gif', 'studio-dark.png', 'studio-phone.png']
  expect(readdirSync(images).sort()).toEqual(
    [...figures.map(({ file }) => file), ...measured, ...taken, ...studio].sort(),
  )
})

/** The delay of each frame of a GIF, in hundredths of a second: walks its blocks (GIF89a, section 23). */
function gifDelays(gif: Buffer): number[] {
  const tableSize = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
  let at = 13 + tableSize(gif[10]!)
  const skipSubBlocks = () => {
    while (gif[at]! > 0) at += gif[at]! + 1
    at += 1
  }
  const delays: number[] = []
  for (;;) {
    const block = gif[at]
    if (block === 0x3b) return delays
    if (block === 0x21) {
      if (gif[at + 1] === 0xf9) delays.push(gif.readUInt16LE(at + 4))
      at += 2
    } else if (block === 0x2c) at += 10 + tableSize(gif[at + 9]!) + 1
    else throw new Error(`no GIF block at ${at}`)
    skipSubBlocks()
  }
}
