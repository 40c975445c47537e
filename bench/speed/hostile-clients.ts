import { type ClientHttp2Stream, connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A server of the model penguins. */
export interface Target {
  readonly url: string
  /** host:port of gRPC. */
  readonly grpc: string
  /** How long a client stays that waits for nothing. */
  readonly milliseconds: number
}

/** A client that asks for more than a server should give. It returns the status of the answer, or '' without one. */
type Hostile = (target: Target) => Promise<string>

const tensors = (rows: number) =>
  ['seed', 'index'].map((name) => ({
    name,
    datatype: 'INT64',
    shape: [rows],
    data: Array.from({ length: rows }, (_, i) => (name === 'seed' ? 7 : i)),
  }))
const inferBody = (rows: number, rest: object = {}) => JSON.stringify({ inputs: tensors(rows), ...rest })

const inferPath = '/v2/models/penguins/infer'
const unlikely = 'species=Adelie\nflipper_length_mm>=228'
const head = (method: string, path: string, ...more: readonly string[]) =>
  `${[`${method} ${path} HTTP/1.1`, 'Host: localhost', ...more].join('\r\n')}\r\n\r\n`
const posted = (body: string) =>
  Buffer.from(
    `${head('POST', inferPath, 'Content-Type: application/json', 'Connection: close', `Content-Length: ${Buffer.byteLength(body)}`)}${body}`,
  )

interface Sending {
  /** Whether to leave after the target's milliseconds, whatever came. */
  readonly isLeaving?: boolean
  readonly reads?: boolean
  readonly byGrpc?: boolean
}

/** Sends bytes, and returns the first status that comes. */
const sends =
  (bytes: Buffer | string, { isLeaving = false, reads = true, byGrpc = false }: Sending = {}): Hostile =>
  async ({ url, grpc, milliseconds }) => {
    const { hostname, port } = new URL(byGrpc ? `http://${grpc}` : url)
    const socket = connect(Number(port), hostname)
    let received = ''
    socket.on('error', () => {})
    if (reads)
      socket.on('data', (part) => {
        if (received.length < 100) received += part.toString('latin1', 0, 100)
      })
    socket.write(bytes)
    const closed = new Promise((resolve) => socket.once('close', resolve))
    await (isLeaving ? Promise.race([closed, sleep(milliseconds)]) : closed)
    socket.destroy()
    return /^HTTP\/1\.1 (\d+)/.exec(received)?.[1] ?? ''
  }

/** A frame of HTTP/2 (RFC 9113, section 4.1). */
function http2Frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const frame = Buffer.alloc(9 + payload.length)
  frame.writeUIntBE(payload.length, 0, 3)
  frame.set([type, flags], 3)
  frame.writeUInt32BE(stream, 5)
  frame.set(payload, 9)
  return frame
}

/** Calls of which each is cancelled at once (CVE-2023-44487), in one write: all begin, however few may go on at a time. */
function cancelledCalls(count: number): Buffer {
  const text = (value: string) => Buffer.from([value.length, ...Buffer.from(value)])
  // POST, http, and an authority, a path and a content type as literals (RFC 7541, appendix A)
  const headers = Buffer.concat([
    Buffer.from([0x83, 0x86, 0x01]),
    text('localhost'),
    Buffer.from([0x04]),
    text('/inference.GRPCInferenceService/ModelInfer'),
    Buffer.from([0x0f, 0x10]),
    text('application/grpc'),
  ])
  const [cancel, endHeaders] = [Buffer.from([0, 0, 0, 8]), 4]
  const call = (id: number) => [http2Frame(1, endHeaders, id, headers), http2Frame(3, 0, id, cancel)]
  return Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    http2Frame(4, 0, 0, Buffer.alloc(0)),
    ...Array.from({ length: count }, (_, k) => call(2 * k + 1)).flat(),
  ])
}

/** A message's frame of gRPC, whose length may say more than there is. */
function framed(message: Uint8Array, length = message.length): Buffer {
  const frame = Buffer.alloc(5 + message.length)
  frame.writeUInt32BE(length, 1)
  frame.set(message, 5)
  return frame
}

/** Sends calls on one connection; `send` writes to each. Returns the first call's gRPC status. */
const calls =
  (count: number, send: (stream: ClientHttp2Stream) => void, isLeaving = false): Hostile =>
  async ({ grpc, milliseconds }) => {
    const session = connectHttp2(`http://${grpc}`)
    session.on('error', () => {})
    let status = ''
    const ended = Array.from({ length: count }, async (_, i) => {
      const stream = session.request({
        ':path': '/inference.GRPCInferenceService/ModelInfer',
        ':method': 'POST',
        'content-type': 'application/grpc',
        te: 'trailers',
      })
      stream.on('error', () => {})
      const note = (headers: Readonly<Record<string, unknown>>) => {
        if (i === 0) status ||= String(headers['grpc-status'] ?? '')
      }
      stream.on('response', note).on('trailers', note).resume()
      send(stream)
      if (!stream.closed) await new Promise((resolve) => stream.once('close', resolve))
    })
    await (isLeaving ? Promise.race([Promise.all(ended), sleep(milliseconds)]) : Promise.all(ended))
    session.destroy()
    return status
  }

/** A field of a message with so many bytes. */
function field(number: number, bytes: Uint8Array): Buffer {
  const head = [number * 8 + 2]
  let rest = bytes.length
  for (; rest > 127; rest = Math.floor(rest / 128)) head.push((rest % 128) + 128)
  return Buffer.concat([Uint8Array.from([...head, rest]), bytes])
}

const twoInputs = Buffer.concat(
  ['seed', 'index'].map((name) =>
    field(
      5,
      Buffer.concat([
        field(1, Buffer.from(name)),
        field(2, Buffer.from('INT64')),
        field(3, Uint8Array.of(1)),
        field(5, field(3, Uint8Array.of(1))),
      ]),
    ),
  ),
)
const penguins = field(1, Buffer.from('penguins'))
const twenty = 20_000
const repeatedOutputs = Buffer.concat([
  penguins,
  twoInputs,
  ...Array(twenty).fill(field(6, field(1, Buffer.from('x_0')))),
])
const emptyInputs = Buffer.concat([penguins, Buffer.alloc(3_000_000, Uint8Array.of(5 * 8 + 2, 0))])
const cutShort = framed(Buffer.alloc(2_000_000), 4_000_000)

/** The hostile clients by what they do. Each takes the bytes that it sends only once. */
export const hostileClients: Readonly<Record<string, { readonly run: Hostile; readonly status: string }>> = {
  'repeated outputs': {
    run: sends(posted(inferBody(1, { outputs: Array(twenty).fill({ name: 'x_0' }) }))),
    status: '400',
  },
  'an answer of 300 MB': {
    run: sends(head('GET', '/v2/models/penguins/sample?n=100000', 'Connection: close'), { isLeaving: true }),
    status: '',
  },
  'an unlikely condition': {
    run: sends(posted(inferBody(1, { parameters: { given: unlikely } }))),
    status: '400',
  },
  'an unlikely condition of many rows, whose caller leaves': {
    run: sends(posted(inferBody(20_000, { parameters: { given: unlikely } })), { isLeaving: true }),
    status: '',
  },
  'a body cut short': {
    run: sends(
      Buffer.concat([
        Buffer.from(head('POST', inferPath, `Content-Length: ${4 * 2 ** 20}`)),
        Buffer.alloc(2 ** 20),
      ]),
      { isLeaving: true },
    ),
    status: '',
  },
  'a body in chunks of a byte': {
    run: sends(
      `${head('POST', inferPath, 'Transfer-Encoding: chunked', 'Connection: close')}${'1\r\n \r\n'.repeat(200_000)}`,
    ),
    status: '400',
  },
  'millions of objects': {
    run: sends(posted(`{"z":[${'{},'.repeat(1_390_000)}1]}`)),
    status: '413',
  },
  'millions of quotes': {
    run: sends(posted(`{"parameters":{"given.x":1},"z":"${'\\"'.repeat(2_090_000)}","given.x":1}`)),
    status: '400',
  },
  'a name of megabytes': {
    run: sends(posted(inferBody(1, { outputs: [{ name: 'y'.repeat(4_180_000) }] }))),
    status: '400',
  },
  'an Accept header of quotes': {
    run: sends(
      head('GET', '/v2/models/penguins/sample', `Accept: "${',""'.repeat(5000)}`, 'Connection: close'),
    ),
    status: '406',
  },
  'another host': {
    run: sends('GET /v2 HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'),
    status: '421',
  },
  'a page of another site': {
    run: sends(head('GET', '/v2', 'Origin: http://evil.example', 'Connection: close')),
    status: '403',
  },
  'a form': {
    run: sends(posted(inferBody(1)).toString().replace('application/json', 'text/plain')),
    status: '415',
  },
  'answers that nobody reads': {
    run: sends(head('GET', '/v2/models/penguins/sample?n=20000').repeat(3), {
      isLeaving: true,
      reads: false,
    }),
    status: '',
  },
  'a thousand requests on a connection': {
    run: sends(head('GET', '/v2/models/penguins/sample?n=500').repeat(1000), {
      isLeaving: true,
      reads: false,
    }),
    status: '',
  },
  'a head without end': {
    run: sends('POST /v2 HTTP/1.1\r\nHost: localhost\r\nX: ', { isLeaving: true }),
    status: '',
  },
  'bytes that are not HTTP': { run: sends(Buffer.alloc(1000, 0x16)), status: '400' },
  'repeated outputs by gRPC': { run: calls(1, (stream) => stream.end(framed(repeatedOutputs))), status: '3' },
  'millions of inputs by gRPC': { run: calls(1, (stream) => stream.end(framed(emptyInputs))), status: '8' },
  'a large message by gRPC': {
    run: calls(1, (stream) => stream.end(framed(Buffer.alloc(5_000_000)))),
    status: '8',
  },
  'messages cut short by gRPC': { run: calls(8, (stream) => stream.write(cutShort), true), status: '' },
  'a thousand calls by gRPC': {
    run: calls(1000, (stream) => stream.write(framed(Buffer.alloc(100), 1000)), true),
    status: '',
  },
  'calls by gRPC that are cancelled at once': {
    run: sends(cancelledCalls(900), { byGrpc: true }),
    status: '',
  },
}

/** Opens so many connections that ask nothing. Returns what closes them. */
export async function openConnections({ url }: Pick<Target, 'url'>, count: number): Promise<() => void> {
  const { hostname, port } = new URL(url)
  const sockets = Array.from({ length: count }, () => connect(Number(port), hostname).on('error', () => {}))
  await Promise.all(
    sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))),
  )
  return () => {
    for (const socket of sockets) socket.destroy()
  }
}
