import { type Remote, wrap } from 'comlink'
import { startThread, type ThreadMessage } from '../../../src/browser/runtime-threads.ts'
import type { Desk as DeskOfWorker } from './worker/desk.ts'
import type { Reporter } from './worker/reporter.ts'
import { startReporter, startWorker, workerReady } from './workers.ts'

/** The worker that holds the table. */
export type Desk = Remote<DeskOfWorker>

/** Starts the desk. The page owns its sampling threads: see `startThreadsInPage`. */
export async function startDesk(): Promise<Desk> {
  await workerReady
  const worker = startWorker('desk')
  const fail = (event: ErrorEvent) => console.error(event.message)
  worker.addEventListener('message', ({ data }: MessageEvent<Partial<ThreadMessage>>) => {
    if (data.type === 'thread') startThread(data as ThreadMessage, fail)
  })
  return wrap<DeskOfWorker>(worker)
}

/** Runs a task in a new reporter, then ends it. */
export async function withReporter<R>(
  task: (reporter: Remote<Reporter>) => Promise<R>,
  signal?: AbortSignal,
): Promise<R> {
  const worker = await startReporter()
  try {
    return await new Promise<R>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason))
      worker.addEventListener('error', (event) =>
        reject(new Error(`the report's worker failed: ${event.message}`)),
      )
      task(wrap<Reporter>(worker)).then(resolve, reject)
    })
  } finally {
    worker.terminate()
  }
}
