import { join } from 'node:path'
import { writeWhole } from '../../core/files.ts'
import { humanSeconds } from '../../core/format.ts'
import { sample } from '../../infer/sample.ts'
import { exportModel } from '../../node/export.ts'
import { loadModel } from '../../node/providers.ts'
import { encodeSamples } from '../../table/formats/files.ts'
import { tensorflowProblem } from '../../train/engines/tfjs/backend.ts'
import { defineCommand, option } from '../command.ts'
import { note, printJson, suggest, waitFor } from '../output.ts'
import { trainWithProgress } from '../training.ts'

const demoOptions = { dataset: 'two-moons', recipe: 'post', seed: 0, force: true } as const

function demoEngine(): 'tensorflow' | 'onnx' {
  const problem = tensorflowProblem()
  if (problem === undefined) return 'tensorflow'
  note(`training on onnxruntime, engine onnx: ${problem}`)
  return 'onnx'
}

export const command = defineCommand({
  options: { out: option.text('folder to write to', { default: 'demo' }) },
  examples: [['$0 demo', 'half a minute later: demo/samples.svg']],
  async handler({ out, json }) {
    const seconds: Record<string, number> = {}
    const timed = async <R>(name: string, body: () => Promise<R>): Promise<R> => {
      const start = performance.now()
      const result = await body()
      seconds[name] = (performance.now() - start) / 1000
      return result
    }
    const [run, model, sampler] = [join(out, 'run'), join(out, 'model.onnx'), join(out, 'sampler.onnx')]
    await timed('train', () => trainWithProgress({ out: run, ...demoOptions, engine: demoEngine() }))
    await timed('export', () =>
      waitFor('exporting', () => exportModel({ run, out: model, samplerOut: sampler })),
    )
    const csv = join(out, 'samples.csv')
    await timed('sample', async () => {
      const loaded = await loadModel(model)
      const { table } = await sample(loaded, { count: 1000, seed: 0 })
      await loaded.dispose()
      await writeWhole(csv, encodeSamples(csv, table))
    })
    const drawn = await timed('draw', () => waitFor('drawing', () => drawFigures(out, model)))
    const times = Object.entries(seconds).map(([name, value]) => `${name} ${humanSeconds(value)}`)
    note(times.join(', '))
    note(`the run is in ${run}, the models are ${model} and ${sampler}, the samples ${csv}`)
    note(`look at ${drawn.join(', ')}`)
    if (json) printJson({ run, model, sampler, samples: csv, figure: drawn[0], figures: drawn, seconds })
    suggest(
      ['plot', 'trajectory', model, '--out', join(out, 'trajectory.svg')],
      ['compare', model, '--reference', run],
    )
  },
})

const figures = { samples: 'svg', 'vector-field': 'svg', reverse: 'gif' } as const

async function drawFigures(out: string, model: string): Promise<string[]> {
  const { plot } = await import('../../charts/figures/plot.ts')
  return Promise.all(
    Object.entries(figures).map(async ([figure, format]) => {
      const file = join(out, `${figure}.${format}`)
      const { content } = await plot(figure as keyof typeof figures, { model, format })
      await writeWhole(file, content)
      return file
    }),
  )
}
