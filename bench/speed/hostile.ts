import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Setting } from '../group.ts'
import { figure, max, type Row } from '../row.ts'
import { hostileClients } from './hostile-clients.ts'

const [main, attack] = ['../../src/cli/main.js', './hostile-attack.js'].map((file) =>
  fileURLToPath(new URL(file, import.meta.url)),
)

/** Run before the server's program: on SIGUSR2, it collects garbage and writes the bytes of its heap. */
const heapReader = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; process.on('SIGUSR2', () => { gc(); gc(); writeSync(3, process.memoryUsage().heapUsed + '\\n') })",
)}`

const [clients, connections, seconds] = [200, 1000, 30]

interface Watched {
  readonly url: string
  readonly grpc: string
  readonly child: ChildProcess
  readonly heaps: Interface
}

async function startWatched(): Promise<Watched> {
  const node = ['--max-old-space-size=256', '--expose-gc', '--import', heapReader, main!]
  const serve = ['serve', 'models/penguins/sampler.onnx', '--port', '0', '--grpc-port', '0']
  const child = spawn(process.execPath, [...node, ...serve, '--json', '--quiet', '--grace', '0'], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  })
  const [line] = await once(createInterface({ input: child.stdout! }), 'line')
  const heaps = createInterface({ input: child.stdio[3] as Readable })
  return { ...JSON.parse(line as string), child, heaps }
}

/** The bytes of the server's heap after a collection. */
async function heapOf({ child, heaps }: Watched): Promise<number> {
  const line = once(heaps, 'line')
  child.kill('SIGUSR2')
  return Number((await line)[0])
}

async function residentBytes({ url }: Watched): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)![1])
}

/** Asks whether the server lives, on a new connection as probes do; the seconds until it says so. */
async function healthSeconds({ url }: Watched): Promise<number> {
  const start = performance.now()
  const answer = await fetch(`${url}/v2/health/live`, { headers: { connection: 'close' } })
  if (!answer.ok) throw new Error(`health: ${answer.status}`)
  await answer.text()
  return (performance.now() - start) / 1000
}

async function isAnswered({ url }: Watched): Promise<boolean> {
  const answer = await fetch(`${url}/v2/models/penguins/sample?n=20`)
  await answer.text()
  return answer.ok
}

/** Each hostile client asks once, one after another. */
async function hostileOnce(server: Watched): Promise<void> {
  for (const { run } of Object.values(hostileClients)) await run({ ...server, milliseconds: 500 })
}

/** A server with a heap of 256 MB while hostile clients ask for more than it has, and after they have left. */
export async function hostile({ log }: Setting): Promise<Row[]> {
  const server = await startWatched()
  try {
    // what a server keeps of its first request of each kind, such as compiled code, is no leak
    await hostileOnce(server)
    for (let i = 0; i < 100; i++) await isAnswered(server)
    await sleep(2000)
    const before = await heapOf(server)
    const attacker = spawn(
      process.execPath,
      [attack!, server.url, server.grpc, String(clients), String(connections)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const report = once(attacker.stdout!.setEncoding('utf8'), 'data')
    const end = performance.now() + 1000 * seconds
    let [slowest, failed, resident] = [0, 0, 0]
    while (performance.now() < end) {
      slowest = Math.max(
        slowest,
        await healthSeconds(server).catch(() => {
          failed++
          return 0
        }),
      )
      resident = Math.max(resident, await residentBytes(server).catch(() => 0))
      await sleep(50)
    }
    attacker.kill('SIGTERM')
    log(`hostile clients: ${(await report)[0]}`)
    // what they asked for is given up, or past its time
    for (let tries = 0; tries < 60 && !(await isAnswered(server)); tries++) await sleep(500)
    await sleep(2000)
    const after = await heapOf(server)
    const what = (text: string) => `serve with 256 MB, ${clients} hostile clients for ${seconds} s: ${text}`
    return [
      figure(what('the slowest health check'), 1000 * slowest, 'ms', max(250)),
      figure(what('failed health checks'), failed, 'requests', max(0)),
      figure(what('the largest resident set'), resident / 1e6, 'MB', max(600)),
      figure(what('heap after them / heap before them'), after / before, 'times', max(1.1)),
      figure(what('requests that are refused afterwards'), Number(!(await isAnswered(server))), '', max(0)),
    ]
  } finally {
    const exit = once(server.child, 'exit')
    server.child.kill('SIGINT')
    await exit
  }
}
