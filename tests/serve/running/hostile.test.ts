import { get } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hostileClients, openConnections } from '../../../bench/speed/hostile-clients.ts'
import { infer, inferBody, spawnServer, startedServer, type TestServer, upTo } from '../../helpers/server.ts'

let server: TestServer
let expected: string
const rows = inferBody(Array(20).fill(3), upTo(20))

/** An answer, however often it is refused because others wait. */
async function answer(): Promise<string> {
  for (;;) {
    const { status, headers, body } = await infer(server, 'penguins', rows)
    if (status !== 503) return body.toString()
    const seconds = Number(headers.get('retry-after'))
    await new Promise((resolve) => setTimeout(resolve, 100 * seconds))
  }
}

const isRight = async () => (await answer()) === expected

beforeAll(async () => {
  const model = ['models/penguins/sampler.onnx', '--grpc-port', '0', '--quiet']
  server = await startedServer(
    spawnServer(model, ([node, ...rest]) => [node!, '--max-old-space-size=256', ...rest]),
  )
  expected = await answer()
}, 60_000)
afterAll(() => server.end('SIGKILL'))

it.each(Object.entries(hostileClients))(
  'a server of 256 MB withstands %s',
  async (_, { run, status }) => {
    expect(await run({ ...server, milliseconds: 100 })).toBe(status)
    expect(await isRight()).toBe(true)
  },
  60_000,
)

it('answers new connections while more are open than it keeps', async () => {
  // connections of earlier tests may be ended, to make room
  const statusOnNew = (path: string) =>
    new Promise((resolve, reject) => {
      const request = get(`${server.url}${path}`, { agent: false }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      request.on('error', reject)
    })
  const close = await openConnections(server, 1200)
  expect(await statusOnNew('/v2/models/penguins/sample?n=20')).toBe(200)
  expect(await statusOnNew('/v2/health/live')).toBe(200)
  close()
}, 60_000)

it('answers all others while every hostile client asks at once, and forgets these', async () => {
  const target = { ...server, milliseconds: 2000 }
  const hostile = Object.values(hostileClients).map(({ run }) => run(target))
  for (let i = 0; i < 5; i++) {
    expect(await isRight()).toBe(true)
    expect((await fetch(`${server.url}/v2/health/ready`)).status).toBe(200)
  }
  await Promise.all(hostile)
  expect(await isRight()).toBe(true)
  await expect
    .poll(() => server.metric('moonstep_waiting_rows{model="penguins"}'), { timeout: 60_000 })
    .toBe(0)
  expect(server.log.filter(({ msg }) => msg === 'failed')).toEqual([])
  expect(await server.end('SIGINT')).toBe(130)
}, 120_000)
