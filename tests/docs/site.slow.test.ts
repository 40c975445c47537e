import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../helpers/cli.ts'
import { builtPages } from '../helpers/fixtures.ts'
import { describeWith } from '../helpers/needs.ts'
import { type BuiltSite, serveBuilt } from '../web/built-page.ts'
import { launchChromium } from '../web/helpers.ts'
import { base, faultsOf, htmlFiles, lettersOfMarkdown, lettersOfPage } from './site.ts'

const site = mkdtempSync(join(tmpdir(), 'moonstep-site-'))

const markdownIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /^[^[]*\.md$/.test(file),
  )

/** Where the site has each page of the project. */
const places: readonly (readonly [page: string, file: string])[] = [
  ...markdownIn('docs').map((name) => {
    const file = name === 'README.md' ? 'documentation.md' : name.replace(/README\.md$/, 'index.md')
    return [`docs/${name}`, file.replace(/\.md$/, '.html')] as const
  }),
  ['README.md', 'overview.html'],
  ['examples/README.md', 'examples/index.html'],
  ...['CHANGELOG', 'CONTRIBUTING', 'SECURITY', 'CODE_OF_CONDUCT'].map(
    (name) => [`${name}.md`, `${name.toLowerCase()}.html`] as const,
  ),
]

beforeAll(async () => {
  // the rest of npm run docs:site
  await builtPages()
  const args = ['vitepress', 'build', 'docs', '--base', base, '--outDir', site]
  // Vite would build for tests as vitest says in it, with the paths of files
  const env = { ...process.env, NODE_ENV: undefined }
  const { status, stdout, stderr } = spawnSync('npx', args, { cwd: root, encoding: 'utf8', env })
  if (status !== 0) throw new Error(`${stdout}\n${stderr}`)
}, 300_000)

afterAll(() => rmSync(site, { recursive: true }))

describe('npm run docs:site', () => {
  it('builds every page with the text that a Git host shows, letter by letter', () => {
    expect(places.length).toBeGreaterThan(60)
    // the first page is of VitePress's making
    const written = places.filter(([page]) => page !== 'docs/index.md')
    const others = written.filter(
      ([page, file]) =>
        lettersOfPage(site, file) !== lettersOfMarkdown(readFileSync(join(root, page), 'utf8')),
    )
    expect(others).toEqual([])
  })

  it('shows the commands of README.md on its first page', () => {
    const shown = lettersOfPage(site, 'index.html')
    for (const block of [
      'npm install moonstep',
      "import { exportModel, loadModel, sample, toRows, train } from 'moonstep'",
      'These rows are of no bird',
      'What it is for',
      'Gaussian copula',
      'promises no differential privacy',
      'MIT licence',
    ])
      expect(shown).toContain(block.replaceAll(' ', ''))
  })

  it('has no broken link, and requests nothing from another server', () => {
    const files = htmlFiles(site)
    expect(files).toEqual(
      expect.arrayContaining(['index.html', 'lesson/index.html', 'lesson/studio/index.html']),
    )
    expect(files.flatMap((file) => faultsOf(site, file))).toEqual([])
  })

  it('would report a broken link', () => {
    const folder = mkdtempSync(join(tmpdir(), 'moonstep-site-'))
    const good = ['a.html', `${base}a.html#here`, '#here', 'https://example.org/']
    const bad = ['b.html', '/a.html', '#there', './c/', '../a.html']
    const led = [...good, ...bad].map((link) => `<a href="${link}" id="here">there</a>`).join('')
    const fetched = '<img src="data:,"><img src="d.png"><script src="https://example.org/e.js"></script>'
    writeFileSync(join(folder, 'a.html'), `<html><body>${led}${fetched}</body></html>`)
    const faults = faultsOf(folder, 'a.html').map((fault) => fault.split(': ')[1])
    expect(faults).toEqual([...bad, 'd.png', 'https://example.org/e.js'])
    rmSync(folder, { recursive: true })
  })

  it('lists every page beside the text', () => {
    const sidebar = readFileSync(join(site, 'documentation.html'), 'utf8')
    const isListed = ([, file]: readonly [string, string]) =>
      sidebar.includes(`href="${base}${file.replace(/index\.html$/, '')}"`)
    expect(places.filter((place) => !isListed(place))).toEqual([])
  })

  it('builds a search index', async () => {
    const chunks = join(site, 'assets/chunks')
    const [name] = readdirSync(chunks).filter((file) => file.startsWith('@localSearchIndex'))
    const { default: json } = await import(pathToFileURL(join(chunks, name!)).href)
    const { index, documentIds } = JSON.parse(json)
    expect(index.some(([word]: [string]) => word === 'impute')).toBe(true)
    expect(Object.values(documentIds)).toContain(`${base}reference/cli.html#moonstep-impute`)
  })

  it('contains no path of the machine that built it', () => {
    const texts = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.(html|js|css|json)$/.test(file),
    )
    expect(texts.filter((file) => readFileSync(join(site, file), 'utf8').includes(root))).toEqual([])
  })
})

describeWith('chromium', 'the site in Chromium', () => {
  let server: BuiltSite
  let browser: Browser
  let page: Page
  const faults: string[] = []

  beforeAll(async () => {
    server = await serveBuilt(site, { folder: base })
    browser = await launchChromium({ webgpu: false })
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('request', (request) => {
      const isOurs = request.url().startsWith(server.url) || /^(data|blob):/.test(request.url())
      if (!isOurs) faults.push(request.url())
    })
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  it('finds a word and opens its page', async () => {
    await page.goto(server.url)
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('searchbox').fill('impute')
    await page.getByRole('option', { name: 'moonstep impute' }).click()
    await page.waitForURL('**/reference/cli.html#moonstep-impute')
    await page.getByRole('heading', { name: 'moonstep impute' }).waitFor()
    expect(faults).toEqual([])
  })

  it.each([
    ['table', /tutorial|how-to|studio/],
    ['Excel', /tutorial|how-to|studio|files/],
    ['GDPR', /report|how-to|studio/],
  ])('finds what helps with %s before the reference', async (word, first) => {
    await page.goto(server.url)
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('searchbox').fill(word)
    const found = page
      .getByRole('option')
      .first()
      .getByRole('link')
      .or(page.locator('[role=option] a, a[role=option]').first())
    await found.first().waitFor()
    expect(await found.first().getAttribute('href')).toMatch(first)
  })

  it('links to the lesson and the studio, which both run on the site', async () => {
    await page.goto(server.url)
    await page.getByRole('link', { name: 'Open the lesson' }).click()
    await page.waitForURL('**/moonstep/lesson/')
    await page.getByRole('heading', { name: 'Diffusion, step by step' }).waitFor()
    await page.getByRole('button', { name: 'Pause' }).first().waitFor()
    await page.goto(`${server.url}documentation.html`)
    await page.getByRole('link', { name: 'Studio', exact: true }).click()
    await page.waitForURL('**/moonstep/lesson/studio/')
    await page.getByRole('button', { name: 'Penguins' }).click()
    await page.getByRole('button', { name: 'Next: train' }).waitFor()
    await page.getByRole('link', { name: 'How such a model works' }).click()
    await page.waitForURL('**/moonstep/lesson/')
    await page
      .getByRole('navigation', { name: 'Moonstep' })
      .getByRole('link', { name: 'Documentation' })
      .click()
    await page.waitForURL('**/moonstep/documentation.html')
    expect(faults).toEqual([])
  })

  it('has no page wider than a phone', async () => {
    const viewport = { width: 390, height: 844 }
    // scripts change no width, as the first page shows, and take most of the time
    const still = await browser.newPage({ viewport, javaScriptEnabled: false })
    await page.setViewportSize(viewport)
    const widthsOf = async (one: Page, file: string) => {
      await one.goto(`${server.url}${file}`)
      return one.evaluate<number[]>(
        '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
      )
    }
    for (const [, file] of places) {
      const [all, seen] = await widthsOf(still, file)
      expect([file, all]).toEqual([file, seen])
    }
    expect(await widthsOf(page, places[0]![1])).toEqual([viewport.width, viewport.width])
    expect(faults).toEqual([])
  })
})
