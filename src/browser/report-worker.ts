import { type SentError, sentError } from '../core/errors.ts'
import type { WorkProgress } from '../core/work.ts'
import { type Report, type ReportOptions, report } from '../report/report.ts'

/** The options that can cross to a worker. */
export type ToReportWorker = Omit<ReportOptions, 'signal' | 'onProgress'>

export type FromReportWorker =
  | { readonly type: 'progress'; readonly progress: WorkProgress }
  | { readonly type: 'done'; readonly report: Report }
  | { readonly type: 'failed'; readonly error: SentError }

const post = (message: FromReportWorker) => postMessage(message)

addEventListener('message', ({ data }: MessageEvent<ToReportWorker>) => {
  const onProgress = (progress: WorkProgress) => post({ type: 'progress', progress })
  report({ ...data, onProgress }).then(
    (found) => post({ type: 'done', report: found }),
    (error) => post({ type: 'failed', error: sentError(error) }),
  )
})
