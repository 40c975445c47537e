import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { binaryBody, infer, inferBody, startServer, type TestServer, upTo } from '../../helpers/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer('models')
}, 60_000)
afterAll(() => server.end('SIGINT'))

async function refused(model: string, body: string | Buffer<ArrayBuffer>, headers?: Record<string, string>) {
  const { status, body: bytes } = await infer(server, model, body, headers)
  return [status, JSON.parse(bytes.toString()).error] as const
}

describe('a request that is wrong', () => {
  const two = (rest: object) => inferBody([1], [1], rest)
  const tensors = (seed: object, index: object = {}) => {
    const usual = { datatype: 'INT64', shape: [1], data: [1] }
    return JSON.stringify({
      inputs: [
        { name: 'seed', ...usual, ...seed },
        { name: 'index', ...usual, ...index },
      ],
    })
  }

  it.each([
    ['', /the request is no JSON/],
    ['{', /the request is no JSON/],
    ['[]', /the request is a list: give an object/],
    ['{}', /inputs is missing: give a list/],
    ['{"inputs":[]}', /input seed is missing: give seed and index/],
    ['{"inputs":[1]}', /inputs\[0\] is 1: give an object/],
    [tensors({ name: 'sed' }), /there is no input sed \(did you mean seed\?\)/],
    [tensors({}, { name: 'seed' }), /input seed is given twice/],
    [tensors({ datatype: 'FP32' }), /input seed is 'FP32': give INT64/],
    [tensors({ shape: [1, 1] }), /input seed has shape \[1,1\]: give \[rows\]/],
    [tensors({ shape: [2] }), /input seed has 1 number, and its shape says 2/],
    [tensors({ shape: [-1] }), /inputs\[0\]\.shape has -1/],
    [tensors({ shape: 'x' }), /inputs\[0\]\.shape is 'x': give a list/],
    [tensors({ data: ['1'] }), /inputs\[0\]\.data has '1': give numbers in one flat list/],
    [tensors({ data: [[1]] }), /inputs\[0\]\.data has a list/],
    [tensors({ data: [1.5] }), /input seed has 1\.5: give whole numbers from 0 to 9007199254740991/],
    [tensors({ data: [-1] }), /input seed has -1/],
    [tensors({}, { data: [2 ** 53] }), /input index has 9007199254740992/],
    [tensors({ data: undefined }), /inputs\[0\]\.data is missing/],
    [tensors({ shape: [2], data: [1, 2] }), /input seed has 2 numbers and index 1/],
    [inferBody([], []), /no rows are asked for/],
    [
      tensors({ data: undefined, parameters: { binary_data_size: 8 } }),
      /binary_data_size is 8: 0 bytes are left/,
    ],
    [tensors({ parameters: { binary_data_size: 8 } }), /both data and binary_data_size/],
    [tensors({ data: undefined, parameters: { shared_memory_region: 'a' } }), /shared memory/],
    [two({ id: 5 }), /id is 5: give a text/],
    [two({ parameters: [] }), /the request\.parameters is a list/],
    [two({ parameters: { timeout: 'soon' } }), /parameter timeout is 'soon': give microseconds/],
    [two({ parameters: { complete: 1 } }), /parameter complete is 1/],
    [two({ parameters: { 'given.x': {} } }), /parameter given\.x is an object/],
    [`{"parameters": {"given.x": 1, "given.x" : 2}, "inputs": []}`, /parameter given\.x is given twice/],
    [
      `{"id": "\\"given.x\\":", "parameters": {"given.\\u0078": 1, "given.x":2}}`,
      /parameter given\.x is given twice/,
    ],
    [two({ parameters: { given: ['x>1'] } }), /parameter given is a list: give a text of conditions/],
    [two({ parameters: { given: 'x' } }), /`given` x: give a column and its value/],
    [two({ parameters: { given: 'x>1', 'given.x': 1 } }), /column x is given twice/],
    [`{"parameters": {"given": "x>1", "given": "y>1"}, "inputs": []}`, /parameter given is given twice/],
    [two({ parameters: { 'given.x': 1 } }), /model two-moons is a model of points and takes no conditions/],
    [two({ outputs: [{ name: 'z' }] }), /no output z: choose from x_0, x, y/],
    [two({ outputs: [{ name: 'x' }, { name: 'y' }, { name: 'x' }] }), /output x is asked for twice/],
    [two({ id: 'x'.repeat(257) }), /id has 257 characters: give at most 256/],
    [two({ outputs: [{ name: 'z'.repeat(5000) }] }), /^model two-moons has no output z{900,1000}…$/],
    [two({ outputs: [{ name: '\u001b[2J\n' }] }), /has no output \\u\{1b\}\[2J\\u\{a\}/],
    [
      two({ parameters: { 'given.x': 'y'.repeat(17_000) } }),
      /the conditions have more than 16384 characters/,
    ],
    ['{"parameters":{"given.__proto__":1},"inputs":[]}', /input seed is missing/],
    [two({ outputs: [{}] }), /outputs\[0\]\.name is missing/],
    [two({ outputs: [{ name: 'x', parameters: { classification: 3 } }] }), /classification/],
    [two({ outputs: [{ name: 'x', parameters: { binary_data: 'yes' } }] }), /parameter binary_data is 'yes'/],
  ])('%s', async (body, message) => {
    expect(await refused('two-moons', body)).toEqual([400, expect.stringMatching(message)])
  })

  it('is refused where its bytes do not add up', async () => {
    const { body, headers } = binaryBody([1, 2], [3, 4])
    const length = Number(headers['inference-header-content-length'])
    const error = async (bytes: Buffer<ArrayBuffer>, head: string) =>
      (await refused('two-moons', bytes, { 'inference-header-content-length': head }))[1]
    expect(await error(body, String(body.length + 1))).toMatch(/Inference-Header-Content-Length is '\d+'/)
    expect(await error(body, 'x')).toMatch(/Inference-Header-Content-Length is 'x'/)
    expect(await error(body, '-1')).toMatch(/Inference-Header-Content-Length/)
    expect(await error(body.subarray(0, -1), String(length))).toMatch(
      /binary_data_size is 16: 15 bytes are left/,
    )
    expect(await error(Buffer.concat([body, Buffer.alloc(3)]), String(length))).toMatch(
      /3 bytes behind the JSON/,
    )
    expect(await error(body, String(length - 1))).toMatch(/no JSON/)
    const negative = Buffer.concat([body.subarray(0, -8), Buffer.alloc(8, 255)])
    expect(await error(negative, String(length))).toMatch(/input index has -1/)
  })

  it('is refused if it names no model, is too large or too late', async () => {
    expect(await refused('nothing', inferBody([1], [1]))).toEqual([
      404,
      expect.stringMatching(/choose from census/),
    ])
    for (const path of ['..%2f..%2fetc', '%00', 'two-moons%2fmodel.onnx', '__proto__', 'constructor'])
      expect((await refused(path, inferBody([1], [1])))[0], path).toBe(404)
    expect((await infer(server, 'two-moons', Buffer.alloc(17 * 2 ** 20))).status).toBe(413)
    expect(await refused('two-moons', inferBody(upTo(100_001), upTo(100_001)))).toEqual([
      413,
      expect.stringMatching(/100001 rows are asked for: a request may have 100000/),
    ])
    const late = inferBody(Array(50_000).fill(1), upTo(50_000), {
      parameters: { timeout: 1000 },
      outputs: [{ name: 'age' }],
    })
    expect(await refused('census', late)).toEqual([504, expect.stringMatching(/not ready within the time/)])
    expect((await fetch(`${server.url}/v2/models/two-moons/infer`)).status).toBe(404)
    expect((await fetch(`${server.url}/v2`, { headers: { 'x-long': 'x'.repeat(20_000) } })).status).toBe(431)
  })

  it('gets neither a stack trace nor a path of the disk', async () => {
    for (const body of ['', '{"inputs":[{"name":{}}]}', inferBody([1], [1], { outputs: 5 })]) {
      const { body: answer } = await infer(server, 'two-moons', body)
      expect(answer.toString()).not.toMatch(/\bat .*:\d+|node_modules|\.ts|\.js|\//)
    }
  })
})

it('a compressed body is refused before it is read', async () => {
  const headers = { 'content-encoding': 'gzip' }
  expect(await refused('two-moons', gzipSync(inferBody([1], [1])), headers)).toEqual([
    415,
    'the body is compressed: send it as it is',
  ])
})
