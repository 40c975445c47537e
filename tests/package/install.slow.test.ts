import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { words } from '../helpers/words.ts'
import { describeWithIndex, install, manifest, pack, root, run, succeed } from './install.ts'

const minute = 60_000
const model = 'node_modules/moonstep/models/two-moons-seed/model.onnx'
const main = 'node_modules/moonstep/dist/cli/main.js'

/** The lines that README's users start from. */
const readmeLines = /```ts\n(import [^`]*from 'moonstep'[^`]*)```/.exec(
  readFileSync(join(root, 'README.md'), 'utf8'),
)![1]!

const readmeTable = /```js\n(import [^`]*from 'moonstep'[^`]*)```/.exec(
  readFileSync(join(root, 'README.md'), 'utf8'),
)![1]!

const page = `
import { InputError, loadModel, sample, type LoadOptions, type Model } from 'moonstep/web'
const options: LoadOptions = { provider: 'webgpu' }
const model: Model = await loadModel(new URL('https://example.org/model.onnx'), options)
const data: Float32Array = (await sample(model, { count: 3 })).points.data
export { data, InputError }
`

const { folder, tarball, files } = await pack()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the package', () => {
  it('holds every file that exports and bin name, a license and a model', () => {
    const targets = (value: unknown): string[] =>
      typeof value === 'string' ? [value] : Object.values(value as object).flatMap(targets)
    const named = targets([manifest.exports, manifest.bin])
      .filter((path) => !path.includes('*'))
      .map((path) => path.replace(/^\.\//, ''))
    expect(Object.keys(manifest.exports)).toEqual(expect.arrayContaining(['.', './web']))
    expect(files).toEqual(
      expect.arrayContaining([...named, 'LICENSE', 'README.md', model.replace('node_modules/moonstep/', '')]),
    )
  })

  it('holds no tests, no sources and no path of the machine that built it', () => {
    expect(files.filter((path) => /^(src|tests|\.)/.test(path))).toEqual([])
    const built = files.filter((path) => path.startsWith('dist/'))
    expect(built.filter((path) => readFileSync(join(root, path), 'utf8').includes(root))).toEqual([])
  })

  it(
    'passes publint',
    async () => {
      const { messages } = await publint({ pkgDir: root })
      expect(messages.filter(({ type }) => type !== 'suggestion')).toEqual([])
    },
    minute,
  )
})

/** Where the package is installed, once: npm leaves optional peers out by itself. */
let project: string
function installOnce(): void {
  if (project) return
  project = join(folder, 'project')
  mkdirSync(project)
  // without one, npm takes a folder above that has packages for the project
  writeFileSync(join(project, 'package.json'), '{}\n')
  install(project, tarball)
}

describeWithIndex('the package, installed', () => {
  beforeAll(installOnce, 3 * minute)

  it(
    'has types that every way of resolving an ES module finds',
    () => {
      const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js')
      const { status, stdout } = run(folder, process.execPath, attw, tarball, '--profile', 'esm-only')
      expect([status, stdout.includes('❌')], stdout).toEqual([0, false])
    },
    minute,
  )

  it('weighs at most 60 MB beside the two onnxruntime packages, and 5 MB as a file', () => {
    const sizeOf = (path: string): number => {
      const found = lstatSync(path)
      if (!found.isDirectory()) return found.size
      return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
    }
    const modules = join(project, 'node_modules')
    const runtimes = ['onnxruntime-node', 'onnxruntime-web'].map((name) => sizeOf(join(modules, name)))
    expect(sizeOf(modules) - runtimes[0]! - runtimes[1]!).toBeLessThanOrEqual(60e6)
    expect(sizeOf(tarball)).toBeLessThanOrEqual(5e6)
  })

  it('draws SVG, and says in one line what PNG needs', () => {
    const plot = (file: string) =>
      run(project, process.execPath, main, 'plot', 'samples', model, '-n', '50', '--out', file)
    expect(plot('samples.svg')).toMatchObject({ status: 0 })
    const refused = plot('samples.png')
    expect(refused).toMatchObject({
      status: 2,
      stderr:
        'moonstep: PNG and GIF need the package @resvg/resvg-js: run npm install @resvg/resvg-js, or draw an SVG\n',
    })
    expect(existsSync(join(project, 'samples.png'))).toBe(false)
  })

  it('provides the command moonstep', () => {
    expect(succeed(project, 'npx', '--no', '--', 'moonstep', '--version')).toBe(`${manifest.version}\n`)
    const rows = succeed(project, 'npx', '--no', '--', 'moonstep', 'sample', model, '-n', '3')
      .trim()
      .split('\n')
    expect(rows).toHaveLength(4)
    expect(rows[0]).toBe('x,y')
  })

  it(
    'runs the six lines of README on a CSV file',
    () => {
      const table = join(project, 'node_modules/moonstep/models/penguins/train.csv')
      const lines = readmeTable.replace('people.csv', table).replace(' })', ', steps: 20 })')
      expect(lines.match(/, steps: 20 }\)|penguins/g)).toHaveLength(2)
      expect(
        readmeTable
          .trim()
          .split('\n')
          .filter((line) => line !== ''),
      ).toHaveLength(6)
      writeFileSync(join(project, 'table.mjs'), lines)
      expect(succeed(project, process.execPath, 'table.mjs')).toMatch(/^\[\n {2}\{\n {4}species: '/)
    },
    minute,
  )

  it(
    'runs the lines of README on points',
    () => {
      const lines = readmeLines.replace('train({ ', 'train({ steps: 20, ')
      expect(lines).not.toBe(readmeLines)
      writeFileSync(join(project, 'readme.mjs'), lines)
      expect(succeed(project, process.execPath, 'readme.mjs')).toMatch(/cpu 1000 2 Float32Array\(2000\) \[/)
      for (const file of ['model.onnx', 'sampler.onnx', 'runs/moons/weights.safetensors'])
        expect(existsSync(join(project, file)), file).toBe(true)
    },
    minute,
  )

  it(
    'has types that a strict TypeScript project compiles against',
    () => {
      writeFileSync(join(project, 'readme.mts'), readmeLines)
      writeFileSync(join(project, 'page.mts'), page)
      const tsc = join(root, 'node_modules/@typescript/native/bin/tsc')
      const strict = words`--noEmit --strict --module nodenext --target es2022`
      expect(run(project, process.execPath, tsc, ...strict, 'readme.mts', 'page.mts').stdout).toBe('')
    },
    minute,
  )
})

describeWithIndex('the package, installed without its optional peers', () => {
  beforeAll(installOnce, 3 * minute)

  const moonstep = (...args: string[]) => run(project, process.execPath, main, ...args)
  const training = words`--steps 3 --rows 20 --threads 1`

  it('lacks tfjs-node, and samples', () => {
    expect(existsSync(join(project, 'node_modules/@tensorflow/tfjs-node'))).toBe(false)
    expect(moonstep('sample', model, '-n', '3')).toMatchObject({ status: 0 })
  })

  it(
    'train --engine tensorflow says in one line how to get it',
    () => {
      const refused = moonstep('train', '--out', 'refused', '--engine', 'tensorflow', ...training)
      expect(refused.stderr).toMatch(
        /^moonstep: @tensorflow\/tfjs-node is not installed: run moonstep doctor --install tensorflow\n$/,
      )
      expect(refused.status).toBe(2)
      expect(existsSync(join(project, 'refused'))).toBe(false)
    },
    minute,
  )

  it(
    'train --engine auto trains on onnxruntime, with no warning',
    () => {
      const trained = moonstep('train', '--out', 'moons', '--engine', 'auto', '--json', ...training)
      expect(trained.stderr).not.toContain('warning')
      expect(JSON.parse(trained.stdout).engine).toBe('onnx')
      expect(trained.status).toBe(0)
    },
    minute,
  )

  it(
    'doctor --install tensorflow installs it, as a dependency of the project',
    () => {
      const { status, stdout, stderr } = moonstep('doctor', '--install', 'tensorflow')
      expect([status, stdout]).toEqual([0, expect.stringMatching(/tensorflow +yes/)])
      expect(stderr).toMatch(/^TensorFlow binding \w+/m)
      const { dependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
      expect(dependencies).toMatchObject({ '@tensorflow/tfjs-node': '4.22.0' })
    },
    5 * minute,
  )

  describe('without onnxruntime-node as well', () => {
    const place = () => join(project, 'node_modules/onnxruntime-node')
    const aside = () => join(project, 'node_modules/.aside')
    const remedy = String.raw`run npm install --ignore-scripts onnxruntime-node \(or set ONNXRUNTIME_NODE_INSTALL=skip\)`
    beforeAll(() => renameSync(place(), aside()))
    afterAll(() => {
      rmSync(place(), { recursive: true, force: true })
      renameSync(aside(), place())
    })

    it('sample says in one line what to install, and how without the CUDA download', () => {
      const { status, stdout, stderr } = moonstep('sample', model, '-n', '3')
      expect(stderr).toMatch(new RegExp(`^moonstep: onnxruntime-node is not installed: ${remedy}, [^\n]*\n$`))
      expect(stdout).toBe('')
      expect(status).toBe(2)
    })

    it(
      'train --engine auto warns, and trains on our own kernels',
      () => {
        const args = words`train --out warned --engine auto --json ${training}`
        const { status, stdout, stderr } = moonstep(...args)
        expect(stderr).toMatch(
          new RegExp(`^warning: training on simd, slower than onnx: onnxruntime-node .*${remedy}`),
        )
        expect(JSON.parse(stdout).engine).toBe('simd')
        expect(status).toBe(0)
      },
      minute,
    )

    it('doctor also says that onnxruntime-node is missing', () => {
      const { status, stdout } = moonstep('doctor')
      expect(stdout).toMatch(new RegExp(`cpu +no: onnxruntime-node is not installed: ${remedy}`))
      expect(status).toBe(1)
    })

    it('an onnxruntime-node that fails to load is reported differently from one that is not installed', () => {
      mkdirSync(place())
      writeFileSync(join(place(), 'package.json'), '{ "name": "onnxruntime-node", "main": "index.js" }')
      writeFileSync(join(place(), 'index.js'), 'throw new Error("wrong ELF class\\nRequire stack:")')
      const { status, stderr } = moonstep('sample', model, '-n', '3')
      expect(stderr).toMatch(
        new RegExp(`^moonstep: onnxruntime-node does not load \\(wrong ELF class\\): ${remedy}, [^\n]*\n$`),
      )
      expect(status).toBe(2)
    })
  })
})
