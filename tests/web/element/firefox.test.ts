import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { maxAbsDifference } from '../../../src/core/points.ts'
import { describeWith, firefoxPath } from '../../helpers/needs.ts'
import { root, serveFolders } from '../helpers.ts'
import { type FirefoxPage, startFirefox } from './firefox.ts'
import { pages, sampled } from './site.ts'

interface Told {
  readonly points: number[]
  readonly info: { readonly provider: string; readonly threads: number }
  readonly message: string
}

describeWith('firefox', '<moon-sampler> in Firefox', () => {
  const folder = mkdtempSync(join(tmpdir(), 'moonstep-samples-'))
  const watch = readFileSync(join(root, 'tests/web/element/watch.mjs'), 'utf8')
  let firefox: FirefoxPage

  beforeAll(async () => {
    firefox = await startFirefox(firefoxPath()!)
  }, 120_000)
  afterAll(async () => {
    await firefox?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each([
    ['on one thread', false],
    ['on threads, isolated', true],
  ])(
    'draws what `moonstep sample` draws, %s, or says what is wrong',
    async (_, isolated) => {
      const folders = {
        '/moonstep/': join(root, 'dist/element'),
        '/models/': join(root, 'models/two-moons-seed'),
        '/': pages,
      }
      const site = await serveFolders(folders, { isolated })
      try {
        await firefox.open(`${site.url}bare.html`)
        await firefox.evaluate(`(() => { ${watch} })()`)
        const [told, wrong] = await firefox.evaluate<Told[]>(
          "draw({ src: '/models/model.onnx', count: 300, seed: 7 }, { src: '/models/none.onnx' })",
        )
        expect(told!.message).toBeUndefined()
        const expected = sampled(folder, 300, '--seed', '7')
        expect(maxAbsDifference(told!.points, expected)).toBeLessThanOrEqual(1e-4)
        expect(told!.info.provider).toBe('wasm')
        if (isolated) expect(told!.info.threads).toBeGreaterThanOrEqual(2)
        else expect(told!.info.threads).toBe(1)
        expect(wrong!.message).toMatch(/^cannot fetch \/models\/none\.onnx: the server answered 404/)
      } finally {
        site.close()
      }
    },
    120_000,
  )
})
