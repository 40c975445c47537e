import { receivedError } from '../core/errors.ts'
import type { Report, ReportOptions } from '../report/report.ts'
import type { FromReportWorker, ToReportWorker } from './report-worker.ts'
import { startReportWorker } from './runtimes.ts'

/**
 * Reports how good the samples of a table are, and what they give away of the rows that their generator was trained on, in a
 * worker: no byte leaves the page, and the numbers are those of Node to the bit.
 *
 * @param options - The samples, held-out real rows, the rows trained on, and what else to look at.
 * @returns The findings, as plain JSON.
 * @throws InputError on tables of other columns, fewer than 20 rows, a target that there is not or that cannot be learned,
 * and a given value that its column does not have; the signal's reason.
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
        // an error without a message: the script was not found, or the page's policy forbids it
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
