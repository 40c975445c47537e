import { afterAll, beforeAll } from 'vitest'
import { builtPages } from '../../helpers/fixtures.ts'
import { type BuiltSite, serveBuilt } from '../built-page.ts'
import type { DrivenPage } from '../element/driven-page.ts'
import { until } from './driven.ts'

/** Opens the studio in a browser before the tests of a suite, and closes it after them. Returns what gives its page and its site. */
export function studioOpened(start: () => Promise<DrivenPage>) {
  let site: BuiltSite | undefined
  let page: DrivenPage | undefined
  beforeAll(async () => {
    site = await serveBuilt((await builtPages()).studio, { isolated: true })
    page = await start()
    await page.open(site.url)
    await until(page, `document.body.textContent.includes('without a network from')`)
  })
  afterAll(async () => {
    await page?.close()
    site?.close()
  })
  return { page: () => page!, site: () => site! }
}
