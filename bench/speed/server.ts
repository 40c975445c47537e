import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import type { Setting } from '../group.ts'
import { Missing } from '../pool/protocol.ts'
import type { Contestant } from '../race.ts'

const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))

type Body = Pick<autocannon.Options, 'body' | 'headers'>
type Load = Pick<autocannon.Options, 'connections' | 'duration' | 'overallRate'>

/** A server of one model in a separate process. */
export class Server {
  readonly #child: ChildProcess
  /** The URL to request rows from. */
  readonly infer: string

  constructor(child: ChildProcess, infer: string) {
    this.#child = child
    this.infer = infer
  }

  /** Its resident memory in bytes, by its metrics. */
  async memory(): Promise<number> {
    const metrics = await (await fetch(new URL('/metrics', this.infer))).text()
    return Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)![1])
  }

  /** Requests as many as it answers on some connections, or at a rate; counts the answers by status, and the errors. */
  async send(body: Body, load: Load) {
    const options = { url: this.infer, method: 'POST', ...body, ...load } as autocannon.Options
    const { statusCodeStats = {}, errors, duration, latency } = await autocannon(options)
    const counts = Object.entries(statusCodeStats).map(([status, { count = 0 }]) => [status, count])
    const statuses: Record<string, number> = Object.fromEntries(counts)
    if (errors > 0) statuses.error = errors
    const { 200: answered = 0, ...others } = statuses
    return { answered, others, statuses, duration, latency: latency.p99 }
  }

  /** The time per request if it is kept busy for three seconds. Throws if a request is not answered. */
  busy(connections: number, body: Body): Contestant {
    return async () => {
      const { answered, others, duration } = await this.send(body, { connections, duration: 3 })
      if (Object.keys(others).length > 0) throw new Error(`${JSON.stringify(others)} at ${this.infer}`)
      return { seconds: duration / answered }
    }
  }

  async end(): Promise<void> {
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGINT')
    await exit
  }
}

/** `moonstep serve`, as users run it, but without a log of requests. */
export async function startOurs(name: string): Promise<Server> {
  const args = ['serve', `models/${name}/sampler.onnx`, '--port', '0', '--json', '--quiet', '--grace', '0']
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return new Server(child, `${JSON.parse(line as string).url}/v2/models/${name}/infer`)
}

/** FastAPI, uvicorn and Python's onnxruntime on a seeded.onnx. Throws Missing if they don't start. */
export async function startPeer({ pool }: Setting, file: string): Promise<Server> {
  const url = 'http://127.0.0.1:8290'
  const child = spawn(pool.peerPython(), ['bench/peers/serve.py', file, '8290'], { stdio: 'ignore' })
  for (let tries = 0; tries < 300 && child.exitCode === null; tries++) {
    const answer = await fetch(`${url}/docs`).catch(() => undefined)
    if (answer?.ok) return new Server(child, `${url}/infer`)
    await sleep(100)
  }
  child.kill()
  throw new Missing('FastAPI does not start')
}

/** Sends requests at a rate, whether they are answered or not; counts the answers by status, and the errors. */
export async function flood(url: string, body: Body, rate: number, seconds: number) {
  const statuses: Record<string, number> = {}
  const waiting: Promise<void>[] = []
  const request = { method: 'POST', ...body } as RequestInit
  const one = async () => {
    const answer = await fetch(url, request).catch(() => undefined)
    const bytes = await answer?.arrayBuffer().catch(() => undefined)
    const status = bytes ? answer!.status : 'error'
    statuses[status] = (statuses[status] ?? 0) + 1
  }
  const start = performance.now()
  const passed = () => (performance.now() - start) / 1000
  for (; passed() < seconds; await sleep(2)) while (waiting.length < rate * passed()) waiting.push(one())
  await Promise.all(waiting)
  return { statuses, duration: passed() }
}

const tensors = (rows: number, more: (name: string) => object) =>
  ['seed', 'index'].map((name) => ({ name, datatype: 'INT64', shape: [rows], ...more(name) }))

/** The rows of a seed as JSON. */
export function inJson(rows: number): Body {
  const index = Array.from({ length: rows }, (_, i) => i)
  const data = (name: string) => ({ data: name === 'seed' ? Array(rows).fill(7) : index })
  const body = JSON.stringify({ inputs: tensors(rows, data) })
  return { body, headers: { 'content-type': 'application/json' } }
}

/** The same in binary, for an answer in binary. */
export function inBinary(rows: number): Body {
  const inputs = tensors(rows, () => ({ parameters: { binary_data_size: 8 * rows } }))
  const json = JSON.stringify({ parameters: { binary_data_output: true }, inputs })
  const numbers = BigInt64Array.from({ length: 2 * rows }, (_, i) => (i < rows ? 7n : BigInt(i - rows)))
  const headers = {
    'content-type': 'application/octet-stream',
    'inference-header-content-length': `${json.length}`,
  }
  return { body: Buffer.concat([Buffer.from(json), Buffer.from(numbers.buffer)]), headers }
}
