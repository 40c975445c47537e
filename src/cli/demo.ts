import { join } from 'node:path'
import { writeWhole } from '../core/files.ts'
import { makeDataset } from '../data/datasets.ts'
import { encodeSamples } from '../data/samples-file.ts'
import { exportModel } from '../export/write.ts'
import { loadModel } from '../infer/node.ts'
import { sample } from '../infer/sample.ts'
import type { Command } from './command.ts'
import { humanSeconds, note, printJson } from './output.ts'
import { trainWithProgress } from './train.ts'

const demoData = { name: 'two-moons', rows: 1000, noiseLevel: 0.05 } as const
const demoOptions = {
  dataset: 'two-moons',
  recipe: 'seed',
  seed: 0,
  engine: 'tensorflow',
  force: true,
} as const

interface DemoArguments {
  out: string
  json?: boolean
}

export const demoCommand: Command<DemoArguments> = {
  options: {
    out: { type: 'string', default: 'demo', requiresArg: true, describe: 'folder for what it makes' },
  },
  builder: (yargs) => yargs.example('$0 demo', 'half a minute later: demo/samples.svg'),
  async handler({ out, json }) {
    const seconds: Record<string, number> = {}
    const timed = async <R>(name: string, body: () => Promise<R>): Promise<R> => {
      const start = performance.now()
      const result = await body()
      seconds[name] = (performance.now() - start) / 1000
      return result
    }
    const [run, model, sampler] = [join(out, 'run'), join(out, 'model.onnx'), join(out, 'sampler.onnx')]
    await timed('train', () => trainWithProgress({ out: run, ...demoOptions }))
    await timed('export', () => exportModel({ run, out: model, samplerOut: sampler }))
    const { points: data, columns } = makeDataset(demoData, 0)
    const { points } = await timed('sample', async () => {
      const loaded = await loadModel(model)
      const result = await sample(loaded, { count: data.count, seed: 0 })
      await loaded.dispose()
      return result
    })
    const csv = join(out, 'samples.csv')
    const svg = join(out, 'samples.svg')
    await writeWhole(csv, encodeSamples(csv, points, columns))
    await timed('draw', async () => {
      const { samplesFigure } = await import('../plot/samples.ts')
      await writeWhole(svg, samplesFigure(data, points, columns))
    })
    note(
      Object.entries(seconds)
        .map(([name, value]) => `${name} ${humanSeconds(value)}`)
        .join(', '),
    )
    note(`the run is in ${run}, the models are ${model} and ${sampler}, the samples ${csv}`)
    note(`look at ${svg}`)
    if (json) printJson({ run, model, sampler, samples: csv, figure: svg, seconds })
  },
}
