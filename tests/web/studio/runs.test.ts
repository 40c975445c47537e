import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { builtPages } from '../../helpers/fixtures.ts'
import { describeWith } from '../../helpers/needs.ts'
import { type BuiltSite, serveBuilt } from '../built-page.ts'
import { launchChromium, root } from '../helpers.ts'
import { type Visitor, visit } from './visitor.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-studio-'))
const patience = { timeout: 100_000 }

/** Three columns of names, which take the fewest steps; each of 40 towns has one or two rows, and some are held out alone. */
const towns = join(folder, 'towns.csv')
const other = join(folder, 'other.csv')

describeWith('chromium', 'the runs that the studio keeps', () => {
  let site: BuiltSite
  let browser: Browser
  const visitors: Visitor[] = []
  const open = async () => {
    const visitor = await visit(browser, site.url)
    visitors.push(visitor)
    return visitor
  }
  const start = async ({ page, choose }: Visitor, file: string) => {
    await choose(file)
    await page.getByRole('button', { name: 'Next: train' }).click()
    await page.getByRole('button', { name: 'Start training' }).click()
    await page.getByText(/^step [1-9]\d* of [\d,]+/).waitFor(patience)
  }
  const pause = async (page: Page) => {
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Continue' }).waitFor(patience)
  }
  const names = async (page: Page) => {
    await page.locator('.steps button', { hasText: 'Data' }).click()
    await page.getByText('Your runs in this browser').click()
    const inputs = await page.locator('.run-name').all()
    return Promise.all(inputs.map((input) => input.inputValue()))
  }

  beforeAll(async () => {
    const penguins = gunzipSync(readFileSync(join(root, 'bench/data/penguins.csv.gz'))).toString()
    const lines = penguins.trimEnd().split('\n').slice(1)
    const rows = lines.map((line, i) => {
      const [species, island, , , , , sex] = line.split(',')
      return `${species},${island},${i % 3 === 0 && i < 120 ? `town ${i}` : sex}`
    })
    writeFileSync(towns, `species,island,town\n${rows.join('\n')}\n`)
    writeFileSync(
      other,
      `a,b\n${Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 2 ? 'x' : 'y'}`).join('\n')}\n`,
    )
    browser = await launchChromium()
    site = await serveBuilt((await builtPages()).studio, { isolated: true })
  })
  afterAll(async () => {
    await browser?.close()
    site?.close()
    rmSync(folder, { recursive: true, force: true })
  })
  afterEach(async () => {
    expect(visitors.flatMap(({ faults }) => faults)).toEqual([])
    for (const { page } of visitors.splice(0)) await page.context().close()
  })

  it('open again after a reload, also with held-out names that no training row has; and are listed, renamed and forgotten', {
    timeout: 240_000,
  }, async () => {
    const visitor = await open()
    const { page } = visitor
    await start(visitor, towns)
    await pause(page)
    await page.reload()
    await page.getByText('The training of towns.csv is paused').waitFor(patience)
    await visitor.go('Data')
    await visitor.choose(other)
    await page.getByRole('button', { name: 'Next: train' }).click()
    await page.getByRole('button', { name: 'Start training' }).click()
    await page.getByText(/^step [1-9]\d* of [\d,]+/).waitFor(patience)
    await pause(page)
    expect(await names(page)).toEqual(['other.csv', 'towns.csv'])
    expect(await page.locator('.runs tbody tr').nth(1).textContent()).toMatch(/3443.* [KM]B.*paused/)
    expect(await visitor.axe()).toEqual([])
    await page.getByLabel('Name of the run towns.csv').fill('Towns of May')
    await page.getByLabel('Name of the run towns.csv').press('Enter')
    await page.getByRole('button', { name: 'Open Towns of May' }).click()
    await page.getByText('The training of towns.csv is paused').waitFor(patience)
    expect(await page.getByRole('heading', { name: 'towns.csv' }).isVisible()).toBe(true)
    await page.getByRole('button', { name: 'Forget other.csv' }).click()
    await page.getByRole('button', { name: 'Keep' }).click()
    expect(await page.locator('.run-name').count()).toBe(2)
    await page.getByRole('button', { name: 'Forget other.csv' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click()
    await page.getByText('other.csv is forgotten').waitFor()
    expect(await page.locator('.run-name').count()).toBe(1)
  })

  it('are offered to be forgotten if they have lost files, and the file of a run says which it lacks', {
    timeout: 240_000,
  }, async () => {
    const visitor = await open()
    const { page } = visitor
    await visitor.choose(other)
    await page.getByLabel('Kind of a').selectOption('number')
    await page.locator('.values', { hasText: 'number 0..6' }).waitFor()
    await visitor.train()
    // what is wrong with a request stands next to it, in view
    await page.getByLabel('Rows').fill('0')
    expect(await page.locator('#count-wrong').textContent()).toBe('Give a whole number of rows, 1 or more.')
    await page.getByLabel('Rows').fill('30000000')
    await page.getByRole('button', { name: 'Generate rows' }).click()
    const refusal = page.locator('#ask').getByRole('alert').first()
    await refusal.getByText('more than a page can hold').waitFor()
    const { y, height } = (await refusal.boundingBox())!
    expect(y >= 0 && y + height <= page.viewportSize()!.height).toBe(true)
    expect(await page.locator('.problem-foot').textContent()).toBe(await refusal.textContent())
    await visitor.generate(20, 3)
    await page.getByLabel('Fix a column').selectOption('b')

    // a link holds the settings and the names of columns alone
    await visitor.go('Take along')
    await page.getByText('A link to these settings').click()
    const link = (await page.locator('.code pre').last().textContent())!
    const settings = JSON.parse(Buffer.from(link.split('#settings=')[1]!, 'base64url').toString())
    expect(settings).toEqual({
      ...{ columns: ['a', 'b'], types: { a: 'number' }, rules: [], minCategory: 1, count: 20, seed: 3 },
    })
    const guest = await (await browser.newContext()).newPage()
    // a file that is chosen before the page's worker has come is read once it has
    await guest.route('**/worker-*.js', async (route) => {
      await new Promise((later) => setTimeout(later, 1000))
      await route.continue()
    })
    await guest.goto(link)
    await guest.getByText('has settings for a table with the columns a, b').waitFor(patience)
    await guest.getByLabel('Table').setInputFiles(other)
    await guest.getByText('is read with the settings of the link').waitFor(patience)
    expect(await guest.getByLabel('Kind of a').inputValue()).toBe('number')
    await guest.context().close()
    const remove = (path: string) =>
      page.evaluate(`(async () => {
        const root = await navigator.storage.getDirectory()
        for await (const [name, folder] of root.entries()) if (name.startsWith('studio')) await folder.removeEntry('${path}')
      })()`)
    await remove('history.csv')
    expect((await visitor.saved('Download run folder')).name).toBe('other-run.zip')
    const said = page.locator('#take').getByRole('alert')
    expect(await said.textContent()).toMatch(/has lost history\.csv of the run: the zip file lacks it/)
    await remove('config.json')
    await page.reload()
    const alert = page.getByRole('alert').filter({ hasText: 'other.csv has lost files that it needs' })
    await alert.waitFor(patience)
    await page.getByRole('button', { name: 'Forget other.csv' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click()
    await page.getByText('other.csv is forgotten').waitFor()
    expect(await page.locator('.run-name').count()).toBe(0)
  })

  it('belong to one tab at a time, and are forgotten in all', { timeout: 240_000 }, async () => {
    const visitor = await open()
    const { page } = visitor
    await start(visitor, other)
    const second = await page.context().newPage()
    await second.goto(site.url)
    await second.getByText('other.csv is open in another tab.').waitFor(patience)
    expect(await second.getByRole('button', { name: 'Open other.csv' }).isDisabled()).toBe(true)
    await second.getByRole('button', { name: 'Forget other.csv' }).click()
    await second.getByRole('dialog').getByRole('button', { name: 'Forget' }).click()
    await page.getByText('other.csv was forgotten in another tab.').waitFor(patience)
    await second.getByText('other.csv is forgotten').waitFor(patience)
    const left = await page.evaluate(
      '(async () => { const names = []; for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name); return names })()',
    )
    expect(left).toEqual([])
  })

  it('and what is about to be replaced can be had back: a kind, a file, a training', {
    timeout: 240_000,
  }, async () => {
    const visitor = await open()
    const { page } = visitor
    await visitor.choose(other)
    await page.getByLabel('Kind of b').selectOption('text')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.locator('.values', { hasText: 'category of 2' }).waitFor()
    await page.getByLabel('Use a').waitFor()
    await page.getByLabel('Table').setInputFiles(towns)
    await page.getByRole('button', { name: 'Back to other.csv' }).click()
    await page.getByRole('heading', { name: 'other.csv' }).waitFor()
    // a file that comes while a model learns waits for an answer
    await page.getByRole('button', { name: 'Next: train' }).click()
    await page.getByRole('button', { name: 'Start training' }).click()
    await page.getByText(/^step [1-9]\d* of [\d,]+/).waitFor(patience)
    await visitor.go('Data')
    await page.getByLabel('Table').setInputFiles(towns)
    await page.getByRole('button', { name: 'Go on training' }).click()
    await visitor.go('Train')
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    await visitor.go('Data')
    await page.getByLabel('Table').setInputFiles(towns)
    await page.getByRole('button', { name: 'Pause and read' }).click()
    await page.getByRole('heading', { name: 'towns.csv' }).waitFor(patience)
    await page.getByRole('button', { name: 'Back to the model of other.csv' }).click()
    await page.getByText('The training of other.csv is paused').waitFor(patience)
  })
})
