import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { handleUnaryCall, ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js'
import { InputError, messageOf } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import { version } from '../core/version.ts'
import { acceptMore } from './acceptors.ts'
import type { Served, ServerState } from './catalogue.ts'
import { callLimits } from './grpc-limits.ts'
import {
  codecOf,
  grpcRowBytes,
  type Method,
  methods,
  readGrpcInfer,
  writeGrpcAnswer,
} from './grpc-messages.ts'
import { limits, messageFor, Refusal, refusalKind, refusals } from './refusal.ts'
import { requestId } from './request-id.ts'
import { nextPiece, nextTurn } from './turns.ts'

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

/** Messages from this length on, in bytes, take turns to be read. */
const longMessage = 2 ** 14

type Message = Readonly<Record<string, string>>
type Call = ServerUnaryCall<Buffer, Buffer>

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
    // its lists of calls and connections, which nothing here reads, take time for each call
    'grpc.enable_channelz': 0,
    'grpc.max_connection_idle_ms': 1000 * limits.idleSeconds,
    interceptors: [callLimits(grpc, options.state)],
  })
  const handlers = handlersOf(options)
  const asIs = (bytes: Buffer) => bytes
  const handle = (method: Method): handleUnaryCall<Buffer, Buffer> => {
    return (call, respond) => void answer(call, respond, method, handlers[method], options)
  }
  server.addService(
    Object.fromEntries(
      methods.map((method) => [
        method,
        { ...codecs[method], requestDeserialize: asIs, responseSerialize: asIs },
      ]),
    ),
    Object.fromEntries(methods.map((method) => [method, handle(method)])),
  )
  // grpc-js limits no number of connections, but serves those that it is given
  const { injectConnection } = server.createConnectionInjector(grpc.ServerCredentials.createInsecure())
  const listeners = await listen(host, port, injectConnection).catch((error) => {
    server.forceShutdown()
    throw cannotListen(`${host.includes(':') ? `[${host}]` : host}:${port}`, error)
  })
  return {
    port: listeners[0]!.port,
    close: async () => {
      for (const { stop } of listeners) stop()
      await new Promise((resolve) => server.tryShutdown(() => resolve(undefined)))
    },
  }
}

interface Listener {
  readonly port: number
  /** Stops accepting. */
  stop(): void
}

/** Listens on all addresses of a host, with one port. Throws if it can listen on none of them. */
async function listen(host: string, port: number, serve: (socket: Socket) => void): Promise<Listener[]> {
  const listeners: Listener[] = []
  let [problem, open]: [unknown, number] = [undefined, 0]
  const serveFew = async (socket: Socket) => {
    if (open >= limits.connections) return socket.destroy()
    open++
    socket.on('error', () => {}).once('close', () => open--)
    await nextTurn()
    if (!socket.destroyed) serve(socket)
  }
  for (const { address } of await lookup(host, { all: true })) {
    const server = createServer({ noDelay: true }, serveFew)
    try {
      await once(server.listen(listeners[0]?.port ?? port, address, limits.backlog), 'listening')
      const stopMore = acceptMore(server, serveFew)
      const stop = () => {
        void stopMore()
        server.close()
      }
      listeners.push({ port: (server.address() as AddressInfo).port, stop })
    } catch (error) {
      problem ??= error
    }
  }
  if (listeners.length === 0) throw problem
  return listeners
}

function cannotListen(address: string, error: unknown): InputError {
  const reason = /EADDRINUSE/.test(messageOf(error)) ? 'another program is listening there' : messageOf(error)
  const message = `cannot listen on ${address}: ${reason}: give another \`grpcPort\``
  return new InputError(message, 'not-available', { option: 'grpcPort' })
}

type Handler = (request: Message, call: Call) => object | Promise<object>

function handlersOf({ state, metrics }: Served): Record<Method, Handler> {
  const { catalogue } = state
  return {
    serverLive: () => ({ live: true }),
    serverReady: () => ({ ready: state.isReady }),
    modelReady: (request) => ({
      ready: state.isReady && catalogue.find(request.name!, request.version) !== undefined,
    }),
    serverMetadata: () => ({ name: 'moonstep', version, extensions: ['binary_tensor_data'] }),
    modelMetadata: (request) => catalogue.get(request.name!, request.version).metadata,
    async modelInfer(request, call) {
      const model = catalogue.get(request.model_name!, request.model_version)
      const inferRequest = readGrpcInfer(request)
      const outputs = model.outputsNamed(inferRequest.outputs)
      const count = inferRequest.ranges.reduce((sum, range) => sum + range.count, 0)
      const held = state.answers.take(count, model.drawnBytes + grpcRowBytes(outputs))
      try {
        const secondsLeft = (Number(call.getDeadline()) - Date.now()) / 1000
        const seconds = Math.min(inferRequest.seconds, secondsLeft)
        const drawing = model.draw({ ...inferRequest, seconds })
        call.once('cancelled', drawing.cancel)
        const rows = await drawing.rows
        metrics.sent(model.name, rows.x_0.count)
        return codecs.modelInfer.responseSerialize(
          writeGrpcAnswer(model, inferRequest, outputs, rows, drawing.warnings),
        )
      } finally {
        // what is sent counts by itself
        held.release()
      }
    },
  }
}

/** Waits until a long message may be read, which takes room meanwhile. Rejects with a Refusal if it has to make room. */
async function pieceFor({ length }: Buffer, { arrivals }: ServerState): Promise<void> {
  let refuse!: (refusal: Refusal) => void
  const refused = new Promise<never>((_, reject) => {
    refuse = reject
  })
  const arrival = arrivals.begin(refuse)
  arrival.grow(length)
  await Promise.race([nextPiece(), refused])
  arrival.end()
}

async function answer(
  call: Call,
  respond: sendUnaryData<Buffer>,
  method: Method,
  handler: Handler,
  { state, metrics, logger }: Served,
): Promise<void> {
  const start = performance.now()
  let name = ''
  const id = requestId(call.metadata.get('x-request-id')[0])
  let code = 0
  try {
    if (call.request.length > longMessage) await pieceFor(call.request, state)
    // nobody is drawn for who left meanwhile
    if (call.cancelled) throw new Refusal('cancelled', 'the caller disconnected')
    const request = codecs[method].requestDeserialize(call.request)
    if (request instanceof Refusal) throw request
    const message = request as unknown as Message
    name = String(message.model_name ?? message.name ?? '')
    const answer = await handler(message, call)
    respond(null, answer instanceof Buffer ? answer : codecs[method].responseSerialize(answer))
  } catch (error) {
    const kind = refusalKind(error)
    code = kind ? refusals[kind].grpc : internal
    if (code === internal) logger.error({ id, err: error }, 'failed')
    const details =
      code === internal ? `the server failed: its log has the reason under ${id}` : messageFor(error)
    respond({ code, details })
  }
  const seconds = (performance.now() - start) / 1000
  metrics.answered('grpc', state.catalogue.find(name)?.name ?? '', code, seconds)
  const ms = Math.round(1e5 * seconds) / 100
  const model = printable(name.slice(0, limits.nameLength))
  logger.info({ id, method, model, peer: call.getPeer(), code, ms }, 'answered')
}
