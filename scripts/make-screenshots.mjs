/** Takes the lesson page's pictures for docs/images/ from the built page: `npm run web:screenshots`. */
import { chromium } from 'playwright-core'
import { preview } from 'vite'

const server = await preview({ configFile: 'web/vite.config.ts', preview: { port: 0, host: '127.0.0.1' } })
const { port } = server.httpServer.address()
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox'],
})

/** Takes a picture of the page as a given reader sees it, from the top of an element, after `first` is done. */
async function take(name, query, from, { width, height, colorScheme, first = async () => {} }) {
  const options = {
    viewport: { width, height },
    colorScheme,
    deviceScaleFactor: 1.5,
    reducedMotion: 'reduce',
  }
  const page = await (await browser.newContext(options)).newPage()
  await page.goto(`http://127.0.0.1:${port}/${query}`)
  const says = (id, pattern) =>
    page.waitForFunction(`${pattern}.test(document.getElementById('${id}').textContent)`)
  await says('computed-by', /^WASM/)
  await says('distance', /\d/)
  await says('null-distance', /\d/)
  await says('field-path', /steps/)
  await says('loss-caption', /at the end/)
  await page.locator('#student').scrollIntoViewIfNeeded()
  await says('student-mean', /\d/)
  await first(page, says)
  await page.evaluate(
    `scrollTo(0, scrollY + document.querySelector('${from}').getBoundingClientRect().top - 24)`,
  )
  await page.waitForTimeout(500)
  await page.screenshot({ path: `docs/images/${name}.png` })
  await page.close()
}

const desk = { width: 960, height: 640 }
await take('lesson-light', '?model=two-moons&count=3000&step=8', '#reverse-figure', {
  ...desk,
  colorScheme: 'light',
})
await take('lesson-dark', '?field=4&sampler=ddim&start=1.2,-1.4', '#field-title', {
  ...desk,
  height: 980,
  colorScheme: 'dark',
})
await take('lesson-student', '', '#student-figures', { ...desk, height: 860, colorScheme: 'light' })
await take('lesson-training', '', '#trainer', {
  ...desk,
  height: 600,
  colorScheme: 'light',
  async first(page, says) {
    await page.click('#train-go')
    await says('train-status', /^All sections/)
  },
})
await take('lesson-phone', '', 'header', { width: 390, height: 844, colorScheme: 'light' })
await browser.close()
await server.close()
