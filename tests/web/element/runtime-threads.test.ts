import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../../helpers/needs.ts'
import { launchChromium, root, type Site, serveFolders } from '../helpers.ts'
import { pages } from './site.ts'

interface Told {
  readonly message: string
  readonly info: { readonly threads: number }
}

/** Has the page note the workers that it starts; with `broken`, a thread's script is none. */
const noteWorkers = (broken: boolean) => `
  globalThis.started = []
  globalThis.Worker = class extends Worker {
    constructor(url, options) {
      const isThread = options.name === 'em-pthread'
      super(isThread && ${broken} ? '/none.mjs' : url, options)
      started.push(isThread ? 'thread' : 'worker')
    }
  }`

// in Firefox a worker that starts a worker may wait for ever
describeWith('chromium', "the threads of an isolated page's runtime", () => {
  let site: Site
  let browser: Browser
  beforeAll(async () => {
    const folders = {
      '/moonstep/onnxruntime-web/': join(root, 'node_modules/onnxruntime-web/dist'),
      '/moonstep/': join(root, 'dist/element'),
      '/models/': join(root, 'models/two-moons-seed'),
      '/': pages,
    }
    site = await serveFolders(folders, { isolated: true })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    site?.close()
  })

  const open = async (broken: boolean): Promise<Page> => {
    const page = await browser.newPage()
    await page.addInitScript({ path: join(root, 'tests/web/element/watch.mjs') })
    await page.addInitScript(noteWorkers(broken))
    await page.goto(`${site.url}bare.html`)
    return page
  }
  const draw = async (page: Page, provider = 'wasm') => {
    const element = { src: '/models/model.onnx', count: 300, provider }
    return (await page.evaluate<Told[]>(`draw(${JSON.stringify(element)})`))[0]!
  }
  // Chromium gives a thread that waits two seconds to end by itself
  const expectNoWorkers = (page: Page) => expect.poll(() => page.workers()).toEqual([])

  it.each(['wasm', 'webgpu'])('are started by the page, and end with the element: %s', async (provider) => {
    const page = await open(false)
    const { info } = await draw(page, provider)
    expect(info.threads).toBeGreaterThanOrEqual(2)
    expect(await page.evaluate('started')).toEqual(['worker', ...Array(info.threads - 1).fill('thread')])
    expect(page.workers()).toHaveLength(info.threads)
    await page.evaluate("document.querySelector('moon-sampler').remove()")
    await expectNoWorkers(page)
    await page.close()
  })

  it('are reported if they do not start', async () => {
    const page = await open(true)
    const { message } = await draw(page)
    expect(message).toBe('the sampling worker does not start: serve the files beside its script')
    await expectNoWorkers(page)
    await page.close()
  })
})
