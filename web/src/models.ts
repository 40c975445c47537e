import type { ScheduleConfig } from '../../src/diffusion/schedule.ts'
import type { DatasetConfig } from '../../src/table/datasets/index.ts'
import type { CardEncoding } from '../../src/table/encodings/encoding.ts'

/** What the page needs from a committed run before it loads the model. */
export interface RunConfig extends CardEncoding {
  readonly T: number
  readonly schedule: ScheduleConfig
  readonly dataset: DatasetConfig
  readonly seed: number
  /** Only for a student: the run that it learned from. */
  readonly teacher?: { readonly name: string }
}

export interface CommittedModel {
  /** The folder in models/. */
  readonly name: string
  readonly label: string
  readonly config: RunConfig
  readonly url: string
}

/** Null for a run that learned a table. */
const configs = import.meta.glob<RunConfig | null>('../../models/*/config.json', {
  import: 'default',
  eager: true,
})
const urls = import.meta.glob<string>('../../models/*/model.onnx', {
  import: 'default',
  query: '?url',
  eager: true,
})

/** Labels for names that don't explain themselves. */
const labels: Readonly<Record<string, string>> = { 'two-moons-seed': "two moons, the post's recipe" }

/** The model closest to its data (docs/quality.md). */
export const defaultModel = 'two-moons'

/** All runs in models/ with a model of points, the lesson's default first. */
export const committedModels: readonly CommittedModel[] = Object.entries(configs)
  .flatMap(([path, config]) => {
    if (!config) return []
    const folder = path.slice(0, path.lastIndexOf('/'))
    const name = folder.slice(folder.lastIndexOf('/') + 1)
    const model = {
      name,
      label: labels[name] ?? name.replaceAll('-', ' '),
      config,
      url: urls[`${folder}/model.onnx`] ?? '',
    }
    return [model]
  })
  .filter(({ url }) => url !== '')
  .sort((a, b) => Number(b.name === defaultModel) - Number(a.name === defaultModel))
