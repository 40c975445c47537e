import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { refuses, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { chance, digits, lower, upper } from '../table/generated/texts.ts'

const { at, written } = folderOf('without-faker')

const draw = chance(11)
const csv = [
  'last_name,age,code',
  ...Array.from(
    { length: 60 },
    () =>
      `${draw.of(upper, 1)}${draw.of(lower, 5)},${20 + draw.below(50)},${draw.of(upper, 2)}${draw.of(digits, 1)}`,
  ),
].join('\n')
const model = at('people.onnx')
const rowsOf = (text: string) => text.trimEnd().split('\n').slice(1)

beforeAll(async () => {
  const file = written('people.csv', `${csv}\n`)
  await succeeds`train --dataset ${file} --steps 20 --hidden 16,16,16 --engine simd --out ${at('run')}`
  await succeeds`export ${at('run')} --out ${model}`
})

describe('a model that faker makes names for', () => {
  it('is described with what makes each column, whether it needs faker, and what it does without', async () => {
    const { stdout } = await succeeds`info ${model}`
    expect(stdout).toMatch(/^columns +last_name: text, made by person\.lastName of faker$/m)
    expect(stdout).toMatch(/^ +code: text in the form AA+9+, all different$/m)
    expect(stdout).toMatch(
      /^faker +needs @faker-js\/faker \d+\.\d+\.\d+ for last_name; --without-faker makes them in their format$/m,
    )
    const { faker } = JSON.parse((await succeeds`info ${model} --json`).stdout)
    expect(faker).toEqual({ version: expect.stringMatching(/^\d+\./), columns: ['last_name'], leftOut: [] })
    expect((await succeeds`info models/penguins/model.onnx`).stdout).not.toContain('faker')
  })

  it('has the same other cells with --without-faker, and names in their format, also in parts and filled rows', async () => {
    const [made, plain] = [at('made.csv'), at('plain.csv')]
    await succeeds`sample ${model} -n 30 --seed 2 --out ${made}`
    await succeeds`sample ${model} -n 30 --seed 2 --without-faker --out ${plain}`
    const [withFaker, without] = [made, plain].map((file) => rowsOf(readFileSync(file, 'utf8')))
    const rest = (row: string) => row.slice(row.indexOf(','))
    expect(without!.map(rest)).toEqual(withFaker!.map(rest))
    for (const row of without!) expect(row).toMatch(/^[A-Z][a-z]{5},\d\d,/)

    const parts = at('parts')
    for (const shard of ['1/2', '2/2'])
      await succeeds`sample ${model} -n 30 --seed 2 --without-faker --shard ${shard} --out ${parts}`
    const texts = ['1', '2'].map((k) => readFileSync(`${parts}/part-0000${k}.csv`, 'utf8'))
    expect(texts.flatMap(rowsOf)).toEqual(without)
    await succeeds`shards verify ${parts} --model ${model} --without-faker`
    await refuses(
      ['shards', 'verify', parts, '--model', model],
      'part-00001.csv was drawn with --without-faker: give it too',
    )

    writeFileSync(at('gaps.csv'), 'last_name,age,code\n,40,AB1\n')
    const { stdout } = await succeeds`impute ${model} ${at('gaps.csv')} --without-faker`
    expect(stdout).toMatch(/\n[A-Z][a-z]{5},40,AB1\n$/)
  })

  it('draws more rows than its format has room for: the texts beyond it end in a number', async () => {
    const { stdout } = await succeeds`sample ${model} -n 8000 --seed 5`
    const codes = rowsOf(stdout).map((row) => row.split(',')[2]!)
    const known = new Set(csv.split('\n').map((row) => row.split(',')[2]!))
    expect(new Set(codes).size).toBe(8000)
    expect(codes.filter((code) => known.has(code))).toEqual([])
    // two letters and a digit: 6760 texts
    for (const code of codes) expect(code).toMatch(/^[A-Z]{2}\d(-\d+)?$/)
    expect(codes.filter((code) => code.includes('-')).length).toBeGreaterThan(1000)
  })
})
