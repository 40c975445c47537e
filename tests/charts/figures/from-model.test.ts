import { writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { PlotOptions } from '../../../src/charts/figures/figure.ts'
import type { FigureName } from '../../../src/charts/figures/index.ts'
import { openFigureModel } from '../../../src/charts/figures/inputs.ts'
import { plot } from '../../../src/charts/figures/plot.ts'
import { negativeNoise } from '../../../src/charts/figures/vector-field.ts'
import { predictionTypes } from '../../../src/diffusion/prediction.ts'
import { exportNoisePredictor, exportSampler } from '../../../src/export/export-model.ts'
import { sample } from '../../../src/infer/sample.ts'
import { referencePredictor } from '../../../src/model/compute/reference.ts'
import { describeCard } from '../../../src/model/description.ts'
import { pointsFromRows } from '../../../src/numerics/points.ts'
import { pointsToCsv } from '../../../src/table/formats/csv.ts'
import { folderOf } from '../../helpers/folders.ts'
import { untrainedModel } from '../../helpers/models.ts'
import { expectRejected } from '../../helpers/refusals.ts'
import { readSvg, translation } from '../marks/svg.ts'

const { folder, at } = folderOf('figures')

const dataset = { name: 'two-moons', rows: 40, noiseLevel: 0.05 }
const columns = ['a', 'b', 'c', 'd', 'e']
const data = pointsFromRows(
  Array.from({ length: 30 }, (_, i) => [0, 1, 2, 3, 4].map((d) => Math.sin(1 + 7 * i + 13 * d * i))),
)

beforeAll(async () => {
  const plane = untrainedModel({}, { dataset, seed: 3 })
  writeFileSync(at('plane.onnx'), await exportNoisePredictor(plane))
  writeFileSync(at('sampler.onnx'), await exportSampler(plane))
  writeFileSync(at('five.onnx'), await exportNoisePredictor(untrainedModel({ dim: 5 }, { columns })))
  writeFileSync(at('one.onnx'), await exportNoisePredictor(untrainedModel({ dim: 1 })))
  writeFileSync(at('five.csv'), pointsToCsv(data, columns))
})

async function draw({ figure, ...options }: { figure: FigureName } & PlotOptions) {
  const { content, notes } = await plot(figure, options)
  return { ...readSvg(content as string), notes }
}

describe.each(predictionTypes)(
  'the negative predicted noise of a network that predicts %s',
  (predictionType) => {
    it('follows its formula from the outputs of the float64 network', async () => {
      const trained = untrainedModel({}, { predictionType })
      const path = at(`${predictionType}.onnx`)
      writeFileSync(path, await exportNoisePredictor(trained))
      await using model = await openFigureModel(path)
      const { card } = model
      const { network, schedule } = describeCard(card)
      const { alphaBars } = schedule
      const x = [0.3, -1.2]
      for (const t of [1, 3, card.T]) {
        const [drawn] = [(await negativeNoise(model, pointsFromRows([x]), t)).data]
        const { data: output } = await referencePredictor(network, trained.weights).predict(
          { data: Float64Array.from(x), count: 1, dim: 2 },
          t,
        )
        const [signal, noise] = [alphaBars[t]!, 1 - alphaBars[t]!].map(Math.sqrt) as [number, number]
        const epsilon = {
          epsilon: (d: number) => output[d]!,
          v_prediction: (d: number) => noise * x[d]! + signal * output[d]!,
          sample: (d: number) => (x[d]! - signal * output[d]!) / noise,
        }[predictionType]
        for (const d of [0, 1]) {
          const tolerance = 1e-5 * Math.max(1, 1 / noise)
          expect(Math.abs(drawn[d]! + epsilon(d)) <= tolerance).toBe(true)
        }
      }
    })
  },
)

describe('a model of two columns', () => {
  it('draws samples next to the dataset that its card names', async () => {
    const { counts, words } = await draw({ figure: 'samples', model: at('plane.onnx') })
    expect(counts('dot', 'circle')).toEqual([40, 40])
    expect(words).toContain('samples')
    expect(
      (await draw({ figure: 'samples', model: at('plane.onnx'), count: 7 })).counts('dot', 'circle'),
    ).toEqual([40, 7])
  })

  it('draws the forward process from the data to T', async () => {
    const { counts, words } = await draw({ figure: 'forward', model: at('plane.onnx') })
    expect(counts('dot', 'circle')).toEqual([40, 40, 40, 40, 40])
    expect(words).toEqual(expect.arrayContaining(['t = 0', 't = 5', 'x0, scaled', 'x1, scaled']))
    const two = await draw({ figure: 'forward', model: at('plane.onnx'), at: [5, 2] })
    expect(two.counts('dot', 'circle')).toEqual([40, 40])
  })

  it('draws its vector field from t = T to 1, with the path that a sample takes', async () => {
    const { panels, counts, words } = await draw({ figure: 'vector-field', model: at('plane.onnx'), seed: 4 })
    expect(counts('vector', 'path')).toEqual(new Array(5).fill(17 * 17))
    expect(words.filter((word) => word.startsWith('t = '))).toEqual([5, 4, 3, 2, 1].map((t) => `t = ${t}`))
    await using model = await openFigureModel(at('plane.onnx'))
    const { trajectory } = await sample(model, { count: 1, seed: 4, trajectory: true })
    // the grid's corners, at (-2, -2) and (2, 2), tell where a state must stand
    const arrows = panels[0]!.querySelectorAll('[aria-label="vector"] path')
    const [low, high] = [translation(arrows[0]!), translation(arrows[17 * 17 - 1]!)]
    panels.forEach((panel, k) => {
      const dot = panel.querySelector('[aria-label="dot"] circle')!
      for (const [d, axis] of ['cx', 'cy'].entries()) {
        const expected = low[d]! + ((trajectory![k]!.data[d]! + 2) / 4) * (high[d]! - low[d]!)
        expect(Math.abs(Number(dot.getAttribute(axis)) - expected) <= 0.05).toBe(true)
      }
    })
  })

  it('draws paths, density and pairs', async () => {
    const paths = await draw({ figure: 'trajectory', model: at('plane.onnx'), count: 9 })
    expect(paths.counts('line', 'path')).toEqual([9])
    const density = await draw({ figure: 'density', model: at('plane.onnx'), count: 500 })
    expect(density.words).toEqual(expect.arrayContaining(['data, 500 points', 'samples, 500 points']))
    const pairs = await draw({ figure: 'pairs', model: at('plane.onnx') })
    expect(pairs.counts('dot', 'circle').sort()).toEqual([0, 0, 80])
  })

  it('draws its schedule next to others, or the others alone', async () => {
    const { legend } = await draw({ figure: 'schedules', model: at('plane.onnx') })
    // its schedule is polynomial from 1e-4 to 0.9 as well, and is drawn once
    expect(legend).toEqual(["the model's, polynomial", 'linear'])
    expect((await draw({ figure: 'schedules' })).legend).toEqual(['linear', 'polynomial, power 3'])
  })

  it('draws samples from a sampler.onnx, but no vector field', async () => {
    const { counts } = await draw({ figure: 'samples', model: at('sampler.onnx') })
    expect(counts('dot', 'circle')).toEqual([40, 40])
    await expect(draw({ figure: 'vector-field', model: at('sampler.onnx') })).rejects.toThrow(
      /sampler\.onnx: vector-field calls the network alone, give the model\.onnx/,
    )
  })
})

describe('a model of five columns', () => {
  const five = { model: at('five.onnx'), data: at('five.csv') }

  it('asks for the data if the card names no built-in dataset', async () => {
    await expect(draw({ figure: 'samples', model: at('five.onnx') })).rejects.toThrow(/give `data`/)
  })

  it('draws the first two columns, which it notes, or the chosen ones', async () => {
    const first = await draw({ figure: 'samples', ...five })
    expect(first.counts('dot', 'circle')).toEqual([30, 30])
    expect(first.words).toEqual(expect.arrayContaining(['a', 'b']))
    expect(first.notes.join()).toMatch(/a and b are the first two of 5 columns/)
    const chosen = await draw({ figure: 'samples', ...five, columns: ['e', 'c'] })
    expect(chosen.words).toEqual(expect.arrayContaining(['e', 'c']))
    expect(chosen.notes).toEqual([])
    // the panel's first dot is row 1's e and c, not a and b
    const [dots, others] = [chosen, first].map(({ panels }) => panels[0]!.querySelectorAll('circle'))
    expect(dots![1]!.getAttribute('cx')).not.toBe(others![1]!.getAttribute('cx'))
  })

  it.each(['forward', 'trajectory', 'density', 'pairs'] as const)('draws %s', async (figure) => {
    const source = figure === 'trajectory' ? { model: five.model } : five
    const { words } = await draw({ figure, ...source, ...(figure === 'forward' ? {} : { count: 20 }) })
    expect(words.some((word) => /^a(, scaled)?$/.test(word))).toBe(true)
  })

  it('is refused a vector field in one line', async () => {
    await expectRejected(
      () => draw({ figure: 'vector-field', model: five.model }),
      /vector-field is only for models of 2 columns, and .* has 5/,
    )
  })

  it('is drawn by columns and pairs if it has one column', async () => {
    await expect(draw({ figure: 'trajectory', model: at('one.onnx') })).rejects.toThrow(/plot columns draws/)
    const { counts, notes } = await draw({ figure: 'columns', model: at('one.onnx'), count: 50 })
    expect(counts('rect', 'rect')).toEqual([24])
    expect(notes.join()).toMatch(/samples alone are drawn: `data` is the file/)
  })
})

describe('plot refuses in one line', () => {
  const model = at('plane.onnx')
  it.each<[FigureName, PlotOptions, RegExp]>([
    ['samples', { model, format: 'gif' }, /^format is gif: samples is drawn as svg or png$/],
    ['reverse', { model, format: 'svg' }, /^format is svg: reverse is drawn as gif$/],
    ['samples', { model, format: 'jpg' as 'png' }, /^unknown format jpg.*: choose from svg, png, gif$/],
    ['sampels' as 'samples', { model }, /^unknown figure sampels \(did you mean samples\?\)/],
    ['samples', { model, at: [3] }, /^samples takes no `at`: it takes `dataset`, `rows`, `noiseLevel`/],
    ['loss', { model, seed: 0 }, /^loss takes no `seed`: leave it out$/],
    ['samples', { model, colums: ['x0'] } as PlotOptions, /^unknown option colums \(did you mean col/],
    ['samples', {}, /^samples is drawn from a model/],
    ['loss', {}, /^loss is drawn from a run folder/],
    ['loss', { model }, /is no run folder/],
    ['loss', { model: folder }, /there is no file \S+history\.csv/],
    ['forward', { model, at: [6] }, /at has 6: .* from 0 to 5/],
    ['vector-field', { model, at: [0] }, /at has 0: .* from 1 to 5/],
    ['samples', { model, columns: ['x0', 'y'] }, /unknown column y.*from x0, x1/],
    ['samples', { model, columns: ['x0'] }, /draws two columns: name two/],
    ['samples', { model, columns: ['x0', 'x0'] }, /columns has x0 twice/],
    ['samples', { model, data: at('five.csv') }, /has 5 columns, .* has 2/],
    ['samples', { model, data: at('five.csv'), rows: 3 }, /`rows` beside/],
    ['schedules', { model, T: 9 }, /^T is 9, and that of .* is 5: leave it out$/],
    ['dataset', { size: { width: 9, height: 200 } }, /the width of `size` is 9: .* from 100 to 8000$/],
  ])('%s with %j', async (figure, options, message) => {
    await expectRejected(() => plot(figure, options), message)
  })
})
