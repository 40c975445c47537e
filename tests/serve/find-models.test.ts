import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { findModels } from '../../src/serve/catalogue.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-find-'))
afterAll(() => rmSync(folder, { recursive: true }))

const put = (...path: string[]) => {
  const file = join(folder, ...path)
  mkdirSync(join(file, '..'), { recursive: true })
  copyFileSync('models/two-moons-student/model.onnx', file)
  return file
}

it('finds a file by its name, or by its folder where all are called so', async () => {
  const named = put('files', 'moons.onnx')
  expect(await findModels(named)).toEqual([{ name: 'moons', path: named }])
  const usual = put('files', 'mine', 'sampler.onnx')
  expect(await findModels(usual)).toEqual([{ name: 'mine', path: usual }])
})

it('takes a folder with a model.onnx for one model, whatever else it holds', async () => {
  const model = put('one', 'model.onnx')
  put('one', 'sampler.onnx')
  put('one', 'deeper', 'model.onnx')
  expect(await findModels(join(folder, 'one'))).toEqual([{ name: 'one', path: model }])
  expect(await findModels(`${folder}/one/`)).toEqual([{ name: 'one', path: model }])
})

it('takes each model of another folder: sub-folders and files', async () => {
  const [a, b, c] = [put('many', 'a', 'model.onnx'), put('many', 'b', 'sampler.onnx'), put('many', 'c.onnx')]
  put('many', 'a.onnx')
  put('many', '.hidden', 'model.onnx')
  mkdirSync(join(folder, 'many/empty'))
  writeFileSync(join(folder, 'many/notes.txt'), '')
  expect(await findModels(join(folder, 'many'))).toEqual([
    { name: 'a', path: a },
    { name: 'b', path: b },
    { name: 'c', path: c },
  ])
})

it('finds none in an empty folder, and says of a path that there is not', async () => {
  mkdirSync(join(folder, 'none'))
  expect(await findModels(join(folder, 'none'))).toEqual([])
  await expect(findModels(join(folder, 'nothing'))).rejects.toThrow(
    /there is no .*nothing: give a model\.onnx/,
  )
})
