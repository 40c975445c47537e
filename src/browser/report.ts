import { receivedError } from '../core/errors.ts'
import type { Report, ReportOptions } from '../report/report.ts'
import type { FromReportWorker, ToReportWorker } from './report-worker.ts'
import { startReportWorker } from './runtimes.ts'

/**
 * Reports the quality of a table's samples and what they reveal about the training rows, in a worker: no byte leaves
 * the page, and the numbers equal Node's bit for bit.
 *
 * @param options - The samples, held-out rows and training rows, and what else to measure.
 * @returns The findings, as plain JSON.
 * @throws InputError if the columns differ, a table has fewer than 20 rows, the target is missing or cannot be learned,
 * or a column lacks the given value; the signal's reason once it is aborted.
 * @example
 * const { verdict, privacy } = await report({ samples: table, against: holdout, train: people })
 */
export async function report(options: ReportOptions): Promise<Report> {
  const { signal, onProgress, ...rest } = options
  signal?.throwIfAborted()
  const worker = startReportWorker()
  let abort = () => {}
  try {
    return await new Promise<Report>((resolve, reject) => {
      abort = () => reject(signal!.reason)
      signal?.addEventListener('abort', abort)
      worker.addEventListener('error', (event) => {
        event.preventDefault()
        // an error without a message means that the script was not found or the page's policy forbids it
        const what = event.message
          ? `failed: ${event.message}`
          : 'does not start: serve the files beside its script'
        reject(new Error(`the report's worker ${what}`))
      })
      worker.addEventListener('message', ({ data }: MessageEvent<FromReportWorker>) => {
        if (data.type === 'progress') onProgress?.(data.progress)
        else if (data.type === 'done') resolve(data.report)
        else reject(receivedError(data.error))
      })
      const message: ToReportWorker = rest
      worker.postMessage(message)
    })
  } finally {
    signal?.removeEventListener('abort', abort)
    worker.terminate()
  }
}
