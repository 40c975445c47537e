import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { afterEach, describe, expect, it } from 'vitest'
import { root } from '../../helpers/cli.ts'
import { folderOf } from '../../helpers/folders.ts'
import {
  infer,
  inferBody,
  spawnServer,
  startBoth,
  startedServer,
  startServer,
  type TestServer,
  typed,
  upTo,
} from '../../helpers/server.ts'
import { words } from '../../helpers/words.ts'

const { folder } = folderOf('serve')

let server: TestServer
afterEach(() => server.end('SIGKILL'))

const post = (model: string, body: string) =>
  fetch(`${server.url}/v2/models/${model}/infer`, { method: 'POST', body, headers: typed })

const isAnswered = async (model: string, body: string) => (await infer(server, model, body)).status

const rows = (count: number, seed = 1) => inferBody(Array(count).fill(seed), upTo(count))
const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, 1000 * count))

describe('the end', () => {
  it.each(['http', 'grpc'] as const)(
    'answers all sixty requests that are in flight at SIGTERM, and exits with 0: %s',
    async (protocol) => {
      server = await (protocol === 'grpc' ? startBoth : startServer)(
        'models/census/sampler.onnx',
        '--grace',
        '1',
      )
      // few rows: on a busy machine, a queue of many is full
      const ask = protocol === 'grpc' ? await grpcAsker() : () => isAnswered('census', rows(20))
      const answers = upTo(60).map(ask)
      await Promise.race(answers)
      const ended = server.end('SIGTERM')
      // it says that it is not ready, is still live, and answers what comes
      await expect.poll(async () => (await fetch(`${server.url}/v2/health/ready`)).status).toBe(503)
      expect((await fetch(`${server.url}/v2/health/live`)).status).toBe(200)
      const late = await post('census', rows(1))
      expect([late.status, late.headers.get('connection')]).toEqual([200, 'close'])
      const expected = protocol === 'grpc' ? 0 : 200
      expect((await Promise.all(answers)).filter((status) => status !== expected)).toEqual([])
      expect(await ended).toBe(0)
      await server.logged(/^ended$/)
      await expect(fetch(`${server.url}/v2/health/live`)).rejects.toThrow()
    },
    60_000,
  )

  it('comes at SIGINT as soon as the open requests are answered', async () => {
    server = await startServer('models/census/sampler.onnx')
    const answers = upTo(6).map(() => isAnswered('census', rows(500)))
    await seconds(0.5)
    expect(await server.end('SIGINT')).toBe(130)
    expect(await Promise.all(answers)).toEqual(Array(6).fill(200))
  }, 60_000)

  it('does not wait for a connection that never asks, and answers one that asks late', async () => {
    server = await startServer('models/two-moons/model.onnx', '--grace', '1')
    const { hostname, port } = new URL(server.url)
    const [silent, late] = [1, 2].map(() => connect(Number(port), hostname)) as [Socket, Socket]
    await Promise.all([once(silent, 'connect'), once(late, 'connect')])
    const ended = server.end('SIGTERM')
    await server.logged(/^ending$/)
    late.write('GET /v2/health/live HTTP/1.1\r\nhost: localhost\r\n\r\n')
    const [answer] = await once(late, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /)
    // it may be idle for a minute
    expect(await ended).toBe(0)
    silent.destroy()
  }, 30_000)
})

/** Asks for twenty rows of census over gRPC, and gives the code. */
async function grpcAsker(): Promise<() => Promise<number>> {
  const { credentials, makeClientConstructor } = await import('@grpc/grpc-js')
  const { codecOf } = await import('../../../src/serve/grpc-messages.ts')
  const Client = makeClientConstructor(
    { modelInfer: codecOf('modelInfer') },
    'inference.GRPCInferenceService',
  )
  const client = new Client(server.grpc, credentials.createInsecure())
  const values = { seed: Array(20).fill(1), index: upTo(20) }
  const inputs = Object.entries(values).map(([name, int64_contents]) => ({
    name,
    datatype: 'INT64',
    shape: [20],
    contents: { int64_contents },
  }))
  return () =>
    new Promise((resolve) => {
      client.modelInfer!({ model_name: 'census', inputs }, (error: { code: number } | null) =>
        resolve(error?.code ?? 0),
      )
    })
}

describe('a worker thread that is ended by force', () => {
  it('is logged and replaced, and every answer is right', async () => {
    const preload = join(root, 'tests/serve/running/kill-workers.mjs')
    const child = spawnServer(
      ['models/census/sampler.onnx', '--provider', 'simd', '--threads', '2'],
      ([node, ...rest]) => [node!, '--import', preload, ...rest],
    )
    server = await startedServer(child)
    const asked = rows(400, 3)
    const expected = await (await post('census', asked)).text()
    for (let kill = 0; kill < 2; kill++) {
      const answers = upTo(8).map(async () => (await post('census', asked)).text())
      await seconds(0.15)
      child.kill('SIGUSR2')
      for (const answer of await Promise.all(answers)) expect(answer).toBe(expected)
    }
    expect((await server.logged(/a sampling worker ended/)).level).toBe('error')
    expect(await server.metric('moonstep_workers_lost_total{model="census"}')).toBeGreaterThan(0)
    expect(await server.end('SIGINT')).toBe(130)
  }, 60_000)
})

describe('a full disk', () => {
  it('loses the log, and nothing else', async () => {
    const child = spawnServer(['models/two-moons'], (line) => words`sh -c ${'"$@" 2>/dev/full'} sh ${line}`)
    server = await startedServer(child)
    for (let i = 0; i < 50; i++) expect(await isAnswered('two-moons', rows(3))).toBe(200)
    // the shell does not hand signals on
    spawn('pkill', ['-P', String(child.pid)])
    await new Promise((resolve) => child.once('exit', resolve))
  }, 60_000)
})

describe('models that come, change and go', () => {
  it('are replaced without a failed request, and a broken file changes nothing', async () => {
    const models = join(folder, 'models')
    for (const name of ['a', 'b'])
      cpSync(join(root, 'models/two-moons'), join(models, name), { recursive: true })
    server = await startServer(models, '--threads', '2')
    const version = async (name: string) =>
      (await (await fetch(`${server.url}/v2/models/${name}`)).json()).versions?.[0]
    const first = await version('a')
    let isDone = false
    const statuses = new Map<string, number>()
    const asking = (async () => {
      while (!isDone) {
        const answer = await post('a', rows(20))
        const { model_version } = await answer.json()
        const key = `${answer.status} ${model_version}`
        statuses.set(key, (statuses.get(key) ?? 0) + 1)
      }
    })()
    const file = join(models, 'a/model.onnx')

    // cut off, as a full disk does it
    truncateSync(file, 2000)
    expect((await server.logged(/a\/model\.onnx .*; version \w+ stays/)).level).toBe('error')
    expect(await version('a')).toBe(first)

    // another model in its place, as a rename puts it there
    copyFileSync(join(root, 'models/circles/model.onnx'), join(folder, 'new.onnx'))
    renameSync(join(folder, 'new.onnx'), file)
    await expect.poll(() => version('a'), { timeout: 10_000 }).not.toBe(first)
    const second = await version('a')

    // SIGHUP does not wait for the next look
    mkdirSync(join(models, 'c'))
    copyFileSync(join(root, 'models/penguins/sampler.onnx'), join(models, 'c/sampler.onnx'))
    rmSync(join(models, 'b'), { recursive: true })
    server.child.kill('SIGHUP')
    await expect.poll(() => isAnswered('c', rows(3)), { timeout: 10_000 }).toBe(200)
    expect(await isAnswered('b', rows(3))).toBe(404)
    expect((await post(`a/versions/${first}`, rows(1))).status).toBe(404)

    isDone = true
    await asking
    expect([...statuses.keys()].sort()).toEqual([`200 ${first}`, `200 ${second}`].sort())
    expect(Math.min(...statuses.values())).toBeGreaterThan(10)
    const info = await server.metric(
      `moonstep_model_info{model="a",version="${second}",digest="${await digest(file)}",provider="cpu"}`,
    )
    expect(info).toBe(1)
  }, 60_000)

  it('are served even after their file is deleted', async () => {
    const file = join(folder, 'one.onnx')
    copyFileSync(join(root, 'models/two-moons/sampler.onnx'), file)
    server = await startServer(file)
    rmSync(file)
    server.child.kill('SIGHUP')
    await seconds(1.5)
    expect(await isAnswered('one', rows(3))).toBe(200)
  }, 60_000)
})

async function digest(file: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', readFileSync(file))
  return Buffer.from(bytes).toString('hex')
}

describe('more than it can do', () => {
  it('begins beyond a hundred connections: autocannon gets each request answered', async () => {
    server = await startServer('models/two-moons/sampler.onnx', '--quiet')
    const url = `${server.url}/v2/models/two-moons/infer`
    const result = await autocannon({ url, method: 'POST', body: rows(1), connections: 100, amount: 2000 })
    expect([result['2xx'], result.non2xx, result.errors, result.timeouts]).toEqual([2000, 0, 0, 0])
  }, 60_000)

  it('answers a part of four hundred requests at once, refuses the rest with 503, and counts them', async () => {
    server = await startServer('models/penguins/sampler.onnx', '--quiet')
    const url = `${server.url}/v2/models/penguins/sample?n=5000`
    const statuses = await Promise.all(
      upTo(400).map(async (i) => {
        const answer = await fetch(`${url}&seed=${i}`)
        await answer.arrayBuffer()
        return answer.status
      }),
    )
    expect(new Set(statuses)).toEqual(new Set([200, 503]))
    const labels = 'protocol="http",model="penguins",code="503"'
    const refused = statuses.filter((status) => status === 503).length
    expect(await server.metric(`moonstep_requests_total{${labels}}`)).toBe(refused)
    await expect.poll(() => isAnswered('penguins', rows(1)), { timeout: 10_000 }).toBe(200)
  }, 60_000)

  it('is refused with a Retry-After header', async () => {
    server = await startServer('models/census/sampler.onnx', '--quiet')
    const controller = new AbortController()
    // more rows than any machine may let wait
    const url = `${server.url}/v2/models/census/sample?n=100000`
    const first = upTo(7).map(() => fetch(url, { signal: controller.signal }).catch(() => undefined))
    await expect.poll(() => server.metric('moonstep_waiting_rows{model="census"}')).toBeGreaterThan(50_000)
    const isFull = async () => (await fetch(`${server.url}/v2/models/census/sample?n=1`)).status === 503
    await expect.poll(isFull).toBe(true)
    const second = await post('census', rows(1))
    expect([second.status, second.headers.get('retry-after')]).toEqual([
      503,
      expect.stringMatching(/^[1-9]\d*$/),
    ])
    expect((await second.json()).error).toContain(
      `rows: try again in ${second.headers.get('retry-after')} second`,
    )
    // the callers go: their rows are not drawn
    controller.abort()
    await Promise.all(first)
    await expect.poll(() => isAnswered('census', rows(1)), { timeout: 5000 }).toBe(200)
    expect(await server.metric('moonstep_requests_total{protocol="http",model="census",code="499"}')).toBe(0)
  }, 60_000)
})
