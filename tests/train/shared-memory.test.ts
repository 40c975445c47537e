import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { asked, changes } from '../../src/train/engines/onnx/shared-memory.ts'

/** Notifies of the word again and again; after a while it changes the word as well. */
const notifier = `
  const { workerData: { memory, word, change } } = require('node:worker_threads')
  const control = new Int32Array(memory)
  let times = 0
  const timer = setInterval(() => {
    if (++times === 20 && change) Atomics.store(control, word, 1)
    if (times > 40) clearInterval(timer)
    Atomics.notify(control, word)
  }, 5)
`

/** What each call says, until one says yes. */
async function changesUnder({ change }: { change: boolean }, calls: number): Promise<boolean[]> {
  const memory = new SharedArrayBuffer(64)
  const worker = new Worker(notifier, { eval: true, workerData: { memory, word: asked, change } })
  await once(worker, 'online')
  const control = new Int32Array(memory)
  const seen: boolean[] = []
  for (let i = 0; i < calls && !seen.includes(true); i++) seen.push(changes(control, asked, 0, 50))
  await worker.terminate()
  return seen
}

it('a word that stays the same has not changed, however often it is notified', async () => {
  expect(await changesUnder({ change: false }, 10)).toEqual(Array(10).fill(false))
})

it('a change is seen', async () => {
  expect((await changesUnder({ change: true }, 1000)).at(-1)).toBe(true)
})
