import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findModels, requireReadable } from '../../src/serve/catalogue.ts'
import { refuses } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'

const { folder, at } = folderOf('find')

const put = (...path: string[]) => {
  const file = at(...path)
  mkdirSync(join(file, '..'), { recursive: true })
  copyFileSync('models/two-moons-student/model.onnx', file)
  return file
}

it('a model file has its own name, or that of its folder if all such files are called alike', async () => {
  const named = put('files', 'moons.onnx')
  expect(await findModels(named)).toEqual([{ name: 'moons', path: named }])
  const usual = put('files', 'mine', 'sampler.onnx')
  expect(await findModels(usual)).toEqual([{ name: 'mine', path: usual }])
})

it('a folder with a model.onnx is one model, whatever else it contains', async () => {
  const model = put('one', 'model.onnx')
  put('one', 'sampler.onnx')
  put('one', 'deeper', 'model.onnx')
  expect(await findModels(at('one'))).toEqual([{ name: 'one', path: model }])
  expect(await findModels(`${folder}/one/`)).toEqual([{ name: 'one', path: model }])
})

it('any other folder has a model for each sub-folder and file', async () => {
  const [a, b, c] = [put('many', 'a', 'model.onnx'), put('many', 'b', 'sampler.onnx'), put('many', 'c.onnx')]
  put('many', 'a.onnx')
  put('many', '.hidden', 'model.onnx')
  mkdirSync(at('many/empty'))
  writeFileSync(at('many/notes.txt'), '')
  expect(await findModels(at('many'))).toEqual([
    { name: 'a', path: a },
    { name: 'b', path: b },
    { name: 'c', path: c },
  ])
})

it('an empty folder has no model, and a missing path is refused', async () => {
  mkdirSync(at('none'))
  expect(await findModels(at('none'))).toEqual([])
  await expect(findModels(at('nothing'))).rejects.toThrow(/there is no .*nothing: give a model\.onnx/)
})

it('a server without models ends in one line, before it listens', async () => {
  await refuses(
    ['serve', at('nothing.onnx'), '--port', '0'],
    /there is no .*nothing\.onnx: give a model\.onnx/,
  )
  mkdirSync(at('nobody'))
  await refuses(['serve', at('nobody'), '--port', '0'], /nobody has no models: give a model\.onnx/)
  writeFileSync(at('nobody/config.json'), '{}')
  await refuses(
    ['serve', at('nobody'), '--port', '0'],
    /nobody is a run folder: export it first, then give a model\.onnx/,
  )
})

it('a server of files that are no models ends in one line too, before it listens', async () => {
  writeFileSync(at('people.csv'), 'age\n1\n2\n')
  await refuses(
    ['serve', at('people.csv'), '--port', '0'],
    /^moonstep: \S+people\.csv is a table, not a model: [^\n]+\n$/,
  )
  put('broken', 'good', 'model.onnx')
  writeFileSync(at('broken/a.onnx'), 'none')
  await expect(requireReadable(await findModels(at('broken')))).resolves.toBeUndefined()
  rmSync(at('broken/good'), { recursive: true })
  await refuses(['serve', at('broken'), '--port', '0'], /^moonstep: \S+a\.onnx is no ONNX file: [^\n]+\n$/)
})
