import { readFile } from 'node:fs/promises'
import { launchChromium } from '../../src/chromium/browser.ts'
import type { Measure } from './worker.ts'

/** Shared memory, which WASM's threads need. */
const isolating = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

/** The one package that the client takes as it is: a page's bundler would find it. */
const bare = 'fastest-levenshtein'
const importMap = JSON.stringify({ imports: { [bare]: `/${bare}.js` } })

/**
 * Seconds of a page's `sample` on WASM in Chromium, in the worker that `<moon-sampler>` has too: noise and the
 * samples' way to the page included, loading apart. Chromium ends with this process.
 */
export async function samplingInPage(
  { model, count }: { model: string; count: number },
  threads: number,
): Promise<Measure> {
  // not for the other tasks: it would double the heap that they run with
  const { preview } = await import('vite')
  const server = await preview({
    configFile: false,
    root: 'dist',
    logLevel: 'error',
    build: { outDir: '.' },
    preview: { port: 0, host: '127.0.0.1', headers: isolating },
  })
  const page = await (await launchChromium()).newPage()
  const url = server.resolvedUrls!.local[0]!
  await page.route(url, (route) =>
    route.fulfill({
      contentType: 'text/html',
      headers: isolating,
      body: `<!doctype html><title>bench</title><script type="importmap">${importMap}</script>`,
    }),
  )
  await page.route(`${url}${bare}.js`, (route) => route.fulfill({ path: `node_modules/${bare}/esm/mod.js` }))
  await page.goto(url)
  const bytes = (await readFile(model)).toString('base64')
  const provider = await page.evaluate(`(async () => {
    const { createSamplingClient } = await import('/page/client.js')
    const bytes = Uint8Array.from(atob('${bytes}'), (char) => char.charCodeAt(0))
    globalThis.client = createSamplingClient()
    const { info } = await client.load(bytes, { provider: 'wasm', threads: ${threads} })
    return info.provider + ' ' + info.threads
  })()`)
  if (provider !== `wasm ${threads}`) throw new Error(`the page samples on ${provider}`)
  let seed = 0
  const measure = () =>
    page.evaluate<number>(`(async () => {
      const start = performance.now()
      await client.sample({ count: ${count}, seed: ${seed++} })
      return (performance.now() - start) / 1000
    })()`)
  await measure()
  return measure
}
