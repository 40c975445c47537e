import { requireInteger, requireNumber } from '../../core/errors.ts'
import { serve } from '../../serve/serve.ts'
import { call } from '../call.ts'
import { defineCommand, option } from '../command.ts'
import { loadOn, providerOptions, requireNoTable } from '../options.ts'
import { type Interrupted, interruptible, isQuiet, printJson, printText } from '../output.ts'

export const command = defineCommand({
  options: {
    host: option.text('address to listen on; 0.0.0.0 accepts other machines', { default: '127.0.0.1' }),
    port: option.wholeNumber('port of HTTP; 0 picks a free one', { default: 8000 }),
    'grpc-port': option.wholeNumber('port of gRPC [default: no gRPC]'),
    'allow-host': option.text(
      'further name by which requests may call this server, or whose pages may ask it; repeat for more [default: none]',
      { array: true },
    ),
    ...providerOptions,
    grace: option.number('seconds to keep answering requests after SIGTERM, while reporting not ready', {
      default: 5,
      takes: 'seconds from 0 up',
    }),
  },
  positionals: {
    model: option.text('model.onnx or sampler.onnx, or a folder of models', { demandOption: true }),
  },
  examples: [
    ['$0 serve model.onnx', 'then curl http://127.0.0.1:8000/v2/models/<name>/sample?n=5'],
    ['$0 serve models --port 80 --host 0.0.0.0 --grpc-port 8001', 'every model in a folder'],
  ],
  epilogue: 'SIGHUP reloads changed files at once; otherwise they are loaded within a second or two.',
  async handler(argv) {
    const { host, port, 'grpc-port': grpcPort, 'allow-host': allowHost, grace } = argv
    requireInteger('port', port, 0, 65_535)
    if (grpcPort !== undefined) requireInteger('grpcPort', grpcPort, 0, 65_535)
    requireNumber('grace', grace, 0, 3600)
    requireNoTable(argv.model)
    await interruptible(async (signal) => {
      const load = (path: string) => loadOn(path, argv)
      const log = { log: call.stderr, isQuiet: isQuiet() }
      const server = await serve({ path: argv.model, load, host, port, grpcPort, allowHost, ...log })
      const { url, grpc, models } = server
      // before it is known to be ready: by default the signal ends the process
      const reload = () => void server.reload()
      process.on('SIGHUP', reload)
      if (argv.json) printJson({ url, grpc: grpc ?? null, models })
      else printText(`serving ${models.join(', ')} at ${url}${grpc ? `, gRPC at ${grpc}` : ''}\n`)
      await new Promise((resolve) => {
        if (signal.aborted) resolve(undefined)
        signal.addEventListener('abort', resolve)
      })
      const interrupted = signal.reason as Interrupted
      const isTerminated = interrupted.signal === 'SIGTERM'
      await server.end(isTerminated ? grace : 0)
      process.off('SIGHUP', reload)
      // when stopped from the keyboard, it reports like every command
      if (!isTerminated) throw interrupted
    })
  },
})
