import { defineConfig, type UserConfig } from 'vite'

/** A worker is one file that names no other, so that a page's bundler may copy it as it is. */
const worker: UserConfig['worker'] = {
  format: 'es',
  rollupOptions: { output: { entryFileNames: 'ort-[name].js', codeSplitting: false } },
}

/**
 * dist/element: the element with all that it needs, for pages without a bundler and for those with one. What holds
 * a part of onnxruntime is named `ort-…`.
 */
export default defineConfig({
  root: 'src/web',
  base: './',
  publicDir: false,
  logLevel: 'warn',
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'production'] },
  worker,
  build: {
    outDir: '../../dist/element',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: false,
    license: { fileName: 'licenses.md' },
    rollupOptions: {
      input: { element: 'src/web/element.ts' },
      preserveEntrySignatures: 'strict',
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js', assetFileNames: '[name][extname]' },
    },
  },
})
