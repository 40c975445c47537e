import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ModelCard } from '../model/card.ts'
import { isDatasetName } from '../table/datasets/index.ts'
import type { Column } from '../table/table.ts'

type Words = readonly string[]

/** A run folder that doesn't exist yet: runs/moons, then runs/moons-2 and so on. */
export function freeRun(name: string): string {
  for (let i = 1; ; i++) {
    const run = `runs/${name}${i > 1 ? `-${i}` : ''}`
    if (!existsSync(run)) return run
  }
}

/** A figure of samples beside data for a number of columns; of each column unless all are numbers, and pairs can be read. */
function samplesFigure(dim: number, areNumbers: boolean): 'samples' | 'pairs' | 'columns' {
  if (!areNumbers || dim > 20) return 'columns'
  return dim === 2 ? 'samples' : 'pairs'
}

/** The command that continues a stopped one, whose words were `previous`. */
export function afterInterruption(previous: Words): Words {
  const kept = previous.filter((word) => !/^--force(=|$)/.test(word))
  return kept.includes('--resume') ? kept : [...kept, '--resume']
}

export function afterExport(run: string, model: string, sampler: string | null): Words[] {
  return [
    ['sample', sampler ?? model, '--out', 'samples.csv'],
    ['compare', model, '--reference', run],
  ]
}

export function afterTraining(run: string): Words[] {
  const report = existsSync(join(run, 'holdout.csv')) ? [['report', run]] : []
  return [['export', run], ...report]
}

/** The card's data is found if it is built in, if a file of that name is here, or if held-out rows are next to the model. */
export function afterSampling(
  model: string,
  { dataset, columns, encoding, seed }: Pick<ModelCard, 'dataset' | 'columns' | 'encoding' | 'seed'>,
  out: string | undefined,
): Words[] {
  const figure = samplesFigure(columns.length, encoding === undefined)
  const plot = ['plot', figure, model]
  const beside = join(dirname(model), 'holdout.csv')
  const here = dataset && 'file' in dataset && existsSync(dataset.file) ? dataset.file : undefined
  const file = existsSync(beside) ? beside : here
  if (file !== undefined && out !== undefined)
    return [
      ['evaluate', out, '--against', file, '--model', model],
      [...plot, '--data', file, '--out', `${figure}.svg`],
    ]
  if (dataset && 'name' in dataset && isDatasetName(dataset.name) && seed !== null)
    return [[...plot, '--out', `${figure}.svg`]]
  return [['compare', model]]
}

/** `previous` is the previous command; adding --bisect names the wrong node. */
export function afterComparison(
  model: string,
  { pass, bisected }: { readonly pass: boolean; readonly bisected: boolean },
  previous: Words,
): Words[] {
  if (pass) return [['bench', model]]
  return bisected ? [] : [[...previous, '--bisect']]
}

/** `previous` is the previous command; adding --ideal separates the sampler's part of a distance from the network's. */
export function afterEvaluation(
  {
    samples,
    against,
    model,
    columns,
  }: {
    readonly samples: string
    readonly against: string
    readonly model: string | undefined
    readonly columns: readonly Pick<Column, 'kind'>[]
  },
  { exceeded, idealIsOpen }: { readonly exceeded: boolean; readonly idealIsOpen: boolean },
  previous: Words,
): Words[] {
  const areNumbers = columns.every(({ kind }) => kind === 'number' || kind === 'integer')
  const figure = samplesFigure(columns.length, areNumbers)
  const next = exceeded && idealIsOpen ? [[...previous, '--ideal']] : []
  if (model !== undefined) next.push(['plot', figure, model, '--data', against, '--out', `${figure}.svg`])
  else if (columns.length > 1 && samples !== '-')
    next.push(['plot', 'dataset', '--data', samples, '--out', 'samples.svg'])
  return next
}

export function afterPlot(
  figure: string,
  model: string | undefined,
  { dataset, data }: { readonly dataset?: string | undefined; readonly data?: string | undefined },
): Words[] {
  if (figure === 'dataset' || (figure === 'columns' && model === undefined)) {
    const source = data ?? dataset ?? 'two-moons'
    const isFile = /[./\\]/.test(source)
    if (isFile && !/\.csv$/i.test(source)) return []
    const name = isFile ? source.replace(/^.*[/\\]|\.csv$/gi, '') : source
    return [['train', '--dataset', source, '--out', freeRun(name)]]
  }
  if (model === undefined) return [['train', '--out', freeRun('moons')]]
  if (figure === 'loss') return [['export', model]]
  if (figure === 'columns') {
    const rows = data === undefined ? [] : ['--data', data]
    return [['plot', 'pairs', model, ...rows, '--out', 'pairs.svg']]
  }
  if (figure === 'reverse' || figure === 'pairs')
    return existsSync(`${model}/config.json`) ? [['export', model]] : [['compare', model]]
  // the model may be of a table, which has no reverse process to see
  if (data !== undefined) return [['plot', 'columns', model, '--data', data, '--out', 'columns.svg']]
  return [['plot', 'reverse', model, '--out', 'reverse.gif']]
}
