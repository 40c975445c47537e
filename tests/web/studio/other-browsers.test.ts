import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { standardNormals, streams } from '../../../src/numerics/random.ts'
import { parseCsv } from '../../../src/table/formats/csv.ts'
import { builtPages } from '../../helpers/fixtures.ts'
import { describeWith } from '../../helpers/needs.ts'
import { browsers } from '../browsers.ts'
import { type BuiltSite, serveBuilt } from '../built-page.ts'
import type { DrivenPage } from '../element/driven-page.ts'
import { root } from '../helpers.ts'
import { runCommands } from './commands.ts'
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

/** Waits in a page until an expression holds; throws with what the page says went wrong. */
async function until(page: DrivenPage, condition: string, seconds = 110): Promise<void> {
  // a driver waits for an expression for a minute at most
  const expression = `(async () => {
    for (let wait = 0; wait < 50; wait++) {
      const problem = document.querySelector('.problem')
      if (problem) return problem.textContent
      if (${condition}) return 'done'
      await new Promise((later) => setTimeout(later, 100))
    }
    return 'waiting'
  })()`
  for (let wait = 0; wait < seconds / 5; wait++) {
    const answer = await page.evaluate<string>(expression)
    if (answer === 'done') return
    if (answer !== 'waiting') throw new Error(answer)
  }
  throw new Error(`not within ${seconds} s: ${condition}`)
}

const button = (name: string) =>
  `[...document.querySelectorAll('button')].find((each) => each.textContent.startsWith(${JSON.stringify(name)}) && !each.disabled)`

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
    await until(page, button('Train'))
    await click('Train')
    await until(page, button('Generate rows'), 500)
    await click('Generate rows')
    await until(page, button('Download rows'))
    await page.evaluate(
      `(() => { const make = URL.createObjectURL; URL.createObjectURL = (blob) => { globalThis.handedOver = blob; return make(blob) }; return 'watched' })()`,
    )
    await click('Download rows')
    await until(page, 'globalThis.handedOver')
    const rows = await page.evaluate<string>('globalThis.handedOver.text()')
    const commands = await page.evaluate<string>(`document.querySelector('.code pre').textContent`)
    expect(site.answers.length).toBe(asked)
    return { rows, commands }
  } finally {
    await page.close()
  }
}

for (const { need, start } of browsers)
  describeWith(need, `the studio in ${need}`, () => {
    // what Chromium does with these is in studio.test.ts
    if (need !== 'chromium')
      it('trains on penguins and generates the rows that the command line generates, to the byte', async () => {
        const file = gunzipSync(readFileSync(join(root, 'bench/data/penguins.csv.gz')))
        writeFileSync(join(folder, 'penguins.csv'), file)
        const { rows, commands } = await wholeWay(start, 'penguins', file)
        expect(rows).toBe(runCommands(commands, folder).file('penguins-synthetic.csv').toString())
      })
    else
      it('trains on 100,000 rows, and keeps how their columns depend on each other', async () => {
        const { rows } = await wholeWay(start, 'large', largeTable())
        const { columns, points } = parseCsv(rows, 'rows')
        expect([columns.map(({ name }) => name), points.count]).toEqual([['x', 'twice', 'side'], 1000])
        // the columns hang together as they do in the file: twice is 2 x but for noise, and side is where x is
        const at = (i: number, d: number) => points.data[3 * i + d]!
        const indices = Array.from({ length: points.count }, (_, i) => i)
        const sides = columns[2]!.categories!
        const isRight = (i: number) => sides[at(i, 2)] === (at(i, 0) < 0 ? 'left' : 'right')
        expect(indices.filter((i) => Math.abs(at(i, 1) - 2 * at(i, 0)) < 1).length).toBeGreaterThan(950)
        expect(indices.filter(isRight).length).toBeGreaterThan(950)
      }, 900_000)
  })

/** A number, its double with noise, and its sign. */
function largeTable(): Buffer {
  const [count, dim] = [100_000, 2]
  const drawn = standardNormals({ seed: 1, stream: streams.datasets, step: 0, start: 0, count, dim })
  const lines = Array.from({ length: count }, (_, i) => {
    const x = drawn[2 * i]!
    return `${x.toFixed(3)},${(2 * x + 0.2 * drawn[2 * i + 1]!).toFixed(3)},${x < 0 ? 'left' : 'right'}`
  })
  return Buffer.from(`x,twice,side\n${lines.join('\n')}\n`)
}
