import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { builtPages } from '../../helpers/fixtures.ts'
import { describeWith } from '../../helpers/needs.ts'
import { browsers } from '../browsers.ts'
import { type BuiltSite, serveBuilt } from '../built-page.ts'
import type { DrivenPage } from '../element/driven-page.ts'
import { root } from '../helpers.ts'
import { runCommands } from './commands.ts'
import { button, until } from './driven.ts'
import { staffTable } from './staff.ts'
import { fileChosen } from './visitor.ts'

let built: string
const sites: BuiltSite[] = []
const folder = mkdtempSync(join(tmpdir(), 'moonstep-studio-'))
beforeAll(async () => {
  built = (await builtPages()).studio
})
afterAll(() => {
  for (const site of sites) site.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The rows of commands that were run already: those of one browser are those of the other. */
const made = new Map<string, string>()

function rowsOf(commands: string): string {
  const rows = made.get(commands) ?? runCommands(commands, folder).file('penguins-synthetic.csv').toString()
  made.set(commands, rows)
  return rows
}

/** From the drop of a file to what a download of the rows would be, and the commands that are shown. */
async function wholeWay(start: () => Promise<DrivenPage>, table: string, file: Buffer) {
  const site = await serveBuilt(built, { isolated: true })
  sites.push(site)
  const page = await start()
  try {
    await page.open(site.url)
    const click = (name: string) => page.evaluate(`(${button(name)}.click(), 'clicked')`)
    await until(page, `${button('Penguins')} && document.body.textContent.includes('without a network from')`)
    const asked = site.answers.length
    await page.evaluate(`${fileChosen('Table', `${table}.csv`, file.toString('base64'))} ?? 'chosen'`)
    await until(page, button('Next: train'))
    await click('Next: train')
    await until(page, button('Start training'))
    await click('Start training')
    await until(page, button('Next: rows'), 500)
    await click('Next: rows')
    await until(page, button('Generate rows'))
    await click('Generate rows')
    await until(page, button('Download rows'))
    await page.evaluate(
      `(() => { const make = URL.createObjectURL; URL.createObjectURL = (blob) => { globalThis.handedOver = blob; return make(blob) }; return 'watched' })()`,
    )
    await click('Download rows')
    await until(page, 'globalThis.handedOver')
    const rows = await page.evaluate<string>('globalThis.handedOver.text()')
    await click('Take along')
    await until(page, `document.querySelector('.code pre')`)
    const commands = await page.evaluate<string>(`document.querySelector('.code pre').textContent`)
    expect(site.answers.length).toBe(asked)
    return { rows, commands }
  } finally {
    await page.close()
  }
}

// what Chromium does is in studio.test.ts
for (const { need, start } of browsers.filter((browser) => browser.need !== 'chromium'))
  describeWith(need, `the studio in ${need}`, () => {
    it('trains on columns of penguins and of names, and generates the rows that the command line generates, to the byte', {
      timeout: 240_000,
    }, async () => {
      const whole = gunzipSync(readFileSync(join(root, 'bench/data/penguins.csv.gz')))
        .toString()
        .trimEnd()
      // three of its columns take half of its steps, and a batch of a fifth of its rows takes less
      const columns = whole
        .replace(/^(\w+),\w+,([^,]*),.*,(\w*),\w+$/gm, '$1,$2,$3')
        .split('\n')
        .filter((_, i) => i % 5 === 0)
      // names are made by faker, whose words the page hands to its workers
      const names = staffTable(columns.length)
        .split('\n')
        .map((line) => line.split(',')[1]!)
      const file = Buffer.from(`${columns.map((line, i) => `${line},${names[i]}`).join('\n')}\n`)
      writeFileSync(join(folder, 'penguins.csv'), file)
      const { rows, commands } = await wholeWay(start, 'penguins', file)
      expect(rows).toBe(rowsOf(commands))
    })
  })
