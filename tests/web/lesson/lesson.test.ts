import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { teacherSamples } from '../../../src/cli/measured-samples.ts'
import { createSchedule } from '../../../src/diffusion/schedule.ts'
import { sample } from '../../../src/infer/sample.ts'
import { evaluateScaled } from '../../../src/measure/distances/evaluate-scaled.ts'
import { teacherDistance } from '../../../src/measure/distances/subsets.ts'
import { loadModel } from '../../../src/node/providers.ts'
import { maxAbsDifference } from '../../../src/numerics/points.ts'
import { makeDataset } from '../../../src/table/datasets/index.ts'
import { encode } from '../../../src/table/encodings/encode.ts'
import { encodingOf } from '../../../src/table/encodings/encoding.ts'
import { parseCsv } from '../../../src/table/formats/csv.ts'
import { builtPages } from '../../helpers/fixtures.ts'
import { describeWith } from '../../helpers/needs.ts'
import { serveBuilt } from '../built-page.ts'
import { root } from '../helpers.ts'
import { openLesson, type Reader } from './driver.ts'

import { expectSamples, lessonInChromium, seedModel } from './readers.ts'

describeWith('chromium', 'the lesson page, built, in Chromium', () => {
  const lesson = lessonInChromium()

  it('shows moving samples after 150 KB and without onnxruntime, and never asks for WebGPU by itself', async () => {
    const cold = await serveBuilt((await builtPages()).lesson)
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    // what may come later waits until all samples stand: they must need none of it
    const reader = await openLesson(lesson.browser, cold.url, {}, (page) =>
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
    cold.close()
  })

  it('shows data, forward process, loss and schedules as the run has them', async () => {
    const reader = await lesson.open('?count=200&backend=typescript&t=10')
    const late = await reader.pixels('forward-figure')
    await reader.set('forward-t', 0)
    expect(await reader.text('forward-value')).toBe('t = 0 of 10: 100 % of the variance is signal, 0 % noise')
    const clean = await reader.pixels('forward-figure')
    expect(clean).toBe(await reader.pixels('data-figure'))
    expect(clean).not.toBe(late)

    await reader.until('loss-caption', /at the end/)
    const history = parseCsv(readFileSync(join(seedModel, 'history.csv'), 'utf8'), 'history.csv')
    const losses = [...history.columns[1]!.cells]
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
  })

  it('plays, pauses and scrubs the reverse process, with the distance that evaluate gives', async () => {
    const reader = await lesson.open('?count=200&seed=4&backend=typescript&step=3', lesson.site, {
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
  })

  it('draws the field at each t and the path from where its start is dragged', async () => {
    const reader = await lesson.open('?count=50&seed=2&sampler=ddim&backend=typescript&field=10')
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
  })

  it('keeps the view in the address: a reload and another reader see the same', async () => {
    const reader = await lesson.open('?backend=typescript')
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
    const other = await lesson.open(query)
    expect(await seen(other)).toEqual(before)
    await reader.page.reload()
    expect(await seen(reader)).toEqual(before)
    await other.page.close()

    const wrong = await lesson.open('?model=none&seed=-1&t=99&count=50')
    await wrong.until('problem', /model=none: give one of .*\n.*seed=-1: give a whole number from 0 to/)
    await wrong.until('forward-value', /^t = 17 of 17/)
    await wrong.page.close()
  })

  it('draws a path without noise for a sampler that has noise', async () => {
    const start = '&field=10&start=1,-1'
    const path = async (sampler: string) => {
      const reader = await lesson.open(`?count=50&sampler=${sampler}&backend=typescript${start}`)
      const text = await reader.until('field-path', /in 10 steps/)
      const pixels = await reader.pixels('field-figure')
      return { end: text.match(/to \([^)]*\)/)?.[0], pixels }
    }
    const [ddpm, ddim] = [await path('ddpm'), await path('ddim')]
    expect(ddpm.end).toBeDefined()
    expect(ddpm).toEqual(ddim)
  })

  it('shows a student next to its teacher on one noise, as far apart as evaluate finds them', async () => {
    const [student, teacher] = ['two-moons-student', 'two-moons'].map((name) => join(root, 'models', name))
    const reader = await lesson.open('?model=two-moons-student&count=300&backend=typescript')
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
  })

  it('goes on to show all of one model when another does not load', async () => {
    const reader = await lesson.open('?count=50&backend=typescript')
    await reader.until('reverse-value', /^step 10 of 10, t = 0$/)
    const [shown, samples] = [await reader.text('own-status'), await reader.csv()]
    await reader.page.route(/\.safetensors$/, (route) => route.fulfill({ status: 404 }))
    await reader.page.selectOption('#model', 'circles')
    await reader.until('problem', /^cannot fetch .*: load the page again$/)
    expect(await reader.text('own-status')).toBe(shown)
    expect(await reader.csv()).toEqual(samples)
    reader.faults.length = 0
  })

  it('is accessible in light, dark and phone width, and still where motion is not wanted', async () => {
    const axe = join(root, 'node_modules/axe-core/axe.min.js')
    for (const options of [
      { colorScheme: 'light' },
      { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
    ] as const) {
      const reader = await lesson.open('?count=50&backend=typescript', lesson.site, options)
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
    }
    const still = await lesson.open('?count=50&backend=typescript')
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
