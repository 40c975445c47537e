import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { readTable } from '../../../src/node/run-folder.ts'
import { toRows } from '../../../src/table/inference/rows.ts'
import { builtPages } from '../../helpers/fixtures.ts'
import { describeWith } from '../../helpers/needs.ts'
import { type BuiltSite, serveBuilt } from '../built-page.ts'
import { launchChromium, root } from '../helpers.ts'
import { type Visitor, visit } from './visitor.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-studio-'))
const penguins = join(folder, 'penguins.csv')

/** A third of the penguins, with one of their columns of numbers, which takes half of the steps of four. */
const fewPenguins = `${gunzipSync(readFileSync(join(root, 'bench/data/penguins.csv.gz')))
  .toString()
  .trimEnd()
  .replace(/^(\w+),(\w+),.*,([^,]*),(\w*),\w+$/gm, '$1,$2,$3,$4')
  .split('\n')
  .filter((_, i) => i % 3 === 0)
  .join('\n')}\n`

/** The studio with other penguins as its example. */
function studioOf(csv: string, built: string): string {
  const copy = join(folder, 'studio')
  cpSync(built, copy, { recursive: true })
  const example = readdirSync(join(copy, 'assets')).find((name) => name.startsWith('penguins.csv'))!
  writeFileSync(join(copy, 'assets', example), gzipSync(csv))
  return copy
}

// each test goes on where the one before it stopped
describeWith('chromium', 'the studio on a phone, in dark mode', () => {
  let site: BuiltSite
  let browser: Browser
  let visitor: Visitor

  beforeAll(async () => {
    writeFileSync(penguins, fewPenguins)
    browser = await launchChromium()
    site = await serveBuilt(studioOf(fewPenguins, (await builtPages()).studio), {
      folder: '/some/studio/',
      isolated: true,
    })
    const viewport = { width: 390, height: 844 }
    visitor = await visit(browser, site.url, { viewport, colorScheme: 'dark' })
  })
  afterEach(() => {
    expect(visitor.faults).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    site?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('can be used by the keyboard alone, from an example to rows', { timeout: 240_000 }, async () => {
    const { page } = visitor
    const tabTo = async (name: string) => {
      for (let presses = 0; presses < 100; presses++) {
        await page.keyboard.press('Tab')
        const at = await page.evaluate<string>(
          'document.activeElement.matches("button") ? document.activeElement.innerText : ""',
        )
        if (at.startsWith(name)) return
      }
      throw new Error(`no key leads to ${name}`)
    }
    await tabTo('Penguins')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Next: train' }).waitFor()
    await tabTo('Next: train')
    await page.keyboard.press('Space')
    await tabTo('Start training')
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: 'Next: rows' }).waitFor({ timeout: 200_000 })
    await tabTo('Next: rows')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.outerHTML')).toBe(
      '<h2 tabindex="-1">Generate rows</h2>',
    )
    await tabTo('Generate rows')
    await page.keyboard.press('Enter')
    await page.getByText('generated in').waitFor()
    expect(await visitor.axe()).toEqual([])
    // nothing is wider than the screen
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
  })

  it('generates the rows that its lines of code generate, in all forms', { timeout: 240_000 }, async () => {
    const { page, saved } = visitor
    await visitor.generate(200, 3)
    for (const [form, ending] of [
      ['JSON lines', '.jsonl'],
      ['Parquet', '.parquet'],
    ] as const) {
      await page.locator('#form-samples').selectOption(form)
      const { name, bytes } = await saved('Download rows')
      expect(name).toBe(`penguins-synthetic${ending}`)
      writeFileSync(join(folder, name), bytes)
    }
    const [lines, parquet] = await Promise.all([
      readTable(join(folder, 'penguins-synthetic.jsonl')),
      readTable(join(folder, 'penguins-synthetic.parquet')),
    ])
    expect(toRows(lines)).toEqual(toRows(parquet))

    // the lines of code give these rows
    await visitor.go('Take along')
    const code = (await page.locator('.code pre').nth(1).textContent())!
    const said = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', code.replace(/"penguins\.csv(\.gz)?"/, JSON.stringify(penguins))],
      { cwd: root, encoding: 'utf8' },
    )
    expect([said.stderr, said.status]).toEqual(['', 0])
    expect(said.stdout).toBe(`${inspect(toRows(lines))}\n`)
  })

  it('fills the gaps of a file, and forgets a table', { timeout: 240_000 }, async () => {
    const { page, saved } = visitor
    await visitor.go('Rows')
    await page.getByText('Fill the gaps of another file').click()
    await page.getByLabel('File with gaps').setInputFiles(penguins)
    await page.getByText(/cells of 114 rows filled/).waitFor({ timeout: 60_000 })
    await page.locator('#form-filled').selectOption('CSV')
    const { bytes } = await saved('Download filled file')
    writeFileSync(join(folder, 'filled.csv'), bytes)
    const [full, gaps] = await Promise.all([readTable(join(folder, 'filled.csv')), readTable(penguins)])
    const [before, after] = [toRows(gaps), toRows(full)]
    expect(before.some((row) => Object.values(row).includes(null))).toBe(true)
    for (const [i, row] of before.entries())
      for (const [name, value] of Object.entries(row))
        if (value === null) expect(after[i]![name]).not.toBeNull()
        else expect(after[i]![name]).toBe(value)

    await visitor.go('Train')
    await page.getByRole('button', { name: 'Train longer' }).click()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Continue' }).waitFor()
    await page.getByRole('button', { name: 'Forget everything' }).click()
    await page.getByRole('button', { name: 'Keep' }).click()
    expect(await page.getByRole('button', { name: 'Continue' }).isVisible()).toBe(true)
    await page.getByRole('button', { name: 'Forget everything' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Forget everything' }).click()
    await page.getByText('nothing remains in this browser').waitFor()
    const left = await page.evaluate(
      '(async () => { const names = []; for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name); return names })()',
    )
    expect(left).toEqual([])
    expect(await page.getByRole('navigation').count()).toBe(0)
  })
})
