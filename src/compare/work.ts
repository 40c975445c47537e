/** How far a comparison is. */
export interface CompareProgress {
  /** What is being done: 'cpu, ddim' say. */
  readonly stage: string
  readonly done: number
  readonly count: number
}

export interface CompareWork {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: CompareProgress) => void) | undefined
}

const sliceMilliseconds = 50
let sliceStart = performance.now()

/** Lets signals and timers be heard, now and then. Errors: the signal's reason once it is aborted. */
export async function pause(signal?: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  if (performance.now() - sliceStart < sliceMilliseconds) return
  await new Promise((resolve) => setTimeout(resolve))
  sliceStart = performance.now()
  signal?.throwIfAborted()
}
