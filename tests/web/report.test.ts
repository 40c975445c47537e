import { join } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Report, report } from '../../src/report/report.ts'
import { toRows } from '../../src/table/inference/rows.ts'
import { folderOf } from '../helpers/folders.ts'
import { describeWith } from '../helpers/needs.ts'
import { petTable } from '../helpers/tables.ts'
import { browsers, isReady } from './browsers.ts'
import type { DrivenPage } from './element/driven-page.ts'
import { root, type Site, serveFolders } from './helpers.ts'

const rowsOf = (count: number, seed: number) => toRows(petTable(count, seed)).map(({ id: _, ...row }) => row)
const options = { samples: rowsOf(120, 1), against: rowsOf(100, 2), train: rowsOf(120, 3), target: 'kind' }

const { folder } = folderOf('page-report')

describe('moonstep/web reports', () => {
  let site: Site
  let inNode: Report

  beforeAll(async () => {
    await build({
      configFile: false,
      root: join(root, 'tests/web/page'),
      logLevel: 'error',
      build: {
        outDir: folder,
        emptyOutDir: true,
        target: 'esnext',
        rollupOptions: { input: join(root, 'tests/web/page/report.html') },
      },
    })
    site = await serveFolders({ '/': folder })
    inNode = await report(options)
  })
  afterAll(() => site?.close())

  describe.each(browsers)('in $need', ({ need, start }) => {
    describeWith(need, 'in a worker', () => {
      let page: DrivenPage
      const call = <R>(name: string, change: object = {}): Promise<R> =>
        page.evaluate(`${name}(${JSON.stringify({ ...options, ...change })})`)
      beforeAll(async () => {
        page = await start()
        await page.open(`${site.url}report.html`)
        await page.evaluate(isReady)
      }, 120_000)
      afterAll(() => page?.close())

      it('gives the report of Node, to the bit, with its progress', async () => {
        const { found, stages } = await call<{ found: Report; stages: string[] }>('reported')
        expect(found).toEqual(inNode)
        expect(stages).toEqual(expect.arrayContaining(['columns and pairs', 'nearest rows']))
      })

      it('can be stopped', async () => expect(await call('stopped')).toBe('enough'))

      it('reports bad input as an InputError of one line', async () => {
        expect(await call('refused', { target: 'knid' })).toEqual({
          name: 'InputError',
          message: expect.stringMatching(/^unknown target knid \(did you mean kind\?\)[^\n]*$/),
          code: 'unknown-name',
        })
        expect(await call('refused', { against: rowsOf(19, 2) })).toMatchObject({
          message: expect.stringMatching(/^against has 19 rows: a report needs 20 or more/),
        })
      })
    })
  })
})
