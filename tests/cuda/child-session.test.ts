import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { feedsOfBatch } from '../../src/infer/measure.ts'
import { createNodeSession } from '../../src/node/providers.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { readModel } from '../../src/onnx/read.ts'
import { descendants } from '../chromium/processes.ts'
import { referenceModel } from '../helpers/models.ts'

// the child is a program of its own, which Node can only run built
const built = new URL('../../dist/infer/providers/cuda.js', import.meta.url)

describe('a session in a child process', () => {
  let createChildSession: typeof import('../../src/infer/providers/cuda.ts').createChildSession
  let bytes: Uint8Array
  beforeAll(async () => {
    if (!existsSync(built)) throw new Error('dist is missing: npm run build')
    createChildSession = (await import(built.href)).createChildSession
    bytes = await exportNoisePredictor(referenceModel)
  })
  const children = () => descendants(process.pid).filter(({ command }) => command.includes('session-child'))
  const feeds = () => feedsOfBatch(readModel(bytes), 1000)

  it('gives the outputs of a session in this process, describes itself, and ends when it is released', async () => {
    const here = await createNodeSession(bytes, { provider: 'cpu', threads: 1 })
    const there = await createChildSession(bytes, 'cpu', { threads: 1 })
    expect(children()).toHaveLength(1)
    expect(there).toMatchObject({ provider: 'cpu', adapter: null, threads: 1, tf32: null })
    expect(there.onnxruntime).toBe(here.onnxruntime)
    const [a, b] = [await here.run(feeds(), ['epsilon']), await there.run(feeds(), ['epsilon'])]
    expect(b.epsilon).toBeInstanceOf(Float32Array)
    expect(maxAbsDifference(b.epsilon!, a.epsilon!)).toBe(0)
    await here.release()
    await there.release()
    await there.release()
    expect(children()).toEqual([])
  })

  it('runs with the requested environment variables', async () => {
    for (const [tf32, expected] of [
      [false, 'NVIDIA_TF32_OVERRIDE=0'],
      [true, undefined],
    ] as const) {
      const session = await createChildSession(bytes, 'cpu', { tf32 })
      const { readFileSync } = await import('node:fs')
      const environment = readFileSync(`/proc/${children()[0]!.pid}/environ`, 'utf8').split('\0')
      expect(environment.find((line) => line.startsWith('NVIDIA_TF32_OVERRIDE'))).toBe(expected)
      await session.release()
    }
  })

  it('fails like a session in this process, with an InputError of one line, and leaves no child process', async () => {
    await expect(createChildSession(new Uint8Array(5), 'cpu', {})).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(/^provider cpu can't run the model on this machine: [^\n]+$/),
    })
    await expect.poll(children).toEqual([])
  })

  it('fails in one line if its process dies, during a run and after it', async () => {
    const session = await createChildSession(bytes, 'cpu', {})
    const message = "the session's own process ended: load the model again"
    const long = feedsOfBatch(readModel(bytes), 1_000_000)
    const running = expect(session.run(long, ['epsilon'])).rejects.toThrow(message)
    await new Promise((resolve) => setTimeout(resolve, 300))
    process.kill(children()[0]!.pid, 'SIGKILL')
    await running
    await expect(session.run(feeds(), ['epsilon'])).rejects.toThrow(message)
    await session.release()
  })
})
