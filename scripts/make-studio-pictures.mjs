/** Takes the studio's pictures for docs/images/ from the built page: part of `npm run web:screenshots`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import gifenc from 'gifenc'
import { chromium } from 'playwright-core'
import { preview } from 'vite'

const server = await preview({
  configFile: 'web/studio/vite.config.ts',
  preview: { port: 0, host: '127.0.0.1' },
})
const [url] = server.resolvedUrls.local
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox'],
})
const titanic = {
  name: 'titanic.csv',
  mimeType: 'text/csv',
  buffer: gunzipSync(readFileSync('bench/data/titanic.csv.gz')),
}
const patience = { timeout: 120_000 }

async function open({ width, height, ...options }) {
  const context = await browser.newContext({
    viewport: { width, height },
    reducedMotion: 'reduce',
    ...options,
  })
  const page = await context.newPage()
  await page.goto(url)
  await page.getByText('It works without a network').waitFor(patience)
  await page.getByLabel('Table').setInputFiles(titanic)
  await page.getByRole('button', { name: 'Next: train' }).waitFor(patience)
  return page
}

const scrollTo = (page, selector) =>
  page.evaluate(
    `scrollTo(0, scrollY + document.querySelector('${selector}').getBoundingClientRect().top - 20)`,
  )

/** The pixels of a PNG, decoded by a browser. */
async function pixelsOf(page, png) {
  const base64 = await page.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob('${png.toString('base64')}'), (c) => c.charCodeAt(0))
    const image = await createImageBitmap(new Blob([bytes]))
    const canvas = new OffscreenCanvas(image.width, image.height)
    const context = canvas.getContext('2d')
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, image.width, image.height)
    let text = ''
    for (let k = 0; k < data.length; k += 32768) text += String.fromCharCode(...data.subarray(k, k + 32768))
    return btoa(text)
  })()`)
  return Buffer.from(base64, 'base64')
}

/** Trains, and goes on to the rows. */
async function train(page) {
  await page.getByRole('button', { name: 'Next: train' }).click()
  await page.getByRole('button', { name: 'Start training' }).click()
  await page.getByRole('button', { name: 'Next: rows' }).click({ timeout: 300_000 })
}

async function generate(page) {
  await page.getByRole('button', { name: 'Generate rows' }).click()
  await page.getByText('generated in').waitFor(patience)
}

/** The steps one after the other; few pictures of the training, so that the file stays small, and large letters. */
async function moving() {
  const [width, height] = [900, 620]
  const page = await open({ width, height, colorScheme: 'light' })
  const frames = [[await page.screenshot(), 2500]]
  await page.getByRole('button', { name: 'Next: train' }).click()
  await page.getByRole('button', { name: 'Start training' }).click()
  await page.getByText(/^step [1-9]/).waitFor(patience)
  const next = page.getByRole('button', { name: 'Next: rows' })
  const step = async () =>
    Number((await page.locator('.run .actions .quiet').textContent()).match(/[\d,]+/)[0].replace(',', ''))
  let last = 0
  while (!(await next.isVisible())) {
    const at = await step().catch(() => last)
    if (at >= last + 90) {
      frames.push([await page.screenshot(), 500])
      last = at
    }
    await page.waitForTimeout(50)
  }
  frames.push([await page.screenshot(), 2500])
  await next.click()
  await generate(page)
  frames.push([await page.screenshot(), 2500])
  await page.getByRole('button', { name: 'Next: report' }).click()
  await page.getByRole('heading', { name: 'Each column' }).waitFor()
  await scrollTo(page, '.pairs + h3')
  await page.waitForTimeout(1000)
  frames.push([await page.screenshot(), 3500])
  const decoder = await browser.newPage()
  const { GIFEncoder, quantize, applyPalette } = gifenc
  const gif = GIFEncoder()
  for (const [png, delay] of frames) {
    const pixels = await pixelsOf(decoder, png)
    const palette = quantize(pixels, 96)
    gif.writeFrame(applyPalette(pixels, palette), width, height, { palette, delay })
  }
  gif.finish()
  writeFileSync('docs/images/studio.gif', gif.bytes())
}

/** Samples with a condition, in dark mode or on a phone. */
async function still(name, show, options) {
  const page = await open(options)
  await train(page)
  await page.getByLabel('Fix a column').selectOption('sex')
  await page.getByLabel('sex', { exact: true }).selectOption('female')
  await generate(page)
  await show(page)
  await page.waitForTimeout(1000)
  await page.screenshot({ path: `docs/images/${name}.png` })
}

await moving()
await still('studio-dark', async () => {}, { width: 1000, height: 1000, colorScheme: 'dark' })
const columns = async (page) => {
  await page.getByRole('button', { name: 'Next: report' }).click()
  await page.getByRole('heading', { name: 'Each column' }).waitFor()
  await scrollTo(page, '.pairs + h3')
}
await still('studio-phone', columns, {
  width: 390,
  height: 844,
  colorScheme: 'light',
  deviceScaleFactor: 1.5,
})
await browser.close()
await server.close()
