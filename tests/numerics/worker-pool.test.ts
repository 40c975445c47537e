import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { changes, type PoolHelper, poolWords, serve, WorkerPool } from '../../src/numerics/worker-pool.ts'

const maxTasks = 40

const newWords = () => new Int32Array(new SharedArrayBuffer(4 * poolWords(maxTasks)))

/** A thread that serves with a task that counts itself, or that ends in its first one. */
function startHelper(words: Int32Array, counts: Int32Array, thread: number, ends: boolean): PoolHelper {
  // Node's workers read no TypeScript: the function goes over as its text
  const code = `
    const { workerData: { words, counts, thread, ends } } = require('node:worker_threads')
    const wait = (memory, word, value) => Atomics.wait(memory, word, value)
    ${helperText}
  `
  const worker = new Worker(code, { eval: true, workerData: { words, counts, thread, ends } })
  let reason: Error | undefined
  worker.on('exit', () => {
    reason = new Error('a thread ended')
  })
  return { ended: () => reason, end: async () => void (await worker.terminate()) }
}

/** The words of worker-pool.ts, in plain JavaScript: taking each task by a compare and exchange. */
const helperText = `
  for (;;) {
    const phase = Atomics.load(words, 0)
    const count = Atomics.load(words, 2)
    const free = (phase << 11) | 2047
    for (let task = count - 1; task >= 0; task--) {
      if (Atomics.compareExchange(words, 16 + task, free, (phase << 11) | thread) !== free) continue
      if (ends) process.exit()
      Atomics.add(counts, task, 1)
      Atomics.store(words, 16 + task, phase << 11)
      Atomics.notify(words, 16 + task)
    }
    wait(words, 0, phase)
  }
`

/** A helper that never takes a task. */
const startAbsent = (): PoolHelper => ({ ended: () => undefined, end: async () => {} })

describe('a worker pool', () => {
  it('does every task of each phase once, on any thread', async () => {
    const words = newWords()
    const counts = new Int32Array(new SharedArrayBuffer(4 * maxTasks))
    const work = (_: number, task: number) => void Atomics.add(counts, task, 1)
    const pool = new WorkerPool(words, work, 3, (thread) => startHelper(words, counts, thread, false))
    for (let phase = 0; phase < 3000; phase++) await pool.run(phase % 2, phase % maxTasks)
    const expected = Array.from({ length: maxTasks }, (_, task) => (3000 / maxTasks) * (maxTasks - 1 - task))
    expect([...counts]).toEqual(expected)
    await pool.end()
  })

  it('does the tasks of a thread that ended, and continues without it', async () => {
    const words = newWords()
    const counts = new Int32Array(new SharedArrayBuffer(4 * maxTasks))
    const pool = new WorkerPool(
      words,
      (_, task) => {
        Atomics.add(counts, task, 1)
        // the helper has time to take one
        Atomics.wait(words, 15, 0, 2)
      },
      2,
      (thread) => startHelper(words, counts, thread, true),
    )
    for (let phase = 0; phase < 10; phase++) await pool.run(0, maxTasks)
    expect(() => pool.requireHelpers()).toThrow('a thread ended')
    expect([...counts]).toEqual(new Array(maxTasks).fill(10))
  })

  it('of one thread needs no shared memory', async () => {
    const taken: string[] = []
    const work = (kind: number, task: number) => void taken.push(`${kind}.${task}`)
    await new WorkerPool(new Int32Array(0), work, 1, startAbsent).run(7, 3)
    expect(taken).toEqual(['7.0', '7.1', '7.2'])
  })

  it.each([
    ['alone', 1],
    ['with a helper that never takes one', 2],
  ])('waits for each task that returns a promise, %s', async (_, threads) => {
    const seen: string[] = []
    const work = async (_: number, task: number) => {
      seen.push(`begin ${task}`)
      await setTimeout(2)
      seen.push(`end ${task}`)
    }
    const pool = new WorkerPool(newWords(), work, threads, startAbsent)
    pool.requireHelpers()
    await pool.run(0, 2)
    expect(seen).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1'])
  })

  it('has helpers that begin with the last task, and pass on the error of a task', async () => {
    const words = newWords()
    const [free, taken, phase] = [2047, 2, 1 << 11]
    words.set([1, 5, 2], 0)
    words.set([phase | free, phase | free], 16)
    const begun: string[] = []
    const work = async (kind: number, task: number) => {
      begun.push(`${kind}.${task}`)
      if (task === 0) throw new Error('enough')
    }
    await expect(serve(words, 2, work)).rejects.toThrow('enough')
    expect(begun).toEqual(['5.1', '5.0'])
    expect([...words.subarray(16, 18)]).toEqual([phase | taken, phase])
  })

  it('has helpers that do no task before the first phase', async () => {
    const words = newWords()
    words[2] = maxTasks
    const begun: number[] = []
    const served = serve(words, 2, (_, task) => {
      begun.push(task)
      throw new Error('enough')
    })
    // it has looked once, and gives way before it waits: the first phase's task ends it
    words.set([1, 0, 1], 0)
    words[16] = (1 << 11) | 2047
    await expect(served).rejects.toThrow('enough')
    expect(begun).toEqual([0])
  })
})

describe('a wait for a word of memory', () => {
  /** Notifies of the word again and again; after a while it changes the word as well. */
  const notifier = `
    const { workerData: { words, change } } = require('node:worker_threads')
    let times = 0
    const timer = setInterval(() => {
      if (++times === 20 && change) Atomics.store(words, 1, 1)
      if (times > 40) clearInterval(timer)
      Atomics.notify(words, 1)
    }, 5)
  `

  /** What each call says, until one says yes. */
  async function changesUnder({ change }: { change: boolean }, calls: number): Promise<boolean[]> {
    const words = newWords()
    const worker = new Worker(notifier, { eval: true, workerData: { words, change } })
    await once(worker, 'online')
    const seen: boolean[] = []
    for (let i = 0; i < calls && !seen.includes(true); i++) seen.push(changes(words, 1, 0, 50))
    await worker.terminate()
    return seen
  }

  it('reports no change, however often the word is notified without one', async () => {
    expect(await changesUnder({ change: false }, 10)).toEqual(Array(10).fill(false))
  })

  it('reports a change', async () => {
    expect((await changesUnder({ change: true }, 1000)).at(-1)).toBe(true)
  })
})
