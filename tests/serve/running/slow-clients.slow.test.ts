import { connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'vitest'
import { infer, inferBody, startBoth, startServer, type TestServer, upTo } from '../../helpers/server.ts'

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, 1000 * count))
const rows = (count: number) => inferBody(Array(count).fill(1), upTo(count))
const isAnswered = async (server: TestServer, count = 1) =>
  (await infer(server, 'two-moons-student', rows(count))).status
/** As many rows as each client asks for that reads nothing: fewer might fit where those don't. */
const large = 100_000
const body = rows(large)
const request = `POST /v2/models/two-moons-student/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const unreadAnswers = /clients have too many unread answers/

/** Calls `ask` so often, and no further while rows wait to be drawn: the queue would refuse what follows. */
async function askOften(server: TestServer, expect: TestContext['expect'], count: number, ask: () => void) {
  for (let i = 0; i < count; i++) ask()
  const waiting = () => server.metric('moonstep_waiting_requests{model="two-moons-student"}')
  await seconds(0.3)
  await expect.poll(waiting, { timeout: 20_000 }).toBe(0)
}

/** Calls `ask` until a request is refused: how often, and why. */
async function askUntilRefused(
  server: TestServer,
  expect: TestContext['expect'],
  most: number,
  ask: () => void,
) {
  for (let asked = 4; asked <= most; asked += 4) {
    await askOften(server, expect, 4, ask)
    const { status, body: answer } = await infer(server, 'two-moons-student', body)
    if (status !== 200) return { asked, status, message: answer.toString() }
  }
  return { asked: most, status: 200, message: '' }
}

/** A server, and `open`: a connection that sends what it is given, and keeps what comes unless it reads nothing. */
async function started({ onTestFinished }: TestContext, starting: Promise<TestServer>) {
  const server = await starting
  const sockets: Socket[] = []
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await server.end('SIGKILL')
  })
  const open = (text: string, reads = true) => {
    const { hostname, port } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    sockets.push(socket)
    const state = { socket, received: '', isClosed: false }
    socket.on('error', () => {})
    socket.on('close', () => {
      state.isClosed = true
    })
    if (reads)
      socket.on('data', (bytes) => {
        state.received += bytes
      })
    else socket.pause()
    socket.write(text)
    return state
  }
  return { server, open }
}

// each has a server of its own, and most of their time is waiting
describe.concurrent('slow clients', () => {
  it('that send a byte a second are disconnected, and delay nobody', async (context) => {
    const { expect } = context
    const { server, open } = await started(context, startServer('models/two-moons-student', '--quiet'))
    const head = 'POST /v2/models/two-moons-student/infer HTTP/1.1\r\nHost: localhost\r\n'
    const inHead = upTo(50).map(() => open(head))
    const inBody = upTo(50).map(() => open(`${head}Content-Length: 1000\r\n\r\n`))
    const timer = setInterval(() => {
      for (const { socket } of [...inHead, ...inBody]) if (!socket.destroyed) socket.write('x')
    }, 1000)
    for (let i = 0; i < 20; i++) expect(await isAnswered(server)).toBe(200)
    await expect
      .poll(() => inHead.every(({ isClosed }) => isClosed), { timeout: 20_000, interval: 500 })
      .toBe(true)
    for (const { received } of inHead) expect(received).toMatch(/^HTTP\/1\.1 408 /)
    await expect
      .poll(() => inBody.every(({ isClosed }) => isClosed), { timeout: 40_000, interval: 500 })
      .toBe(true)
    clearInterval(timer)
    expect(await isAnswered(server)).toBe(200)
  }, 90_000)

  it('that read nothing take no more memory than they may', async (context) => {
    const { expect } = context
    const { server, open } = await started(context, startServer('models/two-moons-student', '--quiet'))
    const connections: ReturnType<typeof open>[] = []
    // an answer of a hundred thousand rows is 8 MB
    const refused = await askUntilRefused(server, expect, 60, () => connections.push(open(request, false)))
    expect(refused).toMatchObject({ status: 503, message: expect.stringMatching(unreadAnswers) })
    // small answers need no room
    expect(await isAnswered(server)).toBe(200)
    expect(await server.memory()).toBeLessThan(1.5e9)
    for (const { socket } of connections) socket.destroy()
    await expect.poll(() => isAnswered(server, large), { timeout: 10_000 }).toBe(200)
  }, 180_000)

  it('that read nothing of gRPC take no more memory than they may', async (context) => {
    const { expect } = context
    const { server, open } = await started(context, startBoth('models/two-moons-student', '--quiet'))
    const { codecOf } = await import('../../../src/serve/grpc-messages.ts')
    const numbers = [Array(large).fill(1), upTo(large)]
    const message = codecOf('modelInfer').requestSerialize({
      model_name: 'two-moons-student',
      inputs: ['seed', 'index'].map((name) => ({ name, datatype: 'INT64', shape: [large] })),
      raw_input_contents: numbers.map((each) => Buffer.from(BigInt64Array.from(each, BigInt).buffer)),
    })
    const head = Buffer.alloc(5)
    head.writeUInt32BE(message.length, 1)
    const sessions = upTo(2).map(() => connectHttp2(`http://${server.grpc}`).on('error', () => {}))
    // a stream that nobody reads takes 64 kB, of an answer of 2 MB
    let streams = 0
    const unread = () => {
      const stream = sessions[streams++ % 2]!.request({
        ':path': '/inference.GRPCInferenceService/ModelInfer',
        ':method': 'POST',
        'content-type': 'application/grpc',
        te: 'trailers',
      })
      stream.on('error', () => {})
      stream.end(Buffer.concat([head, message]))
    }
    // most of the room, which answers over HTTP fill with fewer rows
    for (let i = 0; i < 4; i++) await askOften(server, expect, 4, () => open(request, false))
    const refused = await askUntilRefused(server, expect, 80, unread)
    expect(refused).toMatchObject({ status: 503, message: expect.stringMatching(unreadAnswers) })
    expect(refused.asked).toBeGreaterThan(8)
    expect(await isAnswered(server)).toBe(200)
    expect(await server.memory()).toBeLessThan(1.5e9)
    for (const session of sessions) session.destroy()
    await expect.poll(() => isAnswered(server, large), { timeout: 10_000 }).toBe(200)
  }, 180_000)

  it('are limited in number', async (context) => {
    const { expect } = context
    const { server, open } = await started(context, startServer('models/two-moons-student', '--quiet'))
    const all = upTo(1200).map(() => open(''))
    const closed = () => all.filter(({ isClosed }) => isClosed).length
    // all beyond 1024 make room, before the time limit of a request's head ends any
    await expect.poll(closed, { timeout: 8000 }).toBeGreaterThanOrEqual(1200 - 1024)
    // and nobody is refused
    expect(await isAnswered(server)).toBe(200)
    for (const { socket } of all) socket.destroy()
    await expect.poll(() => isAnswered(server), { timeout: 10_000 }).toBe(200)
  }, 60_000)
})
