import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../../src/measure/statistics.ts'
import { inBinary, inJson, memoryOf, sendAt, sendBusily } from '../serving/load.ts'
import { startOurs } from '../serving/servers.ts'
import type { Group } from './group.ts'
import { budget } from './row.ts'

const minutes = 60
/** In minutes: compares the memory from minute 10 to 20 with that of the last 10. */
const span = 10

/** An hour of requests: one row, a thousand in binary, and files, at a rate below the machine's capacity. */
export const soakRows: Group = async ({ log }) => {
  const server = await startOurs('models/penguins/sampler.onnx', 'penguins')
  const memory: number[] = []
  const statuses: Record<string, number> = {}
  const files = server.infer.replace('/infer', '/sample?n=500&given=sex=female')
  const types = ['text/csv', 'application/json', 'application/vnd.apache.parquet']
  try {
    // a run's memory is kept for the next: reach its maximum now, with the largest batch, which may come at any time
    await sendBusily(8, 10, server.infer, inBinary(5000))
    for (let minute = 1; minute <= minutes; minute++) {
      const end = performance.now() + 60_000
      const sent = await Promise.all([
        sendAt(100, 55, server.infer, inJson(1)),
        sendAt(1, 55, server.infer, inBinary(1000)),
        filesAsked(files, types, 55),
      ])
      for (const each of sent)
        for (const [status, count] of Object.entries(each.statuses))
          statuses[status] = (statuses[status] ?? 0) + count
      memory.push(await memoryOf(server.metrics))
      if (minute % 10 === 0)
        log(`minute ${minute}: ${Math.round(memory.at(-1)! / 1e6)} MB, ${JSON.stringify(statuses)}`)
      await sleep(Math.max(0, end - performance.now()))
    }
  } finally {
    await server.end()
  }
  const { 200: answered = 0, ...others } = statuses
  const failed = Object.values(others).reduce((sum, count) => sum + count, 0)
  const growth = median(memory.slice(-span)) / median(memory.slice(span, 2 * span))
  return [
    budget(`serve for an hour: failed requests, with ${answered} answered`, failed, 'requests', 0),
    budget('serve for an hour: memory at the end / memory after ten minutes', growth, 'times', 1.1),
    budget('serve for an hour: memory at the end', median(memory.slice(-span)) / 1e6, 'MB', null),
  ]
}

/** Requests rows as files, one after another. */
async function filesAsked(url: string, types: readonly string[], seconds: number) {
  const statuses: Record<string, number> = {}
  const end = performance.now() + 1000 * seconds
  for (let i = 0; performance.now() < end; i++) {
    const answer = await fetch(url, { headers: { accept: types[i % types.length]! } }).catch(() => undefined)
    await answer?.arrayBuffer()
    const status = String(answer?.status ?? 'error')
    statuses[status] = (statuses[status] ?? 0) + 1
    await sleep(500)
  }
  return { statuses }
}
