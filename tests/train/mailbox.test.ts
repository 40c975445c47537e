import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { Mailbox } from '../../src/train/engines/onnx/mailbox.ts'

/** Notifies of the word again and again; after a while it changes the word as well. */
const notifier = `
  const { workerData: { memory, change } } = require('node:worker_threads')
  const control = new Int32Array(memory)
  const word = 1
  let times = 0
  const timer = setInterval(() => {
    if (++times === 20 && change) Atomics.store(control, word, 1)
    if (times > 40) clearInterval(timer)
    Atomics.notify(control, word)
  }, 5)
`

/** What each call says, until one says yes. */
async function changesUnder({ change }: { change: boolean }, calls: number): Promise<boolean[]> {
  const sizes = { row: { x_t: 1, target: 1, t: 1, factors: 1 }, rows: 1 }
  const memory = Mailbox.memoryFor(sizes)
  const one = () => new Float32Array(new SharedArrayBuffer(4))
  const mailbox = new Mailbox({ memory, parameters: one(), gradient: one(), sizes, shapes: [] })
  const worker = new Worker(notifier, { eval: true, workerData: { memory, change } })
  await once(worker, 'online')
  const seen: boolean[] = []
  for (let i = 0; i < calls && !seen.includes(true); i++) seen.push(mailbox.changes('asked', 0, 50))
  await worker.terminate()
  return seen
}

it('a word that stays the same has not changed, however often it is notified', async () => {
  expect(await changesUnder({ change: false }, 10)).toEqual(Array(10).fill(false))
})

it('a change is seen', async () => {
  expect((await changesUnder({ change: true }, 1000)).at(-1)).toBe(true)
})
