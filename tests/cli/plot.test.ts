import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { moonstep, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { words } from '../helpers/words.ts'

const model = 'models/two-moons-seed/model.onnx'
const { at } = folderOf('plot')

describe('plot', () => {
  it('draws SVG, the same bytes as the committed figure’s command, and tells of it as JSON', async () => {
    const { status, stdout, stderr } = await moonstep`plot schedules --out ${at('a.svg')} --json`
    expect([status, stderr]).toEqual([0, `drew schedules, 5.7 KB: ${at('a.svg')}\n`])
    const svg = readFileSync(at('a.svg'), 'utf8')
    expect(JSON.parse(stdout)).toEqual({
      figure: 'schedules',
      out: at('a.svg'),
      bytes: svg.length + 2,
      notes: [],
    })
    expect(svg).toBe(readFileSync('docs/images/schedules.svg', 'utf8'))
  })

  it('draws PNG of the size in pixels that is asked for', async () => {
    const out = at('a.png')
    await succeeds`plot samples ${model} --size 640x300 --theme dark --out ${out}`
    const png = readFileSync(out)
    expect(png.toString('latin1', 1, 4)).toBe('PNG')
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([640, 300])
  })

  it('draws the reverse process as GIF', async () => {
    const out = at('a.gif')
    await succeeds`plot reverse ${model} -n 20 --size 200x200 --out ${out}`
    const gif = readFileSync(out)
    expect(gif.toString('latin1', 0, 6)).toBe('GIF89a')
    expect([gif.readUInt16LE(6), gif.readUInt16LE(8)]).toEqual([200, 200])
  })

  it.each([
    [['samples', model], /--out is missing/],
    [words`sampels ${model} --out ${at('b.svg')}`, /unknown figure sampels \(did you mean samples\?\)/],
    [words`samples --out ${at('b.svg')}`, /samples is drawn from a model/],
    [words`samples ${model} --at 3 --out ${at('b.svg')}`, /samples takes no --at: it takes --dataset/],
    [words`samples ${model} --size big --out ${at('b.svg')}`, /--size big: give WIDTHxHEIGHT/],
    [words`schedules --schedule linear --rho 3 --out ${at('b.svg')}`, /none of linear has --rho/],
  ])('%j is one line and exit 2, and writes nothing', async (args, message) => {
    const { status, stdout, stderr } = await moonstep`plot ${args}`
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^moonstep: [^\n]+\n$/)
    expect(stderr).toMatch(message)
    expect(existsSync(args.at(-1)!)).toBe(args.length === 2)
  })
})
