import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  exportModel,
  loadModel,
  readDatabase,
  reportDatabase,
  rowsOfRun,
  sample,
  train,
} from '../../src/index.ts'
import { moonstep, refuses, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { expectRejected } from '../helpers/refusals.ts'
import { type Shop, shopOf } from '../report/database/families.ts'

const { at } = folderOf('report-tables')
const run = at('run')
const training = { steps: 200, hidden: [32], engine: 'simd', candidates: 1, seed: 1 } as const

beforeAll(async () => {
  mkdirSync(at('shop'))
  for (const [name, rows] of Object.entries<Shop[keyof Shop]>({ ...shopOf(1, 120) }))
    writeFileSync(
      at(`shop/${name}.csv`),
      `${[Object.keys(rows[0]!), ...rows.map((row) => Object.values(row))].map((line) => line.join()).join('\n')}\n`,
    )
  await succeeds`train --dataset ${at('shop')} --holdout 0.3 --steps 200 --hidden 32 --engine simd --candidates 1 --seed 1 --out ${run}`
})

describe('the report of several tables', () => {
  it('is printed and written as a page, of each table and across them', async () => {
    const { stdout, stderr } = await succeeds`report ${run}`
    expect(stderr).toMatch(/drew 84 of customers, \d+ of orders, seed 0/)
    expect(stderr).toContain(`the page: ${run}/report.html`)
    for (const part of ['== customers ==', '== orders ==', '== across tables =='])
      expect(stdout).toContain(part)
    expect(stdout).toMatch(/^number of orders of customers, distance +0\.\d{3} +0\.\d{3}$/m)
    expect(stdout).toMatch(/^trends between customers and orders, 1 is the same +0\.\d{3} +0\.\d{3}$/m)
    expect(stdout).toMatch(/^trees, customers with the sums of their orders, AUC +\d\.\d{3} +0\.\d{3}$/m)
    // 36 customers were held out
    expect(stdout).toMatch(/^Rows: too few rows to say.*\nPeople: too few rows to say/)
    expect(stdout).not.toContain('verdict: ')
    expect(readFileSync(`${run}/report.html`, 'utf8')).toContain('Across tables')
  })

  it('is the same on stdout, in its page and in the API, of a folder and of a run in memory, and ends with 1 at a limit', async () => {
    const maxima = { maxDetection: 0.5, maxMembership: 0.99 }
    const { status, stdout, stderr } =
      await moonstep`report ${run} --json --seed 2 --max-detection 0.5 --max-membership 0.99 --out ${at('page.html')}`
    expect(status).toBe(1)
    const { out, ...found } = JSON.parse(stdout)
    const whats = [
      'customers',
      'orders',
      'customers with one of their orders',
      'customers with the sums of their orders',
    ]
    const { limits } = found
    expect(limits.map(({ of, what }: Record<string, string>) => `${of}: ${what}`)).toEqual([
      ...whats.map((what) => `detection: ${what}`),
      ...whats.filter((what) => !/one of/.test(what)).map((what) => `membership: ${what}`),
    ])
    for (const { sentence } of limits) expect(stderr).toContain(sentence)
    expect(out).toBe(at('page.html'))
    const page = readFileSync(out, 'utf8')
    expect(
      JSON.parse(/<script type="application\/json" id="report">(.*?)<\/script>/s.exec(page)![1]!),
    ).toEqual(found)
    expect(found.references[0]).toMatchObject({ child: 'orders', parent: 'customers', astray: 0, missing: 0 })
    expect(found.keys.map(({ repeats }: { repeats: number }) => repeats)).toEqual([0, 0])
    const trained = await train({
      ...training,
      dataset: await readDatabase(at('shop')),
      holdout: 0.3,
      onNote() {},
      onWarning() {},
    })
    const model = await loadModel((await exportModel({ run: trained })).model)
    const samples = await sample(model, { seed: 2 })
    await model.dispose()
    const again = await reportDatabase({ ...(await rowsOfRun(trained)), samples, seed: 2, ...maxima })
    expect(JSON.parse(JSON.stringify(again))).toEqual(found)
  })

  it('needs held-out rows, and takes no option of a single table', async () => {
    await refuses(
      ['report', run, '--target', 'age'],
      /--target is for the report of one table, and .* has several/,
    )
    await succeeds`train --dataset ${at('shop')} --holdout 0 --steps 5 --hidden 8 --engine simd --candidates 1 --out ${at('whole')}`
    await refuses(
      ['report', at('whole')],
      /has no held-out rows, and a report compares .*: moonstep train --dataset DATASET --out runs\//,
    )
    await expectRejected(() => rowsOfRun(at('whole')), /has no held-out rows.*`holdout`/)
  })

  it('leaves no rows of an earlier training behind, and refuses those that are broken', async () => {
    await succeeds`train --dataset ${at('shop')} --holdout 0.3 --steps 5 --hidden 8 --engine simd --candidates 1 --out ${at('again')}`
    expect(readdirSync(at('again/rows/holdout')).sort()).toEqual(['customers.json', 'orders.json'])
    writeFileSync(at('again/rows/train/orders.json'), '{"rows":1}\n')
    await refuses(
      ['report', at('again')],
      /orders\.json has no rows as train writes them: train the tables anew/,
    )
    await succeeds`train --dataset ${at('shop')} --holdout 0 --steps 5 --hidden 8 --engine simd --candidates 1 --force --out ${at('again')}`
    expect(() => readdirSync(at('again/rows'))).toThrow()
    rmSync(at('again'), { recursive: true })
  })
})
