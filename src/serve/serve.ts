/** The server of `moonstep serve`: models over the Open Inference Protocol, by HTTP and gRPC, in batches. */
import { lookup } from 'node:dns/promises'
import type { AddressInfo } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { type LoggerOptions, pino, stdTimeFunctions } from 'pino'
import { InputError, messageOf } from '../core/errors.ts'
import { allowedName, type Callers, isLoopback } from './callers.ts'
import {
  Catalogue,
  type CatalogueOptions,
  requireModels,
  requireReadable,
  type ServerState,
} from './catalogue.ts'
import { type GrpcServer, startGrpc } from './grpc.ts'
import { createHttpServer } from './http.ts'
import { Metrics } from './metrics.ts'
import { limits } from './refusal.ts'
import { AnswerRoom, ArrivalRoom } from './room.ts'

export interface ServeOptions extends Pick<CatalogueOptions, 'path' | 'load'> {
  readonly host: string
  /** 0 chooses a free port. */
  readonly port: number
  readonly grpcPort?: number | undefined
  /** Further names, without a port, that requests may name as their host and pages that ask may have. */
  readonly allowHost?: readonly string[] | undefined
  /** Stream for the log, one JSON object per line. */
  readonly log: NodeJS.WritableStream
  /** Whether to log only warnings and errors, without a line per request. */
  readonly isQuiet: boolean
}

/** Log lines have the level's name and the time, but nothing about the machine. */
const logForm: LoggerOptions = {
  base: null,
  timestamp: stdTimeFunctions.isoTime,
  formatters: { level: (level) => ({ level }) },
}

/**
 * Serves models over the Open Inference Protocol. Listens once there are files of models, before they are loaded, and is
 * ready when they are. Throws InputError if there is no usable model or a port is taken.
 */
export async function serve(options: ServeOptions) {
  const { path, load, host, port, grpcPort } = options
  await requireReadable(await requireModels(path))
  const level = options.isQuiet ? 'warn' : 'info'
  const logger: FastifyBaseLogger = pino({ ...logForm, level }, options.log)
  const metrics: Metrics = new Metrics(() => catalogue)
  const catalogue = new Catalogue({ path, load, metrics, log: logger })
  const state: ServerState = {
    catalogue,
    isReady: false,
    isEnding: false,
    answers: new AnswerRoom(),
    arrivals: new ArrivalRoom(),
  }
  const allowed = (options.allowHost ?? []).map(allowedName)
  const { address } = await lookup(host).catch((error) => {
    throw cannotListen(host, port, error)
  })
  const callers: Callers = { isLoopback: isLoopback(address), allowed }
  const http = createHttpServer({ state, metrics, logger }, callers)
  let grpc: GrpcServer | undefined
  const close = async () => {
    await Promise.all([http.close(), grpc?.close()])
    await catalogue.close()
  }
  try {
    await http.listen({ host, port, backlog: limits.backlog }).catch((error) => {
      throw cannotListen(host, port, error)
    })
    if (grpcPort !== undefined) grpc = await startGrpc({ state, metrics, logger }, host, grpcPort)
    await catalogue.open()
  } catch (error) {
    await close()
    throw error
  }
  state.isReady = true
  const { port: bound } = http.server.address() as AddressInfo
  const inUrl = host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${inUrl}:${bound}`,
    /** host:port of gRPC, if served. */
    grpc: grpc && `${inUrl}:${grpc.port}`,
    models: catalogue.names,
    /** Checks the models' files, and loads and unloads what changed. */
    reload: () => catalogue.look({ again: true }),
    /** Reports not ready, accepts requests for the grace period, then answers the remaining ones and shuts down. */
    async end(graceSeconds: number) {
      state.isReady = false
      state.isEnding = true
      logger.info({ graceSeconds }, 'ending')
      // a load balancer takes a while to notice that the server is not ready, and keeps sending requests until then
      await new Promise((resolve) => setTimeout(resolve, 1000 * graceSeconds))
      await close()
      logger.info({}, 'ended')
    },
  }
}

function cannotListen(host: string, port: number, error: NodeJS.ErrnoException): InputError {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program is listening there',
    EACCES: 'permission denied',
    ENOTFOUND: 'there is no such host',
    EADDRNOTAVAIL: 'this machine has no such address',
  }
  return new InputError(
    `cannot listen on ${host}:${port}: ${reasons[error.code ?? ''] ?? messageOf(error)}: give another \`port\` or \`host\``,
    'not-available',
    { option: 'port', value: port },
  )
}
