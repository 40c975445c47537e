import { startReporter, startTrainer } from './workers.ts'

/** Replaces the package's own starts of workers in the page: the studio's are three scripts, already loaded. */
export const workerRuntimes = {
  training: { start: startTrainer },
  report: { start: startReporter },
  reportPage: { start: startReporter },
}
