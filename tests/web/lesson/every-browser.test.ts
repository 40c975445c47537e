import { afterAll, beforeAll, expect, it } from 'vitest'
import { builtPages } from '../../helpers/fixtures.ts'
import { describeWith } from '../../helpers/needs.ts'
import { browsers } from '../browsers.ts'
import { type BuiltSite, serveBuilt } from '../built-page.ts'
import type { DrivenPage } from '../element/driven-page.ts'
import { until } from '../studio/driven.ts'

for (const { need, start } of browsers)
  describeWith(need, `the lesson in ${need}`, () => {
    let site: BuiltSite
    let page: DrivenPage
    /** The text that is seen, without spaces. */
    const seen = (id: string) =>
      page.evaluate<string>(`document.getElementById('${id}').innerText.replace(/\\s+/g, '')`)
    const choose = async (model: string) => {
      await page.evaluate(`(() => {
        const menu = document.getElementById('model')
        menu.value = '${model}'
        menu.dispatchEvent(new Event('change', { bubbles: true }))
        return 'chosen'
      })()`)
    }
    beforeAll(async () => {
      site = await serveBuilt((await builtPages()).lesson, { isolated: true })
      page = await start()
      await page.open(site.url)
      await until(page, `document.getElementById('field-path').textContent.includes('The path goes')`)
    })
    afterAll(async () => {
      await page?.close()
      site?.close()
    })

    it('says what the network of the chosen model guesses', async () => {
      for (const [model, label, guesses] of [
        ['two-moons', 'two moons', /askforthemixture.*fromwhichεfollows/],
        ['two-moons-seed', "two moons, the post's recipe", /askforε\./],
        ['two-moons-student', 'two moons student', /askforthecleanpoint/],
      ] as const) {
        await choose(model)
        // the menu is ahead of what is shown, which changes once the model has loaded
        await until(page, `document.getElementById('own-status').textContent === "Shown: ${label}."`)
        expect(await seen('training')).toMatch(guesses)
      }
    })

    it('says which noise a point has and which one is guessed, and draws many paths', async () => {
      await choose('two-moons-seed')
      await page.evaluate(`(() => {
        const canvas = document.getElementById('forward-figure')
        const { left, top, width } = canvas.getBoundingClientRect()
        const place = { clientX: left + width / 2, clientY: top + width / 3, bubbles: true }
        globalThis.moving = setInterval(() => canvas.dispatchEvent(new PointerEvent('pointermove', place)), 200)
        return 'moves'
      })()`)
      await until(page, `document.getElementById('forward-guess').textContent !== ''`)
      const text = await page.evaluate<string>(`document.getElementById('forward-guess').textContent`)
      expect(text).toMatch(/^This point has the noise \(−?\d\.\d\d, −?\d\.\d\d\); the network guesses \(/)
      // what was asked before another model was chosen is answered of neither
      const late = await page.evaluate<string>(`(async () => {
        clearInterval(moving)
        document.getElementById('forward-figure').dispatchEvent(new PointerEvent('pointermove', { bubbles: true }))
        const menu = document.getElementById('model')
        menu.value = 'two-moons'
        menu.dispatchEvent(new Event('change', { bubbles: true }))
        const shown = document.getElementById('own-status')
        while (shown.textContent !== 'Shown: two moons.') await new Promise((later) => setTimeout(later, 50))
        await new Promise((later) => setTimeout(later, 1000))
        return document.getElementById('forward-guess').textContent
      })()`)
      expect(late).toBe('')

      const pixels = `document.getElementById('field-figure').toDataURL()`
      await page.evaluate(`(document.getElementById('field-figure').scrollIntoView(), 'seen')`)
      await until(page, `${pixels}.length > 5000`)
      const before = await page.evaluate<string>(pixels)
      await page.evaluate(`(document.getElementById('field-many').click(), 'chosen')`)
      await until(page, `${pixels} !== ${JSON.stringify(before)}`)
    })
  })
