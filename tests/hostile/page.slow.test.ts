import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, it } from 'vitest'
import { describeWith } from '../helpers/needs.ts'
import { launchChromium, root, type Site, serveFolders } from '../web/helpers.ts'
import { expectAnswer, inputsOf } from './run.ts'

/** So few are enough to see that Chromium's own strings, files and expressions are no others. */
const chosen = [
  'digits-and-a-letter',
  'spaces-between-cells',
  'number-of-310-digits-in-json',
  'deeply-nested-json',
  'first-cell-of-quotes',
  'gzip-cut-short',
  'npy-of-a-huge-shape',
  'parquet-with-a-long-footer',
  'million-columns',
]

describeWith('chromium', 'hostile files in Chromium', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'moonstep-hostile-page-'))
  const inputs = (await inputsOf('table')).filter(([name]) => chosen.includes(name))
  let site: Site
  let browser: Awaited<ReturnType<typeof launchChromium>>

  beforeAll(async () => {
    await build({
      configFile: false,
      logLevel: 'error',
      build: {
        outDir: join(folder, 'built'),
        lib: { entry: join(root, 'src/browser/read-table.ts'), formats: ['es'], fileName: 'read-table' },
      },
    })
    writeFileSync(join(folder, 'built/index.html'), '<!doctype html>')
    site = await serveFolders({ '/': join(folder, 'built') })
    browser = await launchChromium({ webgpu: false })
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    site?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each(inputs)('%s', async (name, { file, content, is, inPage }) => {
    writeFileSync(join(folder, 'built', name), content())
    const page = await browser.newPage()
    await page.goto(site.url)
    const refused = await page.evaluate<string | undefined>(`(async () => {
      const { readTable } = await import('/read-table.js')
      const bytes = await (await fetch(${JSON.stringify(`/${name}`)})).arrayBuffer()
      try {
        await readTable(new File([bytes], ${JSON.stringify(file)}))
      } catch (error) {
        return error.name === 'InputError' ? error.message : String(error)
      }
    })()`)
    await page.close()
    expectAnswer({ refused }, inPage ?? is)
  })
})
