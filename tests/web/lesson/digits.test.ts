import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { openNetwork } from '../../../src/node/network.ts'
import { describeWith } from '../../helpers/needs.ts'
import { lessonInChromium } from './readers.ts'

const megabytes = (bytes: number) => (bytes / 1e6).toPrecision(2)
const runtime = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'))
const zipped = (name: string) => gzipSync(readFileSync(join(runtime, name)), { level: 9 }).length

describeWith('chromium', 'the section with digits', () => {
  const lesson = lessonInChromium()

  it('says what it costs, loads nothing before it is opened, and then draws what Node draws', async () => {
    const reader = await lesson.open('?count=100')
    await reader.until('computed-by', /WASM/)
    const cost = await reader.text('digits-closed')
    expect(cost).toContain(`${megabytes(statSync('models/digits/unet/model.onnx').size)} MB of network`)
    expect(cost).toContain(`WASM, ${megabytes(zipped('ort-wasm-simd-threaded.wasm'))} MB in gzip`)
    expect(cost).toContain(`of its own, of ${megabytes(zipped('ort-wasm-simd-threaded.asyncify.wasm'))} MB`)
    const requests: string[] = []
    reader.page.on('request', (request) => requests.push(request.url()))
    await reader.page.locator('#digits').scrollIntoViewIfNeeded()
    expect(requests.filter((url) => /digits|scheduler_config/.test(url))).toEqual([])

    await reader.page.click('#digits-start')
    await reader.until('digits-status', /^Drawn in .* by WASM/)
    expect(await reader.text('digits-step-value')).toBe('step 20 of 20')
    // only its own file of settings, and of networks the one that no run has
    expect(requests.some((url) => url.includes('scheduler_config'))).toBe(true)

    await reader.page.selectOption('#digits-label', '5')
    await reader.page.selectOption('#digits-scheduler', 'UniPCMultistepScheduler')
    await reader.until('digits-status', /^Drawn in/)
    await using network = await openNetwork('models/digits')
    const { data } = await network.sample({
      count: 16,
      numSteps: 20,
      given: { class_labels: 5 },
      without: { class_labels: 10 },
      guidance: 1.5,
      scheduler: { ...network.scheduler, _class_name: 'UniPCMultistepScheduler' },
    })
    const pixels = await reader.page.evaluate<number[]>(
      `[...document.getElementById('digits-figure').getContext('2d').getImageData(0, 0, 8, 8).data].filter((_, i) => i % 4 === 0)`,
    )
    const expected = [...data.subarray(0, 64)].map((value) => Math.min(255, Math.max(0, 127.5 * (value + 1))))
    const worst = Math.max(...expected.map((value, i) => Math.abs(value - pixels[i]!)))
    expect(worst).toBeLessThanOrEqual(1)

    // on its way the picture is another one
    const [end, start] = [await reader.pixels('digits-figure'), await reader.set('digits-step', 0)]
    expect(start).toBeUndefined()
    expect(await reader.pixels('digits-figure')).not.toBe(end)
    expect(reader.faults).toEqual([])
  })
})
