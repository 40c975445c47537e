import { readdirSync, readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'

/** How many threads of Chromium's workers computed meanwhile, by Linux's own account of them. */
export async function busyWorkerThreads(browser: Browser, task: () => Promise<unknown>): Promise<number> {
  const cdp = await browser.newBrowserCDPSession()
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo')
  const renderers = processInfo.flatMap(({ id, type }) => (type === 'renderer' ? [id] : []))
  const before = workerTicks(renderers)
  await task()
  const after = workerTicks(renderers)
  return [...after].filter(([thread, ticks]) => ticks - (before.get(thread) ?? 0) >= 2).length
}

/** The processor time of each worker's thread so far, in hundredths of a second. */
function workerTicks(processes: readonly number[]): Map<string, number> {
  const ticks = new Map<string, number>()
  for (const id of processes)
    for (const thread of readdirSync(`/proc/${id}/task`)) {
      const stat = readFileSync(`/proc/${id}/task/${thread}/stat`, 'utf8')
      const [, name, fields] = /\((.*)\) (.*)/.exec(stat)!
      const numbers = fields!.split(' ')
      // utime and stime are the 14th and 15th of all fields, the name being the second
      if (name!.startsWith('DedicatedWorker'))
        ticks.set(`${id}/${thread}`, Number(numbers[11]) + Number(numbers[12]))
    }
  return ticks
}
