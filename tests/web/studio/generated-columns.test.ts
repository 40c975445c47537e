import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { allLocales } from '@faker-js/faker'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { readTable } from '../../../src/node/run-folder.ts'
import { toRows } from '../../../src/table/inference/rows.ts'
import { builtPages } from '../../helpers/fixtures.ts'
import { describeWith } from '../../helpers/needs.ts'
import { type BuiltSite, serveBuilt } from '../built-page.ts'
import { launchChromium } from '../helpers.ts'
import { runCommands } from './commands.ts'
import { staffTable } from './staff.ts'
import { type Visitor, visit } from './visitor.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-studio-'))
const staff = join(folder, 'staff.csv')

describeWith('chromium', 'generated columns and rules in the studio', () => {
  let site: BuiltSite
  let browser: Browser
  const visitors: Visitor[] = []
  const open = async (options: BrowserContextOptions = {}) => {
    const visitor = await visit(browser, site.url, options)
    visitors.push(visitor)
    return visitor
  }

  beforeAll(async () => {
    writeFileSync(staff, staffTable())
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

  it('shows the cells of a file whose texts are made for each row, and how these are made', async () => {
    const { page, choose, axe } = await open()
    await choose(staff)
    const names = await page.locator('.columns th').allTextContents()
    const card = (name: string) =>
      page.locator('.columns .values').nth(names.findIndex((each) => each.trim() === name))
    expect(await card('staff_id').textContent()).toContain('key, 5120 and on')
    expect(await card('email').textContent()).toContain('text, made by internet.exampleEmail of faker')
    expect(await card('plate').textContent()).toContain('text in the form AA-999, all different')
    // only what is learned has a histogram
    expect(await card('email').locator('svg').count()).toBe(0)
    expect(await card('age').locator('svg').count()).toBe(1)
    const first = await page
      .getByLabel('Columns and first rows')
      .locator('tbody tr')
      .first()
      .locator('td')
      .allTextContents()
    const [, line] = staffTable().split('\n')
    expect(first).toEqual(line!.split(','))
    expect(await axe()).toEqual([])
  })

  it('makes texts in a form that is typed, and says next to the field what is wrong with it', async () => {
    const { page, choose, axe } = await open({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' })
    await choose(staff)
    await page.getByLabel('Kind of plate').selectOption('text in a form')
    await page.getByLabel('Form of plate').fill('[A-Z]{2-')
    await page.getByRole('button', { name: 'Set' }).click()
    const wrong = page.locator('.form-of [role=alert]')
    await wrong.waitFor()
    expect(await wrong.textContent()).toMatch(/column plate.* it is no regular expression\.$/)
    expect(await axe()).toEqual([])
    await page.getByLabel('Form of plate').fill('AB-\\d{6}')
    await page.getByRole('button', { name: 'Set' }).click()
    await page.getByText('text in the form AB-999999').waitFor()
    await wrong.waitFor({ state: 'detached' })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
  })

  it('says next to its fields what is wrong with a rule, and takes rules back', async () => {
    const visitor = await open()
    const { page, choose, axe } = visitor
    await choose(staff)
    await visitor.go('Train')
    await page.getByText('Rules that every row must meet').click()
    const rules = page.locator('.rules')
    const add = () => rules.getByRole('button', { name: 'Add rule' }).click()
    const refusal = async () => {
      await add()
      await rules.locator('.problem').waitFor()
      return rules.locator('.problem').textContent()
    }
    const stated = () => rules.locator('.stated code').allTextContents()

    await page.getByLabel('Left column').selectOption('left')
    await page.getByLabel('Right column').selectOption('joined')
    await page.getByLabel('Sign', { exact: true }).selectOption('<')
    expect(await refusal()).toMatch(
      /^rule left < joined: 120 of 120 rows of staff\.csv break it, first row 1/,
    )
    expect(await axe()).toEqual([])
    await page.getByLabel('Sign', { exact: true }).selectOption('≥')
    await add()
    await rules.getByText('joined <= left').waitFor()
    expect(await rules.locator('.problem').count()).toBe(0)

    await page.getByLabel('Another rule').selectOption('keep a column in a range')
    await page.getByLabel('Column', { exact: true }).selectOption('age')
    expect(await refusal()).toBe('Say what the rule is about first.')
    await page.getByLabel('age from').fill('18')
    await page.getByLabel('age to').fill('70')
    await add()
    await rules.getByText('age in 18..70').waitFor()

    await page.getByLabel('Another rule').selectOption('no two rows alike')
    await rules.getByLabel('email').check()
    await add()
    await rules.getByText('unique(email)').waitFor()

    await page.getByLabel('Another rule').selectOption('if … then …')
    await page.getByLabel('If: column').selectOption('city')
    await page.getByLabel('If: value').selectOption('Ghent')
    await page.getByLabel('Then: column').selectOption('team')
    await page.getByLabel('Then: value').selectOption('sales')
    expect(await refusal()).toContain('where team is research and city is Ghent')
    await page.getByLabel('Then: value').selectOption('research')
    await add()
    await rules.getByText('if city = Ghent then team = research').waitFor()

    await page.getByLabel('Another rule').selectOption('type a rule')
    await rules.getByLabel('Rule', { exact: true }).fill('ages < 80')
    expect(await refusal()).toMatch(/^rule ages < 80: .*age/)
    await rules.getByLabel('Rule', { exact: true }).fill('age < 80')
    await add()
    await rules.getByText('age < 80').waitFor()
    expect(await stated()).toEqual([
      'joined <= left',
      'age in 18..70',
      'unique(email)',
      'if city = Ghent then team = research',
      'age < 80',
    ])
    await rules.getByRole('button', { name: 'Remove the rule age < 80' }).click()
    expect(await stated()).toHaveLength(4)
    // a column that is left out takes its rules along
    await visitor.go('Data')
    await page.getByLabel('Use age').uncheck()
    await page.getByText('The rule age in 18..70 was taken back').waitFor()
    await visitor.go('Train')
    await rules.getByText('age in 18..70').waitFor({ state: 'detached' })
    expect(await stated()).toEqual([
      'joined <= left',
      'unique(email)',
      'if city = Ghent then team = research',
    ])
  })

  it('makes texts of the same format for a column whose rows have all that faker makes, and none of the rows', {
    timeout: 120_000,
  }, async () => {
    const countries = allLocales.en.location!.country as string[]
    const lines = countries.map((country, i) => `"${country}",${i % 5},${i % 2 ? 'left' : 'right'}`)
    writeFileSync(join(folder, 'countries.csv'), `country,x,side\n${lines.join('\n')}\n`)
    const visitor = await open()
    const { page, choose, axe } = visitor
    await choose(join(folder, 'countries.csv'))
    await page.getByText('text, made by location.country of faker').waitFor()
    await visitor.train()
    await visitor.generate(20, 1)
    expect(await page.locator('#ask thead th').allTextContents()).toEqual(['country', 'x', 'side'])
    const made = await page.locator('#ask tbody tr td:nth-child(1)').allTextContents()
    expect(made.length).toBeGreaterThan(0)
    expect(made.filter((text) => text === '' || countries.includes(text))).toEqual([])
    await visitor.go('Data')
    expect(await page.locator('.is-out').count()).toBe(0)
    expect(await axe()).toEqual([])
  })

  it('trains with rules, makes names in a chosen language, and draws rows in ranges: those of its commands, also after a reload', {
    timeout: 600_000,
  }, async () => {
    const visitor = await open()
    const { page, choose, saved, axe } = visitor
    await choose(staff)
    await page.getByLabel('Kind of plate').selectOption('text in a form')
    await page.getByLabel('Form of plate').fill('[A-F]{2}-\\d{3,4}')
    await page.getByRole('button', { name: 'Set' }).click()
    await page.getByText('text in the form AA-999').waitFor()
    await page.getByLabel('Language of names').selectOption('German')
    await page.getByLabel('Kind of email').and(page.locator(':enabled')).waitFor()
    await visitor.go('Train')
    await page.getByText('Rules that every row must meet').click()
    await page.getByLabel('Another rule').selectOption('only combinations of the file')
    await page.locator('.rules').getByLabel('team').check()
    await page.locator('.rules').getByLabel('city').check()
    await page.getByRole('button', { name: 'Add rule' }).click()
    await page.getByText('seen(team, city)').waitFor()
    const before = site.answers.length
    await page.getByRole('button', { name: 'Start training' }).click()
    await page.getByRole('button', { name: 'Next: rows' }).click({ timeout: 300_000 })

    await page.getByLabel('Fix a column').selectOption('age')
    await page.getByLabel('How age is given').selectOption('is within')
    await page.getByLabel('age from').fill('90')
    const wrong = page.locator('.conditions .wrong')
    await wrong.waitFor()
    expect(await page.getByRole('button', { name: 'Generate rows' }).isEnabled()).toBe(true)
    await page.getByLabel('age to').fill('95')
    await page.getByText(/few training rows have that, or none: they have about 2\d to 6\d/).waitFor()
    expect(await axe()).toEqual([])
    await page.getByLabel('age from').fill('30')
    await page.getByLabel('age to').fill('50')
    await page.getByLabel('Fix a column').selectOption('team')
    await page.getByLabel('How team is given').selectOption('is one of')
    await page.locator('.conditions').getByLabel('sales').check()
    await page.locator('.conditions').getByLabel('research').check()
    await page.locator('.conditions').getByLabel('support').uncheck()
    await wrong.waitFor({ state: 'detached' })
    await visitor.generate(200, 7)
    expect(await axe()).toEqual([])
    const rows = await saved('Download rows')
    await visitor.go('Take along')
    const commands = (await page.locator('.code pre').first().textContent())!
    expect(commands).toContain(`--rule 'seen(team, city)'`)
    expect(commands).toContain(`--given 'age in 30..50' --given 'team in research,sales'`)
    // all files came from the browser's own store
    expect(site.answers.length).toBe(before)

    const made = runCommands(commands, folder)
    expect(rows.bytes.equals(made.file('staff-synthetic.csv'))).toBe(true)
    const table = toRows(await readTable(join(folder, 'staff-synthetic.csv'), { choice: { types: texts } }))
    expect(table).toHaveLength(200)
    for (const { age, team, city, plate, email } of table) {
      expect(age).toBeGreaterThanOrEqual(30)
      expect(age).toBeLessThanOrEqual(50)
      expect(['research Ghent', 'sales Leeds', 'sales Malmo']).toContain(`${team} ${city}`)
      expect(plate).toMatch(/^[A-F]{2}-\d{3,4}$/)
      expect(email).toMatch(/@example\.(com|net|org)$/)
    }

    await visitor.go('Rows')
    await page.locator('#form-samples').selectOption('SQL')
    const sql = await saved('Download rows')
    expect(sql.name).toBe('staff-synthetic.sql')
    expect(sql.bytes.toString()).toContain(`'${table[0]!.email}'`)

    // what was chosen is kept with the run
    await page.reload()
    await page.getByRole('button', { name: 'Generate rows' }).waitFor({ timeout: 60_000 })
    expect(await page.locator('#ask .stated').textContent()).toBe('seen(team, city)')
    await visitor.generate(50, 3)
    await visitor.go('Take along')
    const again = (await page.locator('.code pre').first().textContent())!
    expect(again.split('\n')[0]).toBe(commands.split('\n')[0])
    await visitor.go('Rows')
    await page.locator('#form-samples').selectOption('CSV')
    const more = await saved('Download rows')
    const sampled = made.moonstep(
      ...['sample', 'model.onnx', '-n', '50', '--seed', '3', '--provider', 'simd', '--out', 'again.csv'],
    )
    expect(sampled.status).toBe(0)
    expect(more.bytes.equals(made.file('again.csv'))).toBe(true)
  })
})

/** Names and texts as they stand. */
const texts = { plate: 'category', email: 'category', first_name: 'category', last_name: 'category' } as const
