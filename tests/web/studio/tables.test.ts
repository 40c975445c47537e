import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strToU8, unzipSync, zipSync } from 'fflate'
import { afterAll, expect, it } from 'vitest'
import { describeWith } from '../../helpers/needs.ts'
import { browsers } from '../browsers.ts'
import { runCommands } from './commands.ts'
import { button, handsOn, until } from './driven.ts'
import { studioOpened } from './opened.ts'
import { smallShop } from './small-shop.ts'
import { violations } from './visitor.ts'

/** The cells of a CSV file without quotes. */
const cellsOf = (csv: string) =>
  csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))

/** The verdicts on tables of twenty customers. */
const tooFewRows = ['Rows', 'People'].map((of) => expect.stringContaining(`${of}: too few rows to say.`))

const folder = mkdtempSync(join(tmpdir(), 'moonstep-tables-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What commands were run already, with the schema next to them: those of one browser are those of the other. */
const ran = new Set<string>()

/** Runs the commands that the page shows on the shop's files, but for the report. */
function runOnShop(commands: readonly string[], schema: Buffer): void {
  const lines = commands.filter((line) => !line.includes(' report ')).join('\n')
  if (ran.has(lines + schema)) return
  ran.add(lines + schema)
  mkdirSync(join(folder, 'tables'), { recursive: true })
  for (const [name, content] of Object.entries(smallShop))
    writeFileSync(join(folder, 'tables', name), content)
  writeFileSync(join(folder, 'schema.json'), schema)
  runCommands(lines, folder)
}

// WebKitGTK's pages have one thread and no storage: the whole way takes it minutes
for (const { need, start } of browsers.filter((browser) => browser.need !== 'webkit'))
  describeWith(need, `several tables in the studio, in ${need}`, () => {
    const { page, site } = studioOpened(start)
    const { click, text, choose, select, type, verdictsAbove } = handsOn(page)
    const faults = () => violations((expression) => page().evaluate(expression))
    const shownIn = (id: string) =>
      page().evaluate<string>(`document.getElementById(${JSON.stringify(id)}).selectedOptions[0].textContent`)
    const boxes = () =>
      page().evaluate<string[]>(
        `[...document.querySelectorAll('.drawing .box')].map((box) => box.getAttribute('aria-label'))`,
      )
    const problem = async (part: string) => {
      const condition = `document.querySelector('.problem')?.textContent.includes(${JSON.stringify(part)})`
      await until(page(), condition, 30, true)
      expect(await text('.problem-foot')).toBe(await text('.problem'))
      return text('.problem')
    }
    const isRead = (count: number) =>
      until(
        page(),
        `document.querySelectorAll('.drawing .box').length === ${count} && ${button('Next: train')}`,
      )
    /** What the next download holds. */
    const saved = async (name: string) => {
      await page().evaluate(`(() => {
        const make = URL.createObjectURL.bind(URL)
        globalThis.handedOver = undefined
        URL.createObjectURL = (blob) => { globalThis.handedOver = blob; return make(blob) }
        return 'watched'
      })()`)
      await click(name)
      await until(page(), 'globalThis.handedOver')
      const content = await page().evaluate<string>(
        `globalThis.handedOver.arrayBuffer().then((bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('')))`,
      )
      return Buffer.from(content, 'base64')
    }

    it('draws how the files meet, says what was found, and lets menus correct it', async () => {
      await choose(smallShop)
      await isRead(3)
      expect(await boxes()).toEqual([
        'customers: key id',
        'orders: key order_no; customer_id refers to customers',
        'items: key order_no, line; order_no refers to orders',
      ])
      expect(await page().evaluate(`document.querySelectorAll('.drawing .line').length`)).toBe(2)
      expect(await text('.found')).toContain(
        'orders: customer_id refers to customers, as its name says and each value is a key of it',
      )
      expect(await shownIn('order-orders')).toBe('placed')
      expect(await faults()).toEqual([])

      await select('reference-orders-0', 'no table')
      await until(page(), `document.querySelectorAll('.drawing .line').length === 1 && ${button('Undo')}`)
      expect((await boxes()).filter((box) => box.startsWith('orders'))).toEqual(['orders: key order_no'])
      await click('Undo')
      await until(page(), `document.querySelectorAll('.drawing .line').length === 2`)
      await select('order-orders', 'nothing')
      await until(page(), `document.getElementById('order-orders')?.value === '' && ${button('Next: train')}`)

      const schema = (await saved('Save schema.json')).toString()
      expect(JSON.parse(schema).tables.orders).toMatchObject({
        key: ['order_no'],
        references: [{ columns: ['customer_id'], table: 'customers', optional: false }],
      })
      expect(JSON.parse(schema).tables.orders).not.toHaveProperty('order')
      const other = schema.replace(
        '"key": [\n        "order_no"\n      ],',
        '"key": ["order_no"], "order": "placed",',
      )
      await choose({ 'schema.json': other }, 'Open schema.json')
      await until(
        page(),
        `document.getElementById('order-orders')?.value === 'placed' && ${button('Next: train')}`,
      )
      expect(await shownIn('order-orders')).toBe('placed')
    })

    it('says next to the menu which rows a wrong choice meets, and keeps what was so', async () => {
      await choose(smallShop)
      await isRead(3)
      await select('key-orders', 'sent')
      expect(await problem('the key sent')).toMatch(
        /^orders, row \d+: the key sent is .+, as in row \d+; \d+ of \d+ rows repeat one: /,
      )
      expect(
        await page().evaluate(
          `document.querySelector('.problem').closest('.table-card').querySelector('h3').id`,
        ),
      ).toBe('table-orders')
      expect(await shownIn('key-orders')).toBe('order_no')
      await select('reference-items-0', 'customers')
      expect(await problem('no row of customers')).toMatch(
        /^items, row 1: order_no is 70\d\d, and no row of customers has that key; so it is in \d+ of \d+ rows: .*choose no table for the reference\.$/,
      )
      expect(await shownIn('reference-items-0')).toBe('orders')
      // a customer who is an order, of which each is a customer's
      const circle = {
        'a.csv': `id,b_id\n${[1, 2, 3].map((i) => `${i},${i}`).join('\n')}\n`,
        'b.csv': `id,a_id\n${[1, 2, 3].map((i) => `${i},${4 - i}`).join('\n')}\n`,
      }
      await choose(circle)
      await isRead(2)
      const free = (await boxes()).find((box) => !box.includes('refers'))!.slice(0, 1)
      await select(`from-${free}`, free === 'a' ? 'b_id' : 'a_id')
      await until(page(), `!document.getElementById('to-${free}').disabled`)
      await select(`to-${free}`, free === 'a' ? 'b' : 'a')
      expect(await problem('in a circle')).toMatch(
        /a circle, [ab] -> [ab] -> [ab], .*choose no table for one of them\.$/,
      )
      expect(await page().evaluate(`document.querySelectorAll('.drawing .line').length`)).toBe(1)
    })

    it('refuses a broken file and a zip with folders, and reads a zip of tables', async () => {
      await choose(smallShop)
      await isRead(3)
      await choose({ ...smallShop, 'orders.csv': 'order_no,customer_id\n1,"101\n2,102\n' })
      expect(await problem('orders.csv')).toMatch(/^orders\.csv: line 2: a quote is not closed/)
      expect(await boxes()).toHaveLength(3)
      const zip = (prefix: string) =>
        zipSync(
          Object.fromEntries(
            Object.entries(smallShop).map(([name, content]) => [`${prefix}${name}`, strToU8(content)]),
          ),
        )
      await choose({ 'shop.zip': zip('../') })
      expect(await problem('shop.zip')).toMatch(
        /^shop\.zip has \.\.\/customers\.csv, a path: zip the files alone/,
      )
      await choose({ 'shop.zip': zip('').subarray(0, 200) })
      expect(await problem('broken')).toMatch(/^shop\.zip is no zip file, or a broken one/)
      await choose({ 'shop.zip': zip('') })
      await until(page(), `document.querySelector('h2').textContent.startsWith('shop.zip')`)
      expect(await boxes()).toHaveLength(3)
    })

    it('trains table by table, goes on after a reload, and draws the rows that its commands draw', {
      timeout: 600_000,
    }, async () => {
      await choose(smallShop)
      await isRead(3)
      const asked = site().answers.length
      await click('Next: train')
      await until(page(), button('Start training'))
      await click('Start training')
      await until(
        page(),
        `/(orders|items), table [23] of 3/.test(document.querySelector('#train').textContent)`,
        300,
      )
      await click('Pause')
      await until(page(), button('Continue'))
      expect(await text('#train')).toContain('Tables that are trained stay as they are')
      expect(site().answers.length).toBe(asked)
      if ((await text('.status')).includes('the page keeps the run')) {
        await page().open(site().url)
        await until(page(), `document.querySelector('.status').textContent.includes('is paused')`)
        await click('Next: train')
      }
      await until(page(), button('Continue'))
      expect(await faults()).toEqual([])
      await click('Continue')
      await until(page(), button('Next: rows'), 400)
      expect(await verdictsAbove('Next: rows')).toEqual(tooFewRows)
      // nothing can be downloaded before they are shown
      expect(await page().evaluate(`!!${button('Download')}`)).toBe(false)
      await click('Next: rows')
      await until(page(), `document.getElementById('count-customers')`)
      await type('#count-customers', '25')
      await click('Generate rows')
      await until(page(), button('Download all tables'), 200)
      expect(await verdictsAbove('Download all tables')).toEqual(tooFewRows)
      await click('orders')
      await until(page(), `document.querySelector('.scroll.rows th').textContent === 'order_no'`)
      expect(await faults()).toEqual([])
      const files = unzipSync(await saved('Download all tables'))
      const [customers, orders, items] = ['customers', 'orders', 'items'].map((name) =>
        cellsOf(Buffer.from(files[`${name}.csv`]!).toString()),
      ) as [string[][], string[][], string[][]]
      expect(customers).toHaveLength(25)
      expect(orders.length).toBeGreaterThan(5)
      const [ids, numbers] = [customers, orders].map((rows) => rows.map(([key]) => key))
      expect(new Set(ids).size).toBe(25)
      expect(orders.filter(([, id]) => !ids!.includes(id!))).toEqual([])
      expect(items.filter(([number]) => !numbers!.includes(number!))).toEqual([])

      await click('Next: take along')
      await until(page(), `document.querySelector('.code pre')`)
      expect(await verdictsAbove('Download models')).toEqual(tooFewRows)
      expect(await faults()).toEqual([])
      const commands = (await text('.code pre')).split('\n')
      expect(commands.at(-1)).toBe('npx moonstep report runs/tables')
      runOnShop(commands, await saved('Download schema.json'))
      const models = await saved('Download models')
      expect(models.equals(readFileSync(join(folder, 'tables.moonstep')))).toBe(true)
      for (const [name, content] of Object.entries(files))
        expect(Buffer.from(content).toString()).toBe(
          readFileSync(join(folder, 'tables-synthetic', name), 'utf8'),
        )

      // it is kept, and forgotten
      await page().open(site().url)
      await until(page(), `document.querySelector('.status').textContent.includes('are open')`)
      await click('Take along')
      await until(page(), button('Download models'))
      expect(await verdictsAbove('Download models')).toEqual(tooFewRows)
      await click('Forget everything')
      await page().evaluate(`(document.querySelector('dialog .main').click(), 'clicked')`)
      await until(page(), `document.querySelector('.status').textContent.includes('nothing remains')`)
      expect(await page().evaluate(`document.querySelectorAll('.run-name').length`)).toBe(0)
    })
  })
