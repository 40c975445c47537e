import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { Crew, type CrewHelper, crewWords, serve } from '../../../src/numerics/kernels/crew.ts'

const maxTasks = 40

const newWords = () => new Int32Array(new SharedArrayBuffer(4 * crewWords(maxTasks)))

/** A thread that serves with a task that counts itself, or that ends in its first one. */
function startHelper(words: Int32Array, counts: Int32Array, thread: number, ends: boolean) {
  // Node's workers read no TypeScript: the function goes over as its text
  const code = `
    const { workerData: { words, counts, thread, ends } } = require('node:worker_threads')
    const wait = (memory, word, value) => Atomics.wait(memory, word, value)
    ${helperText}
  `
  const worker = new Worker(code, { eval: true, workerData: { words, counts, thread, ends } })
  let hasEnded = false
  worker.on('exit', () => {
    hasEnded = true
  })
  return { worker, ended: () => hasEnded } satisfies CrewHelper & { worker: Worker }
}

/** The words of crew.ts, in plain JavaScript: taking each task by a compare and exchange. */
const helperText = `
  for (;;) {
    const phase = Atomics.load(words, 0)
    const count = Atomics.load(words, 2)
    const free = phase << 8
    for (let task = 0; task < count; task++) {
      if (Atomics.compareExchange(words, 16 + 2 * task, free, free | thread) !== free) continue
      if (ends) process.exit()
      Atomics.add(counts, task, 1)
      Atomics.store(words, 17 + 2 * task, phase)
      Atomics.notify(words, 17 + 2 * task)
    }
    wait(words, 0, phase)
  }
`

describe('a crew', () => {
  it('does every task of each phase once, whoever takes it', async () => {
    const words = newWords()
    const counts = new Int32Array(new SharedArrayBuffer(4 * maxTasks))
    const helpers = [2, 3].map((thread) => startHelper(words, counts, thread, false))
    const crew = new Crew(words, (_, task) => Atomics.add(counts, task, 1), helpers)
    for (let phase = 0; phase < 3000; phase++) await crew.run(phase % 2, phase % maxTasks)
    const expected = Array.from({ length: maxTasks }, (_, task) => (3000 / maxTasks) * (maxTasks - 1 - task))
    expect([...counts]).toEqual(expected)
    await Promise.all(helpers.map(({ worker }) => worker.terminate()))
  })

  it('does what a thread had taken that ended, and goes on without it', async () => {
    const words = newWords()
    const counts = new Int32Array(new SharedArrayBuffer(4 * maxTasks))
    const helper = startHelper(words, counts, 2, true)
    const crew = new Crew(
      words,
      (_, task) => {
        Atomics.add(counts, task, 1)
        // the helper has time to take one
        Atomics.wait(words, 15, 0, 5)
      },
      [helper],
    )
    for (let phase = 0; phase < 20; phase++) await crew.run(0, maxTasks)
    expect(helper.ended()).toBe(true)
    expect([...counts]).toEqual(new Array(maxTasks).fill(20))
  })

  it('alone takes no words', async () => {
    const done: string[] = []
    await new Crew(new Int32Array(0), (kind, task) => done.push(`${kind}.${task}`), []).run(7, 3)
    expect(done).toEqual(['7.0', '7.1', '7.2'])
  })

  it('has a helper’s side that ends with what its work throws', () => {
    const words = newWords()
    words.set([1, 5, 2], 0)
    words.set([1 << 8, -1, 1 << 8, -1], 16)
    const taken: string[] = []
    const work = (kind: number, task: number) => {
      taken.push(`${kind}.${task}`)
      if (task === 1) throw new Error('enough')
    }
    expect(() => serve(words, 2, work)).toThrow('enough')
    expect(taken).toEqual(['5.0', '5.1'])
    expect([...words.subarray(16, 20)]).toEqual([(1 << 8) | 2, 1, (1 << 8) | 2, -1])
  })
})
