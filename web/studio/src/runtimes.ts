import { startReporter, startWorker } from './workers.ts'

/** Replaces the package's own starts of workers in the page: the studio's are two scripts, already loaded. */
export const workerRuntimes = {
  training: { start: () => startWorker('') },
  report: { start: startReporter },
  reportPage: { start: startReporter },
}
