import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { EngineName } from '../../src/model/run-names.ts'
import { readTrainedRun, runFiles } from '../../src/node/run-folder.ts'
import { train } from '../../src/node/training.ts'
import type { TrainRequest } from '../../src/train/options.ts'
import { stoppingAfter } from '../helpers/engines.ts'
import { folderOf } from '../helpers/folders.ts'

/** A run that takes no time. */
export const small = {
  dataset: 'two-moons',
  recipe: 'post',
  rows: 64,
  hidden: [16, 8],
  steps: 30,
  onWarning: () => {},
} as const

/** The lines of a run's history. */
export const linesOf = (out: string) => readFileSync(runFiles(out).history, 'utf8').trimEnd().split('\n')

/** The bytes of all files of a run. */
export const bytesOf = (out: string) =>
  Object.values(runFiles(out))
    .filter(existsSync)
    .map((file) => readFileSync(file).toString('base64'))

/** Small runs on an engine, in folders that end with the tests. */
export function runsOf(engine: EngineName) {
  const { at } = folderOf('train')
  let runs = 0
  const newFolder = () => at(`run-${runs++}`)
  const trained = async (options: Partial<TrainRequest> = {}) => {
    const out = newFolder()
    return { out, result: await train({ ...small, engine, ...options, out }) }
  }
  return { newFolder, trained }
}

interface OfEngine {
  readonly threads?: readonly number[]
  /** Whether the loss is soon no number at a learning rate of 10. */
  readonly diverges: boolean
}

/** What training must do on every engine. */
export function trainingSuite(engine: EngineName, of: OfEngine): void {
  const { newFolder, trained } = runsOf(engine)

  it('writes the same run twice with the same seed, and another run with another seed', async () => {
    const [a, b, c] = [
      await trained({ ema: 0.9 }),
      await trained({ ema: 0.9 }),
      await trained({ ema: 0.9, seed: 1 }),
    ]
    expect(a.result).toMatchObject({ run: a.out, engine, steps: 30 })
    expect((await readTrainedRun(a.out)).weights.size).toBe(8)
    expect(JSON.parse(readFileSync(runFiles(a.out).config, 'utf8')).engine).toBe(engine)
    expect(bytesOf(a.out)).toEqual(bytesOf(b.out))
    expect(bytesOf(a.out)[1]).not.toEqual(bytesOf(c.out)[1])
  })

  it.each(of.threads ?? [undefined])(
    'continues a stopped run to the bits of an unbroken run, with threads: %s',
    async (threads) => {
      const options = { engine, threads, ema: 0.99, lrDecay: 'cosine' } as const
      const whole = await trained(options)
      const out = newFolder()
      await expect(train({ ...small, ...options, out, ...stoppingAfter(12) })).rejects.toThrow('stopped')
      expect(linesOf(out)).toHaveLength(1 + 12)
      // what a kill leaves: lines after the last checkpoint
      writeFileSync(runFiles(out).history, `${linesOf(out).join('\n')}\n13,9,9\n`)
      const result = await train({ resume: true, out, threads })
      expect(bytesOf(out)).toEqual(bytesOf(whole.out))
      expect(result.finalLoss).toBe(whole.result.finalLoss)
    },
  )

  if (!of.diverges) return

  it('stops if the loss is no number, names the option to lower, and keeps the last good checkpoint', async () => {
    const out = newFolder()
    const diverging = { hidden: [100, 100, 100, 20], learningRate: 10, steps: 500 }
    await expect(train({ ...small, ...diverging, engine, out })).rejects.toThrow(
      /the loss became (NaN|Infinity) at step \d+, at a learning rate of 10: lower `learningRate`/,
    )
    expect((await readTrainedRun(out)).weights.get('model.0.bias')!.data.every(Number.isFinite)).toBe(true)
  })
}
