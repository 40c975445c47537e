import { expect, it } from 'vitest'
import { describeWith } from '../../helpers/needs.ts'
import { browsers } from '../browsers.ts'
import { button, until } from './driven.ts'
import { studioOpened } from './opened.ts'
import { fileChosen } from './visitor.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const rows = `a,b\n${Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 2 ? 'x' : 'y'}`).join('\n')}\n`
const wide = [0, 1, 2].map((i) =>
  Array.from({ length: 400 }, (_, k) => (i === 0 ? `c${k}` : (i * k) % 7)).join(','),
)

for (const { need, start } of browsers)
  describeWith(need, `the studio in ${need}`, () => {
    const { page, site } = studioOpened(start)
    const click = (name: string) => page().evaluate(`(${button(name)}.click(), 'clicked')`)
    const choose = (name: string, content: string) =>
      page().evaluate(`${fileChosen('Table', name, base64(content))} ?? 'chosen'`)
    const text = (selector: string) =>
      page().evaluate<string>(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`)
    it('opens every built-in example', async () => {
      const names = await page().evaluate<string[]>(
        `[...document.querySelectorAll('.example b')].map(({ textContent }) => textContent)`,
      )
      expect(names.length).toBeGreaterThan(2)
      for (const name of names) {
        await page().evaluate(`(document.querySelector('details.another').open = true, 'open')`)
        const before = await text('h2')
        await click(name)
        await until(
          page(),
          `${button('Next: train')} && document.querySelector('h2').textContent !== ${JSON.stringify(before)}`,
        )
        expect(await text('h2')).toMatch(/\.csv\.gz .*\d{3} rows, \d+ columns$/)
      }
    })

    it('says next to the file, and at the foot, what is wrong with it, and reads chosen columns of one with 400', async () => {
      await choose('broken.json', '[{"a": 1}, {"a": }]')
      const problem = '.problem-place .problem'
      const shows = (condition: string) => until(page(), condition, 20, true)
      await shows(`document.querySelector('${problem}')`)
      const said = await text(problem)
      expect(said).toMatch(/^broken\.json, line 1/)
      expect(await text('.problem-foot')).toBe(said)
      const isInView = `(() => { const { top, bottom } = document.querySelector('${problem}').getBoundingClientRect(); return top >= 0 && bottom <= innerHeight })()`
      expect(await page().evaluate(isInView)).toBe(true)

      const nested = Array.from({ length: 40 }, (_, i) => ({ a: i % 7, b: [1, 2], c: { d: i % 3 } }))
      for (const [name, content, advice] of [
        ['sheet.xlsx', 'PK', /save the sheet as CSV/],
        ['nested.json', JSON.stringify(nested), /column b: an array is no cell: .*leave the column out/],
      ] as const) {
        await choose(name, content)
        await shows(`document.querySelector('${problem}')?.textContent.startsWith('${name}')`)
        expect(await text(problem)).toMatch(advice)
        expect(await text(problem)).not.toMatch(/types|drop/)
      }
      // objects in cells are columns already
      await click('Leave b out')
      await until(page(), `document.querySelector('h2').textContent.startsWith('nested.json')`)
      expect(await text('.columns thead')).toMatch(/^ ?a.*c\.d/)

      await choose('wide.csv', `${wide.join('\n')}\n`)
      await shows(button('Read 200 columns'))
      expect(await text(problem)).toMatch(/^wide\.csv has 400 columns, .* up to 200: choose some/)
      await click('Leave these out')
      await page().evaluate(
        `(() => { for (const name of ['c3', 'c399']) [...document.querySelectorAll('.picker .check')].find((each) => each.textContent.trim() === name).querySelector('input').click(); return 'ticked' })()`,
      )
      await shows(button('Read 2 columns'))
      await click('Read 2 columns')
      await until(page(), `document.querySelector('h2').textContent.startsWith('wide.csv')`)
      expect(await text('.columns thead')).toMatch(/c3.*c399/)
    })

    it('keeps a run that is paused, opens it again, and forgets it', { timeout: 240_000 }, async () => {
      await choose('small.csv', rows)
      await until(page(), `document.querySelector('h2').textContent.startsWith('small.csv')`)
      await click('Next: train')
      await until(page(), button('Start training'))
      await click('Start training')
      await until(page(), `/step [1-9]/.test(document.querySelector('#train').textContent)`)
      await click('Pause')
      await until(page(), button('Continue'))
      const stays = await page().evaluate(
        `document.querySelector('.status').textContent.includes('the page keeps the run')`,
      )
      // private windows, and WebKitGTK's, have no file system that can be written to
      if (stays) await page().open(site().url)
      await until(
        page(),
        `${button('Continue')} || document.querySelector('h2').textContent.startsWith('small.csv')`,
      )
      // while the run is being opened, it can't be pressed
      await until(page(), button('Forget everything'))
      await click('Forget everything')
      await page().evaluate(`(document.querySelector('dialog .main').click(), 'clicked')`)
      await until(page(), `document.querySelector('.status').textContent.includes('nothing remains')`)
      expect(await page().evaluate(`document.querySelectorAll('.run-name').length`)).toBe(0)
    })
  })
