import type { Socket } from 'node:net'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import Negotiator from 'negotiator'
import { version as moonstepVersion } from '../core/version.ts'
import { requireReaders, type Served, type ServerState } from './catalogue.ts'
import { readInferRequest, writeInferAnswer } from './infer-http.ts'
import type { Metrics } from './metrics.ts'
import { openApi } from './openapi.ts'
import { limits, Refusal, refusalKind, refusals } from './refusal.ts'
import { readSampleQuery, type SampleQuery, sampleForms, writeSamples } from './rows-request.ts'
import type { ServedModel } from './served-model.ts'

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
export function createHttpServer({ state, metrics, logger }: Served): FastifyInstance {
  const server = Fastify({
    loggerInstance: logger,
    // we log one line per request, when it ends
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (log) => log,
    exposeHeadRoutes: false,
    bodyLimit: limits.bodyBytes,
    routerOptions: { maxParamLength: limits.nameLength },
    requestIdHeader: false,
    genReqId: ({ headers }) => requestId(headers['x-request-id']),
    requestTimeout: 1000 * limits.requestSeconds,
    connectionTimeout: 1000 * limits.idleSeconds,
    // while the server shuts down, still answer requests on open connections
    return503OnClosing: false,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: 1000 * limits.headSeconds,
      connectionsCheckingInterval: 1000,
    },
  })
  server.server.maxConnections = limits.connections
  endSilentConnections(server)
  // infer requests are read raw: JSON, or JSON followed by bytes
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body))
  server.decorateRequest('servedModel', '')
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  server.addHook('onSend', async (_, reply) => {
    // a keep-alive connection would delay the shutdown
    if (state.isEnding) reply.header('connection', 'close')
  })
  server.addHook('onResponse', async (request, reply) => {
    const { statusCode, elapsedTime } = reply
    metrics.answered('http', request.servedModel, statusCode, elapsedTime / 1000)
    const { method, url, id, ip } = request
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
    addModelRoutes(server, base, state, metrics)
  return server
}

/**
 * Ends the connections that have not begun a request, a moment after the server began to close: Node counts only those as idle
 * that had one, and would wait for the others as long as they may be idle.
 */
function endSilentConnections(server: FastifyInstance): void {
  const silent = new Set<Socket>()
  server.server.on('connection', (socket: Socket) => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  })
  server.server.on('request', ({ socket }) => silent.delete(socket))
  server.addHook('preClose', async () => {
    const end = () => {
      for (const socket of silent) socket.destroy()
    }
    setTimeout(end, 1000 * limits.silentSeconds).unref()
  })
}

/** Returns the caller's request id if it is safe to log, else a new one. */
function requestId(header: string | string[] | undefined): string {
  if (typeof header === 'string' && header.length <= limits.nameLength && /^[\w.:/+=-]+$/.test(header))
    return header
  return crypto.randomUUID()
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

function addModelRoutes(server: FastifyInstance, base: string, state: ServerState, metrics: Metrics): void {
  /** Returns the requested model, so that requests that can't be answered now are refused before their body is read. */
  const modelOf = (request: Request): ServedModel => {
    const { model: name, version } = request.params
    const model = state.catalogue.get(name, version)
    request.servedModel = model.name
    return model
  }
  const requireRoom = async (request: Request) => {
    const encoding = request.headers['content-encoding']
    if (encoding !== undefined && encoding !== 'identity')
      throw new Refusal('compressed', 'the body is compressed: send it as it is')
    modelOf(request).requireRoom()
    requireReaders(state)
  }

  server.get<ModelPath>(base, (request) => modelOf(request).metadata)
  server.get<ModelPath>(`${base}/ready`, (request, reply) => {
    const { name } = modelOf(request)
    return reply.code(state.isReady ? 200 : 503).send({ name, ready: state.isReady })
  })

  server.post<ModelPath>(`${base}/infer`, { onRequest: requireRoom }, async (request, reply) => {
    const model = modelOf(request)
    const { body = Buffer.alloc(0), headers } = request as { body?: Buffer } & typeof request
    const inferRequest = readInferRequest(body, headers['inference-header-content-length']?.toString())
    const outputs = model.outputsNamed(inferRequest.outputs?.map(({ name }) => name))
    const drawing = model.draw(inferRequest)
    reply.raw.once('close', drawing.cancel)
    const rows = await drawing.rows
    const answer = writeInferAnswer(model, inferRequest, outputs, rows, drawing.warnings)
    metrics.sent(model.name, rows.x_0.count)
    if (answer.jsonLength === undefined) reply.type('application/json')
    else reply.type('application/octet-stream').header('inference-header-content-length', answer.jsonLength)
    return send(reply, answer.body, state)
  })

  server.get<ModelPath & { Querystring: SampleQuery }>(
    `${base}/sample`,
    { onRequest: requireRoom },
    async (request, reply) => {
      const model = modelOf(request)
      const type = acceptedForm(request.headers.accept)
      const drawing = model.draw(readSampleQuery(request.query))
      reply.raw.once('close', drawing.cancel)
      const { table } = await drawing.rows
      // in one header, without the characters that it may not contain
      if (drawing.warnings.length > 0)
        reply.header('x-moonstep-warning', drawing.warnings.join('; ').replace(/[^\x20-\x7e]/g, '?'))
      metrics.sent(model.name, table.points.count)
      reply.type(type).header('vary', 'Accept')
      return send(reply, writeSamples(type, table), state)
    },
  )
}

/** Sends a body, and counts its bytes as unread until the connection closes the response. */
function send(reply: FastifyReply, body: Buffer | string, state: ServerState): FastifyReply {
  const size = Buffer.byteLength(body)
  state.unreadBytes += size
  reply.raw.once('close', () => {
    state.unreadBytes -= size
  })
  return reply.send(body)
}

/** Returns the caller's preferred format of rows. Throws a Refusal if it accepts none of ours. */
function acceptedForm(accept: string | undefined): string {
  const types = sampleForms.map(({ type }) => type)
  // without the header, the first
  const type = new Negotiator({ headers: { accept } }).mediaType(types)
  if (type !== undefined) return type
  throw new Refusal('not-acceptable', `rows come as ${types.join(', ')}: accept one of these`)
}

/** Answers with the error. The server's own errors are logged, and the caller gets only the request's id. */
function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: FastifyBaseLogger) {
  const kind = refusalKind(error)
  const { statusCode = 500, message = '' } = (error ?? {}) as { statusCode?: number; message?: string }
  const status = kind ? refusals[kind].http : statusCode
  if (status === 503) reply.header('retry-after', error instanceof Refusal ? error.retryAfter : 1)
  // closing the connection while the client still sends would lose the answer
  if (status === 413) reply.removeHeader('connection')
  if (!kind && status >= 500) {
    logger.error({ id: request.id, err: error }, 'failed')
    return reply.code(status).send({ error: `the server failed: its log has the reason under ${request.id}` })
  }
  const isBody = !kind && status === 413
  const reason = isBody ? `the body is larger than ${limits.bodyBytes} bytes` : message
  return reply.code(status).send({ error: reason })
}
