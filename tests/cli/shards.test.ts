import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseShard, rangeOf } from '../../src/infer/shards/part.ts'
import { moonstep, refuses } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { words } from '../helpers/words.ts'

const { at } = folderOf('shards')

const points = 'models/two-moons/model.onnx'
const table = 'models/penguins/model.onnx'

const part = async (model: string, shard: string, out: string, ...args: string[]) =>
  await moonstep`sample ${model} -n 103 --seed 4 --shard ${shard} --out ${at(out)} ${args}`
const verify = async (out: string, ...args: string[]) => {
  const { status, stdout, stderr } = await moonstep`shards verify ${at(out)} --json ${args}`
  return { status, stderr, ...JSON.parse(stdout) }
}
const parts = ['part-00001', 'part-00002', 'part-00003', 'part-00004']
const rowsOf = (text: string) => text.trimEnd().split('\n').slice(1)

describe('a shard', () => {
  it('has its samples, and all have all of them once, up to 2^53', () => {
    for (const [count, of] of [
      [103, 4],
      [8, 8],
      [2 ** 52 + 1, 99_999],
    ] as const) {
      let end = 7
      for (const index of [...Array(of).keys()].map((k) => k + 1)) {
        const range = rangeOf({ index, of }, { from: 7, count })
        expect(range.from).toBe(end)
        expect(Math.abs(range.count - count / of)).toBeLessThan(1)
        end += range.count
      }
      expect(end).toBe(7 + count)
    }
  })

  it.each(['0/4', '5/4', '1', '1/', 'x/4', '1/100000', '-1/4', '1.5/4'])('is not %s', (text) => {
    expect(() => parseShard(text)).toThrow(/give a part and how many there are/)
  })
})

describe.each([
  ['points as CSV', points, '.csv', []],
  ['a table as CSV', table, '.csv', ['--given', 'sex=female']],
  ['a table as Parquet', table, '.parquet', ['--format', 'parquet']],
  ['a table as JSON lines, compressed', table, '.jsonl.gz', words`--format jsonl.gz --complete`],
] as const)('parts of %s', (name, model, ending, args) => {
  const out = name.replaceAll(/\W/g, '-')
  beforeAll(async () => {
    for (const k of [3, 1, 4, 2]) expect((await part(model, `${k}/4`, out, ...args)).status).toBe(0)
  })

  it('add up, drawn again as well', async () => {
    expect(readdirSync(at(out)).sort()).toEqual(
      parts.flatMap((each) => [`${each}${ending}`, `${each}.json`]).sort(),
    )
    const found = await verify(out, '--model', model)
    expect(found).toMatchObject({
      status: 0,
      isComplete: true,
      parts: 4,
      shards: 4,
      samples: 103,
      count: 103,
      problems: [],
    })
    expect(found.redrawn).toMatchObject({ worst: 0, flips: 0, otherCandidates: 0 })
    expect(found.redrawn.samples).toBeGreaterThanOrEqual(4)
    expect(found.stderr).toContain(`${found.redrawn.samples} samples drawn again: the same\n`)
  })

  if (ending === '.csv')
    it('are together what one machine draws, to the byte', async () => {
      const whole = (await moonstep`sample ${model} -n 103 --seed 4 ${args}`).stdout
      const together = parts.flatMap((each) => rowsOf(readFileSync(at(`${out}/${each}.csv`), 'utf8')))
      expect(together).toEqual(rowsOf(whole))
    })

  it('stay as they are where they are right, and are drawn again where they are not', async () => {
    const file = at(`${out}/part-00002${ending}`)
    const before = readFileSync(file)
    expect((await part(model, '2/4', out, ...args)).stderr).toContain('is already complete')
    const broken = Buffer.from(before)
    broken[broken.length >> 1]! ^= 1
    writeFileSync(file, broken)
    const found = await verify(out)
    expect(found).toMatchObject({ status: 1, isComplete: false, parts: 3 })
    expect(found.problems).toEqual([
      expect.stringMatching(/^part-00002\.[a-z.]+ has changed since it was written/),
      expect.stringMatching(/^part-00002 is missing, samples 26 to 51: draw it by --shard 2\/4$/),
    ])
    expect((await part(model, '2/4', out, ...args)).stderr).toContain('drew 26 samples')
    expect(readFileSync(file)).toEqual(before)
    expect((await verify(out)).status).toBe(0)
  })
})

describe('parts that do not add up', () => {
  const out = 'points-as-CSV'
  const copyOf = (name: string) => {
    cpSync(at(out), at(name), { recursive: true })
    return name
  }

  it('are told: one that is missing, and a manifest that was cut in half', async () => {
    const copy = copyOf('cut')
    rmSync(at(`${copy}/part-00001.csv`))
    const manifest = at(`${copy}/part-00004.json`)
    writeFileSync(manifest, readFileSync(manifest, 'utf8').slice(0, 200))
    rmSync(at(`${copy}/part-00003.json`))
    const { status, stderr, problems, parts: sound } = await verify(copy)
    expect([status, sound]).toEqual([1, 1])
    expect(problems).toEqual([
      'part-00001.csv is missing: draw the part again',
      expect.stringMatching(/^part-00003 has no part-00003\.json/),
      expect.stringMatching(/^part-00004\.json is no manifest/),
      expect.stringMatching(/^part-00001 is missing, samples 0 to 25/),
      expect.stringMatching(/^part-00003 is missing/),
      expect.stringMatching(/^part-00004 is missing/),
    ])
    for (const problem of problems) expect(stderr).toContain(problem)
  })

  it('are told: one of another seed, and one that stands in another place', async () => {
    const copy = copyOf('mixed')
    const other = words`--shard 2/4 --out ${at(copy)} -n 103 --seed 5`
    expect((await moonstep`sample ${points} ${other}`).stderr).toContain('drew 26 samples')
    const path = at(`${copy}/part-00003.json`)
    const manifest = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(path, JSON.stringify({ ...manifest, from: manifest.from - 1 }))
    const { status, problems } = await verify(copy)
    expect(status).toBe(1)
    expect(problems).toEqual([
      expect.stringMatching(/^part-00002 belongs to other work than part-00001/),
      expect.stringMatching(/^part-00002 is missing/),
      expect.stringMatching(/^part-00003 has samples 51 to 76 in place of samples 52 to 77$/),
    ])
  })

  it('are told: another model, and samples that no model drew', async () => {
    const copy = copyOf('forged')
    expect((await verify(copy, '--model', 'models/two-moons/sampler.onnx')).problems).toEqual([
      expect.stringMatching(/another model/),
    ])
    // a whole number more in the first row, with a manifest that agrees
    const path = at(`${copy}/part-00001.csv`)
    const [head, first, ...rest] = readFileSync(path, 'utf8').split('\n')
    const [x, y] = first!.split(',').map(Number)
    writeFileSync(path, [head, `${x! + 1},${y}`, ...rest].join('\n'))
    expect((await verify(copy)).status).toBe(1)
    const manifest = JSON.parse(readFileSync(at(`${copy}/part-00001.json`), 'utf8'))
    const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex')
    writeFileSync(
      at(`${copy}/part-00001.json`),
      JSON.stringify({ ...manifest, file: { ...manifest.file, sha256 } }),
    )
    expect((await verify(copy)).status).toBe(0)
    const found = await verify(copy, '--model', points)
    expect(found.status).toBe(1)
    expect(found.problems).toEqual([expect.stringMatching(/^part-00001\.csv is not what the model draws/)])
    expect(found.redrawn.worst).toBeGreaterThan(0.1)
  })

  /** Verifies a copy of parts whose first has another first row, and was drawn by another processor or, if `isHere`, by this one. */
  const withFirst = async (
    copy: string,
    model: string,
    change: (cells: string[]) => unknown[],
    isHere = false,
  ) => {
    const [path, csv] = [at(`${copy}/part-00001.json`), at(`${copy}/part-00001.csv`)]
    const [manifest, before] = [readFileSync(path, 'utf8'), readFileSync(csv, 'utf8')]
    const [head, first, ...rest] = before.split('\n')
    const drawn = JSON.parse(manifest)
    writeFileSync(csv, [head, change(first!.split(',')).join(','), ...rest].join('\n'))
    const sha256 = createHash('sha256').update(readFileSync(csv)).digest('hex')
    const changed = {
      ...drawn,
      processor: isHere ? drawn.processor : 'another',
      file: { ...drawn.file, sha256 },
    }
    writeFileSync(path, JSON.stringify(changed))
    const found = await verify(copy, '--model', model)
    writeFileSync(csv, before)
    writeFileSync(path, manifest)
    return found
  }

  it('allow another processor its rounding, and no more', async () => {
    const copy = copyOf('elsewhere')
    const shifted = (by: number, isHere?: boolean) =>
      withFirst(copy, points, ([x, y]) => [Number(x) + by, y], isHere)
    const { status, stderr, redrawn } = await shifted(1e-6)
    expect([status, redrawn.flips]).toEqual([0, 0])
    expect(stderr).toMatch(
      /samples drawn again: the same, but for rounding: numbers differ by up to \d\.?\d?e-7 of their range\n/,
    )
    expect((await shifted(1e-6, true)).status).toBe(1)
    expect((await shifted(1e-2)).status).toBe(1)
  })

  it('allow another processor a cell that flips, and say so', async () => {
    const copy = 'flipped'
    cpSync(at('a-table-as-CSV'), at(copy), { recursive: true })
    const renamed = ([species, ...rest]: string[]) => [species === 'Adelie' ? 'Gentoo' : 'Adelie', ...rest]
    const { status, stderr, redrawn } = await withFirst(copy, table, renamed)
    expect([status, redrawn]).toEqual([
      0,
      { samples: 40, worst: 0, cells: 320, flips: 1, otherCandidates: 0, problems: [] },
    ])
    expect(stderr).toContain('40 samples drawn again: the same, but for rounding: 1 of 320 cells flipped\n')
    // not on the same one, nor in a second cell of the part
    const same = await withFirst(copy, table, renamed, true)
    expect([same.status, same.problems]).toEqual([
      1,
      [
        expect.stringMatching(
          /^part-00001\.csv .* row 1 shows: 1 of 80 cells flipped, and rounding explains none, as this processor drew the part$/,
        ),
      ],
    ])
    expect(same.stderr).not.toContain('the same')
    const twice = await withFirst(copy, table, (cells) =>
      renamed(cells).with(-1, cells.at(-1) === '2007' ? '2009' : '2007'),
    )
    expect([twice.status, twice.problems]).toEqual([
      1,
      [
        expect.stringMatching(
          /^part-00001\.csv .* row 1 shows: 2 of 80 cells flipped, and rounding explains at most 1$/,
        ),
      ],
    ])
  })
})

describe('bad input', () => {
  it.each([
    [words`sample ${points} --shard 9/8 --out ${at('no')}`, /--shard 9\/8: give a part/],
    [words`sample ${points} --shard 1/8`, /give --out DIR/],
    [words`sample ${points} -n 5 --shard 1/8 --out ${at('no')}`, /5 samples cannot fill 8 parts/],
    [words`sample ${points} --format csv --out ${at('no.csv')}`, /--format is for the parts of --shard/],
    [words`sample ${points} --shard 1/8 --out ${at('no')} --trajectory ${at('t.npy')}`, /--trajectory/],
    [words`sample ${table} --shard 1/8 --out ${at('no')} --format npy`, /\.npy holds only numbers/],
    [['shards', 'verify', at('nowhere')], /nowhere/],
    [['shards', 'verify', 'src/core'], /has no part/],
    [['shards', 'repair', 'src/core'], /verify/],
  ])('%j is refused in one line', async (args, message) => {
    await refuses([...args, '--quiet'], message)
    expect(existsSync(at('no'))).toBe(false)
  })
})
