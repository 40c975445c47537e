import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { command, root } from './cli.ts'

/** The command `serve` in a process of its own. */
export interface TestServer {
  readonly url: string
  /** host:port of gRPC. */
  readonly grpc: string
  readonly child: ChildProcess
  /** What it has logged, a line each. */
  readonly log: Record<string, unknown>[]
  /** Whether a line of the log has such a message by now, or within ten seconds. */
  logged(message: RegExp): Promise<Record<string, unknown>>
  /** Its number of bytes in memory. */
  memory(): Promise<number>
  /** Its counters by name and labels, as /metrics writes them. */
  metric(name: string): Promise<number>
  /** Ends it by a signal; its exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts the built command line on a free port, and waits until it is ready. Throws where it ends before that. */
export async function startServer(...args: string[]): Promise<TestServer> {
  return startedServer(spawnServer(args))
}

/** Starts it with gRPC too. */
export function startBoth(...args: string[]): Promise<TestServer> {
  return startServer(...args, '--grpc-port', '0')
}

export function spawnServer(args: readonly string[], shell?: (line: string[]) => string[]): ChildProcess {
  const line = command('serve', ...args, '--port', '0', '--json')
  const [program, ...rest] = shell ? shell(line) : line
  return spawn(program!, rest, { cwd: root })
}

export async function startedServer(child: ChildProcess): Promise<TestServer> {
  const log: Record<string, unknown>[] = []
  let other = ''
  createInterface({ input: child.stderr! }).on('line', (line) => {
    if (line.startsWith('{')) log.push(JSON.parse(line))
    else other += `${line}\n`
  })
  const ended = once(child, 'exit')
  const first = await Promise.race([
    once(createInterface({ input: child.stdout! }), 'line'),
    ended.then(([code]) => {
      throw new Error(`the server ended with ${code}: ${other}`)
    }),
  ])
  const { url, grpc } = JSON.parse(first[0] as string)
  return {
    url,
    grpc,
    child,
    log,
    async logged(message) {
      for (let i = 0; i < 500; i++) {
        const found = log.find((line) => message.test(String(line.msg)))
        if (found) return found
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      throw new Error(`nothing in the log is like ${message}: ${JSON.stringify(log).slice(-2000)}`)
    },
    memory: async () => {
      const text = await (await fetch(`${url}/metrics`)).text()
      return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)![1])
    },
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text()
      const line = text.split('\n').find((each) => each.startsWith(`${name} `))
      return line === undefined ? 0 : Number(line.slice(name.length + 1))
    },
    async end(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal)
        await ended
      }
      return child.exitCode
    },
  }
}

/** A request's body: rows of seeds and indices. */
export function inferBody(seed: readonly number[], index: readonly number[], rest: object = {}): string {
  const tensor = (name: string, data: readonly number[]) => ({
    name,
    datatype: 'INT64',
    shape: [data.length],
    data,
  })
  return JSON.stringify({ inputs: [tensor('seed', seed), tensor('index', index)], ...rest })
}

/** The same with the numbers as bytes behind the JSON, and its header. */
export function binaryBody(seed: readonly number[], index: readonly number[], rest: object = {}) {
  const tensor = (name: string) => ({
    name,
    datatype: 'INT64',
    shape: [seed.length],
    parameters: { binary_data_size: 8 * seed.length },
  })
  const json = JSON.stringify({ inputs: [tensor('seed'), tensor('index')], ...rest })
  const bytes = [seed, index].map((numbers) => new Uint8Array(BigInt64Array.from(numbers, BigInt).buffer))
  return {
    body: Buffer.concat([Buffer.from(json), ...bytes]),
    headers: { 'inference-header-content-length': String(Buffer.byteLength(json)) },
  }
}

export interface InferAnswer {
  readonly model_name: string
  readonly model_version: string
  readonly id?: string
  readonly parameters?: { readonly warning?: string }
  readonly outputs: {
    readonly name: string
    readonly datatype: string
    readonly shape: number[]
    readonly data: unknown[]
    readonly parameters?: { readonly binary_data_size: number }
  }[]
}

/** Numbers 0, 1, … */
export function upTo(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, i) => from + i)
}

/** The header of a body: without it, fetch sends a text as a form would. */
export const typed = { 'content-type': 'application/json' }

/** What `server` answers to a request for rows of a model. */
export async function infer(
  server: TestServer,
  model: string,
  body: string | Buffer<ArrayBuffer>,
  headers: Record<string, string> = {},
) {
  const url = `${server.url}/v2/models/${model}/infer`
  const answer = await fetch(url, { method: 'POST', body, headers: { ...typed, ...headers } })
  return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) }
}
