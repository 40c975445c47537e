import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hashOf } from '../../../web/studio/src/link.ts'
import { builtPages } from '../../helpers/fixtures.ts'
import { describeWith } from '../../helpers/needs.ts'
import { type BuiltSite, serveBuilt } from '../built-page.ts'
import { launchChromium } from '../helpers.ts'
import { visit } from './visitor.ts'

const patience = { timeout: 100_000 }
const csv = `a,b\n${Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 2 ? 'x' : 'y'}`).join('\n')}\n`
const table = { name: 'other.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) }
const settings = { columns: ['a', 'b'], types: {}, rules: [], minCategory: 1, count: 20, seed: 3 }

describeWith('chromium', 'the studio, given what others made or spoiled,', () => {
  let site: BuiltSite
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium({ webgpu: false })
    site = await serveBuilt((await builtPages()).studio, { isolated: true })
  })
  afterAll(async () => {
    await browser?.close()
    site?.close()
  })

  it('refuses models and files of other kinds in a line', async () => {
    const visitor = await visit(browser, site.url)
    for (const name of ['model.onnx', 'shop.moonstep', 'run.safetensors'])
      expect(await visitor.refusal(name, Buffer.from('PK\u0003\u0004'))).toMatch(
        new RegExp(`^${name}: the file's name must end in \\.csv or `),
      )
    expect(await visitor.refusal('shop.zip', Buffer.from('PK\u0003\u0004'))).toMatch(
      /^shop\.zip is no zip file/,
    )
    expect(visitor.faults).toEqual([])
    await visitor.page.context().close()
  })

  it('says that a link is broken, and reads a file that its settings do not fit without them', async () => {
    const broken = await visit(browser, `${site.url}${hashOf({ ...settings, seed: -1 })}`)
    const alert = broken.page.getByRole('alert')
    expect(await alert.first().textContent()).toMatch(/^The settings of this link can’t be read/)
    await broken.page.context().close()

    const hostile = { a: '/(a+)+(/', b: 'date:dmy' } as const
    const visitor = await visit(browser, `${site.url}${hashOf({ ...settings, types: hostile })}`)
    const { page } = visitor
    await page.getByText('has settings for a table with the columns a, b').waitFor()
    await page.getByLabel('Table').setInputFiles(table)
    await page
      .getByText(/^The settings of the link do not fit other\.csv: /)
      .first()
      .waitFor()
    expect(await page.locator('.columns tbody tr').count()).toBe(50)
    await page.getByRole('button', { name: 'Next: train' }).click()
    expect(await page.getByRole('button', { name: 'Start training' }).isEnabled()).toBe(true)
    expect(visitor.faults).toEqual([])
    await page.context().close()
  })

  it('opens no run whose files are damaged, says which, and lets it be forgotten', {
    timeout: 300_000,
  }, async () => {
    const visitor = await visit(browser, site.url)
    const { page } = visitor
    await page.getByLabel('Table').setInputFiles(table)
    await page.getByRole('button', { name: 'Next: train' }).waitFor(patience)
    await visitor.train()
    /** Writes a file of the run. Returns what it was, in base64. */
    const write = (path: string, base64: string) =>
      page.evaluate<string>(`(async () => {
        for await (const [name, folder] of (await navigator.storage.getDirectory()).entries()) {
          if (!name.startsWith('studio')) continue
          const handle = await folder.getFileHandle('${path}')
          const before = new Uint8Array(await (await handle.getFile()).arrayBuffer())
          const stream = await handle.createWritable()
          await stream.write(Uint8Array.from(atob('${base64}'), (c) => c.charCodeAt(0)))
          await stream.close()
          return btoa(Array.from(before, (byte) => String.fromCharCode(byte)).join(''))
        }
      })()`)
    for (const [path, content, says] of [
      ['studio.json', '{}', /^The run has lost files that it needs: forget it, and train again\.$/],
      ['studio.json', '[1', /^The run has lost files that it needs: /],
      ['config.json', '{}', /^other\.csv can’t be opened, because its files are damaged \(config\.json: T: /],
      [
        'config.json',
        '['.repeat(100_000),
        /damaged \(config\.json: it is no JSON\): forget it, and train again\.$/,
      ],
      ['weights.safetensors', 'abc', /damaged \(weights\.safetensors is no safetensors file/],
      ['train.csv', 'abc', /^other\.csv can’t be opened, because its files are damaged \(/],
      ['holdout.csv', 'q\n1\n', /^other\.csv can’t be opened, because its files are damaged \(/],
    ] as const) {
      const before = await write(path, Buffer.from(content).toString('base64'))
      await page.reload()
      const alert = page.getByRole('alert').filter({ hasText: 'forget it, and train again' })
      await alert.waitFor(patience)
      expect(await alert.textContent()).toMatch(says)
      await write(path, before)
    }
    // a curve that can't be drawn keeps no run from opening
    await write('history.csv', Buffer.from('step,loss\n1,x\n2,Infinity\n').toString('base64'))
    await page.reload()
    await page.getByText('The model is trained. It learned from').waitFor(patience)
    await visitor.go('Train')
    await visitor.go('Data')
    await page.getByText('Your runs in this browser').click()
    await page.getByRole('button', { name: 'Forget other.csv' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click()
    await page.getByText('other.csv is forgotten').waitFor()
    expect(visitor.faults.filter((fault) => !fault.startsWith('asked for'))).toEqual([])
    await page.context().close()
  })
})
