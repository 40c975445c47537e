import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../../helpers/needs.ts'
import { launchChromium, root, type Site, serveFolders } from '../helpers.ts'
import { type Drawn, draw } from './draw.ts'

describeWith('chromium', 'noise in Chromium', () => {
  const out = mkdtempSync(join(tmpdir(), 'moonstep-noise-'))
  let site: Site
  let browser: Browser

  beforeAll(async () => {
    await build({
      configFile: false,
      root: join(root, 'tests/web/noise'),
      logLevel: 'error',
      worker: { format: 'es' },
      build: { outDir: out, emptyOutDir: true, target: 'es2022' },
    })
    site = await serveFolders({ '/': out })
    browser = await launchChromium({ webgpu: false })
  })

  afterAll(async () => {
    await browser?.close()
    site?.close()
    rmSync(out, { recursive: true, force: true })
  })

  it.each([
    ['is computed on WASM', true, "script-src 'self' 'wasm-unsafe-eval'"],
    ['is computed in plain TypeScript where the page forbids WASM', false, "script-src 'self'"],
  ])('%s, with the bits of Node', async (_, hasWasm, policy) => {
    const context = await browser.newContext({ bypassCSP: false })
    await context.route('**/*', async (route) => {
      const response = await route.fetch()
      await route.fulfill({
        response,
        headers: { ...response.headers(), 'content-security-policy': policy },
      })
    })
    const page = await context.newPage()
    await page.goto(site.url)
    const expected = draw()
    expect(expected.hasWasm).toBe(true)
    for (const where of ['inPage', 'inWorker']) {
      const drawn = await page.evaluate<Drawn>(`${where}()`)
      expect(drawn.hasWasm).toBe(hasWasm)
      expect(drawn.bits).toEqual(expected.bits)
    }
    await context.close()
  })
})
