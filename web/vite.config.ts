import { join } from 'node:path'
import { defineConfig, type Plugin } from 'vite'

/** Scripts that hold onnxruntime are told apart by their names: the first paint must do without them. */
const nameOf = ({ moduleIds }: { moduleIds: string[] }) =>
  moduleIds.some((id) => id.includes('/onnxruntime-web/'))
    ? 'assets/ort-[name]-[hash].js'
    : 'assets/[name]-[hash].js'

const output = { entryFileNames: nameOf, chunkFileNames: nameOf }

/** Threads need memory that is shared, which a page has only with these. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** Of each committed run, the fields that src/models.ts takes: the first load has a budget. */
const runConfigs: Plugin = {
  name: 'run-configs',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/models\/[^/]+\/config\.json$/.test(id)) return
    const { T, schedule, scaler, columns, integerColumns = [], dataset, seed, teacher } = JSON.parse(code)
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

/** onnx-proto's messages to and from plain objects, which nothing here asks for: a fifth of the first load's code. */
const bareMessages: Plugin = {
  name: 'bare-messages',
  enforce: 'pre',
  transform(code, id) {
    if (!id.includes('/onnx-proto/')) return
    const unused =
      /^( +)\w+\.(?:create|verify|fromObject|toObject|prototype\.toJSON|encodeDelimited|decodeDelimited) = function .*\n(?:.*\n)*?\1\};\n/gm
    // messages that no file of ours holds are never written, and passed over where another's file holds them
    const foreign =
      /^( +)(SparseTensor(?:Proto)?|TrainingInfoProto|FunctionProto|TensorAnnotation|Sequence|Map|Optional|Segment)\.(en|de)code = function .*\n(?:.*\n)*?\1\};\n/gm
    const passOver = (_: string, indent: string, name: string, way: string) =>
      way === 'en'
        ? ''
        : `${indent}${name}.decode = (reader, length) => reader.skip(length) && new ${name}();\n`
    // none is made of properties either
    const fromProperties = /^ +if \(properties\)\n +for \(var keys = .*\n +if \(.*\n +this\[.*\n/gm
    return code.replace(unused, '').replace(foreign, passOver).replace(fromProperties, '')
  },
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [runConfigs, bareMessages],
  // relative URLs: the built page runs from any folder of any server
  base: './',
  // the page draws a thousand points: the WASM module would cost its first load more than it saves
  resolve: {
    alias: {
      './noise/wasm.ts': join(import.meta.dirname, 'src/worker/no-wasm.ts'),
      'fastest-levenshtein': join(import.meta.dirname, 'src/worker/no-hints.ts'),
    },
  },
  server: { headers },
  preview: { headers },
  build: {
    target: 'es2023',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output },
  },
  worker: { format: 'es', plugins: () => [bareMessages], rolldownOptions: { output } },
})
