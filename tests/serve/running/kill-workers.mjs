/** Loaded before the command line: SIGUSR2 ends every worker thread at once, whatever it does. */
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  const threads = createRequire(import.meta.url)('node:worker_threads')
  const started = []
  threads.Worker = class extends threads.Worker {
    constructor(...args) {
      super(...args)
      started.push(this)
    }
  }
  syncBuiltinESMExports()
  process.on('SIGUSR2', () => {
    for (const worker of started.splice(0)) worker.terminate()
  })
}
