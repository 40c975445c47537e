import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Verdicts } from '../../src/measure/verdicts.ts'
import { runFiles } from '../../src/node/run-folder.ts'
import { verdictSentences } from '../../src/report/verdicts.ts'
import { tableToCsv } from '../../src/table/formats/csv-write.ts'
import { rowsAt } from '../../src/table/table.ts'
import { moonstep, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { petTable } from '../helpers/tables.ts'
import { words } from '../helpers/words.ts'

const { at } = folderOf('verdicts')
const quick = words`--steps 500 --hidden 32,32,32 --engine simd --candidates 1`

/** A text without the line breaks that fit it into 80 columns. */
const unwrapped = (text: string) => text.replaceAll('\n  ', ' ')

const sentencesIn = (text: string) =>
  text.split('\n').flatMap((line) => /(?:Rows|People): .*/.exec(line)?.[0] ?? [])
const configOf = (run: string) => JSON.parse(readFileSync(runFiles(run).config, 'utf8'))
const inPage = (path: string) =>
  JSON.parse(
    /<script type="application\/json" id="report">([\s\S]*?)<\/script>/.exec(readFileSync(path, 'utf8'))![1]!,
  )

async function trained(name: string, csv: string, options: readonly string[] = []) {
  writeFileSync(at(`${name}.csv`), csv)
  const line = words`train --dataset ${at(`${name}.csv`)} --out ${at(name)} ${quick}`
  const { stdout, stderr } = await succeeds(...line, ...options, '--json')
  return { run: at(name), said: stderr, json: JSON.parse(stdout) }
}

describe('the verdicts on a trained table', () => {
  let run: Awaited<ReturnType<typeof trained>>
  let verdicts: Verdicts
  beforeAll(async () => {
    run = await trained('pets', tableToCsv(petTable(800)))
    verdicts = run.json.verdicts
  })

  it('are the last that train says, with the figures of its JSON and of config.json', () => {
    const { closeness, verdicts: written } = configOf(run.run)
    expect(written).toEqual(verdicts)
    expect(closeness).toEqual(run.json.closeness)
    expect(Object.keys(verdicts)).toEqual(['rows', 'people'])
    expect(Object.keys(verdicts.rows).sort()).toEqual(['auc', 'grade', 'high', 'low', 'real'])
    expect(Object.keys(verdicts.people).sort()).toEqual(['auc', 'grade', 'high', 'low'])
    expect([closeness.against, closeness.compared]).toEqual(['holdout', 80])
    const sentences = sentencesIn(run.said)
    expect(sentences).toEqual(verdictSentences(verdicts, closeness))
    expect(sentences[0]).toContain('learned from 80 real rows and as many synthetic ones')
    expect(run.said.trim().split('\n').slice(-2).join()).toMatch(
      /Rows: .*People: |People: .*If|Train for longer/,
    )
    // the figures of the sentences are those of the JSON
    const { rows, people } = verdicts
    const hundredths = (...shares: (number | null)[]) =>
      shares.map((share) => String(Math.round(100 * share!)))
    const shown = (sentence: string) =>
      [...sentence.matchAll(/(\d+) of 100 pairs|, (\d+) for other|interval (\d+) to (\d+)/g)].flatMap(
        ([, ...found]) => found.filter((each) => each !== undefined),
      )
    expect(shown(sentences[0]!)).toEqual(hundredths(rows.auc, rows.real, rows.low, rows.high))
    expect(shown(sentences[1]!)).toEqual(hundredths(people.auc, people.low, people.high))
  })

  it('are the same in info, of the run and of its model, and in each file that says so', async () => {
    const { closeness } = configOf(run.run)
    expect(sentencesIn((await succeeds`info ${run.run}`).stdout)).toEqual(
      verdictSentences(verdicts, closeness),
    )
    expect(JSON.parse((await succeeds`info ${run.run} --json`).stdout).card.verdicts).toEqual(verdicts)
    const files = words`--out ${at('m.onnx')} --sampler-out ${at('s.onnx')}`
    const exported = await succeeds`export ${run.run} ${files}`
    expect(sentencesIn(exported.stderr)).toEqual(verdictSentences(verdicts, closeness))
    for (const file of ['m.onnx', 's.onnx']) {
      expect(sentencesIn((await succeeds`info ${at(file)}`).stdout)).toEqual(verdictSentences(verdicts))
      expect(JSON.parse((await succeeds`info ${at(file)} --json`).stdout).card.verdicts).toEqual(verdicts)
    }
    // of another process nothing was measured
    await succeeds`export ${run.run} --out ${at('m2.onnx')} --sampler-out ${at('s2.onnx')} --num-steps 5`
    expect(JSON.parse((await succeeds`info ${at('s2.onnx')} --json`).stdout).card.verdicts).toBeUndefined()
  })

  it('come first in its report, in the text and on the page, with the same figures', async () => {
    const { stdout } = await succeeds`report ${run.run} --seed 4`
    const sentences = verdictSentences(verdicts, configOf(run.run).closeness)
    expect(unwrapped(stdout).split('\n').slice(0, 2)).toEqual(sentences)
    for (const line of stdout.split('\n').slice(0, 10)) expect(line.length).toBeLessThanOrEqual(80)
    const json = JSON.parse((await succeeds`report ${run.run} --seed 4 --json`).stdout)
    expect([json.verdicts, json.sentences]).toEqual([verdicts, sentences])
    expect(inPage(`${run.run}/report.html`).verdicts).toEqual(verdicts)
    // what was drawn for the report is measured as well
    expect(json.detection.auc).not.toBe(verdicts.rows.auc)
    expect(unwrapped(stdout)).toContain('The verdicts were found when training ended')
  })

  it('are of the samples in evaluate, on people only with the training rows', async () => {
    await succeeds`export ${run.run} --out ${at('m.onnx')}`
    await succeeds`sample ${at('m.onnx')} -n 300 --out ${at('samples.csv')}`
    const line = words`evaluate ${at('samples.csv')} --against ${run.run}/holdout.csv --quick --json`
    const alone = JSON.parse((await succeeds(...line)).stdout)
    expect(alone.verdicts.people).toEqual({ grade: null, auc: null, low: null, high: null })
    expect(alone.verdicts.rows.grade).not.toBeNull()
    const { auc, low, high } = alone.verdicts.rows
    expect(low < auc && auc < high).toBe(true)
    const { verdicts: both, detection } = JSON.parse(
      (await succeeds(...line, '--train', `${run.run}/train.csv`)).stdout,
    )
    expect(both.rows).toMatchObject({
      auc: detection.auc,
      low: detection.low,
      high: detection.high,
      real: detection.null,
    })
    expect(both.people.grade).not.toBeNull()
    const text = unwrapped((await succeeds(...line.slice(0, -1))).stdout)
    expect(sentencesIn(text)).toHaveLength(1)
  })

  it('are gone while a run is extended, and found anew', async () => {
    const { stdout } = await succeeds`train --out ${run.run} --resume --steps 520 --json`
    const found = JSON.parse(stdout).verdicts
    expect(found).not.toEqual(verdicts)
    expect(configOf(run.run).verdicts).toEqual(found)
  })
})

describe('a table that gives its rows away', () => {
  it('because it has each many times, is warned of before it is trained on, and its report says so', async () => {
    const rows = petTable(50)
    const repeated = rowsAt(
      rows,
      Int32Array.from({ length: 1000 }, (_, i) => i % 50),
    )
    const { run, said, json } = await trained(
      'repeated',
      tableToCsv(repeated),
      words`--steps 400 --hidden 64,64,64`,
    )
    const lines = said.split('\n')
    const warned = lines.findIndex((line) =>
      /warning: the 900 training rows are only 50 different ones, each 18 times/.test(line),
    )
    expect(warned).toBeGreaterThanOrEqual(0)
    expect(warned).toBeLessThan(lines.findIndex((line) => line.startsWith('trained 400 steps')))
    expect(json.verdicts.people.grade).toBe('clear')
    const copies =
      /^People: these samples give training rows away: treat them like the real rows\. [\d.]+ % of them are copies of training rows\.$/m
    expect(said).toMatch(copies)
    const { stdout } = await succeeds`report ${run}`
    expect(unwrapped(stdout)).toMatch(copies)
    expect(unwrapped(stdout)).not.toContain('too few rows to tell whether')
    expect(readFileSync(`${run}/report.html`, 'utf8')).toMatch(/% of them are copies of training rows/)
  })

  it('or of a dozen rows, is warned of, and its report says that there are too few rows', async () => {
    const { run, said, json } = await trained('dozen', tableToCsv(petTable(12)))
    expect(said).toContain('warning: 10 training rows are few')
    const none = { auc: null, low: null, high: null }
    expect(json.verdicts).toEqual({
      rows: { grade: null, real: null, ...none },
      people: { grade: null, ...none },
    })
    const { stdout } = await succeeds`report ${run}`
    expect(unwrapped(stdout)).toMatch(/^Rows: too few rows to say.*\nPeople: too few rows to say.*\n$/)
    expect(inPage(`${run}/report.html`).rows).toEqual({ samples: 10, against: 2, train: 10 })
    const limited = await moonstep`report ${run} --max-membership 0.6`
    expect([limited.status, limited.stderr]).toEqual([
      1,
      expect.stringContaining('membership needs 20 rows or more'),
    ])
  })

  it('is not one without judging rows, of which the grades are null', async () => {
    const { said, json } = await trained('all', tableToCsv(petTable(200)), words`--holdout 0`)
    expect([json.verdicts.rows.grade, json.verdicts.people.grade]).toEqual([null, null])
    expect(json.closeness.against).toBe('train')
    expect(said).toContain('Rows: too few rows to say. 60 held-out rows are needed.\n')
  })
})
