import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { shuffled } from '../../../src/numerics/random.ts'
import { builtPages } from '../../helpers/fixtures.ts'
import { describeWith } from '../../helpers/needs.ts'
import { type BuiltSite, serveBuilt } from '../built-page.ts'
import { launchChromium } from '../helpers.ts'
import { type Visitor, visit } from './visitor.ts'

/** Code that would leave a mark if any text of a table were taken for markup. */
const mark = `<img src=x onerror="globalThis.marked=1">`
const closing = `</script><script>globalThis.marked=2</script>`
const backwards = '\u202eevil\u202c\u001b[31m'

/** Characters that reorder or hide text around them, other than ends of lines and tabs. */
const controls = /[^\P{C}\n\t]/u

const rows = 120
/** The rows that the studio holds out, and the first three of them have names that no other row has. */
const heldOut = [...shuffled(rows, 0, 2 ** 32 - 1)].slice(0, Math.round(0.2 * rows))
const onlyHeldOut = new Map([
  [heldOut[0], 'shop90'],
  [heldOut[1], 'shop91'],
  [heldOut[2], mark],
])

const names = ['shop', mark, 'javascript:globalThis.marked=3', `age ${backwards}`] as const
const table = Array.from({ length: rows }, (_, i) => {
  const k = (i * i + i) % 7
  return [
    onlyHeldOut.get(i) ?? ['north', closing, 'east'][k % 3]!,
    k < 3 ? `javascript:globalThis.marked=4` : backwards,
    String((37 * i) % 101),
    i % 10 === 3 ? '' : String(20 + k + (i % 9)),
  ]
})
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
const csvOf = (all: readonly (readonly string[])[]) =>
  `${[names, ...all].map((row) => row.map(quoted).join()).join('\n')}\n`

/** The cells of a CSV file that was saved. */
function cellsOf(bytes: Buffer): string[][] {
  const lines: string[][] = [[]]
  for (const [, cell = '', end] of bytes.toString().matchAll(/("(?:[^"]|"")*"|[^,\n]*)(,|\n|$)/g)) {
    if (end === '' && cell === '') break
    lines.at(-1)!.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell)
    if (end === '\n') lines.push([])
  }
  return lines.filter((line) => line.length > 0)
}

/** A cell as the page shows it. */
const shown = (cell: string) =>
  cell === ''
    ? 'missing'
    : cell.replaceAll('\u202e', '\\u{202e}').replaceAll('\u202c', '\\u{202c}').replaceAll('\u001b', '\\u{1b}')

describeWith('chromium', 'a table with markup in its names, and names that only held-out rows have', () => {
  let browser: Browser
  let site: BuiltSite
  let visitor: Visitor
  let page: Page
  beforeAll(async () => {
    site = await serveBuilt((await builtPages()).studio, { isolated: true })
    browser = await launchChromium({ webgpu: false })
    visitor = await visit(browser, site.url)
    page = visitor.page
  })
  afterAll(async () => {
    await browser?.close()
    site?.close()
  })

  const file = (name: string, all = table) => ({
    name,
    mimeType: 'text/csv',
    buffer: Buffer.from(csvOf(all)),
  })
  /** The rows of a table that the page shows, and its heading. */
  const rowsIn = (title: string) =>
    page.evaluate<string[][]>(
      `[...document.querySelectorAll('section[aria-label="${title}"] tbody tr')].map((row) => [...row.cells].map(({ textContent }) => textContent))`,
    )
  const expectShownIsSaved = async (of: string, button: string) => {
    const { bytes } = await visitor.saved(button)
    const saved = cellsOf(bytes)
    expect(saved[0]).toEqual(names)
    const preview = await rowsIn(of)
    expect(preview.length).toBeGreaterThan(0)
    expect(preview).toEqual(saved.slice(1, 1 + preview.length).map((row) => row.map(shown)))
    return saved.slice(1)
  }
  const expectNothingRun = async () => {
    expect(await page.evaluate('globalThis.marked')).toBeUndefined()
    expect(await page.evaluate('document.body.innerText')).not.toMatch(controls)
    for (const frame of page.frames())
      expect(
        await frame
          .locator('img, script:not([src], [type="application/json"])')
          .evaluateAll((all) => all.map(({ outerHTML }) => outerHTML)),
      ).toEqual([])
    expect(visitor.faults).toEqual([])
  }

  it('is read, trained and sampled, also under a condition', { timeout: 300_000 }, async () => {
    await page.getByLabel('Table').setInputFiles(file(`${mark}.csv`))
    await page.getByRole('button', { name: 'Next: train' }).waitFor({ timeout: 100_000 })
    await expectNothingRun()
    await visitor.train()
    await visitor.generate(20, 3)
    const first = await expectShownIsSaved('Preview of the generated rows', 'Download rows')
    expect(first).toHaveLength(20)
    await page.getByLabel('Fix a column').selectOption('shop')
    await page.getByLabel('shop', { exact: true }).selectOption('east')
    await page.getByRole('button', { name: 'Generate rows' }).click()
    await page.locator('.generated h3', { hasText: 'seed 3, shop=east' }).waitFor()
    expect(await page.getByRole('alert').allTextContents()).toEqual([''])
    const given = await expectShownIsSaved('Preview of the generated rows', 'Download rows')
    expect(new Set(given.map(([shop]) => shop))).toEqual(new Set(['east']))
    await expectNothingRun()
  })

  it('keeps the rows that it shows, describes and saves when the next can’t be drawn', async () => {
    const before = await rowsIn('Preview of the generated rows')
    await page.getByLabel('shop', { exact: true }).selectOption('shop90')
    await page.locator('#count').fill('30')
    await page.getByRole('button', { name: 'Generate rows' }).click()
    await page.locator('#ask').getByRole('alert').getByText('shop90').first().waitFor()
    expect(await page.locator('.generated h3').textContent()).toBe('20 generated rows seed 3, shop=east')
    expect(await rowsIn('Preview of the generated rows')).toEqual(before)
    expect(await expectShownIsSaved('Preview of the generated rows', 'Download rows')).toHaveLength(20)
    await visitor.go('Take along')
    const commands = (await page.locator('.code pre').first().textContent())!
    expect(commands).toContain('sample model.onnx -n 20 --seed 3 --given shop=east ')
    expect(await expectShownIsSavedInTake()).toHaveLength(20)
    await expectNothingRun()
  })
  const expectShownIsSavedInTake = async () => cellsOf((await visitor.saved('Download rows')).bytes).slice(1)

  it('has its gaps filled, in which unknown names stay and are counted in one line', async () => {
    await visitor.go('Rows')
    await page.getByText('Fill the gaps of another file').click()
    await page.getByLabel('File with gaps').setInputFiles(file('gaps.csv'))
    await page.getByText(/12 cells of 120 rows filled/).waitFor()
    const inOrder = table.map(([shop]) => shop).filter((shop) => [...onlyHeldOut.values()].includes(shop!))
    const warnings = await page.locator('details.fill .problem').allTextContents()
    expect(warnings).toEqual([
      `gaps.csv: 3 cells have names that the model does not know (3 in column shop: ${inOrder.join(', ')}): ` +
        'they stay unchanged, and count as missing where the rest of their rows is filled',
    ])
    const filled = await expectShownIsSaved('Preview of the filled file', 'Download filled file')
    expect(filled.flat()).not.toContain('')
    for (const [i, row] of table.entries())
      for (const [d, cell] of row.entries()) if (cell !== '') expect(filled[i]![d]).toBe(cell)
    await expectNothingRun()
  })

  it('has its report, its picture of two columns and its run’s name, all as text', async () => {
    await visitor.go('Report')
    await page.getByRole('button', { name: 'Write the report' }).click()
    await page.locator('iframe').waitFor({ timeout: 100_000 })
    await page.locator('.pair svg').first().waitFor()
    const { name, bytes } = await visitor.saved('Download report')
    expect(name).toMatch(/-report\.html$/)
    await expectNothingRun()
    const report = await page.context().newPage()
    await report.setContent(bytes.toString())
    expect(await report.evaluate('globalThis.marked')).toBeUndefined()
    expect(await report.locator('img, script:not([type="application/json"])').count()).toBe(0)
    expect(await report.evaluate('document.body.innerText')).not.toMatch(controls)
    await report.close()

    await visitor.go('Data')
    await page.getByText('Your runs in this browser').click()
    const field = page.locator('.run-name')
    await field.fill(`${closing}${mark}`)
    await field.blur()
    await page.getByRole('button', { name: `Forget ${closing}` }).waitFor()
    await page.getByRole('button', { name: `Forget ${closing}` }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click()
    await expectNothingRun()
  })
})
