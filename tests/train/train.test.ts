import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ScheduleConfig } from '../../src/diffusion/schedule.ts'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { readTrainedRun, runFiles } from '../../src/node/run-folder.ts'
import { train } from '../../src/node/training.ts'
import type { TrainRequest } from '../../src/train/options.ts'
import { expectRejected } from '../helpers/refusals.ts'
import { bytesOf, linesOf, small as onAnyEngine, runsOf, trainingSuite } from './training-suite.ts'

const small = { ...onAnyEngine, engine: 'simd' } as const
const { newFolder, trained } = runsOf('simd')
const configOf = (out: string) => JSON.parse(readFileSync(runFiles(out).config, 'utf8'))
const column = (out: string, k: number) =>
  linesOf(out)
    .slice(1)
    .map((line) => line.split(',')[k])

describe('train on simd', () => {
  trainingSuite('simd', { threads: [1, 2], diverges: false })

  it('learns: with the recipe post the loss falls below 0.55 in 300 steps', async () => {
    const { result, out } = await trained({ rows: 250, hidden: [100, 100, 100, 20], steps: 300 })
    expect(Number(column(out, 1)[0])).toBeGreaterThan(0.9)
    expect(result.finalLoss).toBeLessThan(0.55)
  })

  it('writes a run folder that can be exported, with a line of history for each step', async () => {
    const { out, result } = await trained()
    expect(result).toMatchObject({ run: out, engine: 'simd', steps: 30 })
    expect(result.secondsPerStep).toBeGreaterThan(0)
    expect(result.secondsPerStep * 30).toBeLessThanOrEqual(result.seconds)
    expect(linesOf(out)[0]).toBe('step,loss,learning_rate')
    expect(column(out, 0).map(Number)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    const { config, weights } = await readTrainedRun(out)
    expect(config).toMatchObject({ T: 10, columns: ['x', 'y'], dataset: { name: 'two-moons', rows: 64 } })
    expect([...weights.keys()]).toEqual(
      ['t_encoder', 'model.0', 'model.2', 'model.4'].flatMap((name) => [`${name}.weight`, `${name}.bias`]),
    )
  })

  it.each<ScheduleConfig>([
    { kind: 'linear', betaStart: 0.01, betaEnd: 0.6 },
    { kind: 'scaled_linear', betaStart: 0.01, betaEnd: 0.7 },
    { kind: 'polynomial', betaStart: 1e-3, betaEnd: 0.8, power: 2 },
    { kind: 'squaredcos_cap_v2' },
    { kind: 'sigmoid', betaStart: 0.01, betaEnd: 0.6 },
    { kind: 'karras', sigmaMin: 0.05, sigmaMax: 6, rho: 7 },
    { kind: 'betas', betas: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9] },
  ])('learns on the schedule $kind', async (schedule) => {
    const { out, result } = await trained({ schedule, steps: 150 })
    expect(result.finalLoss).toBeLessThan(Number(column(out, 1)[0]))
    expect((await readTrainedRun(out)).config.schedule).toEqual(schedule)
  })

  it('warns of a schedule that leaves signal in x_T', async () => {
    const warnings: string[] = []
    const schedule = { kind: 'linear', betaStart: 1e-4, betaEnd: 0.02 } as const
    await trained({ schedule, steps: 1, onWarning: (message) => warnings.push(message) })
    expect(warnings.join()).toMatch(/alphaBar_10 is 0\.904/)
  })

  it('records the decay of the learning rate, and takes mini-batches', async () => {
    const { out } = await trained({ lrDecay: 'linear', learningRate: 0.3, steps: 5, batchSize: 8 })
    expect(column(out, 2).map((rate) => Number(rate).toFixed(2))).toEqual([
      '0.30',
      '0.24',
      '0.18',
      '0.12',
      '0.06',
    ])
    expect(configOf(out).training.batchSize).toBe(8)
  })

  it('writes the average of the weights if it keeps one', async () => {
    const weight = async (ema?: number) =>
      (await readTrainedRun((await trained({ ema })).out)).weights.get('model.0.weight')
    expect(await weight(0.99)).not.toEqual(await weight())
  })

  it('overwrites a folder with a run only if it is forced', async () => {
    const { out } = await trained()
    const before = bytesOf(out)
    await expect(train({ ...small, out, seed: 5 })).rejects.toThrow(/already has a run.*`force`/)
    expect(bytesOf(out)).toEqual(before)
    await train({ ...small, out, seed: 5, force: true })
    expect(bytesOf(out)[1]).not.toEqual(before[1])
  })

  it.each<[Partial<TrainRequest>, RegExp]>([
    [{ steps: 0 }, /steps is 0/],
    [{ steps: 1e99 }, /steps is 1e\+99/],
    [{ rows: 1 }, /rows is 1/],
    [{ batchSize: 0 }, /batchSize is 0/],
    [{ learningRate: Number.NaN }, /learningRate is NaN/],
    [{ ema: 1 }, /ema is 1/],
    [{ weightDecay: -1 }, /weightDecay is -1/],
    [{ hidden: [10, 0] }, /hidden has 0: give whole numbers/],
    [{ T: 0 }, /T is 0/],
    [{ seed: -1 }, /seed is -1/],
    [{ recipe: 'soup' as 'post' }, /unknown recipe soup: choose from points, post/],
    [{ dataset: 'moon' }, /unknown dataset moon/],
    [{ schedule: { kind: 'polynomial', betaStart: 1e-4, betaEnd: 1, power: 3 } }, /beta_10 is 1/],
  ])('refuses %j and writes nothing', async (options, message) => {
    const out = newFolder()
    await expectRejected(() => train({ ...small, ...options, out }), message)
    expect(existsSync(out)).toBe(false)
  })

  it('refuses to continue a run without a folder or a checkpoint', async () => {
    await expect(train({ resume: true, out: newFolder() })).rejects.toThrow(
      /no run folder: it has no config\.json/,
    )
    const { out } = await trained()
    rmSync(join(out, 'checkpoint'), { recursive: true })
    await expect(train({ resume: true, out })).rejects.toThrow(
      /no checkpoint.state\.safetensors to resume from/,
    )
  })

  it('keeps a run without a folder in memory, with the same bits', async () => {
    const options = { ...small, ema: 0.9 }
    const { out, result } = await trained(options)
    const [cwd, kept] = [readdirSync('.'), await train(options)]
    expect(readdirSync('.')).toEqual(cwd)
    const { seconds, secondsPerStep } = kept
    expect({ ...kept, run: out }).toEqual({ ...result, seconds, secondsPerStep })
    expect(kept.run).toBeNull()
    const { weights, config } = await readTrainedRun(out)
    expect(kept.weights).toEqual(weights)
    expect(kept.config).toMatchObject({ ...config, engine: 'simd' })
    const { steps, losses, learningRates } = kept.history
    expect(steps.map((step, i) => `${step},${losses[i]},${learningRates[i]}`)).toEqual(linesOf(out).slice(1))
    expect(await exportNoisePredictor(kept)).toEqual(await exportNoisePredictor({ config, weights }))
  })

  it('continues a run of the former engine tfjs-wasm to more steps, and warns of other bits', async () => {
    const { out } = await trained()
    const file = runFiles(out).config
    writeFileSync(file, readFileSync(file, 'utf8').replace('"engine": "simd"', '"engine": "tfjs-wasm"'))
    const warnings: string[] = []
    const onWarning = (message: string) => warnings.push(message)
    const result = await train({ resume: true, out, steps: 35, onWarning })
    expect(warnings.join('\n')).toContain('the engine tfjs-wasm no longer exists: the run continues on simd')
    expect(result).toMatchObject({ engine: 'simd', steps: 35 })
    expect(configOf(out)).toMatchObject({ engine: 'simd', training: { steps: 35 } })
    expect(linesOf(out)).toHaveLength(1 + 35)
  })

  it('refuses a folder that is a file', async () => {
    const out = join(newFolder(), 'file')
    mkdirSync(join(out, '..'))
    writeFileSync(out, '')
    await expect(train({ ...small, out })).rejects.toThrow(/file is a file: give a folder as `out`/)
  })
})
