import { afterAll, expect, it, vi } from 'vitest'
import { answerCalls, connect, moved, send } from '../../src/browser/worker-calls.ts'
import { InputError } from '../../src/core/errors.ts'

const functions = {
  add: (a: number, b: number) => a + b,
  refuse(): never {
    throw new InputError('count is 0: give a whole number', 'out-of-range', { option: 'count' })
  },
  async walk({ steps, onStep }: { steps: number; onStep: (step: number) => unknown }) {
    const answers: unknown[] = []
    for (let step = 0; step < steps; step++) answers.push(await onStep(step))
    return answers
  },
  wait: ({ signal }: { signal: AbortSignal }) =>
    new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        functions.aborted = true
        resolve()
      })
    }),
  never: () => new Promise<void>(() => {}),
  numbers() {
    const data = new Float32Array([1, 2])
    functions.held = data
    return moved({ data }, [data.buffer])
  },
  aborted: false,
  held: new Float32Array(),
}

/** A worker in this thread that answers calls of `functions`. */
function startWorker() {
  const { port1, port2 } = new MessageChannel()
  vi.stubGlobal('Worker', undefined)
  vi.stubGlobal('addEventListener', port2.addEventListener.bind(port2))
  vi.stubGlobal('postMessage', (message: unknown, { transfer }: { transfer: ArrayBuffer[] }) =>
    port2.postMessage(message, transfer),
  )
  answerCalls(functions)
  port1.start()
  port2.start()
  const worker = Object.assign(port1, { terminate: () => port1.close() }) as unknown as Worker
  return { worker, ...connect<typeof functions>(worker, 'the test worker') }
}

const { worker, calls, close } = startWorker()
afterAll(() => vi.unstubAllGlobals())

it('a worker answers calls, and passes their errors on', async () => {
  expect(await Promise.all([calls.add(1, 2), calls.add(3, 4)])).toEqual([3, 7])
  await expect(calls.refuse()).rejects.toMatchObject({
    message: 'count is 0: give a whole number',
    code: 'out-of-range',
    option: 'count',
  })
})

it('a worker calls back, waits for the answer, and passes on the errors of the callback', async () => {
  const seen: number[] = []
  const onStep = async (step: number) => {
    seen.push(step)
    return step * 10
  }
  expect(await calls.walk({ steps: 3, onStep })).toEqual([0, 10, 20])
  expect(seen).toEqual([0, 1, 2])
  const wrong = new Error('the page is wrong')
  const fail = (step: number) => {
    if (step === 1) throw wrong
  }
  await expect(calls.walk({ steps: 3, onStep: fail })).rejects.toBe(wrong)
})

it('a call ends at once if its signal is aborted, also in the worker', async () => {
  const controller = new AbortController()
  const waiting = calls.wait({ signal: controller.signal })
  const reason = new Error('stopped')
  controller.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  await expect(calls.wait({ signal: controller.signal })).rejects.toBe(reason)
  await calls.add(0, 0)
  expect(functions.aborted).toBe(true)
})

it('a worker moves buffers, and takes calls that need no answer', async () => {
  send<typeof functions, 'add'>(worker, 'add', [1, 1])
  expect([...(await calls.numbers()).data]).toEqual([1, 2])
  expect(functions.held.length).toBe(0)
})

it('all calls of a closed worker fail', async () => {
  const never = calls.never()
  close(new Error('the model was replaced'))
  await expect(never).rejects.toThrow('the model was replaced')
  await expect(calls.add(1, 2)).rejects.toThrow('the model was replaced')
})
