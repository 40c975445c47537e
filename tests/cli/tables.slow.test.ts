import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { runFiles } from '../../src/node/run-folder.ts'
import { moonstep, refuses, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { words } from '../helpers/words.ts'

const { folder, at } = folderOf('tables')

const titanic = gunzipSync(readFileSync('bench/data/titanic.csv.gz')).toString()
const lines = (text: string) => text.trim().split('\n')
const cells = (text: string) =>
  lines(text)
    .slice(1)
    .map((line) => line.split(','))
const names = lines(titanic)[0]!.split(',')
const column = (text: string, name: string) => cells(text).map((row) => row[names.indexOf(name)])
const run = at('run')
const model = at('model.onnx')
const sampler = at('sampler.onnx')
const training = words`train --dataset ${at('titanic.csv')} --out ${run} --steps 120 --holdout 0.2`

describe('a table on the command line', () => {
  let said = ''
  let closeness: { detection: number; real: { detection: number } }
  beforeAll(async () => {
    writeFileSync(at('titanic.csv'), titanic)
    const { stdout, stderr } = await succeeds`${training} --json`
    said = stderr
    closeness = JSON.parse(stdout).closeness
    await succeeds`export ${run} --out ${model} --sampler-out ${sampler}`
  }, 120_000)

  it('trains without any option, and prints the kinds, the recipe and how close the samples are', () => {
    for (const line of [
      'sex: category of 2',
      'embarked: category of 3, 2 missing',
      'recipe table: column sex is a category',
    ])
      expect(said.split('\n')).toContain(line)
    expect(said).toMatch(/^age: whole number 0\.\.\d+, \d+ missing$/m)
    expect(said).toMatch(
      /^Rows: .*learned from 262 real rows and as many synthetic ones finds the synthetic one in \d+ of 100 pairs \(50 is guessing, \d+ for other real rows; 90 % interval \d+ to \d+\)\.\nPeople: .*in \d+ of 100 pairs \(50 is guessing; 95 % interval \d+ to \d+.*\)\./m,
    )
    const [train, holdout] = ['train', 'holdout'].map((name) =>
      lines(readFileSync(`${run}/${name}.csv`, 'utf8')),
    )
    expect([train!.length, holdout!.length]).toEqual([1 + 1047, 1 + 262])
    const rows = [...train!.slice(1), ...holdout!.slice(1)]
    expect(rows.sort()).toEqual(lines(titanic).slice(1).sort())
    const config = JSON.parse(readFileSync(runFiles(run).config, 'utf8'))
    expect(config.training.recipe).toBe('table')
    expect(JSON.stringify(config)).not.toContain(folder)
  })

  it('reports its closeness as JSON too', () => {
    expect(closeness).toMatchObject({
      against: 'holdout',
      rows: 262,
      shapes: expect.any(Number),
      trends: expect.any(Number),
    })
    const [, ...shown] = said.match(/one in (\d+) of 100 pairs \(50 is guessing, (\d+) for/)!
    expect(
      [closeness.detection, closeness.real.detection].map((auc) => Math.round(100 * auc).toString()),
    ).toEqual(shown)
  })

  it('gives rows of the same columns and kinds, of either file, the same by their index', async () => {
    for (const file of [model, sampler]) {
      const { stdout } = await moonstep`sample ${file} -n 200 --seed 5`
      expect(lines(stdout)[0]).toBe(names.join())
      expect(new Set(column(stdout, 'sex'))).toEqual(new Set(['male', 'female']))
      expect(column(stdout, 'age').every((age) => age === '' || /^\d+$/.test(age!))).toBe(true)
      expect(column(stdout, 'age')).toContain('')
      const some = (await moonstep`sample ${file} -n 50 --seed 5 --from 100`).stdout
      expect(lines(some).slice(1)).toEqual(lines(stdout).slice(101, 151))
      const complete = (await moonstep`sample ${file} -n 200 --complete`).stdout
      expect(cells(complete).flat()).not.toContain('')
    }
  })

  it('keeps the given cells, in each form of file', async () => {
    const given = words`--given sex=female --given age=30 --given embarked=`
    for (const ending of ['csv', 'tsv', 'json', 'jsonl', 'csv.gz', 'parquet']) {
      const out = at(`given.${ending}`)
      await succeeds`sample ${model} -n 40 ${given} --out ${out}`
      const again = await moonstep`impute ${model} ${out} --draws 1 --out ${at('again.csv')}`
      expect(again.stderr).toMatch(/of 40 rows/)
      const text = readFileSync(at('again.csv'), 'utf8')
      expect(new Set(column(text, 'sex'))).toEqual(new Set(['female']))
      expect(new Set(column(text, 'age'))).toEqual(new Set(['30']))
      expect(cells(text).flat()).not.toContain('')
    }
  }, 60_000)

  it('fills gaps and leaves the rest as it was', async () => {
    const filled = await moonstep`impute ${model} ${at('titanic.csv')} --out ${at('full.csv')}`
    expect(filled.status).toBe(0)
    const gaps = lines(titanic)
      .slice(1)
      .join(',')
      .split(',')
      .filter((cell) => cell === '').length
    expect(filled.stderr).toContain(`filled ${gaps} cells of 1,309 rows`)
    const full = cells(readFileSync(at('full.csv'), 'utf8'))
    for (const [i, row] of cells(titanic).entries())
      for (const [d, cell] of row.entries())
        if (cell === '') expect(full[i]![d]).not.toBe('')
        else expect(full[i]![d]).toBe(cell)
    const draws = lines((await moonstep`impute ${model} ${at('titanic.csv')} --draws 3`).stdout)
    expect([draws.length, draws[0]]).toEqual([1 + 3 * 1309, `${names.join()},draw`])
    expect(draws.slice(1, 4).map((line) => line.split(',').at(-1))).toEqual(['1', '2', '3'])
    const best = lines((await moonstep`impute ${model} ${at('titanic.csv')} --draws 3 --best`).stdout)
    expect(best.length).toBe(1 + 1309)
  }, 60_000)

  it('leaves names that the model does not know in their rows, and counts them in one line', async () => {
    writeFileSync(at('strange.csv'), 'sex,age\nother,30\nmale,\n')
    const { stdout, stderr } = await succeeds`impute ${model} ${at('strange.csv')}`
    expect(lines(stderr).filter((line) => line.includes('does not know'))).toEqual([
      `warning: ${at('strange.csv')}: 1 cell has a name that the model does not know (1 in column sex: other): ` +
        'it stays unchanged, and counts as missing where the rest of its row is filled',
    ])
    expect(cells(stdout).flat()).not.toContain('')
    expect(column(stdout, 'sex')).toEqual(['other', 'male'])
  })

  it('fills columns that the rows lack, in every row, and says so', async () => {
    writeFileSync(at('few.csv'), 'sex,age\nfemale,30\nmale,\n')
    const { stdout, stderr } = await succeeds`impute ${model} ${at('few.csv')}`
    const lacking = names.filter((name) => !['sex', 'age'].includes(name))
    expect(stderr).toContain(
      `${at('few.csv')} has no columns ${lacking.join(', ')}: they are filled in every row\n`,
    )
    expect(stderr).toContain(`filled ${2 * lacking.length + 1} cells of 2 rows`)
    expect(lines(stdout)[0]).toBe(names.join())
    expect(cells(stdout).flat()).not.toContain('')
    expect(column(stdout, 'sex')).toEqual(['female', 'male'])
    expect(column(stdout, 'age')[0]).toBe('30')
  })

  it('is described by info, and its samples are evaluated', async () => {
    expect((await moonstep`info ${model}`).stdout).toContain('embarked')
    const samples = at('samples.csv')
    await moonstep`sample ${model} -n 300 --out ${samples}`
    const judged =
      await moonstep`evaluate ${samples} --against ${run}/holdout.csv --train ${run}/train.csv --json`
    const { columns, shapes, trends, real, slicedWasserstein2 } = JSON.parse(judged.stdout)
    expect(columns.map(({ name }: { name: string }) => name)).toEqual(names)
    for (const figure of [shapes, trends, real.shapes, real.trends, slicedWasserstein2])
      expect(figure).toBeGreaterThan(0)
  })

  it.each<[string, string[], RegExp]>([
    [
      'an unknown column',
      words`sample ${model} --given sexe=female`,
      /unknown column sexe \(did you mean sex\?\)/,
    ],
    [
      'an unknown category',
      words`sample ${model} --given sex=femal`,
      /column sex is 'femal' \(did you mean female\?\): choose from female, male/,
    ],
    ['a word for a number', words`sample ${model} --given age=old`, /column age is 'old': give a number/],
    ['half a number', words`sample ${model} --given age=1.5`, /column age is '1.5': give a whole number/],
    [
      'a column twice',
      words`sample ${model} --given sex=male --given age=3 --given sex=female`,
      /column sex is given twice/,
    ],
    ['no value', words`sample ${model} --given sex`, /--given sex: give a column and its value/],
    [
      'a gap where there is none',
      words`sample ${model} --given sex=`,
      /the training rows have no missing value in it/,
    ],
    [
      'a category for .npy',
      words`sample ${model} --out ${at('never.npy')}`,
      /column sex is a category, and \.npy holds only numbers/,
    ],
    [
      'rows of other columns',
      words`impute ${model} ${at('other.csv')} --out ${at('never.csv')}`,
      /other\.csv/,
    ],
    [
      'one draw for the best',
      words`impute ${model} ${at('titanic.csv')} --best --draws 1`,
      /--draws 1: give 2 or more|draws is 1/,
    ],
    [
      'a table of one row',
      words`train --dataset ${at('one.csv')} --out ${at('never')}`,
      /one\.csv has one row/,
    ],
    [
      'a table of constants',
      words`train --dataset ${at('same.csv')} --out ${at('never')}`,
      /there is nothing to learn/,
    ],
    [
      'no column left',
      words`train --dataset ${at('titanic.csv')} --drop ${names.join()} --out ${at('never')}`,
      /no column/,
    ],
    [
      'a kind that contradicts',
      words`train --dataset ${at('titanic.csv')} --types sex=integer --out ${at('never')}`,
      /sex.*whole number/,
    ],
    [
      'a kind that there is not',
      words`train --dataset ${at('titanic.csv')} --types sex=colour --out ${at('never')}`,
      /colour.*choose from/,
    ],
    [
      'a column that there is not',
      words`train --dataset ${at('titanic.csv')} --columns sexe,age --out ${at('never')}`,
      /unknown column sexe \(did you mean sex\?\)/,
    ],
    [
      'a share that leaves nothing',
      words`train --dataset ${at('two.csv')} --holdout 0.9 --out ${at('never')}`,
      /--holdout 0\.9/,
    ],
    [
      'another width a layer',
      words`train --dataset ${at('titanic.csv')} --hidden 64,32 --out ${at('never')}`,
      /one width for all/,
    ],
    [
      'what a table predicts',
      words`train --dataset ${at('titanic.csv')} --prediction-type epsilon --out ${at('never')}`,
      /--prediction-type is for recipes of points/,
    ],
    [
      'points of a table',
      words`train --dataset ${at('titanic.csv')} --recipe points --out ${at('never')}`,
      /column sex is a category: a recipe of points takes only numbers/,
    ],
    ['a student of a table', words`distill ${run} --sampler ddim --out ${at('never')}`, /a table/],
    ['a condition for points', words`sample models/two-moons/model.onnx --given x=1`, /takes no conditions/],
  ])('refuses %s in one line, and writes nothing', async (_, line, message) => {
    writeFileSync(at('other.csv'), 'a,b\n1,2\n3,\n')
    writeFileSync(at('one.csv'), `${lines(titanic).slice(0, 2).join('\n')}\n`)
    writeFileSync(at('same.csv'), 'a,b\n1,x\n1,x\n1,x\n')
    writeFileSync(at('two.csv'), 'a,b\n1,x\n2,y\n')
    await refuses(line, message)
    for (const name of ['never', 'never.csv', 'never.npy']) expect(existsSync(at(name))).toBe(false)
  })
})
