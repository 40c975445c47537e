/** What tabs of the studio tell each other. */
export type News =
  /** The list of runs is another. */
  | { readonly type: 'changed' }
  /** A run is forgotten: the tab that has it open closes it. */
  | { readonly type: 'forgotten'; readonly id: string }

const channel = globalThis.BroadcastChannel && new BroadcastChannel('moonstep-studio')

export function tell(news: News): void {
  channel?.postMessage(news)
}

export function onNews(listener: (news: News) => void): void {
  channel?.addEventListener('message', ({ data }: MessageEvent<News>) => listener(data))
}

/** A run that no other tab can open meanwhile. */
export interface Hold {
  release(): void
}

const lockOf = (id: string) => `moonstep-studio ${id}`

/**
 * Takes a run for this tab, which keeps it until it is released or the tab is closed.
 *
 * @param id - The run's name in the storage.
 * @param patience - How many milliseconds to wait for another tab that is about to end.
 * @returns Undefined if another tab has the run. A page on plain http has no locks, nor runs that other tabs see.
 */
export function hold(id: string, patience: number): Promise<Hold | undefined> {
  if (!navigator.locks) return Promise.resolve({ release() {} })
  return new Promise((resolve, reject) => {
    const held = () =>
      new Promise<void>((release) => {
        resolve({ release })
      })
    navigator.locks.request(lockOf(id), { signal: AbortSignal.timeout(patience) }, held).catch((error) => {
      if (error instanceof DOMException && error.name === 'TimeoutError') resolve(undefined)
      else reject(error)
    })
  })
}

/** Which of the runs some tab has open, this one among them. */
export async function heldRuns(ids: readonly string[]): Promise<Set<string>> {
  const { held = [] } = (await navigator.locks?.query()) ?? {}
  const names = new Set(held.map(({ name }) => name))
  return new Set(ids.filter((id) => names.has(lockOf(id))))
}
