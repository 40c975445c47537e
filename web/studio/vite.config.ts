import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { allLocales } from '@faker-js/faker'
import { defineConfig, type Plugin } from 'vite'
import { leanOnnxProto } from '../../vite.onnx-proto.ts'
import { leanParquet } from '../../vite.parquet.ts'
import { headers } from '../shared/build.ts'
import { languages } from './src/languages.ts'

const browser = join(import.meta.dirname, '../../src/browser')

/** The package's source; of its workers, the studio builds scripts of its own. */
const alias = [
  { find: /^moonstep\/web$/, replacement: join(browser, 'index.ts') },
  { find: /^moonstep\/web\/databases$/, replacement: join(browser, 'databases.ts') },
  { find: /^moonstep\/workers\/([\w-]+)/, replacement: join(browser, '$1-worker.ts') },
]

/** The studio samples on our own kernels alone. */
const external = /^onnxruntime-web/

/** Workers start from scripts already loaded, instead of those the package would fetch. */
const ownRuntimes = (runtimes: string): Plugin => ({
  name: 'own-runtimes',
  enforce: 'pre',
  resolveId: (source, importer = '') =>
    source === './runtimes.ts' && importer.startsWith(browser)
      ? join(import.meta.dirname, runtimes)
      : undefined,
})

/** Fills in src/faker-words.ts: the words of each language are a file, to load when a column needs it. */
const fakerWords: Plugin = {
  name: 'faker-words',
  resolveId: (source) => (source.startsWith('faker-words/') ? `\0${source}` : undefined),
  load(id) {
    if (id.endsWith('/src/faker-words.ts')) {
      const loads = [...Object.keys(languages), 'base'].map(
        (locale) => `${locale}: () => import('faker-words/words-${locale}')`,
      )
      return `export const words = { ${loads.join(', ')} }`
    }
    const [, locale] = /^\0faker-words\/words-(\w+)$/.exec(id) ?? []
    if (locale === undefined) return undefined
    const words = JSON.stringify(allLocales[locale as keyof typeof allLocales])
    return `export default JSON.parse(${JSON.stringify(words)})`
  },
}

/** Removed from the first load. */
const noBrotli: Plugin = {
  name: 'no-brotli',
  enforce: 'pre',
  resolveId: (source, importer = '') =>
    source === './brotli.js' && importer.includes('/hyparquet-compressors/')
      ? join(import.meta.dirname, 'src/worker/no-brotli.ts')
      : undefined,
}

/** Gives the service worker the list of files. */
const builtFiles: Plugin = {
  name: 'built-files',
  apply: 'build',
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      const script = bundle['service-worker.js']
      if (script?.type !== 'chunk') return
      const digest = createHash('sha256')
      const names = Object.keys(bundle).filter((name) => name !== script.fileName)
      for (const name of names.sort()) {
        const file = bundle[name]!
        digest.update(name).update(file.type === 'chunk' ? file.code : file.source)
      }
      script.code = script.code
        .replaceAll('builtFiles', JSON.stringify(names))
        .replaceAll('builtName', JSON.stringify(`moonstep-studio-${digest.digest('hex').slice(0, 12)}`))
    },
  },
}

export default defineConfig({
  root: import.meta.dirname,
  resolve: { alias },
  plugins: [ownRuntimes('src/runtimes.ts'), leanOnnxProto(), leanParquet(), fakerWords, builtFiles],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // relative URLs: the built page runs from any folder of any server
  base: './',
  server: { headers },
  preview: { headers },
  build: {
    target: 'es2023',
    outDir: '../dist/studio',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: {
      external,
      input: {
        index: join(import.meta.dirname, 'index.html'),
        'service-worker': join(import.meta.dirname, 'src/service-worker.ts'),
      },
      output: {
        // a service worker's address stays the same, so that browsers find its next version
        entryFileNames: ({ name }) =>
          name === 'service-worker' ? 'service-worker.js' : 'assets/[name]-[hash].js',
      },
    },
  },
  worker: {
    format: 'es',
    plugins: () => [ownRuntimes('src/worker/runtimes.ts'), leanOnnxProto(), leanParquet(), noBrotli],
    rolldownOptions: {
      external,
      // a worker that begins as a blob can't import another file
      output: { codeSplitting: false, comments: { annotation: false } },
    },
  },
})
