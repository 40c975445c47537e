import { copyFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { loadModel, rowSchema, rowType } from '../../src/index.ts'
import { refuses, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'

const { at } = folderOf('row-type')
const penguins = 'models/penguins/model.onnx'
copyFileSync(penguins, at('penguins.onnx'))

it('info --typescript prints the interface of a row, called like the file', async () => {
  await using model = await loadModel(penguins)
  const { stdout, stderr } = await succeeds`info ${at('penguins.onnx')} --typescript`
  expect([stdout, stderr]).toEqual([rowType(model, 'Penguins'), ''])
  expect(stdout).toMatch(/^ {2}species: 'Adelie' \| 'Chinstrap' \| 'Gentoo'\n {2}island: /m)
  expect(stdout).toMatch(/^ {2}bill_length_mm: number \| null$/m)
})

it('info --json-schema prints the JSON Schema of a row', async () => {
  await using model = await loadModel(penguins)
  const { stdout } = await succeeds`info ${at('penguins.onnx')} --json-schema`
  expect(JSON.parse(stdout)).toEqual(rowSchema(model, 'Penguins'))
})

it('info prints one of them at a time, and of a model only', async () => {
  await refuses(['info', penguins, '--typescript', '--json-schema'], /leave --json-schema out\n$/)
  await refuses(['info', 'models/penguins/train.csv', '--typescript'], /is a table, not a model/)
  const { status, stdout } = await succeeds`info ${penguins} --json-schema --json`
  expect([status, JSON.parse(stdout).title]).toEqual([0, 'Model'])
})
