import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadModel } from '../../../src/node/providers.ts'
import { columnNamed } from '../../../src/table/columns.ts'
import { moonstep } from '../../helpers/cli.ts'
import {
  binaryBody,
  type InferAnswer,
  inferBody,
  infer as inferOn,
  startServer,
  type TestServer,
  upTo,
} from '../../helpers/server.ts'
import { words } from '../../helpers/words.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer('models')
}, 60_000)
afterAll(() => server.end('SIGINT'))

const url = (path: string) => `${server.url}/v2/models/${path}`

const infer = (model: string, body: string | Buffer<ArrayBuffer>, headers?: Record<string, string>) =>
  inferOn(server, model, body, headers)

async function inferred(
  model: string,
  body: string | Buffer<ArrayBuffer>,
  headers?: Record<string, string>,
): Promise<InferAnswer> {
  const { status, body: bytes } = await infer(model, body, headers)
  expect(status, bytes.toString()).toBe(200)
  return JSON.parse(bytes.toString())
}

async function refused(model: string, body: string | Buffer<ArrayBuffer>, headers?: Record<string, string>) {
  const { status, body: bytes } = await infer(model, body, headers)
  return [status, JSON.parse(bytes.toString()).error] as const
}

const output = ({ outputs }: InferAnswer, name: string) => outputs.find((each) => each.name === name)!

describe('rows by seed and index', () => {
  it.each(['two-moons', 'two-moons-seed', 'swiss-roll'])(
    'of %s are those of sample, to the bit',
    async (name) => {
      await using model = await loadModel(`models/${name}/model.onnx`)
      const { x_0, points, table } = await model.sample({ count: 50, seed: 7 })
      const answer = await inferred(name, inferBody(Array(50).fill(7), upTo(50)))
      expect(answer.model_name).toBe(name)
      expect(output(answer, 'x_0').shape).toEqual([50, 2])
      expect(Float32Array.from(output(answer, 'x_0').data as number[])).toEqual(x_0.data)
      const columns = table.columns.map((column) => output(answer, column.name).data as number[])
      const cells = Float32Array.from({ length: 100 }, (_, k) => columns[k % 2]![Math.floor(k / 2)]!)
      expect(cells).toEqual(points.data)
    },
  )

  it('of a table are those of sample, with gaps as null and categories as texts', async () => {
    await using model = await loadModel('models/penguins/model.onnx')
    const { table } = await model.sample({ count: 400, seed: 3 })
    const answer = await inferred('penguins', inferBody(Array(400).fill(3), upTo(400)))
    let gaps = 0
    for (const { name, categories, cells } of table.columns)
      for (let i = 0; i < 400; i++) {
        const cell = cells[i]!
        const expected = Number.isNaN(cell) ? (categories ? '' : null) : categories ? categories[cell] : cell
        if (Number.isNaN(cell)) gaps++
        expect(output(answer, name).data[i]).toEqual(expected)
      }
    expect(gaps).toBeGreaterThan(0)
  })

  it('are the same in any order, with any neighbours, in JSON and in binary', async () => {
    const [seeds, indices] = [
      [5, 9, 5, 2 ** 53 - 1, 5, 9],
      [4, 2 ** 32, 0, 2 ** 53 - 1, 1, 3],
    ]
    const together = await inferred('census', inferBody(seeds, indices))
    for (const [i, seed] of seeds.entries()) {
      const alone = await inferred('census', inferBody([seed], [indices[i]!]))
      for (const { name, data } of alone.outputs) {
        const width = data.length
        expect(output(together, name).data.slice(i * width, (i + 1) * width), name).toEqual(data)
      }
    }
    const { body, headers } = binaryBody(seeds, indices)
    expect(await inferred('census', body, headers)).toEqual(together)
  })

  it('come as bytes for the outputs that request it', async () => {
    const [seeds, indices] = [
      [1, 1, 2],
      [0, 1, 0],
    ]
    const inJson = await inferred('penguins', inferBody(seeds, indices))
    const names = ['species', 'bill_length_mm', 'year', 'x_0', 'body_mass_g']
    const outputs = names.map((name) => ({ name, parameters: { binary_data: name !== 'year' } }))
    const { headers, body } = await infer('penguins', inferBody(seeds, indices, { outputs, id: 'mine' }))
    const length = Number(headers.get('inference-header-content-length'))
    const json: InferAnswer = JSON.parse(body.toString('utf8', 0, length))
    expect(json.id).toBe('mine')
    expect(json.outputs.map(({ name }) => name)).toEqual(names)
    expect(output(json, 'year').data).toEqual(output(inJson, 'year').data)
    let at = length
    for (const { name, datatype, parameters } of json.outputs) {
      if (!parameters) continue
      const bytes = body.subarray(at, at + parameters.binary_data_size)
      at += bytes.length
      expect(decoded(datatype, bytes), name).toEqual(output(inJson, name).data)
    }
    expect(at).toBe(body.length)
    const all = await infer(
      'penguins',
      inferBody(seeds, indices, { parameters: { binary_data_output: true } }),
    )
    expect(all.headers.get('content-type')).toBe('application/octet-stream')
  })

  it('have the cells that parameters give, and other requests in the batch are not affected', async () => {
    const given = { 'given.sex': 'Female', 'given.income': '>50K' }
    const [conditional, plain, complete] = await Promise.all([
      inferred('census', inferBody(Array(200).fill(1), upTo(200), { parameters: given })),
      inferred('census', inferBody(Array(200).fill(1), upTo(200))),
      inferred('penguins', inferBody(Array(400).fill(3), upTo(400), { parameters: { complete: true } })),
    ])
    expect(new Set(output(conditional, 'sex').data)).toEqual(new Set(['Female']))
    expect(new Set(output(conditional, 'income').data)).toEqual(new Set(['>50K']))
    expect(plain).toEqual(await inferred('census', inferBody(Array(200).fill(1), upTo(200))))
    for (const { data } of complete.outputs) expect(data).not.toContain(null)
    await using model = await loadModel('models/census/model.onnx')
    const { table } = await model.sample({ count: 200, seed: 1, given: { sex: 'Female', income: '>50K' } })
    expect(output(conditional, 'age').data).toEqual([...columnNamed(table.columns, 'age').cells])
  })

  it('meet conditions as the command line has them, in the protocol and in an address', async () => {
    const conditions = ['age>=60', 'sex=Female', 'workclass in Private,"State-gov"']
    const asked = inferBody(Array(20).fill(1), upTo(20), { parameters: { given: conditions.join('\n') } })
    const ages = output(await inferred('census', asked), 'age').data
    expect(ages.every((age) => Number(age) >= 60)).toBe(true)
    const query = conditions.map((each) => `given=${encodeURIComponent(each)}`).join('&')
    const rows = await (await fetch(url(`census/sample?n=20&seed=1&${query}`))).json()
    expect(rows.map(({ age }: { age: number }) => age)).toEqual(ages)
  })

  it('warn about an unusual condition', async () => {
    const asked = inferBody([1], [0], { parameters: { 'given.age': 300 } })
    const answer = await inferred('census', asked)
    expect(answer.parameters?.warning).toMatch(/column age is 300: the training rows have about 17 to 90/)
    const { headers } = await fetch(url('census/sample?n=1&given=age=300'))
    expect(headers.get('x-moonstep-warning')).toBe(answer.parameters?.warning)
    const both = await fetch(url('penguins/sample?n=1&given=body_mass_g=9&given=bill_depth_mm=99'))
    expect(both.headers.get('x-moonstep-warning')).toMatch(
      /^column bill_depth_mm is 99: .*; column body_mass_g is 9: the training rows have about 2800 to 6100/,
    )
  })

  it('are the same for a thousand requests at once as for each alone', async () => {
    const single = (i: number) => inferred('two-moons', inferBody([i % 7], [i]))
    const alone = await single(500)
    const all = await Promise.all(upTo(1000).map(single))
    expect(all[500]).toEqual(alone)
    const whole = await inferred(
      'two-moons',
      inferBody(
        upTo(1000).map((i) => i % 7),
        upTo(1000),
      ),
    )
    expect(all.flatMap((answer) => output(answer, 'x').data)).toEqual(output(whole, 'x').data)
    const runs = await server.metric('moonstep_batch_rows_count{model="two-moons"}')
    expect(runs, 'requests share runs').toBeLessThan(900)
  })
})

/** A binary tensor's values as JSON has them. */
function decoded(datatype: string, bytes: Buffer): unknown[] {
  const values: unknown[] = []
  if (datatype === 'BYTES') {
    for (let at = 0; at < bytes.length; ) {
      const length = bytes.readUInt32LE(at)
      values.push(bytes.toString('utf8', at + 4, at + 4 + length))
      at += 4 + length
    }
    return values
  }
  const size = datatype === 'FP32' ? 4 : 8
  for (let at = 0; at < bytes.length; at += size) {
    if (datatype === 'FP32') values.push(bytes.readFloatLE(at))
    else if (datatype === 'INT64') values.push(Number(bytes.readBigInt64LE(at)))
    else {
      const value = bytes.readDoubleLE(at)
      values.push(Number.isNaN(value) ? null : value)
    }
  }
  return values
}

describe('what a server says of itself', () => {
  const get = async (path: string) => {
    const answer = await fetch(server.url + path)
    return [answer.status, await answer.json()] as const
  }

  it('is live, ready and has models', async () => {
    expect(await get('/v2/health/live')).toEqual([200, { live: true }])
    expect(await get('/v2/health/ready')).toEqual([200, { ready: true }])
    const [status, about] = await get('/v2')
    expect([status, about.name]).toEqual([200, 'moonstep'])
    expect(about.extensions).toContain('binary_tensor_data')
    expect(about.models).toContain('penguins')
  })

  it('describes each model and its version', async () => {
    const [, about] = await get('/v2/models/penguins')
    const [version] = about.versions
    expect(version).toMatch(/^[0-9a-f]{12}$/)
    expect(about.inputs).toEqual(['seed', 'index'].map((name) => ({ name, datatype: 'INT64', shape: [-1] })))
    const types = Object.fromEntries(
      about.outputs.map(({ name, datatype }: { name: string; datatype: string }) => [name, datatype]),
    )
    expect(types).toMatchObject({
      x_0: 'FP32',
      species: 'BYTES',
      bill_length_mm: 'FP64',
      year: 'INT64',
      sex: 'BYTES',
    })
    expect(await get(`/v2/models/penguins/versions/${version}`)).toEqual([200, about])
    expect(await get(`/v2/models/penguins/versions/${version}/ready`)).toEqual([
      200,
      { name: 'penguins', ready: true },
    ])
    expect(await get('/v2/models/penguins/ready')).toEqual([200, { name: 'penguins', ready: true }])
    expect((await get('/v2/models/penguins/versions/1'))[0]).toBe(404)
    expect((await inferred(`penguins/versions/${version}`, inferBody([1], [1]))).model_version).toBe(version)
    expect((await refused('penguins/versions/abc', inferBody([1], [1])))[1]).toMatch(
      /no such version: it has [0-9a-f]{12}/,
    )
  })

  it('describes itself as OpenAPI does, with every model', async () => {
    const [, description] = await get('/openapi.json')
    const { valid, errors } = await new Validator().validate(description)
    expect(errors).toBe(undefined)
    expect(valid).toBe(true)
    const paths = Object.keys(description.paths)
    for (const path of paths.filter((each) => !each.endsWith('/infer')))
      expect((await fetch(server.url + path)).status, path).toBe(200)
    expect(paths).toContain('/v2/models/census/sample')
    expect((await new Validator().validate({ ...description, paths: { x: 1 } })).valid).toBe(false)
  })

  it('counts for Prometheus, in lines that its format has', async () => {
    const { headers, ok } = await fetch(`${server.url}/metrics`)
    expect([ok, headers.get('content-type')]).toEqual([
      true,
      expect.stringMatching(/^text\/plain; version=0\.0\.4/),
    ])
    const labels = 'protocol="http",model="circles",code="200"'
    const before = await server.metric(`moonstep_requests_total{${labels}}`)
    const rows = await server.metric('moonstep_rows_total{model="circles"}')
    await inferred('circles', inferBody([1, 1, 1], [1, 2, 3]))
    expect(await server.metric(`moonstep_requests_total{${labels}}`)).toBe(before + 1)
    expect(await server.metric('moonstep_rows_total{model="circles"}')).toBe(rows + 3)
  })

  it('answers with the id of the request, and logs a line for each', async () => {
    const { headers } = await fetch(`${server.url}/v2`, { headers: { 'x-request-id': 'mine-1' } })
    expect(headers.get('x-request-id')).toBe('mine-1')
    await expect
      .poll(() => server.log.find(({ id }) => id === 'mine-1'))
      .toMatchObject({
        level: 'info',
        method: 'GET',
        url: '/v2',
        status: 200,
      })
    const odd = await fetch(`${server.url}/v2`, { headers: { 'x-request-id': 'a b{"x":1}' } })
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('rows for people', () => {
  const samples = (accept: string, query = '?n=20&seed=7') =>
    fetch(url(`penguins/sample${query}`), { headers: { accept } })
  const command = async (...args: string[]) =>
    await moonstep`sample models/penguins/model.onnx --quiet ${args}`

  it('are the bytes of the command sample', async () => {
    const csv = await samples('text/csv')
    expect(csv.headers.get('content-type')).toMatch(/^text\/csv/)
    expect(await csv.text()).toBe((await command(...words`-n 20 --seed 7`)).stdout)
    const given = '?n=7&seed=1&from=100&given=sex=female&given=island=Biscoe&complete'
    expect(await (await samples('text/csv', given)).text()).toBe(
      (await command(...words`-n 7 --seed 1 --from 100 --given sex=female --given island=Biscoe --complete`))
        .stdout,
    )
  })

  it('come in the form that is accepted, JSON where none is named', async () => {
    expect((await (await fetch(url('penguins/sample'))).json()).length).toBe(10)
    const lines = await (await samples('application/x-ndjson')).text()
    expect(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(await (await samples('*/*')).json())
    expect((await (await samples('text/tab-separated-values')).text()).split('\n')[0]).toMatch(
      /^species\tisland/,
    )
    const parquet = await samples('application/vnd.apache.parquet')
    expect(Buffer.from(await parquet.arrayBuffer()).toString('latin1', 0, 4)).toBe('PAR1')
    const sql = await samples('application/sql')
    expect([sql.headers.get('content-type'), await sql.text()]).toEqual([
      expect.stringMatching(/^application\/sql/),
      expect.stringMatching(/^INSERT INTO "samples" \("species", "island", .*\n\('/m),
    ])
    const preferred = await samples('text/csv;q=0.5, application/x-ndjson;q=0.9')
    expect(preferred.headers.get('content-type')).toMatch(/^application\/x-ndjson/)
    expect((await samples('image/png')).status).toBe(406)
  })

  it.each([
    ['?n=0', /n is '0': give a whole number from 1 to 100000/],
    ['?n=ten', /n is 'ten'/],
    ['?n=1&n=2', /n is a list/],
    ['?seed=-1', /seed is '-1'/],
    ['?from=9007199254740991&n=2', /indices end at/],
    ['?count=3', /unknown 'count'/],
    ['?given=sex', /given` sex: give a column and its value/],
    ['?given=sex=male&given=sex=female', /column sex is given twice/],
    ['?given=sexx=male', /unknown column sexx \(did you mean sex\?\)/],
    ['?given=sex=other', /column sex is 'other'.*choose from/],
    ['?complete=maybe', /complete is 'maybe'/],
  ])('refuse %s', async (query, message) => {
    const answer = await samples('*/*', query)
    expect([answer.status, (await answer.json()).error]).toEqual([400, expect.stringMatching(message)])
  })

  it('are limited in number', async () => {
    expect((await samples('*/*', '?n=100001')).status).toBe(413)
  })
})
