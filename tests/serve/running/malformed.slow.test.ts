import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { credentials, makeClientConstructor } from '@grpc/grpc-js'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { binaryBody, inferBody, startBoth, type TestServer, typed } from '../../helpers/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startBoth('models/two-moons/sampler.onnx', '--quiet')
}, 60_000)
afterAll(async () => {
  // none of all that is the server's own fault, and none ended it
  expect(server.log.filter(({ msg }) => msg === 'failed')).toEqual([])
  expect((await fetch(`${server.url}/v2/health/ready`)).status).toBe(200)
  expect(await server.end('SIGINT')).toBe(130)
})

const runs = 600

async function statusOf(
  body: string | Buffer<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<number> {
  const url = `${server.url}/v2/models/two-moons/infer`
  const answer = await fetch(url, { method: 'POST', body, headers: { ...typed, ...headers } })
  const { error } = await answer.json()
  if (answer.status !== 200) expect(error).toEqual(expect.any(String))
  return answer.status
}

const isRefused = (status: number) => status >= 400 && status < 500

/** A value that a place of the request may not have, whatever it is. */
const wrong = {
  inputs: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())),
  name: fc.jsonValue().filter((value) => value !== 'seed'),
  datatype: fc.jsonValue().filter((value) => value !== 'INT64'),
  shape: fc.jsonValue().filter((value) => JSON.stringify(value) !== '[1]'),
  data: fc
    .jsonValue()
    .filter(
      (value) =>
        !(Array.isArray(value) && value.length === 1 && Number.isInteger(value[0]) && Number(value[0]) >= 0),
    ),
  id: fc.jsonValue().filter((value) => typeof value !== 'string'),
  parameters: fc
    .jsonValue()
    .filter((value) => typeof value !== 'object' || value === null || Array.isArray(value)),
  outputs: fc.oneof(
    fc.jsonValue().filter((value) => !Array.isArray(value)),
    fc.array(fc.jsonValue(), { minLength: 1 }),
  ),
}

it('refuses JSON that is not a request', async () => {
  const place = fc.constantFrom(...(Object.keys(wrong) as (keyof typeof wrong)[]))
  const bodies = place.chain((where) =>
    (wrong[where] as fc.Arbitrary<unknown>).map((value) => {
      const request = JSON.parse(inferBody([1], [1]))
      if (where === 'name' || where === 'datatype' || where === 'shape' || where === 'data')
        request.inputs[0][where] = value
      else request[where] = value
      return JSON.stringify(request)
    }),
  )
  const cut = fc
    .nat(140)
    .map((length) => inferBody([1], [1]).slice(0, Math.min(length, inferBody([1], [1]).length - 1)))
  await fc.assert(
    fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: bodies }, cut, fc.string()), async (body) =>
      isRefused(await statusOf(body)),
    ),
    { numRuns: runs, seed: 1 },
  )
}, 120_000)

it('refuses bytes that do not match the tensors', async () => {
  const { body, headers } = binaryBody([1, 2, 3], [4, 5, 6])
  const jsonLength = Number(headers['inference-header-content-length'])
  const sizes = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.constant(null)).map((size) => {
    const request = JSON.parse(body.toString('utf8', 0, jsonLength))
    request.inputs[0].parameters.binary_data_size = size === 24 ? 23 : size
    const json = Buffer.from(JSON.stringify(request))
    return { bytes: Buffer.concat([json, body.subarray(jsonLength)]), length: String(json.length) }
  })
  const lengths = fc.oneof(fc.integer(), fc.stringMatching(/^[ -~]{1,20}$/)).map((length) => ({
    bytes: body,
    length: String(length === jsonLength ? length + 1 : length).trim() || 'x',
  }))
  const others = fc
    .oneof(
      fc.nat(body.length - 1).map((end) => body.subarray(0, end)),
      fc.uint8Array({ minLength: 1 }).map((more) => Buffer.concat([body, more])),
    )
    .map((bytes) => ({ bytes, length: String(jsonLength) }))
  await fc.assert(
    fc.asyncProperty(fc.oneof(sizes, lengths, others), async ({ bytes, length }) =>
      isRefused(
        await statusOf(Buffer.from(bytes) as Buffer<ArrayBuffer>, {
          'inference-header-content-length': length,
        }),
      ),
    ),
    { numRuns: runs, seed: 2 },
  )
}, 120_000)

it('refuses what is not HTTP', async () => {
  const { hostname, port } = new URL(server.url)
  const answered = (bytes: Buffer) =>
    new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.end(bytes))
      let answer = ''
      socket.on('data', (part) => {
        answer += part
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve(answer))
    })
  const path = '/v2/models/two-moons/infer'
  const token = fc.stringMatching(/^[!-~]{1,12}$/)
  const requests = fc.oneof(
    // no method that there is
    fc
      .stringMatching(/^[a-z0-9]{3,9}$/)
      .map((method) => `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`),
    // a version that there is not, or none
    token.map((word) => `POST ${path} HTTP/9.${word}\r\nHost: localhost\r\n\r\n`),
    // lengths that are none
    token
      .filter((word) => !/^\d+$/.test(word))
      .map((length) => `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n{}`),
    fc
      .nat()
      .map(
        (length) =>
          `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      ),
    // chunks without a size
    token
      .filter((word) => !/^[0-9a-f;]/i.test(word))
      .map(
        (size) =>
          `POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${size}\r\n{}\r\n`,
      ),
    // a head without end, or with what no head has
    fc
      .integer({ min: 17_000, max: 30_000 })
      .map((size) => `GET /v2 HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(size)}\r\n\r\n`),
    fc.constantFrom('\0', '\x01', '\x7f').map((letter) => `GET /v2 HTTP/1.1\r\nHo${letter}st: x\r\n\r\n`),
    // no host
    fc.constant(`GET /v2 HTTP/1.1\r\n\r\n`),
    fc
      .uint8Array({ minLength: 4, maxLength: 200 })
      .map((bytes) => `\x16\x03${Buffer.from(bytes).toString('latin1')}\r\n\r\n`),
  )
  await fc.assert(
    fc.asyncProperty(requests, async (text) =>
      /^HTTP\/1\.1 4\d\d /.test(await answered(Buffer.from(text, 'latin1'))),
    ),
    { numRuns: runs, seed: 3 },
  )
}, 120_000)

it('refuses malformed gRPC messages', async () => {
  const asIs = (bytes: Buffer) => bytes
  const Client = makeClientConstructor(
    {
      modelInfer: {
        path: '/inference.GRPCInferenceService/ModelInfer',
        requestStream: false,
        responseStream: false,
        requestSerialize: asIs,
        requestDeserialize: asIs,
        responseSerialize: asIs,
        responseDeserialize: asIs,
      },
    },
    'inference.GRPCInferenceService',
  )
  const client = new Client(server.grpc, credentials.createInsecure())
  const codeOf = (bytes: Uint8Array) =>
    new Promise<number>((resolve) => {
      client.modelInfer!(Buffer.from(bytes), (error: { code: number } | null) => resolve(error?.code ?? 0))
    })
  // INVALID_ARGUMENT, or NOT_FOUND of what names a model that there is not
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) =>
      [3, 5].includes(await codeOf(bytes)),
    ),
    { numRuns: runs, seed: 4 },
  )
  client.close()
  // bytes that are no HTTP/2 end their own connection alone
  const { hostname, port } = new URL(`http://${server.grpc}`)
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 24, maxLength: 300 }), async (bytes) => {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => socket.end(bytes))
        socket.on('error', () => {})
        socket.on('close', () => resolve())
        socket.resume()
      })
    }),
    { numRuns: 100, seed: 5 },
  )
  const session = connectHttp2(`http://${server.grpc}`)
  const stream = session.request({
    ':path': '/inference.GRPCInferenceService/Nothing',
    ':method': 'POST',
    'content-type': 'application/grpc',
  })
  const status = await new Promise((resolve) =>
    stream.on('response', (headers) => resolve(headers['grpc-status'])),
  )
  session.destroy()
  expect(status).toBe('12')
}, 120_000)
