import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { moonstep, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { orderTable, petModel, withCandidates } from '../helpers/tables.ts'

const { at, written } = folderOf('shards-of-candidates')
const [csv, json] = [at('parts/part-00001.csv'), at('parts/part-00001.json')]

/** Of 200 rows, those that are drawn again. */
const redrawn = Array.from({ length: 10 }, (_, k) => 20 * k)

const linesOf = (text: string) => text.trimEnd().split('\n')

/** A row of orders whose net is more. */
function dearer(row: string, by: number): string {
  const [net, ...rest] = row.split(',')
  return [(Number(net) + by).toFixed(2), ...rest].join(',')
}

describe('a part of a model with candidates, drawn elsewhere,', () => {
  let manifest: { processor: string; file: object }
  let head: string
  /** The part's rows; the first candidate of each; other choices among the candidates; rows of another seed. */
  let [right, first, even, strange]: [string[], string[], string[], string[]] = [[], [], [], []]
  /** Redrawn rows of which `first` has another candidate, and `even` neither of these two. */
  let [ofFirst, ofEven]: [number[], number[]] = [[], []]

  beforeAll(async () => {
    const { config, weights } = await withCandidates(orderTable(400), 4)
    const { candidates, ...single } = config
    const model = written('model.onnx', await exportNoisePredictor({ config, weights }))
    const ofOne = written('one.onnx', await exportNoisePredictor({ config: single, weights }))
    const blind = { ...config, candidates: { ...candidates!, trees: ['0'] } }
    const ofEach = written('even.onnx', await exportNoisePredictor({ config: blind, weights }))
    const rowsOf = async (path: string, seed: string) =>
      linesOf((await succeeds`sample ${path} --from 300 -n 200 --seed ${seed}`).stdout).slice(1)
    await succeeds`sample ${model} --from 300 -n 200 --seed 4 --shard 1/1 --out ${at('parts')}`
    ;[head, ...right] = linesOf(readFileSync(csv, 'utf8')) as [string, ...string[]]
    manifest = JSON.parse(readFileSync(json, 'utf8'))
    first = await rowsOf(ofOne, '4')
    even = await rowsOf(ofEach, '4')
    strange = await rowsOf(model, '5')
    ofFirst = redrawn.filter((i) => first[i] !== right[i])
    ofEven = redrawn.filter((i) => even[i] !== right[i] && even[i] !== first[i])
  })

  const verify = async (rows: readonly string[], processor = 'another') => {
    writeFileSync(csv, `${[head, ...rows].join('\n')}\n`)
    const sha256 = createHash('sha256').update(readFileSync(csv)).digest('hex')
    writeFileSync(json, JSON.stringify({ ...manifest, processor, file: { ...manifest.file, sha256 } }))
    const { status, stdout } = await moonstep`shards verify ${at('parts')} --model ${at('model.onnx')} --json`
    return { status, ...JSON.parse(stdout) }
  }

  it('may have another candidate in a row, which is counted', async () => {
    expect(await verify(right)).toMatchObject({ status: 0, redrawn: { samples: 10, otherCandidates: 0 } })
    for (const [rows, i] of [
      [first, ofFirst[0]!],
      [even, ofEven[0]!],
    ] as const)
      expect(await verify(right.with(i, rows[i]!))).toMatchObject({
        status: 0,
        redrawn: { samples: 10, worst: 0, otherNames: 0, otherCandidates: 1 },
        problems: [],
      })
  })

  it('may not have it if this processor drew the part', async () => {
    const i = ofFirst[1]!
    expect(await verify(right.with(i, first[i]!), manifest.processor)).toMatchObject({
      status: 1,
      redrawn: { otherCandidates: 0 },
      problems: [
        expect.stringContaining(`is not what the model draws, as row ${i + 1} shows: numbers differ`),
      ],
    })
  })

  it('may not have other candidates in more rows', async () => {
    const [i, j] = ofFirst as [number, number]
    for (const [rows, count] of [
      [right.with(i, first[i]!).with(j, first[j]!), 2],
      [first, ofFirst.length],
    ] as const)
      expect(await verify(rows)).toMatchObject({
        status: 1,
        redrawn: { worst: 0, otherNames: 0, otherCandidates: count },
        problems: [
          `part-00001.csv is not what the model draws, as row ${i + 1} shows: ${count} of 10 rows are another of their candidates, and rounding explains at most 1`,
        ],
      })
  })

  it('may not have a row of another seed, or a changed number in any candidate', async () => {
    const [i, j] = [redrawn[3]!, ofFirst[2]!]
    for (const [k, row] of [
      [i, strange[i]!],
      [i, dearer(right[i]!, 100)],
      [j, dearer(first[j]!, 100)],
    ] as const) {
      const { status, problems, redrawn } = await verify(right.with(k, row))
      expect([status, redrawn.otherCandidates]).toEqual([1, 0])
      expect(problems).toEqual([
        expect.stringContaining(
          `part-00001.csv is not what the model draws, as row ${k + 1} shows: numbers differ`,
        ),
      ])
    }
  })

  it('may not have another name in its other candidate', async () => {
    const i = ofFirst[0]!
    const shop = first[i]!.at(-1) === 'a' ? 'b' : 'a'
    expect(await verify(right.with(i, first[i]!.slice(0, -1) + shop))).toMatchObject({
      status: 1,
      redrawn: { worst: 0, otherNames: 0.1, otherCandidates: 1 },
      problems: [
        `part-00001.csv is not what the model draws, as row ${i + 1} shows: numbers differ by up to 0.0 of their range, 1 of 10 names`,
      ],
    })
  })

  it('may round a number by a share of its column, also in the other candidate', async () => {
    const [i, j] = [redrawn[3]!, ofFirst[0]!]
    const rounded = right.with(i, dearer(right[i]!, 0.01)).with(j, dearer(first[j]!, 0.01))
    expect(await verify(rounded)).toMatchObject({ status: 0, redrawn: { otherCandidates: 1 } })
  })
})

describe('parts of a model with a key', () => {
  it.each(['csv', 'jsonl', 'parquet'])('are compared by the numbers of all rows, as %s', async (format) => {
    const model = written('pets.onnx', await exportNoisePredictor(petModel()))
    for (const shard of ['1/2', '2/2'])
      await succeeds`sample ${model} -n 200 --shard ${shard} --out ${at(format)} --format ${format}`
    await succeeds`shards verify ${at(format)} --model ${model}`
  })
})
