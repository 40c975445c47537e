import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { maxAbsDifference } from '../../../src/numerics/points.ts'
import { parseCsv } from '../../../src/table/formats/csv.ts'
import { pointsOf } from '../../../src/table/table.ts'
import { moonstep } from '../../helpers/cli.ts'
import { describeWith } from '../../helpers/needs.ts'
import { launchChromium } from '../helpers.ts'
import { openLesson, type Reader } from './driver.ts'

import { expectSamples, lessonInChromium, seedModel } from './readers.ts'

const modelBytes = readFileSync(join(seedModel, 'model.onnx'))

describeWith('chromium', 'what computes in the lesson', () => {
  const lesson = lessonInChromium()

  it('gives the samples of moonstep sample in plain TypeScript and on WASM', async () => {
    const reader = await lesson.open('?count=300&seed=7&backend=typescript')
    const expectAs = async (by: RegExp, model: string, ...options: string[]) => {
      await reader.until('computed-by', by)
      const { status, stdout } = await moonstep`sample models/${model}/model.onnx -n 300 --seed 7 ${options}`
      expect(status).toBe(0)
      const { data } = pointsOf(parseCsv(stdout, 'stdout'))
      const difference = async () => maxAbsDifference(await reader.csv(), data)
      await expect.poll(difference).toBeLessThanOrEqual(1e-4)
    }
    await reader.until('reverse-value', /t = 0$/)
    await expectAs(/^plain TypeScript/, 'two-moons-seed')
    await reader.page.selectOption('#model', 'two-moons')
    await reader.page.selectOption('#sampler', 'ddim')
    await reader.set('steps', 6)
    await reader.page.selectOption('#backend', 'wasm')
    await reader.until('reverse-value', /of 6, t = 0$/)
    await expectAs(/^WASM/, 'two-moons', '--sampler', 'ddim', '--num-steps', '6')
  })

  it('shows a message if one of its files is missing on the server', async () => {
    const missing = (pattern: string) => (page: Page) =>
      page.route(pattern, (route) => route.fulfill({ status: 404, body: '' }))
    const openWithout = (pattern: string, query = '?model=two-moons') =>
      lesson.open(query, lesson.site, {}, missing(pattern))
    const expect404 = ({ faults }: Reader) =>
      expect(faults.splice(0).every((fault) => fault.includes('404'))).toBe(true)
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
    expect404(reader)

    // without its model.onnx a run still has its weights
    const plain = await openWithout('**/*.onnx', '?model=two-moons-seed&count=100')
    await plain.until('problem', /^cannot fetch .*\.onnx: the server answered 404/)
    expect(await plain.text('computed-by')).toBe('plain TypeScript')
    await expectSamples(plain, seedModel, 100, 0)
    expect404(plain)

    const unread = await openWithout('**/reader-file-*', '?model=two-moons&count=100&backend=typescript')
    await unread.until('reverse-value', /t = 0$/)
    await unread.drop({ 'mine.onnx': modelBytes })
    await unread.until(
      'problem',
      /^the part of this page that reads ONNX files does not load .* give mine\.onnx again$/,
    )
    await unread.page.unroute('**/reader-file-*')
    await unread.drop({ 'mine.onnx': modelBytes })
    await unread.until('own-status', /^Shown: mine\.onnx\.$/)
    expect404(unread)
  })

  it('holds WASM with threads and WebGPU against plain TypeScript, in a folder, isolated', async () => {
    const reader = await lesson.open('?count=60&seed=9', lesson.isolated)
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
    const cdp = await lesson.browser.newBrowserCDPSession()
    // Chromium's answer is that its GPU process is gone
    await cdp.send('Browser.crashGpuProcess').catch(() => {})
    await reader.until('problem', /^WASM goes on: the GPU was lost/)
    await reader.until('computed-by', /^WASM/)
    expect(await reader.page.inputValue('#backend')).toBe('wasm')
    await reader.page.click('#next-seed')
    await expectSamples(reader, seedModel, 60, 10)
  })

  it('goes on with WASM, and says so, where WebGPU does not start', async () => {
    const plain = await launchChromium({ webgpu: false })
    try {
      const reader = await openLesson(
        plain,
        `${lesson.site.url}?model=two-moons-seed&count=60&backend=webgpu`,
        {
          reducedMotion: 'reduce',
        },
      )
      await reader.until('problem', /^provider webgpu can't run the model in this page: /)
      await reader.until('computed-by', /^WASM/)
      expect(await reader.page.inputValue('#backend')).toBe('wasm')
      await expectSamples(reader, seedModel, 60, 0)
      expect(reader.faults).toEqual([])
    } finally {
      await plain.close()
    }
  })
})
