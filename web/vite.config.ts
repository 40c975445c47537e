import { join, relative } from 'node:path'
import { defineConfig, type Plugin } from 'vite'
import { bareMessages, bareProtobuf, headers } from './shared/build.ts'

/** Scripts that hold onnxruntime are told apart by their names: the first paint must do without them. */
const nameOf = ({ moduleIds }: { moduleIds: string[] }) =>
  moduleIds.some((id) => id.includes('/onnxruntime-web/'))
    ? 'assets/ort-[name]-[hash].js'
    : 'assets/[name]-[hash].js'

const output = { entryFileNames: nameOf, chunkFileNames: nameOf }

/** Of each committed run of points, the fields that src/models.ts takes: the first load has a budget. */
const runConfigs: Plugin = {
  name: 'run-configs',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/models\/[^/]+\/config\.json$/.test(id)) return
    const { T, schedule, scaler, columns, integerColumns = [], dataset, seed, teacher } = JSON.parse(code)
    if (!scaler) return 'null'
    return JSON.stringify({
      T,
      schedule,
      scaler,
      columns,
      integerColumns,
      dataset,
      seed,
      teacher: teacher && { name: teacher.name },
    })
  },
}

const sources = join(import.meta.dirname, '../src')

/** By file of src/, what it imports for tables, sampler.onnx and seeded.onnx alone. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  'model/reference.ts': ['./table-network.ts'],
  'model/schemas.ts': ['../table/encodings/index.ts'],
  'onnx/card-graph.ts': ['./sampler-graph.ts'],
  'onnx/noise-predictor-graph.ts': ['./table-graph.ts'],
  'onnx/read.ts': ['./seeded-file.ts'],
  'table/encoding.ts': ['./encodings/index.ts', './table.ts'],
}

/** By import, what is smaller and as good for a thousand points: the WASM modules would cost the first load more than they save. */
const smaller: Readonly<Record<string, string>> = {
  './noise/wasm.ts': 'no-wasm.ts',
  '../kernels/combination.ts': 'no-kernels.ts',
  'fastest-levenshtein': 'no-hints.ts',
}

/**
 * The lesson is about model.onnx of points: what other models need would be a tenth of the first load. The worker that trains loads
 * later, and is built whole, as the package has it: it draws a batch's noise in every step, and its weights have the bits of Node's.
 */
const pointsAlone = (): Plugin => {
  let isWhole = false
  return {
    name: 'points-alone',
    enforce: 'pre',
    // a development server builds a file once for all that import it, and has no first load to keep small
    apply: 'build',
    buildStart({ input }) {
      isWhole = Object.values(input).some((file) => file.endsWith('/training-worker.ts'))
    },
    resolveId(source, importer = '') {
      if (isWhole) return
      const isLeftOut = leftOut[relative(sources, importer)]?.includes(source)
      const instead = isLeftOut ? 'left-out.ts' : smaller[source]
      return instead && join(import.meta.dirname, 'src/worker', instead)
    },
  }
}

/** The page without its indents, which are a twentieth of it. */
const noIndents: Plugin = {
  name: 'no-indents',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replace(/(<pre[\s\S]*?<\/pre>)|\n\s+/g, (_, pre?: string) => pre ?? '\n'),
  },
}

/** What comes later is one file each, without a style: there is nothing to load ahead of it. */
const noPreload: Plugin = {
  name: 'no-preload',
  enforce: 'pre',
  load: (id) =>
    id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load()' : undefined,
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [runConfigs, bareMessages, bareProtobuf, pointsAlone(), noIndents, noPreload],
  // relative URLs: the built page runs from any folder of any server
  base: './',
  server: { headers },
  preview: { headers },
  build: {
    target: 'es2023',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: { output },
  },
  worker: {
    format: 'es',
    plugins: () => [bareMessages, bareProtobuf, pointsAlone()],
    rolldownOptions: {
      output: {
        ...output,
        // hints to minifiers, which are done by then
        comments: { annotation: false },
        // what a worker begins with is one file
        codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] },
      },
    },
  },
})
