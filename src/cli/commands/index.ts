import type { ArgumentsCamelCase, Argv } from 'yargs'
import { type Command, UsageError } from '../command.ts'

export interface Entry {
  readonly command: string
  readonly describe: string
  /** Its code, read only when it is called: `moonstep --help` needs none of it, and `sample` nothing of `train`. */
  readonly load: () => Promise<Command<unknown>>
}

export const commands: readonly Entry[] = [
  {
    command: 'train',
    describe: 'Fit a noise predictor to data',
    load: async () => (await import('./train.ts')).trainCommand,
  },
  {
    command: 'distill <run>',
    describe: 'Train a student that samples in one evaluation',
    load: async () => (await import('./distill.ts')).distillCommand,
  },
  {
    command: 'export <run>',
    describe: 'Write a trained run as ONNX files',
    load: async () => (await import('./export.ts')).exportCommand,
  },
  {
    command: 'sample <model>',
    describe: 'Draw samples from a model',
    load: async () => (await import('./sample.ts')).sampleCommand,
  },
  {
    command: 'compare <model>',
    describe: 'Hold providers against the float64 reference',
    load: async () => (await import('./compare.ts')).compareCommand,
  },
  {
    command: 'evaluate <samples>',
    describe: 'Hold samples against real data',
    load: async () => (await import('./evaluate.ts')).evaluateCommand,
  },
  {
    command: 'plot <figure> [model]',
    describe: 'Draw a figure of data, a model or a run',
    load: async () => (await import('./plot.ts')).plotCommand,
  },
  {
    command: 'bench <model>',
    describe: 'Latency and throughput by batch and provider',
    load: async () => (await import('./bench.ts')).benchCommand,
  },
  {
    command: 'info <model>',
    describe: "A model's card, graph and self-test",
    load: async () => (await import('./info.ts')).infoCommand,
  },
  {
    command: 'doctor',
    describe: 'What this machine can run, and how to get the rest',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  {
    command: 'demo',
    describe: 'Train on two moons, export, sample and draw',
    load: async () => (await import('./demo.ts')).demoCommand,
  },
]

export const commandNames = commands.map(({ command }) => command.split(' ')[0]!)

/** The parser with every command. */
export function withCommands(yargs: Argv): Argv {
  return commands.reduce(
    (parser, { command, describe, load }) =>
      parser.command({
        command,
        describe,
        builder: async (own: Argv) => withOptions(own, await load()),
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

/** A command's parser with all that it takes. */
export function withOptions(yargs: Argv, { options, positionals = {}, builder }: Command<unknown>): Argv {
  const own = yargs.options(options)
  for (const [name, positional] of Object.entries(positionals)) own.positional(name, positional)
  return builder(own) as Argv
}
