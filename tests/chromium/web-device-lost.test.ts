import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { expect, it } from 'vitest'
import { describeWith } from '../helpers/needs.ts'
import { launchChromium, root, serveFolders } from '../web/helpers.ts'

describeWith('chromium', 'moonstep/web on a GPU that is lost', () => {
  it('a model fails in one line, during a call and after it, and can be disposed of', async () => {
    if (!existsSync(join(root, 'dist/browser/index.js')))
      throw new Error('dist/browser/index.js is missing: npm run build')
    const outDir = mkdtempSync(join(tmpdir(), 'moonstep-page-'))
    const folder = join(root, 'tests/chromium/page')
    const quiet = { emptyOutDir: true, minify: false, target: 'esnext' } as const
    await build({ configFile: false, root: folder, logLevel: 'error', build: { outDir, ...quiet } })
    const site = await serveFolders({ '/models/': join(root, 'models/two-moons-seed'), '/': outDir })
    const browser = await launchChromium()
    try {
      const page = await browser.newPage()
      await page.goto(site.url)
      const [during, after] = await page.evaluate<string[]>('lose()')
      expect(during).toMatch(/^the GPU was lost \([^\n]+\): load the model again$/)
      expect(after).toBe(during)
    } finally {
      await browser.close()
      site.close()
      rmSync(outDir, { recursive: true, force: true })
    }
  }, 120_000)
})
