import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type Plugin } from 'vite'
import { leanOnnxProto } from './vite.onnx-proto.ts'
import { leanParquet } from './vite.parquet.ts'

const outDir = 'dist/element'

const nameOf = ({ name }: { name: string }) =>
  /^(simd|training|report)-/.test(name) ? '[name].js' : 'ort-[name].js'

/** The folders of the packages bundled into the workers. */
const packages = new Set<string>()

const noteWorkerPackages = (): Plugin => ({
  name: 'moonstep:note-worker-packages',
  generateBundle(_, bundle) {
    for (const output of Object.values(bundle))
      for (const id of output.type === 'chunk' ? output.moduleIds : []) {
        const folder = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1]
        if (folder) packages.add(folder)
      }
  },
})

/** Includes the packages' licenses, as they require. */
const writeLicenses = (): Plugin => ({
  name: 'moonstep:write-licenses',
  closeBundle() {
    const parts = [...packages].sort().map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each))
      const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `License: ${license}`
      return `## ${name} ${version}\n\n${text}\n`
    })
    writeFileSync(
      join(outDir, 'licenses.md'),
      `# What these files are made of beside moonstep\n\n${parts.join('\n')}`,
    )
  },
})

/**
 * Leaves onnxruntime's own files out: 41 MB that few need. A page's bundler finds them in the package onnxruntime-web; a
 * page without one, in a folder of that name beside these files.
 */
const leaveRuntimeFiles = (): Plugin => ({
  name: 'moonstep:leave-runtime-files',
  enforce: 'pre',
  transform: {
    filter: { id: /\/onnxruntime-workers\.ts$/ },
    handler: (code) => code.replaceAll("URL('onnxruntime-web/", "URL(/* @vite-ignore */ 'onnxruntime-web/"),
  },
})

/** The modules that start workers, and what each exports. */
const startsOfWorkers = { runtimes: 'workerRuntimes', 'onnxruntime-workers': 'onnxruntimeWorkers' }

/** `moonstep/web` uses the workers in this folder, so that a page's bundler need not build its own from many files. */
const shareWorkers = (): Plugin => ({
  name: 'moonstep:share-workers',
  closeBundle() {
    for (const [file, name] of Object.entries(startsOfWorkers)) {
      if (!existsSync(`dist/browser/${file}.js`))
        throw new Error('dist/browser is missing: tsc -p tsconfig.build.json')
      writeFileSync(`dist/browser/${file}.js`, `export { ${name} } from '../element/${file}.js'\n`)
    }
  },
})

/**
 * dist/element: the element with everything it needs, for pages with or without a bundler. Files with a part of
 * onnxruntime are named `ort-…`. A worker is a single file without references to others, so that a page's bundler may
 * copy it as it is.
 */
export default defineConfig({
  root: 'src/browser',
  base: './',
  publicDir: false,
  logLevel: 'warn',
  plugins: [leaveRuntimeFiles(), writeLicenses(), shareWorkers()],
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'production'] },
  worker: {
    format: 'es',
    plugins: () => [noteWorkerPackages(), leanOnnxProto(), leanParquet()],
    rollupOptions: {
      // hints for minifiers, which have finished by then
      output: { entryFileNames: nameOf, codeSplitting: false, comments: { annotation: false } },
    },
  },
  build: {
    outDir: `../../${outDir}`,
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: false,
    rollupOptions: {
      input: Object.fromEntries(
        ['element', ...Object.keys(startsOfWorkers)].map((name) => [name, `src/browser/${name}.ts`]),
      ),
      preserveEntrySignatures: 'strict',
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js', assetFileNames: '[name][extname]' },
    },
  },
})
