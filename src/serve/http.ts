import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import Negotiator from 'negotiator'
import { version as moonstepVersion } from '../core/version.ts'
import type { DrawnRows } from '../infer/rows.ts'
import { readBody } from './body.ts'
import { type Callers, requireBodyType, requireOwnCaller } from './callers.ts'
import type { Served, ServerState } from './catalogue.ts'
import { Connections } from './connections.ts'
import { readInferRequest, writeInferAnswer } from './infer-http.ts'
import type { Metrics } from './metrics.ts'
import { openApi } from './openapi.ts'
import { lengthOf } from './pieces.ts'
import { limits, messageFor, Refusal, refusalKind, refusals } from './refusal.ts'
import { requestId } from './request-id.ts'
import type { Held } from './room.ts'
import {
  type RowsRequest,
  readSampleQuery,
  type SampleQuery,
  sampleForms,
  writeSamples,
} from './rows-request.ts'
import type { ServedModel } from './served-model.ts'
import { nextPiece, waitingPieces } from './turns.ts'

interface ModelPath {
  readonly Params: { readonly model: string; readonly version?: string }
}

type Request = FastifyRequest<ModelPath>

declare module 'fastify' {
  interface FastifyRequest {
    /** The model's name in the metrics, or '' if the request has none. */
    servedModel: string
  }
}

/** Serves the Open Inference Protocol over HTTP, plus rows as files, metrics and an OpenAPI description. */
export function createHttpServer({ state, metrics, logger }: Served, callers: Callers): FastifyInstance {
  const connections = new Connections()
  const server = Fastify({
    serverFactory: (handler) => connections.createServer(handler),
    loggerInstance: logger,
    // we log one line per request, when it ends
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (log) => log,
    exposeHeadRoutes: false,
    bodyLimit: limits.bodyBytes,
    routerOptions: { maxParamLength: limits.nameLength },
    requestIdHeader: false,
    genReqId: ({ headers }) => requestId(headers['x-request-id']),
    // while the server shuts down, still answer requests on open connections
    return503OnClosing: false,
  })
  server.addHook('preClose', async () => connections.endSilent())
  // infer requests are read raw: JSON, or JSON followed by bytes
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', (_: unknown, payload: IncomingMessage) =>
    readBody(payload, state.arrivals),
  )
  server.decorateRequest('servedModel', '')
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    requireOwnCaller(request.headers, callers)
  })
  server.addHook('onSend', async (_, reply) => {
    // a keep-alive connection would delay the shutdown
    if (state.isEnding) reply.header('connection', 'close')
  })
  server.addHook('onResponse', async (request, reply) => {
    const { statusCode, elapsedTime } = reply
    metrics.answered('http', request.servedModel, statusCode, elapsedTime / 1000)
    const { method, id, ip } = request
    const url = request.url.slice(0, limits.messageLength)
    const ms = Math.round(100 * elapsedTime) / 100
    logger.info({ id, method, url, ip, status: statusCode, ms }, 'answered')
  })
  server.setErrorHandler((error, request, reply) => refuse(error, request, reply, logger))
  server.setNotFoundHandler((request, reply) => {
    const message = `there is nothing at ${request.method} ${request.url.slice(0, 200)}: see /v2 and /openapi.json`
    return refuse(new Refusal('not-found', message), request, reply, logger)
  })
  addServerRoutes(server, state, metrics)
  for (const base of ['/v2/models/:model', '/v2/models/:model/versions/:version'])
    addModelRoutes(server, base, { state, metrics, connections })
  return server
}

function addServerRoutes(server: FastifyInstance, state: ServerState, metrics: Metrics): void {
  server.get('/v2', () => ({
    name: 'moonstep',
    version: moonstepVersion,
    extensions: ['binary_tensor_data', 'model_sample'],
    models: state.catalogue.names,
  }))
  server.get('/v2/health/live', () => ({ live: true }))
  server.get('/v2/health/ready', (_, reply) =>
    reply.code(state.isReady ? 200 : 503).send({ ready: state.isReady }),
  )
  server.get('/openapi.json', () => openApi(state.catalogue))
  server.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await metrics.text()))
}

interface Routed extends Pick<Served, 'state' | 'metrics'> {
  readonly connections: Connections
}

function addModelRoutes(
  server: FastifyInstance,
  base: string,
  { state, metrics, connections }: Routed,
): void {
  /** Returns the requested model, so that requests that can't be answered now are refused before their body is read. */
  const modelOf = (request: Request): ServedModel => {
    const { model: name, version } = request.params
    const model = state.catalogue.get(name, version)
    request.servedModel = model.name
    return model
  }
  const requireRoom = async (request: Request) => {
    if (request.method === 'POST') requireBodyType(request.headers)
    modelOf(request).requireRoom()
    if (waitingPieces() > limits.waitingRequests)
      throw new Refusal('busy', 'too many requests wait to be read: try again in 1 second')
    // a body waits once it is read: until then, each small part of it takes memory of its own
    if (request.method !== 'POST') await nextPiece()
  }
  /** Draws rows and sends what `write` makes of them, with room for both until the client has read the answer. */
  const answer = async (
    { raw }: Request,
    reply: FastifyReply,
    { model, asked, rowBytes, write }: Answering,
  ): Promise<FastifyReply> => {
    const rows = asked.ranges.reduce((sum, { count }) => sum + count, 0)
    const held = state.answers.take(rows, model.drawnBytes + rowBytes)
    let cancel = () => {}
    let isGone = false
    connections.onDone(reply.raw, raw.socket, () => {
      isGone = true
      cancel()
      held.release()
    })
    const requireCaller = () => {
      if (isGone) throw new Refusal('cancelled', 'the caller disconnected')
    }
    // it may have left before its body was read
    requireCaller()
    const drawing = model.draw(asked)
    cancel = drawing.cancel
    const drawn = await drawing.rows
    const rest = async () => {
      await nextPiece()
      requireCaller()
    }
    const pieces = await write(drawn, drawing.warnings, rest)
    metrics.sent(model.name, rows)
    return send(reply, pieces, held)
  }

  server.get<ModelPath>(base, (request) => modelOf(request).metadata)
  server.get<ModelPath>(`${base}/ready`, (request, reply) => {
    const { name } = modelOf(request)
    return reply.code(state.isReady ? 200 : 503).send({ name, ready: state.isReady })
  })

  server.post<ModelPath>(`${base}/infer`, { onRequest: requireRoom }, async (request, reply) => {
    const model = modelOf(request)
    const body = request.body instanceof Buffer ? request.body : Buffer.alloc(0)
    // not kept while rows are drawn
    request.body = undefined
    const asked = readInferRequest(body, request.headers['inference-header-content-length']?.toString())
    const outputs = model.outputsNamed(asked.outputs?.map(({ name }) => name))
    const bytes = outputs.map(
      ({ rowBytes }, i) => rowBytes[(asked.outputs?.[i]?.isBinary ?? asked.isBinary) ? 'binary' : 'json'],
    )
    const rowBytes = bytes.reduce((sum, each) => sum + each, 0)
    return answer(request, reply, {
      model,
      asked,
      rowBytes,
      async write(rows, warnings, rest) {
        const { pieces, jsonLength } = await writeInferAnswer(model, asked, outputs, rows, warnings, rest)
        if (jsonLength === undefined) reply.type('application/json; charset=utf-8')
        else reply.type('application/octet-stream').header('inference-header-content-length', jsonLength)
        return pieces
      },
    })
  })

  server.get<ModelPath & { Querystring: SampleQuery }>(
    `${base}/sample`,
    { onRequest: requireRoom },
    (request, reply) => {
      const model = modelOf(request)
      const type = acceptedForm(request.headers.accept)
      return answer(request, reply, {
        model,
        asked: readSampleQuery(request.query),
        rowBytes: model.sampleBytes,
        write({ table }, warnings, rest) {
          // in one header, without the characters that it may not contain
          if (warnings.length > 0)
            reply.header('x-moonstep-warning', warnings.join('; ').replace(/[^\x20-\x7e]/g, '?'))
          reply.type(type.endsWith('json') ? `${type}; charset=utf-8` : type).header('vary', 'Accept')
          return writeSamples(type, table, rest)
        },
      })
    },
  )
}

/** What rows a request asks for, and how they are written. */
interface Answering {
  readonly model: ServedModel
  readonly asked: RowsRequest
  /** The most bytes of a row in the answer. */
  readonly rowBytes: number
  write(rows: DrawnRows, warnings: readonly string[], rest: () => Promise<void>): Promise<readonly Buffer[]>
}

/** Up to this length, an answer is sent as one. */
const longestWhole = 2 ** 20

/** Sends a body in pieces, which take room as long as it is sent. */
function send(reply: FastifyReply, pieces: readonly Buffer[], held: Held): FastifyReply {
  const length = lengthOf(pieces)
  held.set(length)
  if (length <= longestWhole) return reply.send(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces))
  return reply.header('content-length', length).send(Readable.from(pieces, { objectMode: false }))
}

/** Returns the caller's preferred format of rows. Throws a Refusal if it accepts none of ours. */
function acceptedForm(accept: string | undefined): string {
  const types = sampleForms.map(({ type }) => type)
  const { acceptLength } = limits
  if (accept !== undefined && accept.length > acceptLength)
    throw new Refusal(
      'not-acceptable',
      `Accept has ${accept.length} characters: give at most ${acceptLength}`,
    )
  // without the header, the first
  const type = new Negotiator({ headers: { accept } }).mediaType(types)
  if (type !== undefined) return type
  throw new Refusal('not-acceptable', `rows come as ${types.join(', ')}: accept one of these`)
}

/** Answers with the error. The server's own errors are logged, and the caller gets only the request's id. */
function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: FastifyBaseLogger) {
  const kind = refusalKind(error)
  const { statusCode = 500 } = (error ?? {}) as { statusCode?: number }
  const status = kind ? refusals[kind].http : statusCode
  if (status === 503) reply.header('retry-after', error instanceof Refusal ? error.retryAfter : 1)
  // closing the connection while the client still sends would lose the answer
  if (status === 413) reply.removeHeader('connection')
  if (!kind && status >= 500) {
    logger.error({ id: request.id, err: error }, 'failed')
    return reply.code(status).send({ error: `the server failed: its log has the reason under ${request.id}` })
  }
  return reply.code(status).send({ error: messageFor(error) })
}
