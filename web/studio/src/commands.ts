import type { FormEnding, Given, Range } from 'moonstep/web'
import { stemOf } from './download.ts'
import type { RunNotes } from './run-notes.ts'
import type { AskedRows } from './worker/views.ts'

/** The rows that the page shows, or would draw next, and its report. */
export interface Asked extends AskedRows {
  readonly notes: RunNotes
  readonly form: FormEnding
  /** The seed of the report's samples. */
  readonly reportSeed: number
}

/** Characters that a terminal may obey when they are pasted, or that reorder or hide the text around them. */
const controls = /[\p{C}\u2028\u2029]/u

/** A shell's word for a text; such characters are escaped, as bash and zsh read them. */
export function word(text: string): string {
  if (controls.test(text)) {
    const escaped = text.replace(/['\\]/g, '\\$&').replace(new RegExp(controls, 'gu'), escapeOf)
    return `$'${escaped}'`
  }
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

function escapeOf(character: string): string {
  return `\\U${character.codePointAt(0)!.toString(16).padStart(8, '0')}`
}

/** JSON as code, in which such characters are escaped. */
function codeFor(value: unknown): string {
  const units = (text: string) =>
    text.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return JSON.stringify(value).replace(new RegExp(controls, 'gu'), (text) => units(text).join(''))
}

/** A name or value as --given has it: in double quotes unless it is plain. */
function quoted(value: string | number | boolean): string {
  const text = String(value)
  const isPlain = !/^["<>=!\s]|[",]|\.\.|\s$/.test(text)
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`
}

/** A condition on a column as --given has it. */
function conditionOf(column: string, value: Given[string]): string {
  const name = /[<>=!]|\sin\s/.test(column) ? `"${column.replaceAll('"', '""')}"` : quoted(column)
  if (typeof value !== 'object' || value === null)
    return `${name}=${value === null ? '' : String(value).startsWith('"') ? quoted(value) : value}`
  const { in: some, from, to }: Range = value
  // one name is no equality: rows are drawn until they have it
  if (some) return `${name} in ${some.map(quoted).join(',')}`
  return from === undefined
    ? `${name}<=${to}`
    : to === undefined
      ? `${name}>=${from}`
      : `${name} in ${from}..${to}`
}

/** Conditions as --given has them. */
export function conditionsOf(given: Given): string[] {
  return Object.entries(given).map(([name, value]) => conditionOf(name, value))
}

/** The commands that make the same model and the same rows in a terminal. */
export function commandsOf({ notes, count, seed, given, form, reportSeed }: Asked): string {
  const { file, choice, rules = [], minCategory, steps } = notes
  const stem = stemOf(file)
  const run = `runs/${stem}`
  const types = Object.entries(choice.types ?? {}).map(([name, kind]) => `${name}=${kind}`)
  const train = [
    'npx moonstep train',
    `--dataset ${word(file)}`,
    ...(types.length > 0 ? [`--types ${word(types.join(','))}`] : []),
    ...(choice.columns ? [`--columns ${word(choice.columns.join(','))}`] : []),
    ...(minCategory ? [`--min-category ${minCategory}`] : []),
    ...rules.map((rule) => `--rule ${word(rule)}`),
    `--recipe table --steps ${steps[0]} --seed 0 --engine simd --out ${word(run)}`,
  ]
  const longer = steps
    .slice(1)
    .map((more) => `npx moonstep train --resume --steps ${more} --out ${word(run)}`)
  const conditions = conditionsOf(given).map((condition) => `--given ${word(condition)}`)
  const sample = [
    'npx moonstep sample model.onnx',
    `-n ${count} --seed ${seed}`,
    ...conditions,
    `--provider simd --out ${word(`${stem}-synthetic${form}`)}`,
  ]
  return [
    train.join(' '),
    ...longer,
    `npx moonstep export ${word(run)} --out model.onnx`,
    sample.join(' '),
    `npx moonstep report ${word(run)} --seed ${reportSeed}`,
  ].join('\n')
}

/** Code that does the same in Node, or in a page. */
export function codeOf({ notes, count, seed, given }: Asked, where: 'node' | 'page'): string {
  const { file, choice, rules = [], minCategory, steps } = notes
  const types = choice.types && codeFor(choice.types)
  const columns = choice.columns && codeFor(choice.columns)
  const choices = [...(types ? [`types: ${types}`] : []), ...(columns ? [`columns: ${columns}`] : [])].join(
    ', ',
  )
  const training = [`recipe: 'table'`, `steps: ${steps[0]}`, 'seed: 0']
  const asked = [
    `count: ${count}`,
    `seed: ${seed}`,
    ...(Object.keys(given).length > 0 ? [`given: ${codeFor(given)}`] : []),
  ].join(', ')
  const isLonger = steps.length > 1
  const [store, longer] =
    where === 'node'
      ? [`out: ${codeFor(`runs/${stemOf(file)}`)}`, `out: ${codeFor(`runs/${stemOf(file)}`)}`]
      : ['store', 'store']
  const options = [
    where === 'node' ? `dataset: ${codeFor(file)}` : 'dataset',
    ...(where === 'node' && types ? [`types: ${types}`] : []),
    ...(where === 'node' && columns ? [`columns: ${columns}`] : []),
    ...(minCategory ? [`minCategory: ${minCategory}`] : []),
    ...(rules.length > 0 ? [`rules: ${codeFor(rules)}`] : []),
    ...training,
    ...(where === 'node' ? [`engine: 'simd'`] : []),
    ...(isLonger ? [store] : []),
  ].join(', ')
  const names = ['exportModel', 'loadModel', 'sample', 'toRows', 'train']
  const ofPage = ['readTable', ...(isLonger ? ['memoryStore'] : [])]
  const imports = (where === 'node' ? names : [...names, ...ofPage]).sort().join(', ')
  return [
    `import { ${imports} } from '${where === 'node' ? 'moonstep' : 'moonstep/web'}'`,
    '',
    ...(where === 'page'
      ? [`const dataset = await readTable(input.files[0]${choices ? `, { choice: { ${choices} } }` : ''})`]
      : []),
    ...(where === 'page' && isLonger ? ['const store = memoryStore()'] : []),
    `${isLonger ? 'let' : 'const'} run = await train({ ${options} })`,
    ...steps.slice(1).map((more) => `run = await train({ resume: true, steps: ${more}, ${longer} })`),
    'const { model: bytes } = await exportModel({ run })',
    `const model = await loadModel(bytes, { provider: 'simd' })`,
    `const { table } = await sample(model, { ${asked} })`,
    'console.log(toRows(table))',
    'await model.dispose()',
  ].join('\n')
}
