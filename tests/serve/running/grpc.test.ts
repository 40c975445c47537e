import {
  type ClientUnaryCall,
  credentials,
  Metadata,
  makeClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codecOf, methods, numberOf } from '../../../src/serve/grpc-messages.ts'
import { moonstep } from '../../helpers/cli.ts'
import { type InferAnswer, inferBody, startBoth, type TestServer, typed, upTo } from '../../helpers/server.ts'

/** A call's answer: the code is 0 where there is no error. */
interface Answered {
  readonly code: number
  readonly details: string
  readonly value: Reply
}

/** What the service's answers have, all of them together; protobufjs gives each message its own. */
interface Reply {
  readonly live: boolean
  readonly ready: boolean
  readonly name: string
  readonly id: string
  readonly versions: string[]
  readonly model_name: string
  readonly inputs: TensorReply[]
  readonly outputs: TensorReply[]
  readonly raw_output_contents: Uint8Array[]
  readonly parameters: Record<string, { readonly string_param: string }>
}

interface TensorReply {
  readonly name: string
  readonly datatype: string
  readonly shape: unknown[]
  readonly contents: Record<string, unknown[]>
}

type Unary = (
  request: object,
  metadata: Metadata,
  options: { deadline?: number },
  done: (error: ServiceError | null, value: Reply) => void,
) => ClientUnaryCall

let server: TestServer
let client: Record<string, Unary> & { close(): void }
beforeAll(async () => {
  server = await startBoth('models')
  const Client = makeClientConstructor(
    Object.fromEntries(methods.map((method) => [method, codecOf(method)])),
    'inference.GRPCInferenceService',
  )
  client = new Client(server.grpc, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  }) as never
}, 60_000)
afterAll(async () => {
  client.close()
  await server.end('SIGINT')
})

function call(method: string, request: object, { deadline = 30_000, id = '' } = {}): Promise<Answered> {
  const metadata = new Metadata()
  if (id) metadata.set('x-request-id', id)
  return new Promise((resolve) => {
    client[method]!(request, metadata, { deadline: Date.now() + deadline }, (error, value) =>
      resolve({ code: error?.code ?? 0, details: error?.details ?? '', value }),
    )
  })
}

const raw = (numbers: readonly number[]) => Buffer.from(BigInt64Array.from(numbers, BigInt).buffer)

const inputsOf = (seed: readonly number[], index: readonly number[], isTyped = false) =>
  Object.entries({ seed, index }).map(([name, values]) => ({
    name,
    datatype: 'INT64',
    shape: [values.length],
    ...(isTyped && { contents: { int64_contents: values } }),
  }))

const rawInfer = (model: string, seed: readonly number[], index: readonly number[], rest: object = {}) =>
  call('modelInfer', {
    model_name: model,
    inputs: inputsOf(seed, index),
    raw_input_contents: [raw(seed), raw(index)],
    ...rest,
  })

async function overHttp(
  model: string,
  seed: readonly number[],
  index: readonly number[],
): Promise<InferAnswer> {
  const body = inferBody(seed, index)
  return (
    await fetch(`${server.url}/v2/models/${model}/infer`, { method: 'POST', body, headers: typed })
  ).json()
}

const [seeds, indices] = [
  [5, 9, 2 ** 53 - 1, 5],
  [4, 2 ** 32, 2 ** 53 - 1, 1],
]

describe('gRPC', () => {
  it('gives the rows of HTTP, as bytes and as typed numbers', async () => {
    const expected = await overHttp('penguins', seeds, indices)
    const bytes = await rawInfer('penguins', seeds, indices, { id: 'mine' })
    expect([bytes.code, bytes.details]).toEqual([0, ''])
    expect([bytes.value.model_name, bytes.value.id]).toEqual(['penguins', 'mine'])
    const typed = await call('modelInfer', { model_name: 'penguins', inputs: inputsOf(seeds, indices, true) })
    expect(typed.details).toBe('')
    expect(typed.value.raw_output_contents).toEqual([])
    for (const [i, { name, datatype, shape, data }] of expected.outputs.entries()) {
      const output = bytes.value.outputs[i]!
      expect([output.name, output.datatype, output.shape.map(numberOf)]).toEqual([name, datatype, shape])
      expect(readBytes(datatype, bytes.value.raw_output_contents[i]!)).toEqual(data)
      const contents = typed.value.outputs[i]!.contents
      const values = {
        FP32: 'fp32_contents',
        FP64: 'fp64_contents',
        INT64: 'int64_contents',
        BYTES: 'bytes_contents',
      }
      const numbers = contents[values[datatype as keyof typeof values]]!.map((value) =>
        datatype === 'BYTES' ? Buffer.from(value as Uint8Array).toString() : numberOf(value),
      )
      expect(numbers.map((value) => (Number.isNaN(value) ? null : value))).toEqual(data)
    }
  })

  it('gives the outputs that are asked for, with what parameters give', async () => {
    const { value } = await rawInfer('census', Array(50).fill(1), upTo(50), {
      outputs: [{ name: 'sex' }, { name: 'age' }],
      parameters: {
        'given.age': { int64_param: 300 },
        given: { string_param: 'sex in Female' },
        complete: { bool_param: true },
      },
    })
    expect(value.outputs.map(({ name }) => name)).toEqual(['sex', 'age'])
    expect(new Set(readBytes('BYTES', value.raw_output_contents[0]!))).toEqual(new Set(['Female']))
    expect(new Set(readBytes('INT64', value.raw_output_contents[1]!))).toEqual(new Set([300]))
    expect(value.parameters.warning!.string_param).toMatch(/the training rows have about 17 to 90/)
  })

  it('says that it is live and ready, and what models are', async () => {
    expect((await call('serverLive', {})).value.live).toBe(true)
    expect((await call('serverReady', {})).value.ready).toBe(true)
    expect((await call('modelReady', { name: 'census' })).value.ready).toBe(true)
    expect((await call('modelReady', { name: 'census', version: '1' })).value.ready).toBe(false)
    expect((await call('modelReady', { name: 'nothing' })).value.ready).toBe(false)
    expect((await call('serverMetadata', {})).value.name).toBe('moonstep')
    const { value } = await call('modelMetadata', { name: 'penguins' })
    const http = await (await fetch(`${server.url}/v2/models/penguins`)).json()
    expect(value.versions).toEqual(http.versions)
    for (const [side, tensors] of [
      ['inputs', http.inputs],
      ['outputs', http.outputs],
    ] as const)
      expect(
        value[side].map(({ name, datatype, shape }) => ({
          name,
          datatype,
          shape: shape.map(numberOf),
        })),
      ).toEqual(tensors)
  })

  it.each([
    ['no such model', () => rawInfer('nothing', [1], [1]), 5, /choose from census/],
    ['no such version', () => rawInfer('census', [1], [1], { model_version: '1' }), 5, /no such version/],
    ['no rows', () => rawInfer('census', [], []), 3, /no rows are asked for/],
    [
      'too many rows',
      () => rawInfer('two-moons', upTo(100_001), upTo(100_001)),
      8,
      /a request may have 100000/,
    ],
    ['a seed below 0', () => rawInfer('census', [-1], [1]), 3, /input seed has -1/],
    [
      'bytes of half a number',
      () => rawInfer('census', [1], [1], { raw_input_contents: [Buffer.alloc(4), raw([1])] }),
      3,
      /inputs\[0\] has 4 bytes/,
    ],
    [
      'one input',
      () => rawInfer('census', [1], [1], { raw_input_contents: [raw([1])] }),
      3,
      /2 inputs and 1 raw_input_contents/,
    ],
    [
      'no numbers',
      () => call('modelInfer', { model_name: 'census', inputs: inputsOf([1], [1]) }),
      3,
      /no int64_contents/,
    ],
    [
      'an unknown column',
      () => rawInfer('census', [1], [1], { parameters: { 'given.sexx': { string_param: 'x' } } }),
      3,
      /unknown column sexx/,
    ],
    ['an unknown output', () => rawInfer('census', [1], [1], { outputs: [{ name: 'z' }] }), 3, /no output z/],
  ] as const)('refuses %s', async (_, make, code, details) => {
    expect(await make()).toMatchObject({ code, details: expect.stringMatching(details) })
  })

  it('obeys the deadline of a call and its cancellation', async () => {
    const many = [Array(60_000).fill(1), upTo(60_000)] as const
    const request = { model_name: 'census', inputs: inputsOf(...many), raw_input_contents: many.map(raw) }
    expect(await call('modelInfer', request, { deadline: 300 })).toMatchObject({ code: 4 })
    const cancelled = new Promise((resolve) => {
      const sent = client.modelInfer!(request, new Metadata(), {}, (error) => resolve(error?.code))
      setTimeout(() => sent.cancel(), 200)
    })
    expect(await cancelled).toBe(1)
    // neither goes on: what waits falls to nothing long before sixty thousand rows are drawn
    await expect.poll(() => server.metric('moonstep_waiting_rows{model="census"}'), { timeout: 3000 }).toBe(0)
    expect((await rawInfer('census', [1], [1])).code).toBe(0)
  })

  it('counts its requests, and logs them by their id', async () => {
    const labels = 'protocol="grpc",model="circles",code="0"'
    await call('modelInfer', { model_name: 'circles', inputs: inputsOf([1], [1], true) }, { id: 'grpc-1' })
    expect(await server.metric(`moonstep_requests_total{${labels}}`)).toBe(1)
    await expect
      .poll(() => server.log.find(({ id }) => id === 'grpc-1'))
      .toMatchObject({ method: 'modelInfer', code: 0 })
  })
})

function readBytes(datatype: string, bytes: Uint8Array): unknown[] {
  const buffer = Buffer.from(bytes)
  const values: unknown[] = []
  for (let at = 0; at < buffer.length; )
    if (datatype === 'BYTES') {
      const length = buffer.readUInt32LE(at)
      values.push(buffer.toString('utf8', at + 4, at + 4 + length))
      at += 4 + length
    } else if (datatype === 'FP32') {
      values.push(buffer.readFloatLE(at))
      at += 4
    } else {
      const value = datatype === 'INT64' ? Number(buffer.readBigInt64LE(at)) : buffer.readDoubleLE(at)
      values.push(Number.isNaN(value) ? null : value)
      at += 8
    }
  return values
}

it('says in one line that a port is taken', async () => {
  const port = server.grpc.split(':').at(-1)!
  const { status, stderr } = await moonstep`serve models/two-moons --port 0 --grpc-port ${port} --quiet`
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(
      /^moonstep: cannot listen on 127\.0\.0\.1:\d+: another program is listening there: give another --grpc-port\n$/,
    ),
  ])
})
