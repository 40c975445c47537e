import axe from 'axe-core'
import type { BrowserContextOptions } from 'playwright-core'
import { expect, it } from 'vitest'
import { maxAbsDifference } from '../../../src/numerics/points.ts'
import { describeWith } from '../../helpers/needs.ts'
import { elementInChromium, source, type Told, threads } from './drawn-element.ts'
import { sampled } from './site.ts'

describeWith('chromium', '<moon-sampler> of the packed package', () => {
  const chromium = elementInChromium()
  const { open, draw, looksOf, look, afterwards, expectSamples } = chromium

  it('explains what is wrong with a model, and accepts the next one', async () => {
    await open('bare/bare.html')
    const wrong: [string, RegExp][] = [
      ['none.onnx', /^cannot fetch \S+none\.onnx: the server answered 404: give the URL of a model/],
      ['truncated.onnx', /^\S+truncated\.onnx is no ONNX file/],
      ['newer.onnx', /^\S+newer\.onnx: its model card has format 99.*: update moonstep$/],
      ['zeros.onnx', /^\S+zeros\.onnx is no ONNX file/],
      [
        'pets.onnx',
        /^\S+pets\.onnx is the model of a table \(8 columns\): this element draws points; sample it with createSamplingClient, or moonstep sample$/,
      ],
    ]
    const told = await draw(...wrong.map(([file]) => ({ src: `../models/${file}`, count: 20, seed: 7 })))
    const looks = await looksOf()
    const types = await chromium.page.evaluate<string[][]>(
      "[...document.querySelectorAll('moon-sampler')].map(({ told }) => told.map(({ type }) => type))",
    )
    for (const [i, [, message]] of wrong.entries()) {
      expect(types[i]).toEqual(['error'])
      expect(looks[i]!.inked).toBe(0)
      expect(told[i]!.type).toBe('error')
      expect(told[i]!.message).toMatch(message)
      expect(looks[i]!.text).toBe(told[i]!.message)
      expect(looks[i]!.border).toBe('2px')
      expect(looks[i]!.label).toContain(`No samples: ${told[i]!.message}`)
    }
    await expectSamples(await afterwards(`element.src = '${source}'`), 20, 7)
    expect((await looksOf())[0]).toMatchObject({ text: '', border: '0px' })
    // the browser itself says so of an answer of 404
    chromium.forgive(/404/)
  })

  it('samples once for all properties of a task, and hands the samples out', async () => {
    await open('bundled/bundled.html')
    const [told] = await draw({ src: source, count: 20, seed: 7 })
    await expectSamples(told!, 20, 7)
    expect(told!.info).toMatchObject({ provider: 'simd', threads })
    const [points, seconds, types] = await chromium.page.evaluate<
      [number[], number, string[]]
    >(`(async () => {
      const element = document.querySelector('moon-sampler')
      element.told.length = 0
      element.setAttribute('count', 'in passing')
      Object.assign(element, { count: 40, seed: 3, sampler: 'ddim', numSteps: 5 })
      const { points, seconds } = await element.sample()
      await new Promise((resolve) => setTimeout(resolve, 100))
      return [[...points.data], seconds, element.told.map(({ type }) => type)]
    })()`)
    const expected = await sampled(
      chromium.folder,
      40,
      '--seed',
      '3',
      '--sampler',
      'ddim',
      '--num-steps',
      '5',
    )
    expect(maxAbsDifference(points, expected)).toBeLessThanOrEqual(1e-4)
    expect(seconds).toBeGreaterThan(0)
    expect(types).toEqual([...new Array(6).fill('step'), 'sample'])
  })

  it('ends its worker when it leaves the page, and works again when it is back', async () => {
    await open('bare/bare.html')
    await draw({ src: source, count: 20, seed: 7 })
    expect(chromium.page.workers()).toHaveLength(1)
    const moved = await chromium.page.evaluate<number>(`(async () => {
      const element = document.querySelector('moon-sampler')
      document.body.append(element)
      await element.sample()
      return element.told.filter(({ type }) => type === 'load').length
    })()`)
    expect(moved).toBe(1)
    await chromium.page.evaluate(
      "globalThis.element = document.querySelector('moon-sampler'); element.remove()",
    )
    await expect.poll(() => chromium.page.workers().length).toBe(0)
    const refused = await chromium.page.evaluate('element.sample().catch(({ message }) => message)')
    expect(refused).toMatch(/^the element is in no page/)
    const back = await chromium.page.evaluate<Told>(
      "(() => { const told = next(element); document.querySelector('main').append(element); return told })()",
    )
    await expectSamples(back, 20, 7)
  })

  it('paints every step, or with reduced motion the samples alone', async () => {
    const pictures = async (options: BrowserContextOptions) => {
      await open('bare/bare.html', chromium.sites.plain, options)
      await chromium.page.evaluate('globalThis.keepsPictures = true')
      await draw({ src: source, count: 200, seed: 7 })
      const told = await chromium.page.evaluate<{ type: string; picture: string; t: number }[]>(
        "document.querySelector('moon-sampler').told.map(({ type, picture, detail }) => ({ type, picture, t: detail.t }))",
      )
      await chromium.page.context().close()
      expect(told.flatMap(({ type, t }) => (type === 'step' ? [t] : []))).toEqual([
        10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
      ])
      // an event comes before its own picture is painted: at 'sample' the last one is
      return told.filter(({ type }) => type !== 'load').map(({ picture }) => picture)
    }
    const moving = await pictures({})
    expect(new Set(moving).size).toBe(12)
    const still = await pictures({ reducedMotion: 'reduce' })
    expect(new Set(still.slice(0, -1)).size).toBe(1)
    expect(still.at(-1)).toBe(moving.at(-1))
    await open('bare/bare.html')
  })

  it('has the size and the colours that CSS gives it, takes the next seed by keyboard, and axe finds nothing', async () => {
    await open('bare/bare.html', chromium.sites.plain, { deviceScaleFactor: 2, colorScheme: 'dark' })
    await draw({ src: source, count: 200, seed: 6 })
    const dark = await look()
    expect(dark.size).toEqual([480, 480])
    await chromium.page.emulateMedia({ colorScheme: 'light' })
    await chromium.page.addStyleTag({ content: 'moon-sampler { inline-size: 320px; block-size: 100px }' })
    await chromium.page.waitForFunction(
      "document.querySelector('moon-sampler').shadowRoot.querySelector('canvas').width === 640",
    )
    const light = await look()
    expect(light.size).toEqual([640, 200])
    expect(light.inked).toBeGreaterThan(200)
    expect(light.ink).not.toBe(dark.ink)
    expect(light.background).not.toBe(dark.background)
    const style = await chromium.page.addStyleTag({
      content:
        'moon-sampler { --moon-sampler-points: rgb(1, 2, 3); --moon-sampler-background: rgb(4, 5, 6) }',
    })
    expect(await look()).toMatchObject({ ink: 'rgb(1, 2, 3)', background: 'rgb(4, 5, 6)' })
    await style.evaluate((node) => (node as Element).remove())

    await chromium.page.keyboard.press('Tab')
    const told = afterwards('')
    await chromium.page.keyboard.press('Enter')
    await expectSamples(await told, 200, 7)
    expect((await look()).label).toMatch(
      /^200 samples of two-moons, x from left to right, y upwards, drawn by ddpm in 10 steps, seed 7\. Press Enter/,
    )
    await draw({ src: '../models/truncated.onnx' })
    await chromium.page.evaluate(axe.source)
    for (const colorScheme of ['light', 'dark'] as const) {
      await chromium.page.emulateMedia({ colorScheme })
      const violations = await chromium.page.evaluate<{ id: string }[]>(
        'axe.run().then(({ violations }) => violations)',
      )
      expect(violations).toEqual([])
    }
  })

  it('does not use more memory after 500 samplings', async () => {
    await open('bare/bare.html', chromium.sites.plain, { reducedMotion: 'reduce' })
    // one step: what could stay of a sampling is the same
    await draw({ src: source, count: 1000, 'num-steps': 1 })
    const cdp = await chromium.page.context().newCDPSession(chromium.page)
    const heap = async () => {
      await cdp.send('HeapProfiler.collectGarbage')
      const { usedSize, backingStorageSize } = await cdp.send('Runtime.getHeapUsage')
      return (usedSize + backingStorageSize) / 1e6
    }
    const repeat = (times: number) =>
      chromium.page.evaluate(`(async () => {
        const element = document.querySelector('moon-sampler')
        for (let i = 0; i < ${times}; i++) {
          await element.sample()
          element.told.length = 0
        }
      })()`)
    await repeat(50)
    const before = await heap()
    await repeat(450)
    // samples that stayed would be 7 MB
    expect((await heap()) - before).toBeLessThan(2)
  }, 120_000)
})
