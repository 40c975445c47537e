import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { moonstep, refuses, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'

const { at, written } = folderOf('rows-to-compare')

/** Rows of a key, an age and whether somebody smokes, in these words; every fiftieth row has the third one, if any. */
function people(name: string, [no, yes, third]: readonly [string, string, string?]): string {
  const rows = Array.from({ length: 200 }, (_, i) => {
    const word = third !== undefined && i % 50 === 7 ? third : i % 3 === 0 ? yes : no
    return `${1000 + i},${20 + ((7 * i) % 50)}.5,${word}\n`
  })
  return written(name, `id,age,smoker\n${rows.join('')}`)
}

const plain = people('plain.csv', ['no', 'yes'])
const others = people('others.csv', ['no', 'yes', 'maybe'])
const spelled = people('spelled.csv', ['No', 'Yes', 'maybe'])
const model = at('m.onnx')

beforeAll(async () => {
  await succeeds`train --dataset ${plain} --out ${at('run')} --steps 2 --hidden 8 --candidates 1`
  await succeeds`export ${at('run')} --out ${model}`
})

/** The distance of the samples' smoker from the real rows', and what evaluate says beside it. */
async function evaluated(...args: string[]) {
  const { status, stdout, stderr } = await moonstep`evaluate ${args} --json`
  expect(status, stderr).toBe(0)
  const { distance } = JSON.parse(stdout).columns.find(({ name }: { name: string }) => name === 'smoker')
  return { distance, stderr }
}

describe('a word that is neither yes nor no in a column of these', () => {
  it('is drawn as other, and said once, as a name that the model does not know', async () => {
    const { status, stderr } =
      await moonstep`plot columns ${model} --data ${others} --out ${at('others.svg')}`
    expect([status, stderr.split('\n')[0]]).toEqual([
      0,
      `${others}, column smoker: 4 cells have names that ${model} does not know (maybe): drawn as other`,
    ])
    expect(readFileSync(at('others.svg'), 'utf8')).toMatch(/>other</)
  })

  it('leaves yes and no what they are, however they are spelled', async () => {
    const figures = []
    for (const data of [
      others,
      spelled,
      plain,
      people('numbers.csv', ['0', '1']),
      people('again.csv', ['NO', 'true']),
    ]) {
      await succeeds`plot columns ${model} --data ${data} --out ${at('figure.svg')}`
      figures.push(readFileSync(at('figure.svg'), 'utf8'))
    }
    expect(figures[1]).toBe(figures[0])
    expect(figures[2]).not.toBe(figures[0])
    for (const figure of figures.slice(3)) expect(figure).toBe(figures[2])
  })

  it('counts as a name of its own in evaluate, among real rows and samples, with a model and without', async () => {
    const line = `column smoker: 4 cells have names that ${model} does not know (maybe): no sample has such a name`
    for (const real of [others, spelled]) {
      const { distance, stderr } = await evaluated(plain, '--against', real, '--model', model)
      expect(distance).toBeCloseTo(4 / 200, 12)
      expect(stderr).toContain(`${real}, ${line}`)
    }
    for (const samples of [others, spelled])
      expect((await evaluated(samples, '--against', plain)).distance).toBeCloseTo(4 / 200, 12)
    expect((await evaluated(plain, '--against', plain, '--model', model)).stderr).not.toContain(
      'does not know',
    )
  })

  it('stays in the rows of a report', async () => {
    const { stdout } =
      await succeeds`evaluate ${plain} --against ${spelled} --train ${others} --model ${model} --json`
    expect(JSON.parse(stdout).columns).toContainEqual(
      expect.objectContaining({ name: 'smoker', distance: expect.closeTo(4 / 200, 12) }),
    )
  })
})

describe('a file in the wrong place', () => {
  it('is said to be a table where a model belongs, with the command that draws it', async () => {
    const draws = `${plain} is a table, not a model: moonstep plot columns --data ${plain} --out x.svg draws it\n`
    await refuses(['plot', 'columns', plain, '--out', 'x.svg'], `moonstep: ${draws}`)
    const trains =
      /plain\.csv is a table, not a model: moonstep train --dataset \S+ --out \S+ trains one from it\n$/
    await refuses(['plot', 'pairs', plain, '--out', 'x.svg'], trains)
    for (const option of [
      ['--model', plain],
      ['--model', model, '--teacher', plain],
    ])
      await refuses(['evaluate', plain, '--against', plain, ...option], trains)
    await refuses(['plot', 'loss', plain, '--out', 'x.svg'], /is no run folder/)
  })

  it('is named with the column that it lacks, and with the file that has it', async () => {
    const other = written('other.csv', `age,town\n${'30,Ulm\n40,Bern\n'.repeat(20)}`)
    const lacks = (file: string, column: string, reference: string) =>
      `moonstep: ${file} has no column ${column}, which ${reference} has: give rows of the same columns\n`
    await refuses(['evaluate', plain, '--against', other], lacks(plain, 'town', other))
    await refuses(['evaluate', plain, '--against', other, '--model', model], lacks(other, 'smoker', model))
    await refuses(['evaluate', other, '--against', plain, '--model', model], lacks(other, 'smoker', model))
    await refuses(
      ['plot', 'columns', model, '--data', other, '--out', at('x.svg')],
      lacks(other, 'smoker', model),
    )
  })
})

it('what a plot notes names options as they are typed', async () => {
  const { stderr } = await succeeds`plot columns ${model} -n 20 --out ${at('alone.svg')}`
  expect(stderr).toContain('samples alone are drawn: --data is the file to see beside them\n')
})

it('rows need no key to be compared, although the model has one', async () => {
  const bare = written('bare.csv', readFileSync(plain, 'utf8').replaceAll(/^\w+,/gm, ''))
  const compared = async (rows: string) => {
    const { stdout } = await succeeds`evaluate ${others} --against ${rows} --model ${model} --json`
    return stdout.replaceAll(rows, 'rows')
  }
  expect(await compared(bare)).toBe(await compared(plain))
})
