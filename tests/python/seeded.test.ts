import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { exportSampler } from '../../src/export/export-model.ts'
import { sample } from '../../src/infer/sample.ts'
import { exportSeeded } from '../../src/node/export.ts'
import { loadModel } from '../../src/node/providers.ts'
import { readTrainedRun } from '../../src/node/run-folder.ts'
import { blocksOf, dimensionsOf } from '../../src/table/encodings/encoding.ts'
import { folderOf } from '../helpers/folders.ts'
import { referenceModel } from '../helpers/models.ts'
import { describeWith, python } from '../helpers/needs.ts'
import { columnsOf, everyKind, seededSession, valuesOf } from '../helpers/seeded.ts'
import { untrainedTable } from '../helpers/tables.ts'

const { at } = folderOf('seeded')

const quiet = { onWarning: () => {} }

interface Report {
  readonly optional: Record<string, (number | string)[]>
  readonly outputs: Record<string, { type: string; data: (number | string | boolean | null)[] }>
}

interface Place {
  readonly runtime?: string
  readonly seed: number
  readonly from: number
  readonly count: number
}

function inPython(
  bytes: Uint8Array,
  { runtime = 'onnxruntime', ...place }: Place,
  condition?: object,
): Report {
  const [model, given] = [at('seeded.onnx'), at('condition.json')]
  writeFileSync(model, bytes)
  writeFileSync(given, JSON.stringify(condition ?? {}))
  const script = new URL('seeded.py', import.meta.url).pathname
  const numbers = [place.seed, place.from, place.count].map(String)
  const args = [script, model, runtime, ...numbers, given]
  return JSON.parse(execFileSync(python, args, { encoding: 'utf8', maxBuffer: 2 ** 28 }))
}

/** As `valuesOf`: JSON holds neither NaN nor whole numbers apart. */
const plain = (data: Report['outputs'][string]['data']) =>
  data.map((value) => (value === null ? Number.NaN : typeof value === 'string' ? value : Number(value)))

const penguins = () => readTrainedRun(new URL('../../models/penguins', import.meta.url).pathname)

describeWith('onnx', 'seeded.onnx with Python', () => {
  it.each([
    ['two moons by DDPM', () => referenceModel],
    ['every kind of column', () => untrainedTable(everyKind(3000))],
    ['penguins', penguins],
  ])('passes the checker, and has the bits that it has in Node: %s', async (_, of) => {
    const bytes = await exportSeeded(await of(), quiet)
    const { run } = await seededSession(bytes)
    for (const place of [
      { seed: 5, from: 2 ** 32 - 3, count: 7 },
      { seed: 0, from: 0, count: 300 },
    ]) {
      const { outputs } = inPython(bytes, place)
      const own = await run(place.seed, place.from, place.count)
      expect(Object.keys(outputs)).toEqual(Object.keys(own))
      for (const [name, { data }] of Object.entries(outputs))
        expect(plain(data)).toEqual(valuesOf(own[name]!))
    }
  })

  it('takes what is known of rows as optional inputs, which Node leaves out', async () => {
    const trained = await penguins()
    const bytes = await exportSeeded(trained, quiet)
    const encoding = trained.config.encoding!
    const dim = dimensionsOf(encoding)
    const blocks = blocksOf(encoding)
    const place = { seed: 7, from: 100, count: 50 }
    expect(inPython(bytes, place).optional).toEqual({
      known_values: ['given', dim],
      known: ['given', blocks.length],
    })
    const { session } = await seededSession(bytes)
    expect(session.inputNames).toEqual(['seed', 'index'])

    // the first column is the species, the last of which is Gentoo
    const { size, start } = blocks[0]!
    const row = (length: number, of: (k: number) => number) => [Array.from({ length }, (_, k) => of(k))]
    const { outputs } = inPython(bytes, place, {
      known: row(blocks.length, (b) => (b === 0 ? 1 : 0)),
      known_values: row(dim, (d) => (d < start + size - 1 ? -1 : d === start + size - 1 ? 1 : 0)),
    })
    await using model = await loadModel(await exportSampler(trained, quiet), { provider: 'cpu' })
    const { table } = await sample(model, { ...place, given: { species: 'Gentoo' }, ...quiet })
    const columns = columnsOf(table)
    for (const [d, { name }] of table.columns.entries())
      expect(plain(outputs[name]!.data)).toEqual(columns[d])
  })
})

describeWith('openvino', 'seeded.onnx with OpenVINO', () => {
  it('gives nothing, as it computes the noise wrongly', async () => {
    const bytes = await exportSeeded(await penguins(), quiet)
    const { outputs } = inPython(bytes, { runtime: 'openvino', seed: 7, from: 0, count: 20 })
    expect(Object.keys(outputs)).toContain('species')
    // it has whole numbers of 32 bits alone, which is what makes the noise wrong
    const none: Record<string, unknown> = { float32: Number.NaN, float64: Number.NaN, int64: -(2 ** 31) }
    for (const { type, data } of Object.values(outputs))
      expect(new Set(plain(data))).toEqual(new Set([type in none ? none[type] : '']))
  })
})
