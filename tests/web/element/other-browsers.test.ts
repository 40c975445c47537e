import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { maxAbsDifference } from '../../../src/numerics/points.ts'
import { folderOf } from '../../helpers/folders.ts'
import { describeWith, firefoxPath } from '../../helpers/needs.ts'
import { root, serveFolders } from '../helpers.ts'
import type { DrivenPage } from './driven-page.ts'
import { startFirefox } from './firefox.ts'
import { pages, sampled } from './site.ts'
import { startWebKit } from './webkit.ts'

interface Told {
  readonly points: number[]
  readonly info: { readonly provider: string; readonly threads: number }
  readonly message: string
}

const { folder } = folderOf('samples')
const watch = readFileSync(join(root, 'tests/web/element/watch.mjs'), 'utf8')

const browsers = [
  { need: 'firefox', start: () => startFirefox(firefoxPath()!), hasThreads: true },
  // WebKitGTK is isolated as asked, and has no SharedArrayBuffer for all that
  { need: 'webkit', start: startWebKit, hasThreads: false },
] as const

describe.each(browsers)('in $need', ({ need, start, hasThreads }) => {
  describeWith(need, '<moon-sampler>', () => {
    let page: DrivenPage
    beforeAll(async () => {
      page = await start()
    }, 120_000)
    afterAll(() => page?.close())

    it.each([
      ['as it is', false],
      ['isolated', true],
    ])(
      'draws what `moonstep sample` draws, or says what is wrong, in a page %s',
      // WebKitGTK's driver answers no script for a minute in one of some dozens of starts on a busy machine
      { retry: need === 'webkit' ? 1 : 0, timeout: 180_000 },
      async (_, isolated) => {
        const folders = {
          '/moonstep/onnxruntime-web/': join(root, 'node_modules/onnxruntime-web/dist'),
          '/moonstep/': join(root, 'dist/element'),
          '/models/': join(root, 'models/two-moons-seed'),
          '/': pages,
        }
        const site = await serveFolders(folders, { isolated })
        try {
          await page.open(`${site.url}bare.html`)
          await page.evaluate(`(() => { ${watch} })()`)
          const [told, wrong] = await page.evaluate<Told[]>(
            "draw({ src: '/models/model.onnx', count: 300, seed: 7 }, { src: '/models/none.onnx' })",
          )
          const expected = await sampled(folder, 300, '--seed', '7', '--provider', 'simd')
          const expectSamples = ({ message, points }: Told, bound: number) => {
            expect(message ?? '').toBe('')
            expect(maxAbsDifference(points, expected)).toBeLessThanOrEqual(bound)
          }
          expectSamples(told!, 0)
          expect(told!.info.provider).toBe('simd')
          const [named] = await page.evaluate<Told[]>(
            "draw({ src: '/models/model.onnx', count: 300, seed: 7, provider: 'wasm' })",
          )
          expectSamples(named!, 1e-4)
          expect(named!.info.provider).toBe('wasm')
          if (isolated && hasThreads) expect(named!.info.threads).toBeGreaterThanOrEqual(2)
          else expect(named!.info.threads).toBe(1)
          expect(wrong!.message).toMatch(/^cannot fetch \/models\/none\.onnx: the server answered 404/)
        } finally {
          site.close()
        }
      },
    )
  })
})
