import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../../helpers/needs.ts'
import { browsers } from '../browsers.ts'
import { type BuiltSite, buildPage, serveBuilt } from '../built-page.ts'
import { root } from '../helpers.ts'
import { runCommands } from './commands.ts'
import { fileChosen } from './visitor.ts'

let built: string
const sites: BuiltSite[] = []
const folder = mkdtempSync(join(tmpdir(), 'moonstep-studio-'))
beforeAll(async () => {
  built = await buildPage('web/studio')
})
afterAll(() => {
  for (const site of sites) site.close()
  rmSync(built, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

/** An expression's promise that resolves once `condition` holds; where the page says that something went wrong, with that. */
const until = (condition: string) =>
  `(async () => {
    for (let wait = 0; wait < 550; wait++) {
      const problem = document.querySelector('.problem')
      if (problem) return problem.textContent
      if (${condition}) return 'done'
      await new Promise((later) => setTimeout(later, 100))
    }
    return document.querySelector('[role=status]')?.textContent
  })()`
const button = (name: string) =>
  `[...document.querySelectorAll('button')].find((each) => each.textContent.startsWith(${JSON.stringify(name)}) && !each.disabled)`

for (const { need, start } of browsers.filter(({ need }) => need !== 'chromium'))
  for (const table of ['penguins', 'titanic'])
    describeWith(need, `the studio in ${need}`, () => {
      it(`goes the whole way with ${table}, and gives the bytes of the command line`, async () => {
        const file = gunzipSync(readFileSync(join(root, `bench/data/${table}.csv.gz`)))
        writeFileSync(join(folder, `${table}.csv`), file)
        const site = await serveBuilt(built, { isolated: true })
        sites.push(site)
        const page = await start()
        try {
          await page.open(site.url)
          const click = (name: string) => page.evaluate(`(${button(name)}.click(), 'clicked')`)
          expect(
            await page.evaluate(
              until(`${button('Penguins')} && document.body.textContent.includes('without a network from')`),
            ),
          ).toBe('done')
          const asked = site.answers.length
          await page.evaluate(`${fileChosen('Table', `${table}.csv`, file.toString('base64'))} ?? 'chosen'`)
          expect(await page.evaluate(until(button('Train')))).toBe('done')
          await click('Train')
          expect(await page.evaluate(until(button('Generate rows')))).toBe('done')
          await click('Generate rows')
          expect(await page.evaluate(until(button('Download rows')))).toBe('done')
          // what a download would be of
          await page.evaluate(
            `(() => { const make = URL.createObjectURL; URL.createObjectURL = (blob) => { globalThis.handedOver = blob; return make(blob) }; return 'watched' })()`,
          )
          await click('Download rows')
          expect(await page.evaluate(until('globalThis.handedOver'))).toBe('done')
          const rows = await page.evaluate<string>('globalThis.handedOver.text()')
          const commands = await page.evaluate<string>(`document.querySelector('.code pre').textContent`)
          const made = runCommands(commands, folder)
          expect(rows).toBe(made.file(`${table}-synthetic.csv`).toString())
          expect(site.answers.length).toBe(asked)
        } finally {
          await page.close()
        }
      })
    })
