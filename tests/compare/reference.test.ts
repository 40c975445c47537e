import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { compare } from '../../src/compare/compare.ts'
import { readReference } from '../../src/compare/reference.ts'
import { readTrainedRun } from '../../src/node/run-folder.ts'
import { changeNumber, sabotaged } from './helpers.ts'

const seed = fileURLToPath(new URL('../../models/two-moons-seed', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'moonstep-reference-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('readReference', () => {
  it('takes the same weights from a run folder and from its model.onnx', async () => {
    const [run, file] = [await readReference(seed), await readReference(join(seed, 'model.onnx'))]
    expect([...file.weights.keys()]).toEqual([...run.weights.keys()])
    for (const [name, { data, shape }] of run.weights) expect(file.weights.get(name)).toEqual({ data, shape })
    expect({ ...file, name: '', weights: 0 }).toEqual({ ...run, name: '', weights: 0 })
    expect(run.weights).toEqual((await readTrainedRun(seed)).weights)
  })

  it.each<[string, string, RegExp]>([
    ['nothing there', join(folder, 'nowhere'), /there is no such file: give a run folder or a model\.onnx/],
    ['a folder that is no run', folder, /is no run folder: it has no config\.json/],
    ['a sampler.onnx', join(seed, 'sampler.onnx'), /is a sampler\.onnx, whose weights are folded/],
    ['another file', join(seed, 'config.json'), /is no ONNX file/],
  ])('refuses %s', async (_, path, message) => {
    await expect(readReference(path)).rejects.toThrow(message)
  })

  it('refuses a model.onnx whose digests differ', async () => {
    const path = join(folder, 'changed.onnx')
    const bytes = readFileSync(join(seed, 'model.onnx'))
    writeFileSync(
      path,
      sabotaged(bytes, (m) => changeNumber(m, 'model.0.bias', 0, (x) => x + 1), { stale: true }),
    )
    await expect(readReference(path)).rejects.toThrow(/its digest differs/)
  })
})

describe('compare', () => {
  it('takes a path, a URL or bytes, and a run folder as the reference', async () => {
    const path = join(seed, 'model.onnx')
    const options = { providers: ['cpu'], samples: 16, mainOnly: true, reference: seed }
    for (const source of [path, new URL(`file://${path}`), new Uint8Array(readFileSync(path))]) {
      const comparison = await compare(source, options)
      expect(comparison).toMatchObject({ pass: true, judge: { weightsOf: seed } })
    }
  })

  it('names a file that is not there', async () => {
    await expect(compare('nowhere.onnx')).rejects.toThrow(/there is no file nowhere\.onnx/)
  })
})
