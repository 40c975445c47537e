import { compareNetwork } from '../compare/network.ts'
import { InputError } from '../core/errors.ts'
import { readInput, requireWritable, writeWhole } from '../core/files.ts'
import { counted, humanBytes, humanSeconds, textTable } from '../core/format.ts'
import type { GivenInputs, InputValue } from '../foreign/inputs.ts'
import type { NetworkModel } from '../foreign/open-network.ts'
import type { SchedulerConfig } from '../foreign/sample.ts'
import { parsePythonJson } from '../foreign/settings.ts'
import { infoOf } from '../infer/session.ts'
import { exportNetwork, openNetwork } from '../node/network.ts'
import type { NodeLoadOptions } from '../node/providers.ts'
import { requireEnding } from '../table/formats/files.ts'
import { readNpy, writeNpy } from '../table/formats/npy.ts'
import { call } from './call.ts'
import {
  type ArgumentsOf,
  givenAmong,
  kebab,
  type modelArgument,
  namedInApi,
  nameList,
  numberList,
  option,
} from './command.ts'
import {
  describeProvider,
  noteSkipped,
  type ProviderArguments,
  processChoice,
  providerOptions,
} from './options.ts'
import { createProgress, interruptible, note, printJson, printText, suggest, waitFor } from './output.ts'
import { pictureSheet } from './picture.ts'

const group = 'Networks of others:'

/** Options of `sample` for a folder with a network of others. */
export const networkOptions = {
  without: option.text(
    'what --given is where nothing is asked for, such as class_labels=10 [default: none]',
    { array: true, group },
  ),
  guidance: option.number('how far to follow --given, from --without on [default: 1]', { group }),
  shape: option.text('axes of a sample, such as 4,64,64 [default: as the network has it]', { group }),
  scheduler: option.text("another scheduler_config.json [default: the folder's]", { group }),
} as const

/** The option of commands that have it for networks of others alone. */
export const networkGiven = option.text('further inputs, such as class_labels=3 [default: none]', {
  array: true,
  group,
})

type NetworkArguments = ArgumentsOf<
  typeof networkOptions & { given: typeof networkGiven },
  typeof modelArgument
>

/** Throws InputError if a model of our own is given options for networks of others. */
export function requireNoNetworkOptions(argv: object, names = Object.keys(networkOptions)): void {
  const name = givenAmong(argv, names)
  if (name)
    throw new InputError(`--${name} is for a folder with unet/model.onnx: leave it out`, 'conflict', {
      option: name,
    })
}

/** Throws InputError on options that a network of others does not take. */
export function requireOnlyNetworkOptions(argv: object, refused: readonly string[]): void {
  const name = givenAmong(argv, refused)
  if (name)
    throw new InputError(`--${kebab(name)} is for Moonstep's own models: leave it out`, 'conflict', {
      option: name,
    })
}

const networkEndings = ['.npy', '.png'] as const

type SampleArguments = NetworkArguments &
  ProviderArguments & { count: number | undefined; seed: number; from: number; out: string | undefined }

/** `sample FOLDER`: writes the samples of a network of others as .npy or as a sheet of pictures. */
export async function sampleFolder(argv: SampleArguments): Promise<void> {
  const { out, model: folder, seed, from } = argv
  if (out === undefined)
    throw new InputError(
      'the samples of a network go to a file: give --out samples.npy, or a .png of pictures',
      'missing',
      { option: 'out' },
    )
  const ending = requireEnding('out', out, networkEndings)
  await requireWritable(out)
  const given = await inputsOf('given', argv.given)
  // a list says how many samples there are, and where a row of pictures ends
  const listed = Math.max(...Object.values(given).map(lengthOf), 0)
  const count = argv.count ?? (listed || 16)
  const columns =
    listed > 1 && listed < count ? listed : Math.min(count, listed > 1 ? 10 : Math.ceil(Math.sqrt(count)))
  await interruptible(async (signal) => {
    const network = await waitFor('loading the network', () => open(folder, argv))
    const progress = createProgress()
    try {
      const result = await network
        .sample({
          ...{ count, seed, from, signal, guidance: argv.guidance, shape: numberList('--shape', argv.shape) },
          ...processChoice(argv),
          given: repeated(given, count),
          ...(argv.without && { without: await inputsOf('without', argv.without) }),
          scheduler: argv.scheduler === undefined ? undefined : await schedulerIn(argv.scheduler),
          onStep: ({ step, from: first, x }) =>
            progress.update({
              stage: `sampling, step ${step}`,
              unit: 'samples',
              done: first - from + x.count,
              count,
            }),
        })
        .finally(progress.stop)
      const { data, shape, seconds, timesteps } = result
      await writeWhole(out, ending === '.png' ? pictureSheet(data, shape, columns) : writeNpy(data, shape))
      const name = String(network.scheduler._class_name)
      note(
        `drew ${counted(count, 'sample')} by ${name} in ${counted(timesteps.length, 'step')} on ${describeProvider(result)} in ${humanSeconds(seconds)}: ${out}`,
      )
      if (argv.json)
        printJson({ out, count, shape, timesteps, ...infoOf(result), skipped: network.skipped, seconds })
    } finally {
      await network.dispose()
    }
  })
  suggest(['compare', folder], ['export', folder, '--loop'])
}

/** `export FOLDER --loop`: writes the process around a network of others as one graph. */
export async function exportFolder(
  argv: Pick<NetworkArguments, 'model' | 'without' | 'shape' | 'json'> & { readonly out: string },
): Promise<void> {
  const bytes = await waitFor('exporting', () =>
    exportNetwork(argv.model, {
      ...processChoice(argv),
      without: argv.without,
      shape: numberList('--shape', argv.shape),
      out: argv.out,
    }),
  )
  note(`wrote ${argv.out} (${humanBytes(bytes.length)})`)
  if (argv.json) printJson({ sampler: argv.out, bytes: bytes.length })
}

/** `compare FOLDER`: the providers beside each other. */
export async function compareFolder(
  argv: Pick<NetworkArguments, 'model' | 'given' | 'shape' | 'json'> & {
    readonly providers?: string | undefined
    readonly 'num-steps'?: number | undefined
    readonly rtol?: number | undefined
    readonly threads?: number | undefined
    readonly 'device-id'?: number | undefined
  },
): Promise<void> {
  const comparison = await waitFor('comparing', async () => {
    const count = 4
    return compareNetwork(argv.model, {
      count,
      providers: nameList(argv.providers),
      given: repeated(await inputsOf('given', argv.given), count),
      shape: numberList('--shape', argv.shape),
      numSteps: argv['num-steps'],
      rtol: argv.rtol,
      threads: argv.threads,
      deviceId: argv['device-id'],
    })
  })
  const { providers, skipped, rtol, pass, numSteps } = comparison
  noteSkipped(skipped)
  if (argv.json) printJson(comparison)
  else {
    const rows = providers.map((each, i) => [
      describeProvider(each),
      i === 0
        ? 'the others are compared with it'
        : `differs by ${each.difference.toExponential(1)}${each.pass ? '' : ': too much'}`,
      humanSeconds(each.seconds),
    ])
    const title = `samples of ${argv.model} in ${counted(numSteps, 'step')}: differences as shares of the largest value, at most ${rtol}`
    printText(`${[title, ...textTable(rows, { flushRight: () => false })].join('\n')}\n`)
  }
  if (!pass) call.exitCode = 1
}

/** Opens a folder's network on the chosen provider, and notes what `auto` skipped. */
async function open(folder: string, argv: ProviderArguments): Promise<NetworkModel> {
  const { selfTest: _, withoutFaker: __, ...options } = namedInApi(providerOptions, argv)
  const provider = options.provider as NodeLoadOptions['provider']
  const network = await openNetwork(folder, { ...options, provider })
  noteSkipped(network.skipped)
  return network
}

async function schedulerIn(path: string): Promise<SchedulerConfig> {
  const bytes = await readInput(path, 'give a scheduler_config.json of diffusers', 'scheduler')
  return parsePythonJson(bytes.toString(), path)
}

/** ['class_labels=0,1', 'prompt=prompt.npy'] as values by input. */
export async function inputsOf(flag: string, texts: readonly string[] = []): Promise<GivenInputs> {
  const inputs: [name: string, value: InputValue][] = []
  for (const text of texts) {
    const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? []
    if (name === undefined || value === undefined)
      throw new InputError(
        `--${flag} ${text}: give an input and its value, such as class_labels=3 or prompt=prompt.npy`,
        'wrong-type',
      )
    if (value.endsWith('.npy')) {
      const { data, shape } = readNpy(await readInput(value, 'give a .npy file', flag), value)
      inputs.push([name, { data, shape }])
    } else {
      const numbers = numberList(`--${flag} ${name}`, value)!
      inputs.push([name, numbers.length === 1 ? numbers[0]! : numbers])
    }
  }
  return Object.fromEntries(inputs)
}

function lengthOf(value: InputValue): number {
  if (typeof value === 'number') return 0
  return 'shape' in value ? value.shape[0]! : value.length
}

/** Lists of fewer numbers than samples, again from their beginning. */
export function repeated(given: GivenInputs, count: number): GivenInputs {
  const of = (value: InputValue): InputValue =>
    Array.isArray(value) ? Array.from({ length: count }, (_, i) => value[i % value.length]!) : value
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, of(value)]))
}
