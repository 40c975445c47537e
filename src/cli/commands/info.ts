import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { counted } from '../../core/format.ts'
import { describeProcess } from '../../diffusion/process.ts'
import { internalsOf } from '../../infer/model.ts'
import { selfTest } from '../../infer/open-model.ts'
import { linearLayers } from '../../model/network.ts'
import type { ExportConfig } from '../../model/run-config.ts'
import { exportModel } from '../../node/export.ts'
import { loadModel, type NodeLoadOptions } from '../../node/providers.ts'
import { isDatabaseRun, readTrainedRun, runFiles } from '../../node/run-folder.ts'
import { numberCount, opCounts } from '../../onnx/graph.ts'
import type { ModelFile } from '../../onnx/read.ts'
import { heldSentence } from '../../report/held.ts'
import { verdictSentences } from '../../report/verdicts.ts'
import { describeEncoding } from '../../table/describe.ts'
import { type Encoding, isScaled } from '../../table/encodings/encoding.ts'
import { fakerNeedOf } from '../../table/generated/faker-need.ts'
import { rowNameOf, rowSchema, rowType } from '../../table/row-type.ts'
import { namesOf } from '../../table/table.ts'
import { describeRareNames } from '../../train/rare-names.ts'
import { call } from '../call.ts'
import { type ArgumentsOf, defineCommand, namedInApi, option } from '../command.ts'
import { isDatabaseFile } from '../databases.ts'
import { infoText, labelled } from '../info-lines.ts'
import { type FoundInfo, infoOfTables } from '../info-tables.ts'
import { describeProvider, loadOn, providerOptions } from '../options.ts'
import { printJson, printText, suggest, waitFor } from '../output.ts'

const { 'self-test': _, 'without-faker': __, ...sessionOptions } = providerOptions

const infoOptions = {
  ...sessionOptions,
  typescript: option.flag('print the TypeScript interface of a row, and nothing else'),
  'json-schema': option.flag('print the JSON Schema of a row, and nothing else'),
} as const

const positionals = {
  model: option.text('model.onnx, sampler.onnx or a .moonstep file, or a run folder', { demandOption: true }),
} as const

type InfoArguments = ArgumentsOf<typeof infoOptions, typeof positionals>

export const command = defineCommand({
  options: infoOptions,
  positionals,
  examples: [
    ['$0 info model.onnx'],
    ['$0 info runs/people', 'what its model.onnx would hold'],
    ['$0 info model.onnx --provider webgpu', 'its self-test on WebGPU'],
    ['$0 info model.onnx --typescript', 'the type of its rows'],
  ],
  async handler(argv) {
    const { model: path, json } = argv
    if (argv.typescript || argv['json-schema']) return printRowType(argv)
    const found = await waitFor('loading and testing the model', () =>
      isOfTables(path) ? infoOfTables(path, { ...argv, ...untested }) : infoOf(argv),
    )
    const { info, pass, worst } = found
    if (json) printJson({ ...found.json, selfTest: { ...info, pass, worst } })
    else {
      const result = `${pass ? 'passed' : 'FAILED'} on ${describeProvider(info)}`
      const difference = `worst difference ${worst.toExponential(1)}`
      printText(`${found.text}\nself-test    ${result}: ${difference}\n`, ['passed', 'FAILED'])
    }
    if (!pass)
      throw new InputError(
        `${path} fails its self-test on ${info.provider}: export it again, or use another provider`,
        'bad-model',
      )
    const rows = isOfTables(path) ? `${basename(path, '.moonstep')}-synthetic` : 'samples.csv'
    suggest(isRun(path) ? ['export', path] : ['sample', path, '--out', rows])
  },
})

const isRun = (path: string) => isDatabaseRun(path) || existsSync(runFiles(path).config)
const isOfTables = (path: string) => isDatabaseFile(path) || isDatabaseRun(path)

async function infoOf(argv: InfoArguments): Promise<FoundInfo> {
  const { model, closeness } = await open(argv)
  const { file, session } = internalsOf(model)
  const tested = await selfTest(file, session).finally(model.dispose)
  return { ...tested, info: model.info, text: lines(argv.model, file, closeness), json: summary(file) }
}

/** Loads a model, of a run folder the one that an export would write. */
async function open(argv: InfoArguments) {
  const options = { ...argv, ...untested }
  if (!isRun(argv.model)) return { model: await loadOn(argv.model, options), closeness: undefined }
  const { closeness } = (await readTrainedRun(argv.model)).config
  const { model: bytes } = await exportModel({ run: argv.model })
  const { provider, ...session } = namedInApi(providerOptions, options)
  const model = await loadModel(bytes, { ...session, provider: provider as NodeLoadOptions['provider'] })
  return { model, closeness }
}

async function printRowType(argv: InfoArguments): Promise<void> {
  const { model: path, json, typescript } = argv
  if (isOfTables(path))
    throw new InputError(
      `${path} has the models of several tables, and a type of rows is of one: give the run folder of a table`,
      'conflict',
      { option: typescript ? 'typescript' : 'json-schema' },
    )
  if (typescript && (json || argv['json-schema']))
    throw new InputError(
      `--typescript prints no JSON: leave ${json ? '--json' : '--json-schema'} out`,
      'conflict',
      { option: 'typescript' },
    )
  const { model } = await open(argv)
  await model.dispose()
  const name = rowNameOf(path)
  call.stdout.write(
    typescript ? rowType(model, name) : `${JSON.stringify(rowSchema(model, name), null, 2)}\n`,
  )
}

function summary(file: ModelFile) {
  const { card, isSampler, inputs, outputs, producer, irVersion, opset } = file
  const { golden: _, goldenSample: __, digests: ___, candidates, ...facts } = card
  const ops = opCounts(file.graph)
  const graph = { inputs, outputs, ops, numbers: numberCount(file.graph), irVersion, opset, producer }
  return {
    kind: isSampler ? 'sampler' : 'noise_predictor',
    modelFileSentence: holdsOf(file),
    card: { ...facts, ...(candidates && { candidates: candidates.count }) },
    faker: fakerNeedOf(file.description.encoding.columns) ?? null,
    graph,
  }
}

function dataOf({ dataset }: ModelFile['card']): string {
  if (!dataset) return 'not recorded'
  if ('file' in dataset) return `${dataset.file}, ${counted(dataset.rows, 'row')}`
  return `${dataset.name}, ${counted(dataset.rows, 'row')}, noise ${dataset.noiseLevel}`
}

function teacherOf({ teacher }: ModelFile['card']): string[] {
  if (!teacher) return []
  const { name, pairs, seed } = teacher
  return [`${name}: ${counted(pairs, 'pair')}, seed ${seed}, by ${describeProcess(teacher)}`]
}

/** Whether the file holds values of single rows. */
function holdsOf({ card, description: { encoding } }: ModelFile): string {
  return heldSentence([{ encoding, rareNames: card.rareNames }])
}

/** Whether the file needs faker, and what it does without. */
function fakerOf({ description }: ModelFile): string[] {
  const need = fakerNeedOf(description.encoding.columns)
  if (!need) return []
  const { columns, leftOut, version } = need
  const needs = `needs @faker-js/faker${version === null ? '' : ` ${version}`} for ${columns.join(', ')}`
  const without =
    leftOut.length === 0
      ? 'makes them in their format'
      : `leaves out ${leftOut.length === columns.length ? 'them' : leftOut.join(', ')}, as the file is of an earlier version`
  return [`${needs}; --without-faker ${without}`]
}

/** What a file is says itself, also where it can't be sampled. */
const untested = { 'self-test': false, 'without-faker': true } as const

/** Columns that are scaled need no word but their names. */
function columnLines(encoding: Encoding): string[] {
  return isScaled(encoding) ? [namesOf(encoding).join(', ')] : describeEncoding(encoding)
}

function lines(path: string, file: ModelFile, closeness: ExportConfig['closeness']): string {
  const { card, isSampler, graph, inputs, outputs, producer, irVersion, opset } = file
  const { leftOut = [], rareNames = [], verdicts, candidates } = card
  const { betas: _, ...schedule } = card.schedule
  const width = linearLayers(file.network.network)[0]!.inputs
  const size = `${counted(graph.nodes.length, 'node')}, ${counted(numberCount(graph), 'constant')}`
  const ops = Object.entries(opCounts(graph)).map(([op, count]) => `${op} ${count}`)
  return infoText([
    [path, isSampler ? 'the whole reverse process (sampler)' : `noise predictor (${card.predictionType})`],
    ...labelled('columns', columnLines(file.description.encoding)),
    ...labelled(
      'left out',
      leftOut.map(({ name, reason }) => `${name}: ${reason}`),
    ),
    ...labelled(
      'rare names',
      rareNames.map((rare) => describeRareNames([rare])),
    ),
    ...labelled('faker', fakerOf(file)),
    ...labelled('verdicts', verdicts ? verdictSentences(verdicts, closeness) : []),
    ...labelled('candidates', candidates ? [`${candidates.count} a row, of which trees choose one`] : []),
    ['data', dataOf(card)],
    ['seed', String(card.seed ?? 'not recorded')],
    ['T', String(card.T)],
    ['schedule', Object.values(schedule).join(', ')],
    ['network', `${[width, ...card.network.hidden, card.dim].join('-')}, ${card.network.timeEmbedding.kind}`],
    [isSampler ? 'sampler' : 'recommended', describeProcess(file.description.process())],
    ...labelled('teacher', teacherOf(card)),
    ['graph', `${inputs.join(', ')} -> ${outputs.join(', ')}; ${size}`],
    ['ops', ops.join(', ')],
    ['file', `ONNX IR ${irVersion}, opset ${opset}, ${producer}`],
    ['holds', holdsOf(file)],
  ])
}
