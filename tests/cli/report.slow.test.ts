import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { moonstep, refuses, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { words } from '../helpers/words.ts'

const { folder, at } = folderOf('report')

const jsonInPage = (path: string) => {
  const page = readFileSync(path, 'utf8')
  return JSON.parse(/<script type="application\/json" id="report">([\s\S]*?)<\/script>/.exec(page)![1]!)
}

beforeAll(async () => {
  cpSync('models/penguins', at('penguins'), { recursive: true })
  await succeeds`sample ${at('penguins/model.onnx')} -n 275 --out ${at('samples.csv')}`
})

describe('report', () => {
  it('makes a page of a run, and prints what it finds', async () => {
    const { stdout, stderr } = await succeeds`report ${at('penguins')} --target sex`
    expect(stderr).toContain('275 samples, seed 0, against 69 held-out rows')
    expect(stderr).toContain(`the page: ${at('penguins/report.html')}`)
    expect(stdout).toMatch(/^trees distinguish samples from real rows, AUC +0\.\d{3} +0\.\d{3}$/m)
    expect(stdout).toMatch(/^trees learn sex, AUC +0\.\d{3} +0\.\d{3}$/m)
    expect(stdout.replaceAll('\n  ', ' ')).toMatch(
      /^Rows: .* finds the synthetic one in \d+ of 100 pairs .*\nPeople: /,
    )
    expect(stdout).toContain('too few rows to tell')
    expect(stdout).not.toMatch(/anonym/i)
  })

  it('gives the same object on stdout and in the page, and the same bytes twice', async () => {
    const args = words`report ${at('penguins')} --json --given sex=female --seed 3`
    const once = await moonstep`${args} --out ${at('one.html')}`
    const { out, ...found } = JSON.parse(once.stdout)
    expect([once.status, out]).toEqual([0, at('one.html')])
    expect(jsonInPage(at('one.html'))).toEqual(found)
    expect(found.given).toMatchObject({ column: 'sex', value: 'female' })
    expect(found.utility.target).toBe('species')
    await moonstep`${args} --out ${at('two.html')}`
    expect(readFileSync(at('two.html'), 'utf8')).toBe(readFileSync(at('one.html'), 'utf8'))
    expect(readFileSync(at('two.html'), 'utf8')).not.toContain(folder)
  })

  it('ends with 1 where a limit is exceeded, or the rows are too few to tell', async () => {
    const limits = words`--max-detection 0.99 --max-membership 0.99`
    const { status, stdout, stderr } = await moonstep`report ${at('penguins')} ${limits} --json`
    expect(status).toBe(1)
    const { limits: results } = JSON.parse(stdout)
    expect(results).toMatchObject([
      { of: 'detection', max: 0.99, isKept: null },
      { of: 'membership', max: 0.99, isKept: null },
    ])
    for (const { sentence } of results) {
      expect(sentence).toContain('too few')
      expect(stderr).toContain(sentence)
    }
    const low = await moonstep`report ${at('penguins')} --max-detection 0.5 --quiet`
    expect([low.status, low.stderr]).toEqual([
      1,
      expect.stringMatching(/^detection has an AUC of \.\d\d: more than 0\.5\n$/),
    ])
  })

  it('takes the command that makes a holdout where there is none', async () => {
    cpSync('models/penguins', at('whole'), {
      recursive: true,
      filter: (path) => !/(holdout|train)\.csv$/.test(path),
    })
    await refuses(
      ['report', at('whole')],
      /has no holdout\.csv.*: moonstep train --dataset penguins\.csv --out runs\//,
    )
  })

  it.each([
    [['--target', 'sxe'], /unknown target sxe \(did you mean sex\?\): choose from species, island/],
    [['--given', 'sex'], /--given sex: give a column and its value/],
    [['--given', 'sex='], /--given takes one value/],
    [words`--given sex=female --given year=2007`, /--given takes one value/],
    [['--given', 'sex=femal'], /'femal' \(did you mean female\?\)/],
    [['--given', 'island=Torgersen'], /fewer|give a value with 20 or more/],
    [['--max-detection', '2'], /--max-detection 2/],
    [['--max-membership', 'x'], /--max-membership x is not a number/],
    [['--out', 'page.pdf'], /--out .*page\.pdf.*\.html/],
    [['--seed', '-1'], /--seed -1/],
  ])('refuses %j in one line, and writes nothing', async (args, message) => {
    const out = args[0] === '--out' ? [] : ['--out', at('refused.html')]
    await refuses(words`report ${at('penguins')} ${args} ${out} --quiet`, message)
    expect(existsSync(at('refused.html'))).toBe(false)
  })
})

describe('evaluate --model', () => {
  it('takes rows with names that the model does not know, and counts them', async () => {
    const rows = readFileSync(at('penguins/holdout.csv'), 'utf8')
    writeFileSync(at('strange.csv'), rows.replace(/,(Dream|Biscoe),/, ',Anvers,'))
    const model = at('penguins/model.onnx')
    const { stdout, stderr } =
      await succeeds`evaluate ${at('samples.csv')} --against ${at('strange.csv')} --model ${model} --quick`
    expect(stderr).toContain(
      `warning: ${at('strange.csv')}, column island: 1 cell has a name that ${model} does not know (Anvers): no sample has such a name\n`,
    )
    expect(stdout).toMatch(/^columns \(shapes\)/m)
    // the command that it suggests takes them too
    const [, hint] = /^next: moonstep (plot .*) --out \S+$/m.exec(stderr)!
    const drawn = await succeeds(...hint!.split(' '), '--out', at('strange.svg'))
    expect(drawn.stderr).toContain('does not know (Anvers): drawn as other')
  })
})

describe('evaluate --train', () => {
  const tables = words`--against ${at('penguins/holdout.csv')} --train ${at('penguins/train.csv')}`

  it('adds the report: in the JSON, on stdout, and as a page', async () => {
    const page = ['--report', at('evaluated.html')]
    const { stdout } = await succeeds`evaluate ${at('samples.csv')} ${tables} ${page} --json`
    const found = JSON.parse(stdout)
    for (const auc of [found.detection.auc, found.detection.null, found.privacy.membership.auc]) {
      expect(auc).toBeGreaterThanOrEqual(0)
      expect(auc).toBeLessThanOrEqual(1)
    }
    expect(found.columns[0]).toMatchObject({
      name: 'species',
      kind: 'category',
      distance: expect.any(Number),
    })
    expect(found.utility).toMatchObject({
      metric: 'macro-auc',
      synthetic: expect.any(Number),
      real: expect.any(Number),
    })
    expect(found.privacy).toMatchObject({
      membership: { low: expect.any(Number), high: expect.any(Number) },
      attacks: expect.any(Array),
      copies: expect.any(Object),
      closest: { share: expect.any(Number) },
      flagged: null,
    })
    expect(found).toMatchObject({
      shapes: expect.any(Number),
      trends: expect.any(Number),
      verdict: expect.any(String),
      verdicts: { rows: { auc: found.detection.auc }, people: { grade: expect.any(String) } },
    })
    // what is measured without the training rows stays
    expect(found).toMatchObject({ slicedWasserstein2: expect.any(Number), modelFile: null, exceeded: [] })
    const { rows, privacy, verdict } = jsonInPage(at('evaluated.html'))
    expect({ rows, privacy, verdict }).toEqual({
      rows: found.rows,
      privacy: found.privacy,
      verdict: found.verdict,
    })

    const model = words`--model ${at('penguins/model.onnx')} --max-membership 0.99`
    const text = await moonstep`evaluate ${at('samples.csv')} ${tables} ${model}`
    expect(text.status).toBe(1)
    expect(text.stdout.replaceAll('\n  ', ' ')).toMatch(
      /model file:\n- This file holds no value of a single row: whatever it holds is of three training rows or more\.\n- It holds [\d,]+ values, names, cuts of trees/,
    )
    expect(text.stdout.replaceAll('\n  ', ' ').split('\n').slice(2, 4)).toEqual(found.sentences)
  })

  it('tells training rows that are handed out as samples', async () => {
    const { stdout } = await moonstep`evaluate ${at('penguins/train.csv')} ${tables} --json`
    expect(JSON.parse(stdout).privacy).toMatchObject({ flagged: true, verdict: 'flagged' })
  })

  it('is left out, with a warning, of fewer than 20 rows, unless it is asked for', async () => {
    const few = readFileSync(at('penguins/holdout.csv'), 'utf8').split('\n').slice(0, 16).join('\n')
    writeFileSync(at('few.csv'), `${few}\n`)
    const args = words`evaluate ${at('samples.csv')} --against ${at('few.csv')} --train ${at('penguins/train.csv')}`
    const left = await moonstep`${args} --json`
    expect([left.status, JSON.parse(left.stdout).privacy]).toEqual([0, undefined])
    expect(left.stderr).toContain('no report: it needs 20 rows or more in each file')
    const asked = await moonstep`${args} --target sex`
    expect([asked.status, asked.stderr]).toEqual([
      2,
      expect.stringMatching(/few\.csv has 15 rows: a report needs 20 or more/),
    ])
  })

  it.each(['--report', '--target', '--given', '--max-detection', '--max-membership'])(
    'is what %s is of',
    async (option) => {
      const value =
        option === '--report' ? at('none.html') : option.startsWith('--max') ? '0.6' : 'sex=female'
      const evaluate = words`evaluate ${at('samples.csv')} --against ${at('samples.csv')}`
      await refuses([...evaluate, option, value], new RegExp(`${option} .*give --train`))
    },
  )
})
