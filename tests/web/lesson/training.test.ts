import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sample } from '../../../src/infer/sample.ts'
import { exportModel } from '../../../src/node/export.ts'
import { loadModel } from '../../../src/node/providers.ts'
import { train } from '../../../src/node/training.ts'
import { maxAbsDifference } from '../../../src/numerics/points.ts'
import { parseCsv } from '../../../src/table/formats/csv.ts'
import type { TrainRequest } from '../../../src/train/options.ts'
import { builtPages } from '../../helpers/fixtures.ts'
import { describeWith, firefoxPath } from '../../helpers/needs.ts'
import { type BuiltSite, serveBuilt } from '../built-page.ts'
import type { DrivenPage } from '../element/driven-page.ts'
import { startFirefox } from '../element/firefox.ts'
import { root } from '../helpers.ts'
import type { Reader } from './driver.ts'
import { lessonInChromium } from './readers.ts'

/** A network that learns in a second or two. */
const small = { layers: 2, width: 32, rate: 0.01, steps: 200, seed: 3 }

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value) / values.length

/** What Node makes of the page's choices. */
async function inNode(dataset: TrainRequest['dataset'], choices: Partial<typeof small> = {}) {
  const { layers, width, rate, steps, seed } = { ...small, ...choices }
  const hidden = Array.from({ length: layers }, () => width)
  const trained = await train({
    dataset,
    recipe: 'points',
    hidden,
    learningRate: rate,
    steps,
    seed,
    engine: 'simd',
  })
  const { model } = await exportModel({ run: trained })
  const { losses } = trained.history
  /** Of ten steps each, as the page shows them. */
  const means = Array.from({ length: steps / 10 }, (_, i) => mean(losses.slice(10 * i, 10 * i + 10)))
  return { model, means }
}

/** Makes the page's choices. */
async function choose(reader: Reader, data: string, choices: Partial<typeof small> = {}): Promise<void> {
  const { layers, width, rate, steps, seed } = { ...small, ...choices }
  await reader.page.waitForSelector('#train-go')
  const options = { data, layers, width, rate }
  for (const [name, value] of Object.entries(options))
    await reader.page.selectOption(`#train-${name}`, String(value))
  await reader.set('train-steps', steps)
  await reader.set('train-seed', seed)
}

const isShown = /^All sections of this page show this network now\.$/
const atStep = (step: number) => new RegExp(`^Step ${step} of `)

describeWith('chromium', 'the lesson trains, in Chromium', () => {
  const lesson = lessonInChromium({ webgpu: false })
  const open = (
    options: BrowserContextOptions = {},
    at = lesson.site,
    before?: (page: Page) => Promise<unknown>,
  ) => lesson.open('?model=two-moons&count=100&backend=typescript', at, options, before)

  describe.each(['as it is', 'isolated, with threads'])('in a page %s', (which) => {
    it('trains on two moons to the bytes of Node, and all sections show the model', async () => {
      const reader = await open({}, which === 'as it is' ? lesson.site : lesson.isolated)
      await choose(reader, 'two-moons')
      const untrained = await reader.pixels('train-samples')
      expect(await reader.text('train-progress')).toBe('Step 0 of 200')
      expect(await reader.page.isDisabled('#train-save')).toBe(true)
      await reader.page.click('#train-go')
      await reader.until('train-status', isShown)

      const { model, means } = await inNode('two-moons')
      const [first, last] = [means[0]!, means.at(-1)!]
      expect(last).toBeLessThan(0.9 * first)
      expect(await reader.text('train-progress')).toBe(`Step 200 of 200, loss ${last.toFixed(3)}`)
      const says = `The loss falls from ${first.toFixed(3)} to ${last.toFixed(3)} over 200 steps.`
      expect(await reader.page.getAttribute('#train-loss svg', 'aria-label')).toBe(says)
      const saved = await reader.saved('train-save')
      expect(saved.name).toBe('model.onnx')
      expect(sha256(saved.bytes)).toBe(sha256(model))

      const label = 'two moons, trained here for 200 steps'
      expect(await reader.text('own-status')).toBe(`Shown: ${label}.`)
      expect(await reader.text('loss-caption')).toBe(
        `The loss of ${label}: means over 10 steps each, at the end ${last.toFixed(3)}.`,
      )
      expect(await reader.page.getAttribute('#loss-chart svg', 'aria-label')).toBe(says)
      expect(await reader.text('data-caption')).toMatch(/^two-moons, 1000 points: /)
      expect(await reader.page.locator('#model option:checked').textContent()).toBe(label)
      await reader.until('reverse-value', /^step 10 of 10, t = 0$/)
      const loaded = await loadModel(model)
      const { points } = await sample(loaded, { count: 100 })
      await loaded.dispose()
      expect(maxAbsDifference(await reader.csv(), points.data)).toBeLessThanOrEqual(1e-4)
      await reader.until('distance', /^\d\.\d{4}$/)

      expect(await reader.pixels('train-samples')).not.toBe(untrained)
      const field = await reader.pixels('train-field')
      await reader.set('train-t', 16)
      await reader.until('train-t-value', /^t = 16 of 17$/)
      await expect.poll(() => reader.pixels('train-field')).not.toBe(field)
    })
  })

  it('pauses, takes ten steps at a time, and comes to the bytes of a run without pauses', async () => {
    const reader = await open()
    await choose(reader, 'circles', { steps: 20_000 })
    await reader.page.click('#train-step')
    await reader.until('train-status', isShown)
    expect(await reader.text('train-progress')).toMatch(atStep(10))
    expect(await reader.text('own-status')).toBe('Shown: circles, trained here for 10 steps.')
    await reader.page.click('#train-step')
    await reader.until('train-progress', atStep(20))
    await reader.page.click('#train-go')
    await reader.until('train-go', /^Pause$/)
    await reader.until('train-progress', /^Step ([4-9]\d|\d{3,}) /)
    await reader.page.click('#train-go')
    await reader.until('train-status', isShown)
    expect(await reader.text('train-go')).toBe('Go on')
    const paused = await reader.text('train-progress')
    const step = Number(/\d+/.exec(paused)![0])
    expect(step % 10).toBe(0)
    expect(step).toBeLessThan(20_000)
    // twenty times as long as ten steps take
    await reader.page.waitForTimeout(600)
    expect(await reader.text('train-progress')).toBe(paused)
    await reader.page.click('#train-step')
    await reader.until('train-progress', atStep(step + 10))
    await reader.until('train-status', isShown)

    await reader.page.click('#train-reset')
    expect(await reader.text('train-progress')).toBe('Step 0 of 20000')
    expect(await reader.text('train-go')).toBe('Train')
    expect(await reader.page.isDisabled('#train-save')).toBe(true)
    expect(await reader.page.locator('#train-loss svg').count()).toBe(0)
    await expect.poll(async () => (await reader.page.workers()).length).toBeLessThanOrEqual(1)

    await choose(reader, 'circles')
    await reader.page.click('#train-step')
    await reader.until('train-status', isShown)
    const { model, means } = await inNode('circles')
    expect(await reader.text('train-progress')).toBe(`Step 10 of 200, loss ${means[0]!.toFixed(3)}`)
    await reader.page.click('#train-go')
    await reader.until('train-progress', atStep(200))
    await reader.until('train-status', isShown)
    expect(sha256((await reader.saved('train-save')).bytes)).toBe(sha256(model))
    // to choose something else is to begin anew
    await reader.page.selectOption('#train-width', '16')
    expect(await reader.text('train-progress')).toBe('Step 0 of 200')
    expect(await reader.text('own-status')).toBe('Shown: circles, trained here for 200 steps.')
  })

  it('trains on what is drawn, by mouse and by finger', async () => {
    const reader = await open({ hasTouch: true })
    const { page } = reader
    await choose(reader, 'drawing', { steps: 20 })
    expect(await reader.text('train-status')).toBe('Draw 20 points or more.')
    await page.click('#train-go')
    await reader.until('train-status', /^Draw 20 points or more\.$/)
    await page.locator('#train-pad').scrollIntoViewIfNeeded()
    const box = (await page.locator('#train-pad').boundingBox())!
    const place = (x: number, y: number) =>
      [box.x + ((x + 1) / 2) * box.width, box.y + ((1 - y) / 2) * box.height] as const
    await page.mouse.move(...place(-0.8, -0.5))
    await page.mouse.down()
    await page.mouse.move(...place(0, 0.6), { steps: 7 })
    await page.mouse.move(...place(0.8, -0.5))
    await page.mouse.up()
    // not while no button is held
    await page.mouse.move(...place(0.9, 0.9))
    const drawn = Number.parseInt(await reader.text('train-drawn'), 10)
    expect(drawn).toBeGreaterThan(200)
    await page.touchscreen.tap(...place(0, -0.9))
    await reader.until('train-drawn', new RegExp(`^${drawn + 4} points$`))
    await page.click('#train-go')
    await reader.until('train-status', isShown)
    const caption = await reader.text('data-caption')
    expect(caption).toMatch(new RegExp(`^your drawing, ${drawn + 4} points: `))
    const ranges = caption
      .replaceAll('−', '-')
      .match(/-?\d\.\d\d/g)!
      .map(Number)
    expect(maxAbsDifference(ranges, [-0.8, 0.8, -0.9, 0.6])).toBeLessThan(0.15)
    await reader.until('distance', /^\d\.\d{4}$/)
    await page.click('#train-clear')
    expect(await reader.text('train-drawn')).toBe('0 points')
    expect(await reader.text('train-progress')).toBe('Step 0 of 20')
  })

  it('trains on a CSV file of two columns, and says what is wrong with others', async () => {
    const reader = await open()
    await choose(reader, 'two-moons', { steps: 50 })
    const bad: [string, string, RegExp][] = [
      ['wide.csv', '1,2,3\n4,5,6\n', /^wide\.csv has 3 columns: .*give two columns of numbers, x and y say$/],
      ['one.csv', 'a\n1\n2\n', /^one\.csv has 1 column: .*give two columns of numbers/],
      ['words.csv', 'x,y\n1,2\nred,4\n', /^words\.csv, column x is a category: .* takes only numbers$/],
      [
        'gaps.csv',
        'x,y\n1,2\n,4\n',
        /^gaps\.csv, row 2, column x: the cell is empty: .* takes no missing values$/,
      ],
      ['flat.csv', 'x,y\n1,2\n3,2\n', /^flat\.csv, column y has only the value 2: give two columns whose/],
      ['empty.csv', '', /^empty\.csv is empty: /],
    ]
    for (const [name, text, message] of bad) {
      await reader.drop({ [name]: Buffer.from(text) }, '#train-progress')
      await reader.until('train-status', message)
      expect(await reader.text('train-status')).not.toContain('\n')
    }
    expect(await reader.page.inputValue('#train-data')).toBe('two-moons')
    expect(await reader.text('problem')).toBe('')

    const rows = Array.from(
      { length: 300 },
      (_, i) => `${100 + 9 * Math.sin(i)},${Math.cos(i) * (1 + (i % 3))}`,
    )
    const text = `height,width\n${rows.join('\n')}\n`
    await reader.drop({ 'rings.csv': Buffer.from(text) }, '#train-progress')
    await reader.until('train-status', /^$/)
    expect(await reader.page.inputValue('#train-data')).toBe('csv')
    expect(await reader.text('train-file-name')).toBe('rings.csv, 300 rows')
    await reader.page.click('#train-go')
    await reader.until('train-status', isShown)
    const { count, columns } = parseCsv(text, 'rings.csv')
    const { model } = await inNode({ count, columns }, { steps: 50 })
    expect(sha256((await reader.saved('train-save')).bytes)).toBe(sha256(model))
    expect(await reader.text('data-caption')).toMatch(
      /^rings\.csv, 300 points: height from 91\.00 to 109\.00, width/,
    )
    // a CSV file elsewhere on the page is still the data of the model that is shown
    await reader.drop({ 'far.csv': Buffer.from('height,width\n3000,2\n4000,3\n') })
    await reader.until('problem', /^far\.csv: only 0 of 2 rows .*or drop the file on the training section$/)
    await reader.page.setInputFiles('#train-file', {
      name: 'chosen.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('1,2\n3,4.5\n2,3\n'),
    })
    await reader.until('train-file-name', /^chosen\.csv, 3 rows$/)
    expect(await reader.text('train-progress')).toBe('Step 0 of 50')
  })

  it('says that the learning rate is too high, and changes nothing else', async () => {
    const reader = await open()
    await reader.until('own-status', /^Shown: two moons\.$/)
    await choose(reader, 'two-moons', { rate: 1 })
    await reader.page.click('#train-go')
    await reader.until(
      'train-status',
      /^The loss is \d+ at step \d+: the learning rate 1 is too high\. Choose a lower one\.$/,
    )
    expect(await reader.text('train-go')).toBe('Train')
    expect(await reader.page.isDisabled('#train-save')).toBe(true)
    expect(await reader.text('own-status')).toBe('Shown: two moons.')
    expect(await reader.text('problem')).toBe('')
    await choose(reader, 'two-moons', { steps: 10 })
    await reader.page.click('#train-go')
    await reader.until('train-status', isShown)
  })

  it('shows a message if the training worker is missing on the server', async () => {
    const reader = await open({}, lesson.site, (page) =>
      page.route(/training-worker/, (route) => route.fulfill({ status: 404 })),
    )
    await choose(reader, 'two-moons')
    await reader.page.click('#train-go')
    await reader.until('train-status', /^the training worker does not start: serve the files/)
    expect(await reader.text('train-go')).toBe('Train')
    await reader.until('reverse-value', /t = 0$/)
    expect(reader.faults.splice(0).every((fault) => fault.includes('404'))).toBe(true)
  })

  it('is accessible before, on its way and after, in light, dark and phone width', async () => {
    for (const options of [
      { colorScheme: 'light' },
      { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
    ] as const) {
      const reader = await open(options)
      await reader.page.addScriptTag({ path: join(root, 'node_modules/axe-core/axe.min.js') })
      await reader.until('reverse-value', /t = 0$/)
      const check = async () => {
        const { violations } = await reader.page.evaluate<{
          violations: { id: string; nodes: { html: string }[] }[]
        }>("axe.run('#training')")
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`)).toEqual([])
        expect(await reader.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      }
      for (const data of ['drawing', 'csv', 'two-moons']) {
        await choose(reader, data)
        await check()
      }
      await reader.page.click('#train-step')
      await reader.until('train-status', isShown)
      await check()
      await reader.page.click('#train-go')
      await reader.until('train-progress', atStep(200))
      await reader.until('train-status', isShown)
      await check()
    }
  })
})

describeWith('firefox', 'the lesson trains, in Firefox', () => {
  let page: DrivenPage
  let site: BuiltSite
  beforeAll(async () => {
    site = await serveBuilt((await builtPages()).lesson)
    page = await startFirefox(firefoxPath()!)
  })
  afterAll(async () => {
    await page?.close()
    site?.close()
  })

  it('to the bytes of Node', async () => {
    await page.open(`${site.url}?count=50&backend=typescript`)
    const digest = await page.evaluate<string>(`(async () => {
      const until = async (holds) => {
        while (!holds()) await new Promise((later) => setTimeout(later, 50))
      }
      const at = (id) => document.getElementById(id)
      await until(() => at('train-go'))
      for (const [name, value] of Object.entries(${JSON.stringify({ ...small, steps: 50 })})) {
        at('train-' + name).value = String(value)
        at('train-' + name).dispatchEvent(new Event('change'))
      }
      // what would be downloaded
      let saved
      URL.createObjectURL = (blob) => {
        saved = blob
        return ''
      }
      HTMLAnchorElement.prototype.click = () => {}
      at('train-go').click()
      await until(() => /^All sections/.test(at('train-status').textContent))
      at('train-save').click()
      const digest = await crypto.subtle.digest('SHA-256', await saved.arrayBuffer())
      return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    })()`)
    expect(digest).toBe(sha256((await inNode('two-moons', { steps: 50 })).model))
  })
})
