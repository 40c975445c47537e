import { draw } from './draw.ts'

/** The test calls these in the page. */
Object.assign(globalThis, {
  inPage: draw,
  inWorker: () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('worker.ts', import.meta.url), { type: 'module' })
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = reject
    }),
})
