import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { exportNoisePredictor } from '../../../src/export/export-model.ts'
import { cardKey } from '../../../src/model/card.ts'
import { moonstep } from '../../helpers/cli.ts'
import { decodeModel, encodeModel } from '../../helpers/onnx.ts'
import { petModel } from '../../helpers/tables.ts'
import { linkPackage, pack } from '../../package/install.ts'
import { root, type Site, serveFolders } from '../helpers.ts'

export const pages = join(root, 'tests/web/element/page')
export const model = join(root, 'models/two-moons-seed/model.onnx')

export interface Sites {
  readonly plain: Site
  /** With COOP and COEP. */
  readonly isolated: Site
  /** The folder of the pages that import from the package. */
  readonly project: string
  close(): void
}

/**
 * The packed package on two servers: its element's folder next to a bare page (`bare/`), what Vite builds of pages
 * that import from it (`bundled/`), and models, good and bad (`models/`).
 */
export async function serveElement(): Promise<Sites> {
  if (!existsSync(join(root, 'dist/element/element.js')))
    throw new Error('dist/element/element.js is missing: npm run build')
  const { folder, tarball } = await pack()
  const installed = linkPackage(join(folder, 'project'), tarball)

  cpSync(pages, join(folder, 'project'), { recursive: true })
  const outDir = join(folder, 'built')
  await build({
    configFile: false,
    root: join(folder, 'project'),
    base: './',
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: true,
      rollupOptions: { input: ['bundled', 'web'].map((name) => join(folder, `project/${name}.html`)) },
    },
  })
  const models = join(folder, 'models')
  await writeModels(models)
  const folders = {
    '/moonstep/onnxruntime-web/': join(root, 'node_modules/onnxruntime-web/dist'),
    '/moonstep/': join(installed, 'dist/element'),
    '/models/': models,
    '/bare/': pages,
    '/bundled/': outDir,
    '/': folder,
  }
  const plain = await serveFolders(folders)
  const isolated = await serveFolders(folders, { isolated: true })
  return {
    plain,
    isolated,
    project: join(folder, 'project'),
    close() {
      plain.close()
      isolated.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** model.onnx, and files that are none that can be loaded or drawn. */
async function writeModels(folder: string): Promise<void> {
  mkdirSync(folder)
  const bytes = readFileSync(model)
  writeFileSync(join(folder, 'model.onnx'), bytes)
  writeFileSync(join(folder, 'truncated.onnx'), bytes.subarray(0, bytes.length - 1000))
  const newer = decodeModel(bytes)
  const entry = newer.metadataProps!.find(({ key }) => key === cardKey)!
  entry.value = JSON.stringify({ ...JSON.parse(entry.value!), format: 99 })
  writeFileSync(join(folder, 'newer.onnx'), encodeModel(newer))
  writeFileSync(join(folder, 'pets.onnx'), await exportNoisePredictor(petModel()))
  const zeros = join(folder, 'zeros.onnx')
  writeFileSync(zeros, '')
  truncateSync(zeros, 100_000_000)
}

const rows = new Map<string, number[]>()

/** The first samples that `moonstep sample` draws of the model, row by row. */
export async function sampled(folder: string, count: number, ...options: string[]): Promise<number[]> {
  const key = options.join(' ')
  if (!rows.has(key)) {
    const file = join(folder, 'samples.json')
    // sample i is the same whatever the count
    const { status, stderr } = await moonstep`sample ${model} -n 500 --out ${file} ${options}`
    if (status !== 0) throw new Error(stderr)
    const points = JSON.parse(readFileSync(file, 'utf8')) as { x: number; y: number }[]
    rows.set(
      key,
      // written as float32 is, shortly
      points.flatMap(({ x, y }) => [Math.fround(x), Math.fround(y)]),
    )
  }
  return rows.get(key)!.slice(0, 2 * count)
}
