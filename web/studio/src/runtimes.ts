import { startWorker } from './workers.ts'

/** Replaces src/browser/runtimes.ts: the studio's workers are one script, already loaded. */
export const startTrainingWorker = (): Worker => startWorker('')
