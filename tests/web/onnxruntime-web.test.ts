import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { reference, referenceModel } from '../helpers/models.ts'
import { describeWith } from '../helpers/needs.ts'
import { launchChromium } from './helpers.ts'

const dist = new URL('../../node_modules/onnxruntime-web/dist/', import.meta.url).pathname
const types: Record<string, string> = { '.mjs': 'text/javascript', '.wasm': 'application/wasm' }

/** onnxruntime-web's files, the two models and an empty page. */
function serve(files: Record<string, Uint8Array>): Server {
  return createServer((request, response) => {
    const name = request.url!.slice(1)
    const path = join(dist, name)
    if (name === '')
      response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><script type="module" src="run-model.mjs"></script>')
    else if (files[name])
      response.setHeader('content-type', types[extname(name)] ?? 'application/octet-stream').end(files[name])
    else if (existsSync(path))
      createReadStream(path).pipe(response.setHeader('content-type', types[extname(name)] ?? 'text/plain'))
    else response.writeHead(404).end()
  })
}

type Feeds = Record<string, { data: number[]; dims: number[] }>

/** Calls run-model.mjs in the page. */
function runInPage(
  page: Page,
  provider: string,
  model: string,
  feeds: Feeds,
  output: string,
): Promise<number[]> {
  return page.evaluate(`runModel(${JSON.stringify({ provider, model, feeds, output })})`)
}

describeWith('chromium', 'in Chromium', () => {
  let server: Server
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    server = serve({
      'run-model.mjs': readFileSync(new URL('run-model.mjs', import.meta.url)),
      'model.onnx': await exportNoisePredictor(referenceModel),
      'sampler.onnx': await exportSampler(referenceModel, { trajectory: true }),
    }).listen(0, '127.0.0.1')
    browser = await launchChromium()
    page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  const { x_t, t, epsilon } = reference.forward
  const call = { x_t: { data: x_t.flat(), dims: [t.length, 2] }, t: { data: t, dims: [t.length, 1] } }
  const { x_T, noise, trajectory } = reference.ddpm
  const rows = Array.from({ length: 10 }, (_, j) => noise[10 - j]!.flat()).flat()
  const process = { x_T: { data: x_T.flat(), dims: [16, 2] }, noise: { data: rows, dims: [10, 16, 2] } }

  it.each(['wasm', 'webgpu'])('%s runs model.onnx whole, to 1e-5 of the golden outputs', async (provider) => {
    const output = await runInPage(page, provider, 'model.onnx', call, 'epsilon')
    expect(maxAbsDifference(output, epsilon.flat())).toBeLessThanOrEqual(1e-5)
  })

  it.each(['wasm', 'webgpu'])(
    '%s runs sampler.onnx whole, every step to 1e-4 of the golden trajectory',
    async (provider) => {
      const output = await runInPage(page, provider, 'sampler.onnx', process, 'trajectory')
      expect(maxAbsDifference(output, trajectory.flat(2))).toBeLessThanOrEqual(1e-4)
    },
  )
})
