import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { readTable } from '../../../src/node/run-folder.ts'
import { toRows } from '../../../src/table/inference/rows.ts'
import { builtPages } from '../../helpers/fixtures.ts'
import { describeWith, python } from '../../helpers/needs.ts'
import { type BuiltSite, serveBuilt } from '../built-page.ts'
import { launchChromium, root } from '../helpers.ts'
import { runCommands } from './commands.ts'
import { type Visitor, visit } from './visitor.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-studio-'))
const titanic = join(folder, 'titanic.csv')
const penguins = join(folder, 'penguins.csv')

/** The header and 110 rows from all of a file: a batch of 256 has no more than these, and takes less. */
const fewLines = (csv: string) => {
  const [header, ...rows] = csv.trimEnd().split('\n')
  const every = Math.floor(rows.length / 110)
  return `${[header, ...rows.filter((_, i) => i % every === 0).slice(0, 110)].join('\n')}\n`
}

/** Unpacks a zip file next to the table, and gives the names of its files. */
function namesIn(zip: Buffer): string[] {
  const path = join(folder, 'unpacked.zip')
  writeFileSync(path, zip)
  const script = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as file:
    file.extractall(sys.argv[2])
    print('\\n'.join(sorted(file.namelist())))`
  const { stdout } = spawnSync(python, ['-c', script, path, join(folder, 'unpacked')], { encoding: 'utf8' })
  return stdout.trim().split('\n')
}

describeWith('chromium', 'the studio, built, in Chromium', () => {
  let built: string
  let site: BuiltSite
  let bare: BuiltSite
  let browser: Browser
  const visitors: Visitor[] = []
  const open = async (options: BrowserContextOptions = {}, at = site) => {
    const visitor = await visit(browser, at.url, options)
    visitors.push(visitor)
    return visitor
  }

  beforeAll(async () => {
    const passengers = fewLines(gunzipSync(readFileSync(join(root, 'bench/data/titanic.csv.gz'))).toString())
    // survived, sex, age: one column of numbers takes half of the steps of four
    writeFileSync(titanic, passengers.replace(/^([^,]*),[^,]*,([^,]*),([^,]*),.*$/gm, '$1,$2,$3'))
    writeFileSync(penguins, gunzipSync(readFileSync(join(root, 'bench/data/penguins.csv.gz'))))
    built = (await builtPages()).studio
    browser = await launchChromium()
    ;[site, bare] = await Promise.all([
      serveBuilt(built, { folder: '/some/studio/', isolated: true }),
      serveBuilt(built),
    ])
  })
  afterAll(async () => {
    await browser?.close()
    site?.close()
    bare?.close()
    rmSync(folder, { recursive: true, force: true })
  })
  afterEach(async () => {
    // once the page is there it asks for nothing, and logs no error or warning
    expect(visitors.flatMap(({ faults }) => faults)).toEqual([])
    for (const { page } of visitors.splice(0)) await page.context().close()
  })

  it('loads with 250 KB', async () => {
    const { page } = await open()
    const first = (name: string) =>
      !/report-page|trainer|tables|faker-code|words-|\.gz$|service-worker/.test(name)
    const sizes = new Map(
      site.answers.filter(({ name }) => first(name)).map(({ name, gzip }) => [name, gzip()]),
    )
    expect([...sizes.keys()].map((name) => name.replace(/-[^.]*/, '')).sort()).toEqual([
      'assets/index.css',
      'assets/index.js',
      'assets/worker.js',
      'index.html',
    ])
    expect([...sizes.values()].reduce((sum, size) => sum + size)).toBeLessThanOrEqual(250_000)
    await page.getByLabel('Table').waitFor()
  })

  it('trains on titanic and generates rows under a condition, the bytes that its commands generate', {
    timeout: 600_000,
  }, async () => {
    const visitor = await open()
    const { page, saved } = visitor
    expect(await visitor.axe()).toEqual([])
    await visitor.choose(titanic)
    expect(await visitor.status()).toMatch(/^titanic\.csv has 110 rows of 3 columns/)
    expect(await visitor.axe()).toEqual([])
    // survived becomes yes or no
    await page.getByLabel('Kind of survived').selectOption('boolean')
    await page.locator('.values', { hasText: 'boolean' }).waitFor()
    await visitor.train()
    await page.getByLabel('Fix a column').selectOption('sex')
    await page.getByLabel('sex', { exact: true }).selectOption('female')
    await page.getByLabel('Fix a column').selectOption('age')
    await page.getByLabel('age', { exact: true }).fill('30')
    await visitor.generate(1000, 7)
    expect(await visitor.status()).toMatch(/^1,?000 rows generated in .*, by seed 7\.$/)
    expect(await visitor.axe()).toEqual([])
    const rows = await saved('Download rows')
    expect(rows.name).toBe('titanic-synthetic.csv')
    await visitor.go('Take along')
    expect(await visitor.axe()).toEqual([])
    const model = await saved('Download model')
    const run = await saved('Download run folder')
    expect([model.name, run.name]).toEqual(['model.onnx', 'titanic-run.zip'])

    const commands = await page.locator('.code pre').first().textContent()
    const made = runCommands(commands!, folder)
    expect(rows.bytes.equals(made.file('titanic-synthetic.csv'))).toBe(true)
    // the page's model.onnx is not told the file's name, and is the same network
    writeFileSync(join(folder, 'page.onnx'), model.bytes)
    const again = made.moonstep(
      ...['sample', 'page.onnx', '-n', '1000', '--seed', '7', '--given', 'sex=female', '--given', 'age=30'],
      ...['--provider', 'simd', '--out', 'again.csv'],
    )
    expect(again.status).toBe(0)
    expect(rows.bytes.equals(made.file('again.csv'))).toBe(true)

    const table = toRows(await readTable(join(folder, 'titanic-synthetic.csv')))
    expect(table.length).toBe(1000)
    expect(new Set(table.map(({ sex, age }) => `${sex} ${age}`))).toEqual(new Set(['female 30']))

    // the run folder has no real rows, unless they are asked for, and is a run folder
    expect(namesIn(run.bytes)).toEqual(['config.json', 'history.csv', 'model.onnx', 'weights.safetensors'])
    await page.getByLabel('with the real data in it').check()
    const whole = await saved('Download run folder')
    expect(namesIn(whole.bytes)).toEqual([
      'checkpoint/data.safetensors',
      'checkpoint/state.safetensors',
      'config.json',
      'history.csv',
      'holdout.csv',
      'model.onnx',
      'train.csv',
      'weights.safetensors',
    ])
    expect(made.moonstep('export', 'unpacked', '--out', 'unpacked.onnx').status).toBe(0)
    expect(model.bytes.equals(made.file('unpacked.onnx'))).toBe(true)

    await visitor.go('Report')
    const report = await saved('Download report')
    expect(report.name).toBe('titanic-report.html')
    expect(report.bytes.toString()).toMatch(/<h1>titanic\.csv<\/h1>/)
    const frame = page.frameLocator('iframe')
    expect(await frame.getByRole('heading', { name: 'In short' }).isVisible()).toBe(true)
    expect(await visitor.axe()).toEqual([])
  })

  it('resumes a run after the tab was closed, to the bit', { timeout: 600_000 }, async () => {
    // three columns of names take the fewest steps
    const names = fewLines(readFileSync(penguins, 'utf8')).replace(/^(\w+,\w+).*,(\w*),\d+$/gm, '$1,$2')
    writeFileSync(join(folder, 'names.csv'), names.replace(/^.*\n/, 'species,island,sex\n'))
    const visitor = await open()
    const { page } = visitor
    await visitor.choose(join(folder, 'names.csv'))
    await page.getByRole('button', { name: 'Next: train' }).click()
    await page.getByRole('button', { name: 'Start training' }).click()
    await page.getByText(/^step [1-9]\d* of [\d,]+/).waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('The run is stored in this browser').waitFor()
    const [first] = visitors.splice(0)
    const second = await page.context().newPage()
    await page.close()
    await second.goto(site.url)
    await second.getByRole('button', { name: 'Next: train' }).click({ timeout: 60_000 })
    await second.getByRole('button', { name: 'Continue' }).click()
    await second.getByRole('button', { name: 'Train longer' }).click({ timeout: 100_000 })
    await second.getByRole('button', { name: 'Next: rows' }).click({ timeout: 300_000 })
    await second.getByRole('button', { name: 'Generate rows' }).click()
    // the rows set aside are stored; the file, whose order another run would need, is not
    expect(await second.getByRole('button', { name: 'Train again' }).count()).toBe(0)
    const [download] = await Promise.all([
      second.waitForEvent('download'),
      second.getByRole('button', { name: 'Download rows' }).click({ timeout: 60_000 }),
    ])
    await second.locator('.steps button', { hasText: 'Take along' }).click()
    const made = runCommands((await second.locator('.code pre').first().textContent())!, folder)
    expect(readFileSync(await download.path()).equals(made.file('names-synthetic.csv'))).toBe(true)
    expect(first!.faults).toEqual([])
    await second.context().close()
  })

  it('reads 100,000 rows, and trains on them', async () => {
    const lines = Array.from(
      { length: 100_000 },
      (_, i) => `${(i * 7919) % 10_007},${i % 2 ? 'left' : 'right'}`,
    )
    writeFileSync(join(folder, 'large.csv'), `x,side\n${lines.join('\n')}\n`)
    const visitor = await open()
    await visitor.choose(join(folder, 'large.csv'))
    expect(await visitor.status()).toMatch(/^large\.csv has 100,?000 rows of 2 columns/)
    await visitor.page.getByRole('button', { name: 'Next: train' }).click()
    await visitor.page.getByRole('button', { name: 'Start training' }).click()
    await visitor.page.getByText(/^step [1-9]\d* of 2\d,?\d{3}/).waitFor({ timeout: 60_000 })
    await visitor.page.getByRole('button', { name: 'Pause' }).click()
    await visitor.page.getByRole('button', { name: 'Continue' }).waitFor({ timeout: 60_000 })
  })

  it('works without its server, and in a page that is not isolated', async () => {
    const own = await serveBuilt(built)
    const visitor = await open({}, own)
    const { page } = visitor
    await page.getByText('The page has one thread').waitFor({ state: 'detached' })
    await visitor.choose(penguins)
    await visitor.go('Train')
    expect(await page.getByText('The page has one thread, because').isVisible()).toBe(true)
    own.close()
    await page.context().setOffline(true)
    visitors.splice(0)
    // what the service worker answers is of the page's own files
    await page.reload()
    expect(await page.evaluate('crossOriginIsolated')).toBe(true)
    await page.getByRole('button', { name: 'Titanic' }).click()
    await page.getByRole('button', { name: 'Next: train' }).click()
    await page.getByRole('button', { name: 'Start training' }).click()
    await page.getByText(/^step [1-9]\d* of [\d,]+/).waitFor({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Continue' }).waitFor({ timeout: 60_000 })
    await page.context().close()
  })

  it('is paused by a click that comes before it trains', async () => {
    const visitor = await open()
    const { page } = visitor
    await visitor.choose(penguins)
    await visitor.go('Train')
    // both in one task of the page, before the rows are prepared
    await page.evaluate(`new Promise((resolve) => {
      const button = (name) => [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name)
      new MutationObserver((_, observer) => {
        if (!button('Pause')) return
        observer.disconnect()
        button('Pause').click()
        resolve()
      }).observe(document.body, { childList: true, subtree: true })
      button('Start training').click()
    })`)
    await page.getByText('Paused before the training began.').waitFor({ timeout: 60_000 })
    expect(await page.getByRole('button', { name: 'Start training' }).isVisible()).toBe(true)
  })

  it('cannot send anything anywhere', async () => {
    const visitor = await open()
    const { page } = visitor
    const refused = await page.evaluate(`Promise.all([
      fetch('https://example.org/').then(() => 'sent', () => 'refused'),
      new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective), { once: true })
        new Image().src = 'https://example.org/pixel.png'
      }),
      // a worker that begins as a blob of the page has its policy too
      new Promise((resolve) => {
        const script = "fetch('https://example.org/').then(() => postMessage('sent'), () => postMessage('refused'))"
        new Worker(URL.createObjectURL(new Blob([script]))).onmessage = ({ data }) => resolve(data)
      }),
    ])`)
    expect(refused).toEqual(['refused', expect.stringMatching(/connect-src|img-src/), 'refused'])
    // those were the test's own
    visitor.faults.length = 0
  })

  it('says in one sentence what is wrong with a file', async () => {
    const { page, refusal } = await open()
    const text = (content: string) => new TextEncoder().encode(content)
    const noise = Uint8Array.from({ length: 5000 }, (_, k) => (k * k * 31 + k) % 256)
    expect(await refusal('empty.csv', text(''))).toBe(
      'empty.csv is empty: give a row of cells for each line.',
    )
    expect(await refusal('binary.csv', noise)).toMatch(/^binary\.csv[^\n]*\.$/)
    expect(await refusal('one.csv', text('a\n1\n2\n3\n1\n'))).toMatch(
      /^one\.csv has one column, a: give two or more/,
    )
    expect(await refusal('people.xlsx', text('PK'))).toMatch(/people\.xlsx: .*save the sheet as CSV/)
    const dates = Array.from({ length: 80 }, (_, k) => `0${1 + (k % 9)}/0${1 + ((k * 5) % 8)}/2024,f\n`)
    expect(await refusal('dates.csv', text(`when,sex\n${dates.join('')}`))).toMatch(
      /^dates\.csv, line 3, column when: '02\/06\/2024' may be 2 June or 6 February, and .*: choose one, or write dates as 2011-12-31/,
    )
    expect(
      await page.getByRole('button', { name: 'Take when as dates with the day first' }).isVisible(),
    ).toBe(true)
    await page.getByRole('button', { name: 'Take when as dates with the month first' }).click()
    await page.getByLabel('Kind of when').waitFor()
    expect(await page.getByLabel('Kind of when').inputValue()).toBe('date')

    // a file that is refused leaves the table as it is, and its columns' menus are of the table
    await page.getByLabel('Table').setInputFiles(penguins)
    await page.getByLabel('Kind of year').selectOption('category')
    await page.getByText('category of 3').nth(2).waitFor()
    await refusal('again.csv', text(''))
    await page.getByLabel('Use island').uncheck()
    await page.getByText('category of 3').nth(2).waitFor({ state: 'detached' })
    expect(await page.getByRole('heading', { name: 'penguins.csv' }).isVisible()).toBe(true)
    expect(await page.getByLabel('Kind of year').inputValue()).toBe('category')

    // Latin-1 after UTF-8: read, and said
    const mixed = Buffer.concat([
      Buffer.from(`name,x\n${'Zoë,1\nBob,2\n'.repeat(2000)}`),
      Buffer.from('Jos\xe9,3\n'.repeat(9), 'latin1'),
    ])
    await page.getByLabel('Table').setInputFiles({ name: 'mixed.csv', mimeType: 'text/csv', buffer: mixed })
    await page.getByText('its letters are read as Latin-1').waitFor()
    // a file of 2 GB, all of it a hole
    const huge = join(folder, 'huge.csv')
    writeFileSync(huge, 'a,b\n1,2\n')
    truncateSync(huge, 2 * 2 ** 30)
    await page.getByLabel('Table').setInputFiles(huge)
    await page.getByRole('alert').getByText('has 2,048 MiB, and the studio takes up to 256').waitFor()
  })
})
