import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import type { ScheduleConfig } from '../../src/diffusion/schedule.ts'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { readTrainedRun, runFiles } from '../../src/node/run-folder.ts'
import { train } from '../../src/node/training.ts'
import type { TrainRequest } from '../../src/train/options.ts'
import { describeWith } from '../helpers/needs.ts'
import { bytesOf, linesOf, small as onAnyEngine, runsOf, trainingSuite } from './training-suite.ts'

const small = { ...onAnyEngine, engine: 'tensorflow' } as const
const { newFolder, trained } = runsOf('tensorflow')

describeWith('tensorflow', 'train on tensorflow', () => {
  trainingSuite('tensorflow', { steps: 2000, diverges: true })

  it('writes a run folder that exports, with a line of history a step', async () => {
    const { out, result } = await trained()
    expect(result).toMatchObject({ run: out, engine: 'tensorflow', steps: 30 })
    expect(result.secondsPerStep * 30).toBeCloseTo(result.seconds)
    expect(linesOf(out)[0]).toBe('step,loss,learning_rate')
    expect(
      linesOf(out)
        .slice(1)
        .map((line) => Number(line.split(',')[0])),
    ).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    const { config, weights } = await readTrainedRun(out)
    expect(config).toMatchObject({ T: 10, columns: ['x', 'y'], dataset: { name: 'two-moons', rows: 64 } })
    expect([...weights.keys()]).toEqual(
      ['t_encoder', 'model.0', 'model.2', 'model.4'].flatMap((name) => [`${name}.weight`, `${name}.bias`]),
    )
    expect(JSON.parse(readFileSync(runFiles(out).config, 'utf8')).engine).toBe('tensorflow')
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
    expect(result.finalLoss).toBeLessThan(Number(linesOf(out)[1]!.split(',')[1]))
    expect((await readTrainedRun(out)).config.schedule).toEqual(schedule)
  })

  it('warns of a schedule that leaves signal in x_T', async () => {
    const warnings: string[] = []
    const schedule = { kind: 'linear', betaStart: 1e-4, betaEnd: 0.02 } as const
    await trained({ schedule, steps: 1, onWarning: (message) => warnings.push(message) })
    expect(warnings.join()).toMatch(/alphaBar_10 is 0\.904/)
  })

  it('records the decay of the learning rate, and takes mini-batches', async () => {
    const { out } = await trained({ lrDecay: 'linear', learningRate: 0.3, steps: 10, batchSize: 8 })
    expect(
      linesOf(out)
        .slice(1)
        .map((line) => Number(line.split(',')[2]).toFixed(2)),
    ).toEqual(['0.30', '0.27', '0.24', '0.21', '0.18', '0.15', '0.12', '0.09', '0.06', '0.03'])
    expect(JSON.parse(readFileSync(runFiles(out).config, 'utf8')).training.batchSize).toBe(8)
  })

  it('writes the average of the weights where one is kept', async () => {
    const weight = async (ema?: number) =>
      (await readTrainedRun((await trained({ ema })).out)).weights.get('model.0.weight')
    expect(await weight(0.99)).not.toEqual(await weight())
  })

  it('leaves a folder that holds a run alone, unless forced', async () => {
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
    [{ recipe: 'soup' }, /unknown recipe soup: choose from points, post/],
    [{ recipe: 'seed' }, /recipe is 'seed': it is now called post/],
    [{ recipe: 'default' }, /recipe is 'default': it is now called points/],
    [{ dataset: 'moon' }, /unknown dataset moon/],
    [{ schedule: { kind: 'polynomial', betaStart: 1e-4, betaEnd: 1, power: 3 } }, /beta_10 is 1/],
  ])('refuses %j and writes nothing', async (options, message) => {
    const out = newFolder()
    const refused = train({ ...small, ...options, out })
    await expect(refused).rejects.toThrow(InputError)
    await expect(refused).rejects.toThrow(message)
    expect(existsSync(out)).toBe(false)
  })

  it('refuses to resume what is not there', async () => {
    await expect(train({ resume: true, out: newFolder() })).rejects.toThrow(
      /no run folder: it has no config\.json/,
    )
    const { out } = await trained()
    rmSync(join(out, 'checkpoint'), { recursive: true })
    await expect(train({ resume: true, out })).rejects.toThrow(
      /no checkpoint.state\.safetensors to resume from/,
    )
  })
})

describe('train on simd', () => {
  trainingSuite('simd', { steps: 10_000, threads: [1, 2], diverges: false })

  it('keeps the run in memory without a folder, to the same bits', async () => {
    const options = { ...small, engine: 'simd', ema: 0.9 } as const
    const { out, result } = await trained(options)
    const [cwd, kept] = [readdirSync('.'), await train(options)]
    expect(readdirSync('.')).toEqual(cwd)
    const { seconds, secondsPerStep, ...rest } = kept
    expect({ ...result, ...rest, run: out, seconds, secondsPerStep }).toEqual({
      ...result,
      seconds,
      secondsPerStep,
    })
    expect(kept.run).toBeNull()
    const { weights, config } = await readTrainedRun(out)
    expect(kept.weights).toEqual(weights)
    expect(kept.config).toMatchObject({ ...config, engine: 'simd' })
    const { steps, losses, learningRates } = kept.history
    expect(steps.map((step, i) => `${step},${losses[i]},${learningRates[i]}`)).toEqual(linesOf(out).slice(1))
    expect(await exportNoisePredictor(kept)).toEqual(await exportNoisePredictor({ config, weights }))
  })

  it('goes on with a run of the engine that it replaces, and says so', async () => {
    const { out } = await trained({ engine: 'simd' })
    const file = runFiles(out).config
    const former = readFileSync(file, 'utf8').replace('"engine": "simd"', '"engine": "tfjs-wasm"')
    writeFileSync(file, former)
    const warnings: string[] = []
    const { steps } = JSON.parse(former).training
    const onWarning = (message: string) => warnings.push(message)
    const result = await train({ resume: true, out, steps: steps + 5, onWarning })
    expect(warnings.join('\n')).toContain('the engine tfjs-wasm no longer exists: the run continues on simd')
    expect(result).toMatchObject({ engine: 'simd', steps: steps + 5 })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      engine: 'simd',
      training: { steps: steps + 5 },
    })
    expect(linesOf(out)).toHaveLength(1 + steps + 5)
  })

  it('refuses a folder that is a file', async () => {
    const out = join(newFolder(), 'file')
    mkdirSync(join(out, '..'))
    writeFileSync(out, '')
    await expect(train({ ...small, engine: 'simd', out })).rejects.toThrow(
      /cannot write .*file, not a folder/,
    )
  })
})
