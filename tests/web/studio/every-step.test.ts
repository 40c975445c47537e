import { expect, it } from 'vitest'
import { describeWith } from '../../helpers/needs.ts'
import { browsers } from '../browsers.ts'
import { button, handsOn, until } from './driven.ts'
import { studioOpened } from './opened.ts'

/** Storms: their wind is 31 or more, and they have a category if they are hurricanes. A fifth is enough to judge by. */
const storms = `status,category,wind,name\n${Array.from({ length: 300 }, (_, i) => {
  const isHurricane = i % 3 === 0
  return `${isHurricane ? 'hurricane' : 'storm'},${isHurricane ? 1 + (i % 5) : ''},${isHurricane ? 64 + (i % 50) : 30 + (i % 30)},${['Ann', 'Bob'][(i * i) % 3]}`
}).join('\n')}\n`

/** Both verdicts, with their grades and figures. */
const verdicts = [
  expect.stringMatching(
    /Rows: (good|fair|poor), .* learned from 60 real rows and as many synthetic ones finds the synthetic one in \d+ of 100 pairs \(50 is guessing, \d+ for other real rows; 90 % interval \d+ to \d+\)\.$/,
  ),
  expect.stringMatching(
    /People: .* Shown a training row and another real row, an attacker picks the training row in \d+ of 100 pairs \(50 is guessing; 95 % interval \d+ to \d+/,
  ),
]

const manyColumns = [0, 1, 2, 3].map((i) =>
  Array.from({ length: 55 }, (_, k) => (i === 0 ? `c${k}` : (i * k) % 7)).join(','),
)

// WebKitGTK's pages have one thread: every-browser.test.ts has what they are for
for (const { need, start } of browsers.filter((browser) => browser.need !== 'webkit'))
  describeWith(need, `each step of the studio, in ${need}`, () => {
    const { page, site } = studioOpened(start)
    const { click, clickOn, text, count, choose, select, type, verdictsAbove } = handsOn(page)
    const isInView = (element: string) =>
      page().evaluate<boolean>(
        `(() => { const { top, bottom } = (${element}).getBoundingClientRect(); return top >= 0 && bottom <= innerHeight })()`,
      )
    const texts = (selector: string) =>
      page().evaluate<string[]>(
        `[...document.querySelectorAll(${JSON.stringify(selector)})].map(({ textContent }) => textContent.trim())`,
      )
    /** Every label of a progress bar, and every hint, that is shown from now on. */
    const watch = () =>
      page().evaluate(`(() => {
        globalThis.seen = new Set()
        const look = () => {
          for (const bar of document.querySelectorAll('progress')) seen.add(bar.ariaLabel + (bar.hasAttribute('value') ? '' : ', without an end'))
          if (document.querySelector('.early')) seen.add(document.querySelector('.early').textContent)
        }
        new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true })
        return 'watching'
      })()`)
    const seen = () => page().evaluate<string[]>('[...globalThis.seen]')

    it('lists the columns above the first rows in one table, which a search narrows, and keeps a column that is left out in its place', async () => {
      await choose({ 'wide.csv': `${manyColumns.join('\n')}\n` })
      await until(page(), `document.querySelectorAll('.columns th').length === 55`)
      await type('#search', 'c5')
      await until(page(), `document.querySelectorAll('.columns th').length === 6`)
      expect(await texts('.columns th')).toEqual(['c5', 'c50', 'c51', 'c52', 'c53', 'c54'])
      await watch()
      await choose({ 'storms.csv': storms })
      await until(page(), `document.querySelector('h2').textContent.startsWith('storms.csv')`)
      expect(await seen()).toContain('Finding the kinds of the columns, without an end')
      expect(await texts('.columns th')).toEqual(['status', 'category', 'wind', 'name'])
      expect(await count('.columns tbody tr')).toBe(50)
      expect((await texts('.columns tbody tr'))[1]).toBe('stormmissing31Bob')
      const values = await texts('.columns .values')
      expect(values[1]).toContain('It is empty wherever status is storm.')
      // the box of files is closed, and the next step in view
      expect(await page().evaluate(`document.querySelector('details.another').open`)).toBe(false)
      expect(await isInView(button('Next: train'))).toBe(true)
      await clickOn('[aria-label="Use name"]')
      await until(page(), `document.querySelector('.columns .left-out') && ${button('Next: train')}`)
      expect(await texts('.columns th')).toEqual(['status', 'category', 'wind', 'name'])
      expect((await texts('.columns tbody tr'))[1]).toBe('stormmissing31')
    })

    it('says how long training takes, shows each stage as it comes, and asks before another file is read', {
      timeout: 300_000,
    }, async () => {
      await click('Next: train')
      await until(
        page(),
        `/steps: about .* on this machine/.test(document.querySelector('#train').textContent)`,
      )
      await watch()
      await click('Start training')
      await until(page(), `document.querySelector('.cards .ends')`)
      // the ends of an axis are those of the rows
      expect(await texts('.cards .ends span')).toEqual(expect.arrayContaining(['31', '113']))
      await click('Data')
      await until(page(), `document.getElementById('table-file')`)
      await choose({ 'other.csv': storms })
      await until(page(), `document.querySelector('dialog')`)
      expect(await text('dialog')).toContain('Pause the training and read other.csv?')
      await page().evaluate(`(document.querySelector('dialog').close(), 'closed')`)
      await click('Next: train')
      await until(page(), button('Next: rows'), 280)
      expect(await seen()).toEqual(
        expect.arrayContaining([
          'Progress of preparing the rows, without an end',
          'Progress of training',
          'Progress of measuring the result',
          'Too early to judge: the model has only begun to learn.',
        ]),
      )
      expect(await isInView(button('Next: rows'))).toBe(true)
      expect(await verdictsAbove('Next: rows')).toEqual(verdicts)
      // nothing can be downloaded before they are shown
      expect(await page().evaluate(`!!${button('Download')}`)).toBe(false)
    })

    it('shows as many rows as asked next to their download, within a range, and marks the cells that it fills', async () => {
      await click('Next: rows')
      await until(page(), `document.getElementById('add')`)
      await type('#count', '0')
      await until(page(), `document.getElementById('count-wrong')`)
      expect(await text('#count-wrong')).toBe('Give a whole number of rows, 1 or more.')
      await type('#count', '120')
      await select('add', 'wind')
      await until(page(), `document.getElementById('given-wind-way')`)
      await select('given-wind-way', 'is within')
      await until(page(), `document.querySelector('[aria-label="wind from"]')`)
      await type('[aria-label="wind from"]', '70')
      await type('[aria-label="wind to"]', '90')
      await until(page(), button('Generate rows'))
      await click('Generate rows')
      await until(page(), button('Download rows'))
      expect(await verdictsAbove('Download rows')).toEqual(verdicts)
      expect(await count('.scroll.rows tbody tr')).toBe(120)
      const winds = (await texts('.scroll.rows tbody td:nth-child(3)')).map(Number)
      expect(winds.filter((wind) => !(wind >= 70 && wind <= 90))).toEqual([])

      await choose(
        { 'gaps.csv': 'status,category,wind\nhurricane,,80\nstorm,,35\nstorm,,\n' },
        'File with gaps',
      )
      await until(page(), button('Download filled file'))
      // a storm has no category, so that its cell stays empty
      expect(await count('.fill td mark')).toBe(2)
      expect(await texts('.fill tbody tr')).toMatchObject([
        expect.stringMatching(/^hurricane[1-5]80$/),
        'stormmissing35',
        expect.stringMatching(/^stormmissing\d+$/),
      ])
    })

    it('gives each pair of columns a word, draws the one that is pressed, and a link without a cell', {
      timeout: 240_000,
    }, async () => {
      await click('Next: report')
      await until(page(), button('Write the report'))
      expect(await verdictsAbove('Download report')).toEqual(verdicts)
      await click('Write the report')
      await until(page(), `document.querySelector('.matrix .cell')`, 200)
      expect(await count('.matrix .cell')).toBe(3)
      await clickOn('.matrix .cell')
      await until(
        page(),
        `document.querySelector('.pair svg') && document.querySelector('.cell[aria-pressed="true"]')`,
      )
      expect(
        await page().evaluate<string>(`document.querySelector('.cell[aria-pressed="true"]').ariaLabel`),
      ).toMatch(/^\w+ and \w+: (good|fair|poor)$/)
      await click('Next: take along')
      await until(page(), `document.querySelector('#take')`)
      expect(await verdictsAbove('Download model')).toEqual(verdicts)
      const [link] = (await texts('#take pre')).filter((each) => each.startsWith('http'))
      expect(link).toContain(site().url)
      const settings = Buffer.from(link!.split('settings=')[1]!, 'base64url').toString()
      expect(settings).toContain('wind')
      expect(settings).not.toMatch(/Bob|hurricane|70/)
    })

    it('shows the verdicts of a stored run when it is opened', async () => {
      const shown = await verdictsAbove('Download model')
      expect(shown).toEqual(verdicts)
      await page().open(site().url)
      await until(page(), button('Next: train'))
      await click('Take along')
      await until(page(), button('Download model'))
      expect(await verdictsAbove('Download model')).toEqual(shown)
    })
  })
