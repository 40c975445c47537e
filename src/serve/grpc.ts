import type {
  handleUnaryCall,
  ServerInterceptingCallInterface,
  ServerInterceptor,
  ServerUnaryCall,
  sendUnaryData,
} from '@grpc/grpc-js'
import { InputError } from '../core/errors.ts'
import { version } from '../core/version.ts'
import { requireReaders, type Served, type ServerState } from './catalogue.ts'
import { codecOf, Malformed, type Method, methods, readGrpcInfer, writeGrpcAnswer } from './grpc-messages.ts'
import { invalid, limits, refusalKind, refusals } from './refusal.ts'

/** gRPC's code of a server that failed. */
const internal = 13

const codecs = Object.fromEntries(methods.map((method) => [method, codecOf(method)])) as Record<
  Method,
  ReturnType<typeof codecOf>
>

export interface GrpcServer {
  readonly port: number
  /** Closes the server once all calls are answered. */
  close(): Promise<void>
}

type Message = Readonly<Record<string, string>>
type Call = ServerUnaryCall<Message, Buffer>

/**
 * Starts the Open Inference Protocol over gRPC. Throws InputError if the optional package @grpc/grpc-js is not
 * installed, or if the port is taken.
 */
export async function startGrpc(options: Served, host: string, port: number): Promise<GrpcServer> {
  const grpc = await import('@grpc/grpc-js').catch(() => {
    throw new InputError('gRPC needs another package: npm install @grpc/grpc-js', 'not-available', {
      option: 'grpcPort',
    })
  })
  // grpc-js also throws the errors that it logs, and we report them in one line
  grpc.setLogVerbosity(grpc.logVerbosity.NONE)
  const server = new grpc.Server({
    'grpc.max_receive_message_length': limits.bodyBytes,
    'grpc.max_concurrent_streams': limits.streams,
    'grpc.max_metadata_size': limits.headerBytes,
    // closes connections whose client is gone
    'grpc.keepalive_time_ms': 1000 * limits.idleSeconds,
    'grpc.keepalive_timeout_ms': 1000 * limits.headSeconds,
    interceptors: [unreadCounter(grpc, options.state)],
  })
  const handlers = handlersOf(options)
  const handle = (method: Method): handleUnaryCall<Message, Buffer> => {
    return (call, respond) => void answer(call, respond, method, handlers[method], options)
  }
  server.addService(
    Object.fromEntries(
      methods.map((method) => [method, { ...codecs[method], responseSerialize: (bytes: Buffer) => bytes }]),
    ),
    Object.fromEntries(methods.map((method) => [method, handle(method)])),
  )
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(cannotListen(address, error)) : resolve(bound),
    ),
  )
  return { port: bound, close: () => new Promise((resolve) => server.tryShutdown(() => resolve())) }
}

function cannotListen(address: string, error: Error): InputError {
  const reason = /EADDRINUSE/.test(error.message) ? 'another program is listening there' : error.message
  const message = `cannot listen on ${address}: ${reason}: give another \`grpcPort\``
  return new InputError(message, 'not-available', { option: 'grpcPort' })
}

/** Counts the bytes of answers until the connection has taken them or is closed. */
function unreadCounter(grpc: typeof import('@grpc/grpc-js'), state: ServerState): ServerInterceptor {
  class CountedCall extends grpc.ServerInterceptingCall {
    #unread = 0

    constructor(call: ServerInterceptingCallInterface) {
      super(call, {
        start: (next) => next({ onCancel: () => this.#count(-this.#unread) }),
      })
    }

    override sendMessage(message: Buffer, callback: () => void): void {
      this.#count(message.length)
      super.sendMessage(message, () => {
        this.#count(-this.#unread)
        callback()
      })
    }

    #count(bytes: number): void {
      this.#unread += bytes
      state.unreadBytes += bytes
    }
  }
  return (_, call) => new CountedCall(call)
}

type Handler = (call: Call) => object | Promise<object>

function handlersOf({ state, metrics }: Served): Record<Method, Handler> {
  const { catalogue } = state
  return {
    serverLive: () => ({ live: true }),
    serverReady: () => ({ ready: state.isReady }),
    modelReady: ({ request }) => ({
      ready: state.isReady && catalogue.find(request.name!, request.version) !== undefined,
    }),
    serverMetadata: () => ({ name: 'moonstep', version, extensions: ['binary_tensor_data'] }),
    modelMetadata: ({ request }) => catalogue.get(request.name!, request.version).metadata,
    async modelInfer(call) {
      const model = catalogue.get(call.request.model_name!, call.request.model_version)
      requireReaders(state)
      const inferRequest = readGrpcInfer(call.request)
      const outputs = model.outputsNamed(inferRequest.outputs)
      const secondsLeft = (Number(call.getDeadline()) - Date.now()) / 1000
      const seconds = Math.min(inferRequest.seconds, secondsLeft)
      const drawing = model.draw({ ...inferRequest, seconds })
      call.once('cancelled', drawing.cancel)
      const rows = await drawing.rows
      metrics.sent(model.name, rows.x_0.count)
      return writeGrpcAnswer(model, inferRequest, outputs, rows, drawing.warnings)
    },
  }
}

async function answer(
  call: Call,
  respond: sendUnaryData<Buffer>,
  method: Method,
  handler: Handler,
  { state, metrics, logger }: Served,
): Promise<void> {
  const start = performance.now()
  const name = call.request.model_name ?? call.request.name ?? ''
  const id = String(call.metadata.get('x-request-id')[0] ?? crypto.randomUUID()).slice(0, limits.nameLength)
  let code = 0
  try {
    if (call.request instanceof Malformed) throw invalid(call.request.message)
    respond(null, codecs[method].responseSerialize(await handler(call)))
  } catch (error) {
    const kind = refusalKind(error)
    code = kind ? refusals[kind].grpc : internal
    if (code === internal) logger.error({ id, err: error }, 'failed')
    const details =
      code === internal ? `the server failed: its log has the reason under ${id}` : (error as Error).message
    respond({ code, details })
  }
  const seconds = (performance.now() - start) / 1000
  metrics.answered('grpc', state.catalogue.find(name)?.name ?? '', code, seconds)
  const ms = Math.round(1e5 * seconds) / 100
  logger.info({ id, method, model: name, peer: call.getPeer(), code, ms }, 'answered')
}
