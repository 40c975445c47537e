import { defineConfig, type Plugin } from 'vite'
import { leanOnnxProto } from '../vite.onnx-proto.ts'
import { headers } from './shared/build.ts'

/** Names scripts that contain onnxruntime, so that tests can check that the first paint does without them. */
const nameOf = ({ moduleIds }: { moduleIds: string[] }) =>
  moduleIds.some((id) => id.includes('/onnxruntime-web/'))
    ? 'assets/ort-[name]-[hash].js'
    : 'assets/[name]-[hash].js'

const output = { entryFileNames: nameOf, chunkFileNames: nameOf }

/** Leaves out the runs of tables, which the lesson doesn't show: their config.json holds the names of every column. */
const runsOfPoints: Plugin = {
  name: 'runs-of-points',
  enforce: 'pre',
  transform(code, id) {
    if (/\/models\/[^/]+\/config\.json$/.test(id) && !JSON.parse(code).scaler) return 'null'
  },
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
  plugins: [runsOfPoints, noIndents, noPreload, leanOnnxProto()],
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
    plugins: () => [leanOnnxProto()],
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
