import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { teacherSamples } from '../../../src/cli/measured-samples.ts'
import { createSchedule } from '../../../src/diffusion/schedule.ts'
import { exportNoisePredictor } from '../../../src/export/export-model.ts'
import { sample } from '../../../src/infer/sample.ts'
import { evaluateScaled } from '../../../src/measure/distances/evaluate-scaled.ts'
import { teacherDistance } from '../../../src/measure/distances/subsets.ts'
import { loadModel } from '../../../src/node/providers.ts'
import { maxAbsDifference } from '../../../src/numerics/points.ts'
import { makeDataset } from '../../../src/table/datasets/index.ts'
import { encode, encodingOf } from '../../../src/table/encodings/encoding.ts'
import { parseCsv } from '../../../src/table/formats/csv.ts'
import { moonstep } from '../../helpers/cli.ts'
import { builtPages } from '../../helpers/fixtures.ts'
import { referenceModel } from '../../helpers/models.ts'
import { describeWith } from '../../helpers/needs.ts'
import { petModel } from '../../helpers/tables.ts'
import { type BuiltSite, serveBuilt } from '../built-page.ts'
import { launchChromium, root } from '../helpers.ts'
import { openLesson, type Reader } from './driver.ts'

const seedModel = join(root, 'models/two-moons-seed')
const modelBytes = readFileSync(join(seedModel, 'model.onnx'))

describeWith('chromium', 'the lesson page, built, in Chromium', () => {
  let built: string
  let site: BuiltSite
  let isolated: BuiltSite
  let browser: Browser
  const readers: Reader[] = []
  /** A page that shows where a walk ends at once, unless told otherwise. */
  const open = async (query = '', at = site, options: BrowserContextOptions = {}) => {
    // the post's model, whose ten timesteps are ten steps, unless told otherwise
    const asked = /\bmodel=/.test(query) ? query : `?model=two-moons-seed&${query.slice(1)}`
    const reader = await openLesson(browser, at.url + asked, { reducedMotion: 'reduce', ...options })
    readers.push(reader)
    return reader
  }

  /** The page's samples are those of a run's model on Node's CPU. */
  const expectSamples = async (reader: Reader, run: string, count: number, seed: number) => {
    const model = await loadModel(join(run, 'model.onnx'))
    const { points } = await sample(model, { count, seed })
    await model.dispose()
    await reader.until('reverse-value', /t = 0$/)
    // what was shown stays until the new samples are there
    const difference = async () => maxAbsDifference(await reader.csv(), points.data)
    await expect.poll(difference, { timeout: 20_000 }).toBeLessThanOrEqual(1e-4)
  }

  beforeAll(async () => {
    built = (await builtPages()).lesson
    browser = await launchChromium()
    ;[site, isolated] = await Promise.all([
      serveBuilt(built),
      serveBuilt(built, { folder: '/some/folder/', isolated: true }),
    ])
  })

  afterAll(async () => {
    await browser?.close()
    site?.close()
    isolated?.close()
  })

  afterEach(() => {
    // a page asks nothing of other origins, and logs no error
    expect(readers.splice(0).flatMap(({ faults }) => faults)).toEqual([])
  })

  it('shows moving samples after 150 KB and without onnxruntime, and never asks for WebGPU by itself', async () => {
    const cold = await serveBuilt(built)
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    // what may come later waits until all samples stand: they must need none of it
    const reader = await openLesson(browser, cold.url, {}, (page) =>
      page.route(/assets\/(later|client)-/, async (route) => {
        await released
        await route.continue()
      }),
    )
    await reader.until('reverse-value', /^step 10 of 10/)
    const first = cold.answers.map(({ name }) => name)
    const bytes = cold.answers.reduce((sum, { gzip }) => sum + gzip(), 0)
    release()
    await reader.until('computed-by', /^WASM/)
    expect(first).toContain('index.html')
    expect(first.filter((name) => name.endsWith('.safetensors'))).toHaveLength(1)
    expect(first.filter((name) => /\.onnx$|ort-|reader-file/.test(name))).toEqual([])
    expect(bytes).toBeGreaterThan(50_000)
    expect(bytes).toBeLessThanOrEqual(150_000)
    const names = () => cold.answers.map(({ name }) => name).join(' ')
    expect(names()).toMatch(/assets\/ort-wasm-simd-threaded-[^ ]*\.wasm/)
    expect(names()).not.toMatch(/webgpu|asyncify/)
    // onnxruntime has the file; a student, its teacher and the reader of ONNX files wait until they are asked for
    expect(names().match(/\.onnx/g)).toHaveLength(1)
    expect(names().match(/\.safetensors/g)).toHaveLength(1)
    expect(names()).not.toMatch(/reader-file/)
    expect(reader.faults).toEqual([])
    await reader.page.close()
    cold.close()
  })

  it('gives the samples of moonstep sample in plain TypeScript and on WASM', async () => {
    const reader = await open('?count=300&seed=7&backend=typescript')
    const expectAs = async (by: RegExp, model: string, ...options: string[]) => {
      await reader.until('computed-by', by)
      const { status, stdout } = await moonstep`sample models/${model}/model.onnx -n 300 --seed 7 ${options}`
      expect(status).toBe(0)
      const { data } = parseCsv(stdout, 'stdout').points
      const difference = async () => maxAbsDifference(await reader.csv(), data)
      await expect.poll(difference, { timeout: 20_000 }).toBeLessThanOrEqual(1e-4)
    }
    await reader.until('reverse-value', /t = 0$/)
    await expectAs(/^plain TypeScript/, 'two-moons-seed')
    await reader.page.selectOption('#model', 'two-moons')
    await reader.page.selectOption('#sampler', 'ddim')
    await reader.set('steps', 6)
    await reader.page.selectOption('#backend', 'wasm')
    await reader.until('reverse-value', /of 6, t = 0$/)
    await expectAs(/^WASM/, 'two-moons', '--sampler', 'ddim', '--num-steps', '6')
    await reader.page.close()
  })

  it('shows data, forward process, loss and schedules as the run has them', async () => {
    const reader = await open('?count=200&backend=typescript&t=10')
    const late = await reader.pixels('forward-figure')
    await reader.set('forward-t', 0)
    expect(await reader.text('forward-value')).toBe('t = 0 of 10: 100 % of the variance is signal, 0 % noise')
    const clean = await reader.pixels('forward-figure')
    expect(clean).toBe(await reader.pixels('data-figure'))
    expect(clean).not.toBe(late)

    await reader.until('loss-caption', /at the end/)
    const { points } = parseCsv(readFileSync(join(seedModel, 'history.csv'), 'utf8'), 'history.csv')
    const losses = Array.from({ length: points.count }, (_, i) => points.data[3 * i + 1]!)
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value) / values.length
    const chart = reader.page.locator('#loss-chart svg')
    expect(await chart.getAttribute('aria-label')).toBe(
      `The loss falls from ${mean(losses.slice(0, 20)).toFixed(3)} to ${mean(losses.slice(-20)).toFixed(3)} over 5000 steps.`,
    )
    expect(await chart.locator('.line').getAttribute('d')).toMatch(/^M[\d.]+,[\d.]+(L[\d.]+,[\d.]+){249}$/)

    await reader.set('schedule-t', 4)
    expect(await reader.text('forward-value')).toMatch(/^t = 4 of 10/)
    const charts = reader.page.locator('#schedule-charts svg')
    expect(await charts.count()).toBe(4)
    const noise = (power: number) => {
      const config = { kind: 'polynomial', betaStart: 1e-4, betaEnd: 0.9, power } as const
      const share = 100 * (1 - createSchedule(config, 10).alphaBars[4]!)
      return `${share.toFixed(share > 9.95 ? 0 : 1)} % at t = 4`
    }
    expect(await charts.nth(0).getAttribute('aria-label')).toContain(noise(1))
    expect(await charts.nth(1).getAttribute('aria-label')).toContain(noise(3))
    expect(await reader.text('schedule-charts')).toContain("Polynomial, the post's (this model's)")
    await reader.page.close()
  })

  it('plays, pauses and scrubs the reverse process, with the distance that evaluate gives', async () => {
    const reader = await open('?count=200&seed=4&backend=typescript&step=3', site, {
      reducedMotion: 'no-preference',
    })
    await reader.until('reverse-value', /^step 3 of 10, t = 7$/)
    const third = await reader.pixels('reverse-figure')
    await reader.page.click('#reverse-forward')
    await reader.until('reverse-value', /^step 4 of 10, t = 6$/)
    expect(await reader.pixels('reverse-figure')).not.toBe(third)
    await reader.page.click('#reverse-back')
    expect(await reader.pixels('reverse-figure')).toBe(third)
    await reader.page.click('#reverse-play')
    await reader.until('reverse-play', /^Pause$/)
    await reader.until('reverse-value', /^step [5-9] /)
    await reader.page.click('#reverse-play')
    expect(await reader.text('reverse-play')).toBe('Play')
    const held = await reader.text('reverse-value')
    await reader.page.waitForTimeout(600)
    expect(await reader.text('reverse-value')).toBe(held)
    await reader.set('reverse-step', 10)
    await reader.until('reverse-value', /^step 10 of 10, t = 0$/)

    const model = await loadModel(join(seedModel, 'model.onnx'))
    const { x_0 } = await sample(model, { count: 200, seed: 4 })
    const { card } = model
    const { dataset } = card
    await model.dispose()
    const fresh = makeDataset({ ...(dataset as { name: string; noiseLevel: number }), rows: 400 }, 1)
    const figures = await evaluateScaled({
      data: { name: 'data', points: encode(encodingOf(card), fresh) },
      samples: { name: 'samples', points: x_0 },
      quick: true,
    })
    await reader.until('null-distance', /\d/)
    expect(Number(await reader.text('null-distance'))).toBeCloseTo(figures.null.slicedWasserstein2, 3)
    await reader.page.waitForFunction(
      `Math.abs(document.getElementById('distance').textContent - ${figures.slicedWasserstein2}) <= 1e-4`,
    )

    const { name, bytes: png } = await reader.saved('save-png')
    expect(name).toBe('samples.png')
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    expect(png.length).toBeGreaterThan(5000)
    await reader.page.close()
  })

  it('draws the field at each t and the path from where its start is dragged', async () => {
    const reader = await open('?count=50&seed=2&sampler=ddim&backend=typescript&field=10')
    await reader.until('field-path', /in 10 steps/)
    const atEnd = await reader.pixels('field-figure')
    await reader.set('field-t', 2)
    await reader.until('field-value', /^t = 2 /)
    expect(await reader.pixels('field-figure')).not.toBe(atEnd)

    const ends = async (start: [number, number]) => {
      const model = await loadModel(join(seedModel, 'model.onnx'))
      const x_T = { data: Float32Array.from(start), count: 1, dim: 2 }
      const { x_0 } = await sample(model, { count: 1, sampler: 'ddim', x_T })
      await model.dispose()
      return x_0.data
    }
    const shown = async () => (await reader.text('field-path')).match(/-?\d+\.\d+/g)!.map(Number)
    const handle = reader.page.locator('#field-start')
    await handle.focus()
    for (const key of ['ArrowLeft', 'ArrowUp', 'Shift+ArrowUp']) await reader.page.keyboard.press(key)
    await reader.until('field-path', /from \(1\.30, -1\.09\)/)
    expect(maxAbsDifference((await shown()).slice(2, 4), await ends([1.3, -1.09]))).toBeLessThanOrEqual(
      0.0051,
    )

    const box = (await reader.page.locator('#field-figure').boundingBox())!
    const place = (x: number, y: number) =>
      [box.x + ((x + 2.4) / 4.8) * box.width, box.y + ((2.4 - y) / 4.8) * box.height] as const
    await reader.page.mouse.move(...place(1.3, -1.09))
    await reader.page.mouse.down()
    await reader.page.mouse.move(...place(0, 0), { steps: 4 })
    await reader.page.mouse.move(...place(-1.5, 1.2), { steps: 4 })
    await reader.page.mouse.up()
    await reader.until('field-path', /from \(-1\.(49|50|51), 1\.(19|20|21)\)/)
    await reader.page.waitForFunction('/start=-1\\.(49|5|51),1\\.(19|2|21)/.test(location.search)')
    const [x, y, endX, endY] = await shown()
    expect(maxAbsDifference([endX!, endY!], await ends([x!, y!]))).toBeLessThanOrEqual(0.0051)
    await reader.page.close()
  })

  it('keeps the view in the address: a reload and another reader see the same', async () => {
    const reader = await open('?backend=typescript')
    await reader.page.selectOption('#model', 'circles')
    await reader.page.selectOption('#sampler', 'ddim')
    await reader.set('steps', 7)
    await reader.set('seed', 12)
    await reader.set('count', 250)
    await reader.until('reverse-value', /of 7, t = 0$/)
    await reader.set('reverse-step', 5)
    await reader.set('forward-t', 3)
    await reader.set('field-t', 9)
    await reader.page.locator('#field-start').press('ArrowUp')
    const query =
      '?model=circles&sampler=ddim&steps=7&seed=12&count=250&backend=typescript&t=3&step=5&field=9&start=1.4,-1.1'
    await reader.page.waitForFunction(`location.search === ${JSON.stringify(query)}`)
    const seen = async (who: Reader) => {
      await who.until('reverse-value', /^step 5 of 7/)
      await who.until('field-path', /from \(1\.40, -1\.10\) .* in 7 steps/)
      const figures = ['data-figure', 'forward-figure', 'reverse-figure', 'field-figure']
      const pixels: string[] = []
      for (const id of figures) pixels.push(await who.pixels(id))
      const values = await who.page.evaluate<string[]>(
        "['model', 'sampler', 'steps', 'seed', 'count', 'backend', 'forward-t', 'field-t'].map((id) => document.getElementById(id).value)",
      )
      return { pixels, values }
    }
    const before = await seen(reader)
    expect(before.values).toEqual(['circles', 'ddim', '7', '12', '250', 'typescript', '3', '9'])
    const other = await open(query)
    expect(await seen(other)).toEqual(before)
    await reader.page.reload()
    expect(await seen(reader)).toEqual(before)
    await reader.page.close()
    await other.page.close()

    const wrong = await open('?model=none&seed=-1&t=99&count=50')
    await wrong.until('problem', /model=none: give one of .*\n.*seed=-1: give a whole number from 0 to/)
    await wrong.until('forward-value', /^t = 17 of 17/)
    await wrong.page.close()
  })

  it("takes a reader's model and its CSV, and says what is wrong with others", async () => {
    const reader = await open('?count=100&backend=typescript')
    await reader.until('reverse-value', /^step [1-9]/)
    const own = await exportNoisePredictor(referenceModel)
    await reader.drop({ 'mine.onnx': own })
    await reader.until('own-status', /^Shown: mine\.onnx\.$/)
    expect(await reader.text('data-caption')).toMatch(/not known here: drop its CSV/)
    await reader.until('distance', /^not known/)
    await reader.until('reverse-value', /t = 0$/)
    const model = await loadModel(own)
    const { points } = await sample(model, { count: 100 })
    await model.dispose()
    expect(maxAbsDifference(await reader.csv(), points.data)).toBeLessThanOrEqual(1e-4)
    expect(await reader.page.evaluate('location.search')).not.toContain('model=')

    const rows = Array.from({ length: 60 }, (_, i) => `${Math.sin(i)},${Math.cos(i)}`)
    await reader.drop({ 'points.csv': Buffer.from(`x0,x1\n${rows.join('\n')}\n`) })
    await reader.until('data-caption', /^points\.csv, 60 points/)
    await reader.until('distance', /^\d\.\d{4}$/)
    await reader.page.setInputFiles('#files', join(root, 'models/checkerboard/model.onnx'))
    await reader.until('own-status', /^Shown: model\.onnx\.$/)
    await reader.until('data-caption', /^checkerboard, 1000 points/)
    await reader.until('reverse-value', /of 10, t = 0$/)

    const kept = await reader.pixels('reverse-figure')
    const newer = Buffer.from(modelBytes.toString('latin1').replace('"format":1', '"format":9'), 'latin1')
    const bad: [string, Uint8Array, RegExp][] = [
      ['short.onnx', modelBytes.subarray(0, 60_000), /^short\.onnx /],
      ['newer.onnx', newer, /^newer\.onnx: .*format 9.*update moonstep$/],
      [
        'sampler.onnx',
        readFileSync(join(seedModel, 'sampler.onnx')),
        /^sampler\.onnx is a sampler\.onnx.*give the model\.onnx/,
      ],
      [
        'pets.onnx',
        await exportNoisePredictor(petModel()),
        /^pets\.onnx is the model of a table \(8 columns\): this page explains models of points; sample it with moonstep sample$/,
      ],
      [
        'words.csv',
        Buffer.from('x,y\n1,2\nred,4\n'),
        /^words\.csv, column x is a category: this page takes only numbers$/,
      ],
      [
        'gaps.csv',
        Buffer.from('x,y\n1,2\n,4\n'),
        /^gaps\.csv, row 2, column x: the cell is empty: this page takes no gaps$/,
      ],
      ['wide.csv', Buffer.from('1,2,3\n4,5,6\n'), /^wide\.csv has 3 columns, the model has 2/],
      [
        'people.csv',
        Buffer.from('age,income\n30,20000\n40,30000\n'),
        /^people\.csv has a column age, which the model does not have \(x, y\)/,
      ],
      [
        'far.csv',
        Buffer.from('x,y\n300,200\n400,300\n'),
        /^far\.csv: only 0 of 2 rows lie near what the model was trained on \(x -2 to 1\.99, y -2 to 2\)/,
      ],
    ]
    for (const [name, bytes, message] of bad) {
      await reader.drop({ [name]: bytes })
      await reader.until('problem', message)
    }
    await reader.page.evaluate(`(() => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([new Uint8Array(100_000_000)], 'zeros.onnx'))
      document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }))
    })()`)
    await reader.until('problem', /^zeros\.onnx is no ONNX file/)
    expect(await reader.pixels('reverse-figure')).toBe(kept)
    await reader.page.selectOption('#model', 'two-moons-seed')
    await reader.until('problem', /^$/)
    await reader.page.close()
  })

  it("names the columns, the ranges and the part that is drawn of a reader's own data", async () => {
    const reader = await open('?model=circles&count=100&backend=typescript')
    await reader.until('reverse-value', /t = 0$/)
    const rows = Array.from({ length: 30_000 }, (_, i) => `${Math.sin(i)},${0.5 * Math.cos(i)}`)
    await reader.drop({
      'rings.csv': Buffer.from(`x,y\n${rows.join('\n')}\n`),
      'mine.onnx': readFileSync(join(root, 'models/circles/model.onnx')),
    })
    await reader.until(
      'data-caption',
      /^rings\.csv, 30000 points, 20000 of them drawn: more would hide each other: x from −1\.00 to 1\.00, y from −0\.50 to 0\.50\./,
    )
    const links = await reader.page.locator('nav[aria-label="Contents"] a').all()
    expect(links.length).toBeGreaterThanOrEqual(6)
    for (const link of links) {
      const target = reader.page.locator((await link.getAttribute('href'))!)
      expect(await target.locator('h2').first().textContent()).toBeTruthy()
    }
    await reader.page.close()
  })

  it('draws a path without noise for a sampler that has noise', async () => {
    const start = '&field=10&start=1,-1'
    const path = async (sampler: string) => {
      const reader = await open(`?count=50&sampler=${sampler}&backend=typescript${start}`)
      const text = await reader.until('field-path', /in 10 steps/)
      const pixels = await reader.pixels('field-figure')
      await reader.page.close()
      return { end: text.match(/to \([^)]*\)/)?.[0], pixels }
    }
    const [ddpm, ddim] = [await path('ddpm'), await path('ddim')]
    expect(ddpm.end).toBeDefined()
    expect(ddpm).toEqual(ddim)
  })

  it('shows a message if one of its files is missing on the server', async () => {
    const missing = (pattern: string) => (page: Page) =>
      page.route(pattern, (route) => route.fulfill({ status: 404, body: '' }))
    const openWithout = async (pattern: string, query = '') => {
      const reader = await openLesson(
        browser,
        site.url + query,
        { reducedMotion: 'reduce' },
        missing(pattern),
      )
      readers.push(reader)
      return reader
    }
    const closeAfter404 = async ({ page, faults }: Reader) => {
      expect(faults.splice(0).every((fault) => fault.includes('404'))).toBe(true)
      await page.close()
    }
    const reader = await openWithout('**/*.safetensors')
    await reader.until(
      'problem',
      /^cannot fetch .*\.safetensors: the server answered 404: load the page again$/,
    )
    expect(await reader.text('data-caption')).toMatch(/^two-moons, 1000 points/)
    await reader.page.unroute('**/*.safetensors')
    await reader.page.selectOption('#model', 'circles')
    await reader.until('reverse-value', /^step/)
    await reader.until('problem', /^$/)
    await closeAfter404(reader)

    // without its model.onnx a run still has its weights
    const plain = await openWithout('**/*.onnx', '?model=two-moons-seed&count=100')
    await plain.until('problem', /^cannot fetch .*\.onnx: the server answered 404/)
    expect(await plain.text('computed-by')).toBe('plain TypeScript')
    await expectSamples(plain, seedModel, 100, 0)
    await closeAfter404(plain)

    const unread = await openWithout('**/reader-file-*', '?count=100&backend=typescript')
    await unread.until('reverse-value', /t = 0$/)
    await unread.drop({ 'mine.onnx': modelBytes })
    await unread.until(
      'problem',
      /^the part of this page that reads ONNX files does not load .* give mine\.onnx again$/,
    )
    await unread.page.unroute('**/reader-file-*')
    await unread.drop({ 'mine.onnx': modelBytes })
    await unread.until('own-status', /^Shown: mine\.onnx\.$/)
    await closeAfter404(unread)
  })

  it('holds WASM with threads and WebGPU against plain TypeScript, in a folder, isolated', async () => {
    const reader = await open('?count=60&seed=9', isolated)
    await reader.until('computed-by', /^WASM/)
    expect(await reader.page.evaluate('crossOriginIsolated')).toBe(true)
    const cores = await reader.page.evaluate<number>('navigator.hardwareConcurrency')
    if (cores > 1) expect(await reader.text('computed-by')).toContain(`, ${Math.min(4, cores)} threads`)
    await reader.page.click('#compare-wasm')
    await reader.until('comparisons', /WASM.*the same/)
    await reader.page.click('#compare-webgpu')
    await reader.until('comparisons', /WebGPU.*the same/)
    const cells = await reader.page.locator('#comparisons td:last-child').allTextContents()
    for (const cell of cells) {
      const difference = Number.parseFloat(cell)
      expect(difference).toBeGreaterThan(0)
      expect(difference).toBeLessThanOrEqual(1e-4)
    }
    expect(cells).toHaveLength(2)

    await reader.page.selectOption('#backend', 'webgpu')
    await reader.until('computed-by', /^WebGPU on .*swiftshader/i)
    const cdp = await browser.newBrowserCDPSession()
    // Chromium's answer is that its GPU process is gone
    await cdp.send('Browser.crashGpuProcess').catch(() => {})
    await reader.until('problem', /^WASM goes on: the GPU was lost/)
    await reader.until('computed-by', /^WASM/)
    expect(await reader.page.inputValue('#backend')).toBe('wasm')
    await reader.page.click('#next-seed')
    await expectSamples(reader, seedModel, 60, 10)
    await reader.page.close()
  })

  it('goes on with WASM, and says so, where WebGPU does not start', async () => {
    const plain = await launchChromium({ webgpu: false })
    try {
      const reader = await openLesson(plain, `${site.url}?model=two-moons-seed&count=60&backend=webgpu`, {
        reducedMotion: 'reduce',
      })
      await reader.until('problem', /^provider webgpu can't run the model in this page: /)
      await reader.until('computed-by', /^WASM/)
      expect(await reader.page.inputValue('#backend')).toBe('wasm')
      await expectSamples(reader, seedModel, 60, 0)
      expect(reader.faults).toEqual([])
    } finally {
      await plain.close()
    }
  })

  it('shows a student beside its teacher on one noise, as far apart as evaluate finds them', async () => {
    const [student, teacher] = ['two-moons-student', 'two-moons'].map((name) => join(root, 'models', name))
    const reader = await open('?model=two-moons-student&count=300&backend=typescript')
    await reader.until('reverse-value', /^step 1 of 1, t = 0$/)
    await expectSamples(reader, student!, 300, 0)
    expect(await reader.page.isVisible('#model-note')).toBe(true)
    expect(await reader.text('forward-value')).toMatch(/^t = 1 of 1: 2.7 % of the variance is signal/)
    await reader.until('field-path', /in 1 step\.$/)
    for (const id of ['steps', 'field-t']) expect(await reader.page.isDisabled(`#${id}`)).toBe(true)
    expect(await reader.page.isVisible('#schedule-figure')).toBe(false)
    expect(await reader.page.isVisible('#schedule-none')).toBe(true)

    const paths = [join(student!, 'model.onnx'), join(teacher!, 'model.onnx')] as const
    const expected = teacherDistance(await teacherSamples(...paths, 300))
    await reader.page.locator('#student').scrollIntoViewIfNeeded()
    await reader.until('student-mean', /\d/)
    expect(Math.abs(Number(await reader.text('student-mean')) - expected.mean)).toBeLessThanOrEqual(1e-4)
    expect(Math.abs(Number(await reader.text('student-worst')) - expected.worst)).toBeLessThanOrEqual(1e-3)
    expect(await reader.text('teacher-effort')).toMatch(/^17 evaluations .* by dpmsolver\+\+$/)
    expect(await reader.text('student-effort')).toMatch(/^1 evaluation of/)
    const drawn = await reader.pixels('student-figure')
    expect(drawn).not.toBe(await reader.pixels('teacher-figure'))
    await reader.page.click('#student-next-seed')
    await reader.until('student-count', /^Of 300 samples of seed 1,/)
    expect(await reader.pixels('student-figure')).not.toBe(drawn)

    await reader.page.selectOption('#model', 'circles')
    await reader.until('reverse-value', /^step \d+ of \d\d, t = 0$/)
    expect(await reader.page.isVisible('#model-note')).toBe(false)
    expect(await reader.page.isVisible('#schedule-figure')).toBe(true)
    await reader.page.close()
  })

  it('is accessible in light, dark and phone width, and still where motion is not wanted', async () => {
    const axe = join(root, 'node_modules/axe-core/axe.min.js')
    for (const options of [
      { colorScheme: 'light' },
      { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
    ] as const) {
      const reader = await open('?count=50&backend=typescript', site, options)
      await reader.until('reverse-value', /t = 0$/)
      await reader.until('loss-caption', /at the end/)
      await reader.until('field-path', /steps/)
      await reader.page.locator('#student').scrollIntoViewIfNeeded()
      await reader.until('student-mean', /\d/)
      await reader.page.addScriptTag({ path: axe })
      const { violations } = await reader.page.evaluate<{
        violations: { id: string; nodes: { html: string }[] }[]
      }>('axe.run()')
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`)).toEqual([])
      expect(await reader.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      await reader.page.close()
    }
    const still = await open('?count=50&backend=typescript')
    const values = new Set<string>()
    await still.page.exposeFunction('seen', (text: string) => values.add(text))
    await still.page.evaluate(`(() => {
      const place = document.getElementById('reverse-play')
      seen(place.textContent)
      new MutationObserver(() => seen(place.textContent)).observe(place, { childList: true, characterData: true, subtree: true })
    })()`)
    await still.until('reverse-value', /^step 10 of 10/)
    await still.page.click('#next-seed')
    await still.page.waitForTimeout(300)
    await still.until('reverse-value', /^step 10 of 10/)
    expect([...values]).toEqual(['Play'])
    await still.page.close()
  })
})
