import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readTrainedRun, runFiles } from '../../src/node/run-folder.ts'
import { train } from '../../src/node/training.ts'
import type { TrainRequest } from '../../src/train/options.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-onnx-train-'))
afterAll(() => rmSync(folder, { recursive: true }))

let runs = 0
const newFolder = () => join(folder, `run-${runs++}`)
const small = { recipe: 'post', rows: 64, hidden: [16, 8], steps: 30, engine: 'onnx' } as const
const trained = async (options: Partial<TrainRequest> = {}) => {
  const out = newFolder()
  return { out, result: await train({ ...small, ...options, out }) }
}
const lines = (out: string) => readFileSync(runFiles(out).history, 'utf8').trimEnd().split('\n')
const bytesOf = (out: string) =>
  Object.values(runFiles(out))
    .filter(existsSync)
    .map((file) => readFileSync(file).toString('base64'))

describe('train on onnx', () => {
  it('writes a run folder that says so, the same bytes twice', async () => {
    const [a, b] = [await trained({ ema: 0.9 }), await trained({ ema: 0.9 })]
    expect(a.result).toMatchObject({ engine: 'onnx', steps: 30 })
    expect((await readTrainedRun(a.out)).weights.size).toBe(8)
    expect(JSON.parse(readFileSync(runFiles(a.out).config, 'utf8')).engine).toBe('onnx')
    expect(bytesOf(a.out)).toEqual(bytesOf(b.out))
  })

  it('is what auto takes, with no warning', async () => {
    const warnings: string[] = []
    const { result } = await trained({ engine: 'auto', onWarning: (message) => warnings.push(message) })
    expect([result.engine, warnings]).toEqual(['onnx', []])
  })

  it('learns: by the recipe of the post the loss falls below 0.55 in 400 steps', async () => {
    const { result, out } = await trained({ rows: 1000, hidden: [100, 100, 100, 20], steps: 400 })
    expect(Number(lines(out)[1]!.split(',')[1])).toBeGreaterThan(0.9)
    expect(result.finalLoss).toBeLessThan(0.55)
  })

  it.each([1, 2])('resumes to the bits of an unbroken run, no step twice, on %i threads', async (threads) => {
    const options = { threads, steps: 10_000, ema: 0.99, lrDecay: 'cosine' } as const
    const whole = await trained(options)
    const out = newFolder()
    const stop = new AbortController()
    let seen = 0
    const onProgress = ({ step }: { step: number }) => {
      seen = step
      stop.abort(new Error('stopped'))
    }
    const broken = train({ ...small, ...options, out, signal: stop.signal, onProgress })
    await expect(broken).rejects.toThrow('stopped')
    expect(seen).toBeGreaterThan(0)
    expect(seen).toBeLessThan(options.steps)
    writeFileSync(runFiles(out).history, `${lines(out).join('\n')}\n${seen + 1},9,9\n`)
    await train({ resume: true, out, threads })
    expect(bytesOf(out)).toEqual(bytesOf(whole.out))
  })

  it('stops where the loss is no number, and keeps the last good checkpoint', async () => {
    const out = newFolder()
    const diverging = { hidden: [100, 100, 100, 20], learningRate: 10, steps: 500 }
    await expect(train({ ...small, ...diverging, out })).rejects.toThrow(
      /the loss became (NaN|Infinity) at step \d+, at a learning rate of 10: lower `learningRate`/,
    )
    expect((await readTrainedRun(out)).weights.get('model.0.bias')!.data.every(Number.isFinite)).toBe(true)
  })
})
