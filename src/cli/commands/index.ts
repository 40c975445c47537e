import type { ArgumentsCamelCase, Argv } from 'yargs'
import { type Command, UsageError } from '../command.ts'

export interface Entry {
  readonly command: string
  readonly describe: string
  /** Its code, loaded only when the command runs. */
  readonly load: () => Promise<Command>
}

function entry(command: string, describe: string, read: () => Promise<{ command: unknown }>): Entry {
  return { command, describe, load: async () => (await read()).command as Command }
}

export const commands: readonly Entry[] = [
  entry('train', 'Fit a noise predictor to data', () => import('./train.ts')),
  entry('distill <run>', 'Train a student that samples in one evaluation', () => import('./distill.ts')),
  entry('export <run>', 'Write a trained run as ONNX files', () => import('./export.ts')),
  entry('sample <model>', 'Draw samples from a model', () => import('./sample.ts')),
  entry(
    'shards <action> <folder>',
    'Check that the parts of sample --shard are complete',
    () => import('./shards.ts'),
  ),
  entry('serve <model>', 'Serve rows over HTTP and gRPC', () => import('./serve.ts')),
  entry('impute <model> <rows>', 'Fill the empty cells of rows', () => import('./impute.ts')),
  entry('compare <model>', 'Compare providers with the float64 reference', () => import('./compare.ts')),
  entry('evaluate <samples>', 'Compare samples with real data', () => import('./evaluate.ts')),
  entry('report <run>', "Report the quality and privacy of a run's samples", () => import('./report.ts')),
  entry('plot <figure> [model]', 'Draw a figure of data, a model or a run', () => import('./plot.ts')),
  entry('bench <model>', 'Measure latency and throughput by batch and provider', () => import('./bench.ts')),
  entry('schema <dataset>', 'Show how the tables of a database meet', () => import('./schema.ts')),
  entry('info <model>', "Show a model's card, graph and self-test", () => import('./info.ts')),
  entry('doctor', 'Show what this machine can run, and how to get the rest', () => import('./doctor.ts')),
  entry('demo', 'Train on two moons, export, sample and draw', () => import('./demo.ts')),
]

export const commandNames = commands.map(({ command }) => command.split(' ')[0]!)

export function withCommands(yargs: Argv): Argv {
  return commands.reduce(
    (parser, { command, describe, load }) =>
      parser.command({
        command,
        describe,
        builder: async (commandParser: Argv) => withOptions(commandParser, await load()),
        handler: async (argv: ArgumentsCamelCase) => {
          const { options, handler } = await load()
          for (const [name, { type }] of Object.entries(options))
            if (type === 'number' && Number.isNaN(argv[name])) throw new UsageError()
          return handler(argv)
        },
      } as never),
    yargs,
  )
}

/** Adds a command's options; `--out` without a value is an error, not an empty name. */
export function withOptions(
  yargs: Argv,
  { options, positionals = {}, usage, examples, epilogue = '' }: Command,
): Argv {
  for (const [name, { api: _, takes: __, ...option }] of Object.entries(options))
    yargs.option(name, { ...option, requiresArg: option.type !== 'boolean' })
  for (const [name, positional] of Object.entries(positionals)) yargs.positional(name, positional)
  if (usage !== undefined) yargs.usage(usage)
  return yargs.example(examples.map(([line, about = '']) => [line, about])).epilogue(epilogue)
}
