/** Replaces the package's own starts of workers in the session's worker: an earlier model's threads serve the next. */
const free: Worker[] = []

/** Starts a thread; it is kept when its model is disposed of, because only the page could end it. */
function startThread(): Pick<Worker, 'postMessage' | 'terminate'> {
  const worker = free.pop() ?? new Worker(location.href, { type: 'module', name: 'simd' })
  return { postMessage: worker.postMessage.bind(worker), terminate: () => free.push(worker) }
}

/** Starts a thread that helps with the training of several tables; those of one table have workers of their own. */
function startHelper(): Worker {
  return new Worker(location.href, { type: 'module', name: 'training' })
}

export const workerRuntimes = { simd: { start: startThread }, training: { start: startHelper } }
