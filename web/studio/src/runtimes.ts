import { startWorker } from './workers.ts'

/** Stands in for src/page/runtimes.ts: the studio's workers are one script, which is here already. */
export const startTrainingWorker = (): Worker => startWorker('')
