import { join, relative } from 'node:path'
import { defineConfig, type Plugin } from 'vite'
import { bareMessages, bareProtobuf } from './bare-onnx.ts'
import { headers } from './shared/build.ts'

/** Names scripts that contain onnxruntime, so that tests can check that the first paint does without them. */
const nameOf = ({ moduleIds }: { moduleIds: string[] }) =>
  moduleIds.some((id) => id.includes('/onnxruntime-web/'))
    ? 'assets/ort-[name]-[hash].js'
    : 'assets/[name]-[hash].js'

const output = { entryFileNames: nameOf, chunkFileNames: nameOf }

/** Keeps only the fields that src/models.ts reads of each committed run of points: the first load has a budget. */
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

/** By file in src/, the imports that only tables, sampler.onnx and seeded.onnx need. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  'model/compute/reference.ts': ['../inputs.ts', './result.ts'],
  'model/heads/index.ts': ['./estimate.ts'],
  'model/schemas.ts': ['../table/encodings/index.ts'],
  'onnx/card-graph.ts': ['./build/sampler.ts'],
  'onnx/build/predictor.ts': ['./condition.ts', './result.ts'],
  'onnx/read.ts': ['./seeded-file.ts'],
  'table/encodings/encoding.ts': ['./index.ts', '../table.ts'],
}

/** By import, a smaller module, as good for a thousand points: WASM would cost the first load more than it saves. */
const smaller: Readonly<Record<string, string>> = {
  './noise/wasm.ts': 'no-wasm.ts',
  '../numerics/kernels/combination.ts': 'no-kernels.ts',
  'fastest-levenshtein': 'no-hints.ts',
}

/**
 * The lesson covers model.onnx of points; other models' code would be a tenth of the first load. The training worker loads
 * later, in full: it draws noise in every step, and its weights have the same bits as Node's.
 */
const pointsAlone = (): Plugin => {
  let isWhole = false
  return {
    name: 'points-alone',
    enforce: 'pre',
    // a development server builds a file once for all importers, and its first load need not be small
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

/** Removes the page's indentation, a twentieth of its size. */
const noIndents: Plugin = {
  name: 'no-indents',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replace(/(<pre[\s\S]*?<\/pre>)|\n\s+/g, (_, pre?: string) => pre ?? '\n'),
  },
}

/** Every later part is a single file without styles, so there is nothing to preload. */
const noPreload: Plugin = {
  name: 'no-preload',
  enforce: 'pre',
  load: (id) =>
    id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load()' : undefined,
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [runConfigs, bareMessages, bareProtobuf, pointsAlone(), noIndents, noPreload],
  // relative URLs: the built page runs from any folder on any server
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
        // hints for minifiers, which have finished by then
        comments: { annotation: false },
        // put what a worker starts with into one file
        codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] },
      },
    },
  },
})
