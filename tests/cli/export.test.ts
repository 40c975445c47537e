import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { moonstep, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { seededSession, valuesOf } from '../helpers/seeded.ts'
import { words } from '../helpers/words.ts'

const { at } = folderOf('export')

const run = 'models/penguins'
const given = words`--num-steps 4 --sampler dpmsolver++`

describe('moonstep export --seeded-out', () => {
  it('writes a file whose rows are those of moonstep sample', async () => {
    const { status, stderr, stdout } = await moonstep(
      ...words`export ${run} --out ${at('m.onnx')} --seeded-out ${at('seeded.onnx')} ${given} --json`,
    )
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining(`wrote ${at('m.onnx')} and ${at('seeded.onnx')}`),
    ])
    expect(stderr).toContain(
      `${at('seeded.onnx')} has the samples that moonstep sample draws from a sampler.onnx, to the bit, and those of ` +
        `${at('m.onnx')} up to the rounding of cells\n`,
    )
    const sizes = ['m.onnx', 'seeded.onnx'].map((name) => readFileSync(at(name)).length)
    expect(JSON.parse(stdout)).toEqual({
      model: at('m.onnx'),
      sampler: null,
      seeded: at('seeded.onnx'),
      bytes: sizes[0]! + sizes[1]!,
    })

    const sampler = words`--sampler-out ${at('s.onnx')} ${given}`
    await succeeds`export ${run} --out ${at('m.onnx')} ${sampler}`
    const place = words`-n 50 --seed 9 --from 4294967290 --out ${at('rows.json')}`
    await succeeds`sample ${at('s.onnx')} ${place}`
    const rows = JSON.parse(readFileSync(at('rows.json'), 'utf8'))
    const outputs = await (await seededSession(readFileSync(at('seeded.onnx')))).run(9, 4_294_967_290, 50)
    const { x_0: _, ...columns } = outputs
    const cells = Object.entries(columns).map(([name, output]) => [name, valuesOf(output)] as const)
    // JSON's null is '' among names and NaN among numbers
    const told = (cell: number | string) => (cell === '' || Number.isNaN(cell) ? null : cell)
    expect(rows).toEqual(
      Array.from({ length: 50 }, (_, i) =>
        Object.fromEntries(cells.map(([name, all]) => [name, told(all[i]!)])),
      ),
    )
  })

  it('overwrites its own file, and no other without --force', async () => {
    const again = words`export ${run} --out ${at('m.onnx')} --seeded-out`
    await succeeds`${again} ${at('seeded.onnx')}`
    writeFileSync(at('mine.onnx'), 'mine')
    const refused = await moonstep`${again} ${at('mine.onnx')}`
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/^moonstep: \S+mine.onnx exists[^\n]+\n$/),
    ])
    expect(readFileSync(at('mine.onnx'), 'utf8')).toBe('mine')
  })

  it.each([
    [
      ['--num-steps', '3'],
      'moonstep: --num-steps shapes sampler.onnx and seeded.onnx: give --sampler-out or --seeded-out too\n',
    ],
    [
      words`--seeded-out x.onnx --trajectory`,
      'moonstep: --trajectory shapes sampler.onnx: give --sampler-out too\n',
    ],
  ])('refuses %j', async (options, line) => {
    const { status, stderr } = await moonstep`export ${run} --out ${at('never.onnx')} ${options}`
    expect([status, stderr]).toEqual([2, line])
    expect(existsSync(at('never.onnx'))).toBe(false)
  })

  it.each([
    ['info', []],
    ['sample', []],
    ['sample', ['--provider', 'webgpu']],
    ['sample', ['--provider', 'cuda']],
    ['evaluate', words`${join(run, 'holdout.csv')} --against ${join(run, 'holdout.csv')} --model`],
  ])('is nothing that %s %j reads, which says what is', async (name, options) => {
    const { status, stderr } = await moonstep`${name} ${options} ${at('seeded.onnx')}`
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /is a seeded.onnx, for engines on a CPU, as no GPU runs it: give the model.onnx or sampler.onnx of its run/,
    )
  })
})

describe('moonstep train --resume of what has not begun', () => {
  const small = words`--dataset two-moons --rows 20 --hidden 8 --steps 20 --engine simd`

  it('begins, and says so, to the bytes of a run without it', async () => {
    const first = await moonstep`train ${small} --out ${at('queued')} --resume`
    expect([first.status, first.stderr]).toEqual([
      0,
      expect.stringContaining(`${at('queued')} has no run yet: starting a new one`),
    ])
    await succeeds`train ${small} --out ${at('plain')}`
    const weights = (name: string) => readFileSync(join(at(name), 'weights.safetensors'))
    expect(weights('queued').equals(weights('plain'))).toBe(true)
    // once more is nothing more
    await succeeds`train ${small} --out ${at('queued')} --resume`
    expect(weights('queued').equals(weights('plain'))).toBe(true)
  })

  it('does not where a folder alone is named, which may be misspelt', async () => {
    const { status, stderr } = await moonstep`train --out ${at('nowhere')} --resume`
    expect([status, stderr]).toEqual([2, expect.stringContaining('is no run folder')])
    expect(existsSync(at('nowhere'))).toBe(false)
  })
})
