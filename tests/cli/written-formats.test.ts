import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { tableFromIPC } from 'apache-arrow'
import { expect, it } from 'vitest'
import { succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { words } from '../helpers/words.ts'

const { at, written } = folderOf('written-formats')
const model = 'models/penguins/model.onnx'
const draw = words`sample ${model} -n 20 --num-steps 2`

const textOf = (name: string) => readFileSync(at(name), 'utf8')
const insertsIn = (text: string) => text.match(/^INSERT INTO ".*?"/gm)

/** The rows of INSERT statements. */
const rowsIn = (text: string) => text.match(/^\(.*\)(?=[,;]$)/gm)!

it('sample writes .sql, the same in .sql.gz and in parts, whose table is called like their folder', async () => {
  await succeeds(...draw, '--out', at('penguins.sql'))
  const whole = textOf('penguins.sql')
  expect(insertsIn(whole)).toEqual(['INSERT INTO "penguins"'])
  expect(rowsIn(whole)).toHaveLength(20)
  await succeeds(...draw, '--out', at('penguins.sql.gz'))
  expect(gunzipSync(readFileSync(at('penguins.sql.gz'))).toString()).toBe(whole)
  for (const shard of ['1/2', '2/2'])
    await succeeds(...draw, '--shard', shard, '--format', 'sql', '--out', at('birds'))
  const parts = readdirSync(at('birds')).filter((name) => name.endsWith('.sql'))
  expect(parts).toHaveLength(2)
  const texts = parts.map((name) => textOf(`birds/${name}`))
  expect(texts.map(insertsIn)).toEqual([['INSERT INTO "birds"'], ['INSERT INTO "birds"']])
  expect(texts.flatMap(rowsIn)).toEqual(rowsIn(whole))
}, 60_000)

it('sample writes .arrow, with the rows of .jsonl', async () => {
  await succeeds(...draw, '--out', at('penguins.arrow'))
  await succeeds(...draw, '--out', at('penguins.jsonl'))
  const rows = textOf('penguins.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const table = tableFromIPC(readFileSync(at('penguins.arrow')))
  const plain = (cell: unknown) => (typeof cell === 'bigint' ? Number(cell) : cell)
  const read = table
    .toArray()
    .map((row) => Object.fromEntries(Object.entries(row.toJSON()).map(([name, cell]) => [name, plain(cell)])))
  expect(read).toEqual(rows)
}, 60_000)

it('impute writes both', async () => {
  const gaps = written('gaps.csv', 'species,year,sex\nAdelie,2007,\nGentoo,,male\n')
  for (const ending of ['sql', 'arrow', 'csv'])
    await succeeds`impute ${model} ${gaps} --num-steps 2 --out ${at(`full.${ending}`)}`
  expect(insertsIn(textOf('full.sql'))).toEqual(['INSERT INTO "full"'])
  const years = textOf('full.csv')
    .trim()
    .split('\n')
    .map((line) => line.split(',').at(-1))
  const inSql = rowsIn(textOf('full.sql')).map((row) => row.slice(1, -1).split(', ').at(-1))
  expect(inSql).toEqual(years.slice(1))
  const arrow = tableFromIPC(readFileSync(at('full.arrow')))
  expect([...arrow.getChild(years[0]!)!].map(String)).toEqual(years.slice(1))
}, 60_000)
