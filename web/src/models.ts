import type { CommittedModel, PointsConfig } from './committed-model.ts'

/** Null for a run that learned a table. */
const configs = import.meta.glob<PointsConfig | null>('../../models/*/config.json', {
  import: 'default',
  eager: true,
})
const weights = import.meta.glob<string>('../../models/*/weights.safetensors', {
  import: 'default',
  query: '?url',
  eager: true,
})
const files = import.meta.glob<string>('../../models/*/model.onnx', {
  import: 'default',
  query: '?url',
  eager: true,
})

/** Labels for names that don't explain themselves. */
const labels: Readonly<Record<string, string>> = { 'two-moons-seed': "two moons, the post's recipe" }

/** The model closest to its data (docs/quality.md). */
export const defaultModel = 'two-moons'

/** A file's address for the worker, whose script lies in another folder. */
const absolute = (url: string) => new URL(url, document.baseURI).href

/** All runs in models/ with a model of points, the lesson's default first. */
export const committedModels: readonly CommittedModel[] = Object.entries(configs)
  .flatMap(([path, config]) => {
    const folder = path.slice(0, path.lastIndexOf('/'))
    const [ofRun, ofExport] = [weights[`${folder}/weights.safetensors`], files[`${folder}/model.onnx`]]
    if (!config || !ofRun || !ofExport) return []
    const name = folder.slice(folder.lastIndexOf('/') + 1)
    const label = labels[name] ?? name.replaceAll('-', ' ')
    return [{ name, label, config, weights: absolute(ofRun), onnx: absolute(ofExport) }]
  })
  .sort((a, b) => Number(b.name === defaultModel) - Number(a.name === defaultModel))
