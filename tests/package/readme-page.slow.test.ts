import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../helpers/needs.ts'
import { launchChromium, type Site, serveFolders } from '../web/helpers.ts'
import { linkPackage, pack, root } from './install.ts'

/** The lines that README has for a page. */
const lines = /```js\n(import [^`]*from 'moonstep\/web'[^`]*)```/.exec(
  readFileSync(join(root, 'README.md'), 'utf8'),
)![1]!

describeWith('chromium', 'the lines of README for a page, built by Vite', () => {
  let folder: string
  let browser: Browser
  let site: Site
  beforeAll(async () => {
    const packed = await pack()
    folder = packed.folder
    const project = join(folder, 'project')
    mkdirSync(project)
    linkPackage(project, packed.tarball)
    writeFileSync(
      join(project, 'index.html'),
      '<!doctype html><link rel="icon" href="data:,"><input type="file"><script type="module" src="main.js"></script>',
    )
    const short = lines.replace('train({ ', 'train({ steps: 20, ')
    expect(short).not.toBe(lines)
    writeFileSync(join(project, 'main.js'), short)
    await build({ configFile: false, root: project, logLevel: 'error' })
    site = await serveFolders({ '/': join(project, 'dist') })
    browser = await launchChromium()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    site?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('generate a thousand rows from the chosen file', async () => {
    const page = await browser.newPage()
    const faults: string[] = []
    page.on('pageerror', ({ message }) => faults.push(message))
    await page.goto(site.url)
    // so few steps are warned of, too
    const logged = page.waitForEvent('console', (message) => message.type() === 'log')
    await page.setInputFiles('input', join(root, 'models/penguins/train.csv'))
    const rows = (await (await logged).args()[0]!.jsonValue()) as Record<string, unknown>[]
    expect(faults).toEqual([])
    expect(rows).toHaveLength(1000)
    const names = readFileSync(join(root, 'models/penguins/train.csv'), 'utf8').split('\n')[0]!.split(',')
    expect(Object.keys(rows[0]!)).toEqual(names)
    const species = ['Adelie', 'Chinstrap', 'Gentoo']
    expect(rows.filter((row) => !species.includes(row.species as string))).toEqual([])
  }, 60_000)
})
