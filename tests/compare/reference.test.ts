import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { compare } from '../../src/compare/compare.ts'
import { readReference } from '../../src/compare/reference.ts'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { readTrainedRun } from '../../src/node/run-folder.ts'
import { folderOf } from '../helpers/folders.ts'
import { changeNumber, sabotaged, smallModel } from './helpers.ts'

const seed = fileURLToPath(new URL('../../models/two-moons-seed', import.meta.url))
const { folder, at, written } = folderOf('reference')

describe('readReference', () => {
  it('takes the same weights from a run folder and from its model.onnx', async () => {
    const [run, file] = [await readReference(seed), await readReference(join(seed, 'model.onnx'))]
    expect([...file.weights.keys()]).toEqual([...run.weights.keys()])
    for (const [name, { data, shape }] of run.weights) expect(file.weights.get(name)).toEqual({ data, shape })
    expect({ ...file, name: '', weights: 0 }).toEqual({ ...run, name: '', weights: 0 })
    expect(run.weights).toEqual((await readTrainedRun(seed)).weights)
  })

  it.each<[string, string, RegExp]>([
    ['a path without a file', at('nowhere'), /there is no such file: give a run folder or a model\.onnx/],
    ['a folder without a run', folder, /is no run folder: it has no config\.json/],
    ['a sampler.onnx', join(seed, 'sampler.onnx'), /is a sampler\.onnx, whose weights are folded/],
    ['another file', join(seed, 'config.json'), /is no ONNX file/],
  ])('refuses %s', async (_, path, message) => {
    await expect(readReference(path)).rejects.toThrow(message)
  })

  it('refuses a model.onnx whose digests differ', async () => {
    const bytes = readFileSync(join(seed, 'model.onnx'))
    const changed = sabotaged(bytes, (m) => changeNumber(m, 'model.0.bias', 0, (x) => x + 1), { stale: true })
    await expect(readReference(written('changed.onnx', changed))).rejects.toThrow(/its digest differs/)
  })
})

describe('compare', () => {
  it('takes a path, a URL or bytes, and a run folder as the reference', async () => {
    const options = { providers: ['cpu'], samples: 16, mainOnly: true }
    const comparison = await compare(join(seed, 'model.onnx'), { ...options, reference: seed })
    expect(comparison).toMatchObject({ pass: true, judge: { weightsOf: seed } })
    const bytes = await exportNoisePredictor(smallModel)
    for (const source of [new URL(`file://${written('small.onnx', bytes)}`), bytes])
      expect((await compare(source, options)).pass).toBe(true)
  })

  it('refuses a path without a file by its name', async () => {
    await expect(compare('nowhere.onnx')).rejects.toThrow(/there is no file nowhere\.onnx/)
  })
})
