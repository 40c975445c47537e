import type { ArgumentsCamelCase, Argv } from 'yargs'
import type { Command } from '../command.ts'

interface Entry {
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

/** The parser with every command; `onCalled` is told of the called one and the names of its options. */
export function withCommands(yargs: Argv, onCalled: (command: string, options: string[]) => void): Argv {
  return commands.reduce(
    (parser, { command, describe, load }) =>
      parser.command({
        command,
        describe,
        builder: async (own: Argv) => {
          const { options, builder } = await load()
          onCalled(command, Object.keys(options))
          return builder(own.options(options))
        },
        handler: async (argv: ArgumentsCamelCase) => (await load()).handler(argv),
      } as never),
    yargs,
  )
}
